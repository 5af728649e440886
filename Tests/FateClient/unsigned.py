"""The same where only signatures over the whole request are accepted."""

import hashlib
import hmac
import json
import time
import urllib.request

from client import PLACE, PORT, flow

with open(f"{PLACE}/.moira/flow/admin-token", encoding="utf-8") as file:
    ADMIN = file.read().strip()

flow("init", "--ip", "127.0.0.1", "--port", PORT, "--app-id", "admin", "--app-token", ADMIN)
answer = flow("job", "list", code=5003)
assert "signature-legacy" in answer["message"]


def signed(method, target, body=b"", nonce=None, at=None, token=ADMIN, over=None):
    """The answer to a request that is signed as 'Docs/fate-flow-api.md' says."""
    nonce = nonce or str(time.time_ns())
    at = str(at or time.time_ns() // 1_000_000)
    digest = hashlib.sha256(body if over is None else over).hexdigest()
    text = "".join(line + "\n" for line in [method, target, "admin", at, nonce, digest])
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}{target}", data=body or None, method=method)
    request.add_header("Content-Type", "application/json")
    for name, value in [
        ("appId", "admin"), ("Nonce", nonce), ("Timestamp", at),
        ("Signature", hmac.new(token.encode(), text.encode(), "sha256").hexdigest()),
    ]:
        request.add_header(name, value)
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


LIST = "/v2/job/list/query?limit=1"
assert signed("GET", LIST)["code"] == 0
assert signed("GET", LIST, token="x")["code"] == 5003
assert signed("GET", LIST, nonce="once")["code"] == 0
assert signed("GET", LIST, nonce="once")["code"] == 5003
assert signed("GET", LIST, at=time.time_ns() // 1_000_000 - 61_000)["code"] == 5000
assert signed("GET", LIST, at=9_000_000_000_000_000)["code"] == 5000
create = json.dumps({"app_name": "a"}).encode()
assert signed("POST", "/v2/app/client/create", create)["code"] == 0
assert signed("POST", "/v2/app/client/create", create, over=b"{}")["code"] == 5003
print("all went well")
