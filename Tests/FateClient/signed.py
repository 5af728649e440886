"""Requests that FATE's client signs in its own way, where the operator accepts that."""

from client import PLACE, PORT, flow, print_of, write

with open(f"{PLACE}/.moira/flow/admin-token", encoding="utf-8") as file:
    ADMIN = file.read().strip()


def act_as(app, token):
    """Signs what follows as this app."""
    flow("init", "--ip", "127.0.0.1", "--port", PORT, "--app-id", app, "--app-token", token)


act_as("admin", ADMIN)
app = flow("client", "create-client", "--app-name", "lab")["data"]
assert flow("client", "query-client", "--app-name", "lab")["data"][0]["app_token"] == "********"
act_as(app["app_id"], app["app_token"])
flow("job", "list", code=5005)
act_as("admin", ADMIN)
flow("permission", "grant", "--app-id", app["app_id"], "-r", "client")
assert flow("permission", "query", "--app-id", app["app_id"])["data"]["roles"] == ["client"]
act_as(app["app_id"], app["app_token"])
flow("job", "list")
assert "is success" in print_of("test", "toy", "-gid", "9999", "-hid", "10000")
flow("client", "create-client", "--app-name", "other", code=5005)
act_as(app["app_id"], "wrong" * 6)
flow("job", "list", code=5003)
act_as("99999999", app["app_token"])
flow("job", "list", code=5003)

# Partners and what they may use.
act_as("admin", ADMIN)
site = flow("client", "create-site", "-p", "10000")["data"]
flow("permission", "grant", "--app-id", site["app_id"], "-r", "site")
flow("client", "create-partner", "-p", "10001", "--app-id", "1", "--app-token", "t")
assert flow("client", "query-partner", "-p", "10001")["data"][0]["app_token"] == "********"
act_as(site["app_id"], site["app_token"])
assert "resource-refused" in print_of("test", "toy", "-gid", "9999", "-hid", "10000")
act_as("admin", ADMIN)
grant = {"party_id": "10000", "component": "toy_example", "dataset": [{"namespace": "n", "name": "t"}]}
flow("permission", "grant-resource", "-c", write("grant.json", grant))
assert flow("permission", "query-resource", "-p", "10000")["data"] == {
    "component": ["toy_example"], "dataset": ["n.t"]}
act_as(site["app_id"], site["app_token"])
assert "is success" in print_of("test", "toy", "-gid", "9999", "-hid", "10000")
act_as("admin", ADMIN)
flow("permission", "delete-resource", "-c", write("grant.json", grant))
flow("client", "delete-partner", "-p", "10001")
flow("client", "delete-site", "-p", "10000")
flow("permission", "delete", "--app-id", app["app_id"], "-r", "client")
act_as(app["app_id"], app["app_token"])
flow("job", "list", code=5005)
print("all went well")
