"""Writes an audit log and its signed head by hashlib and cryptography's Ed25519 alone.

Run in this folder: python3 make.py
"""

import hashlib
import json
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PARTY = "hospital-a"
ENTRIES = [
    (1000, "decision", {"job": "7f3a", "granted": True, "submitter": "alice"}),
    (2000, "part-started", {"job": "7f3a", "task": "homo_lr_0", "attempt": 1}),
    (9500, "part-ended", {"job": "7f3a", "task": "homo_lr_0", "attempt": 1}),
    (12000, "artifact-left", {"kind": "model", "to": "alice", "bytes": 4711, "words": "„ü“ \"x\"\n"}),
]


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def field(value):
    raw = value.encode()
    return struct.pack("<I", len(raw)) + raw


before = "0" * 64
with open("audit.jsonl", "w", encoding="utf-8") as log:
    for number, (time, kind, facts) in enumerate(ENTRIES, 1):
        body = text(
            {"version": 1, "number": number, "time": time, "kind": kind, "facts": facts, "before": before}
        )[:-1]
        before = hashlib.sha256(body.encode()).hexdigest()
        log.write(f'{body},"hash":"{before}"}}\n')

key = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32))
public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
statement = (
    field("moira/audit-head/1") + field(PARTY) + struct.pack("<q", len(ENTRIES)) + field(before)
    + struct.pack("<q", 13000)
)
with open("audit.jsonl.head", "w", encoding="utf-8") as head:
    head.write(
        text(
            {
                "party": PARTY, "number": len(ENTRIES), "hash": before, "time": 13000, "key": public,
                "signature": key.sign(statement).hex(),
            }
        )
        + "\n"
    )
