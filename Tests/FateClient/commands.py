"""The commands of `flow`, one after the other."""

import os

from client import EXAMPLE, PLACE, PORT, flow, print_of, wait_for, write

flow("init", "--ip", "127.0.0.1", "--port", PORT)
assert "2.2.0" in print_of("version")
assert flow("server", "info")["data"][0]["http_port"] == int(PORT)
flow("site", "query", code=3000)
assert "homo_lr" in flow("provider", "query", "--name", "fate")["data"][0]["components"]
assert "is success" in print_of("test", "toy", "-gid", "9999", "-hid", "10000")

# Tables: from the server's own folders, and sent.
meta = {"delimiter": ",", "dtype": "float64", "label_type": "int64", "label_name": "y", "match_id_name": "id"}
upload = {
    "file": f"{EXAMPLE}/parties/9999/breast_homo_guest.csv", "head": True, "partitions": 16,
    "extend_sid": True, "meta": meta, "namespace": "mine", "name": "guest",
}
answer = flow("data", "upload", "-c", write("upload.json", upload))
assert answer["data"] == {"name": "guest", "namespace": "mine"}
assert wait_for(answer["job_id"], "local", "0")["status"] == "success"
upload["file"] = f"{EXAMPLE}/parties/10000/breast_homo_host.csv"
upload["name"] = "host"
answer = flow("data", "upload-file", "-c", write("send.json", upload))
assert wait_for(answer["job_id"], "local", "0")["status"] == "success"
transform = {"namespace": "mine", "name": "host_frame", "data_warehouse": {"namespace": "mine", "name": "host"}}
answer = flow("data", "transformer", "-c", write("transform.json", transform))
assert wait_for(answer["job_id"], "local", "0")["status"] == "success"
table = flow("table", "query", "-n", "host_frame", "-ns", "mine", "-d", "true")["data"]
assert table["count"] == 170 and len(table["display"]) == 100
flow("table", "bind", "-n", "bound", "-ns", "mine", "-o", f"{EXAMPLE}/parties/9999/breast_homo_guest.csv")
assert flow("data", "download", "-n", "bound", "-ns", "mine", "-o", f"{PLACE}/bound")["directory"]
assert os.listdir(f"{PLACE}/bound/data") == ["0.csv"]
answer = flow("data", "download-component", "-n", "guest", "-ns", "mine", "-o", f"{PLACE}/taken")
assert wait_for(answer["job_id"], "local", "0")["status"] == "success"
assert os.path.getsize(f"{PLACE}/taken/data.csv") > 1000
flow("table", "delete", "-n", "bound", "-ns", "mine")
flow("table", "query", "-n", "bound", "-ns", "mine", code=7001)

# A job, and all that can be asked about it.
answer = flow("job", "submit", "-c", f"{EXAMPLE}/train.yaml")
job = answer["job_id"]
assert answer["data"]["model_id"] == job
assert wait_for(job)["status"] == "success"
seat = ["-j", job, "-r", "guest", "-p", "9999"]
task = [*seat, "-tn", "homo_lr_0"]
flow("job", "add-notes", *seat, "--notes", "the first")
assert flow("job", "query", *seat)["data"][0]["description"] == "the first"
assert flow("job", "list", "-j", job)["data"]["count"] == 3
assert flow("job", "dependency", *seat)["data"]["dependencies"].keys() == {"homo_lr_0", "eval_0"}
assert flow("task", "query", *task)["data"][0]["status"] == "success"
assert flow("task", "list", *seat)["data"]["count"] == 3
assert "train_loss" in [one["name"] for one in flow("output", "query-metric-key", *task)["data"]]
losses = [one for one in flow("output", "query-metric", *task)["data"] if one["name"] == "train_loss"]
assert [point["step"] for point in losses[0]["data"]] == list(range(1, 11))
assert flow("output", "query-model", *task)["data"]["output_model"]["data"]["kind"] == "model"
assert flow("output", "query-data-table", *task)["data"]["train_output_data"]
assert len(flow("output", "display-data", *task)["data"]["train_output_data"][0]["data"]) == 100
flow("output", "download-data", *task, "-o", f"{PLACE}/out")
flow("output", "download-model", *task, "-o", f"{PLACE}/out")
assert os.path.exists(f"{PLACE}/out/output_data_{job}_guest_9999_homo_lr_0/train_output_data/0.csv")
assert os.path.exists(f"{PLACE}/out/output_model_{job}_guest_9999_homo_lr_0/output_model/model.json")
flow("job", "download-log", "-j", job, "-o", f"{PLACE}/out")
assert os.path.exists(f"{PLACE}/out/{job}_logs/fate_flow_schedule.log")
assert flow("log", "count", "-j", job, "-r", "guest", "-p", "9999", "--log-type", "task_info")["data"]["size"] > 0
assert flow("log", "query", *task, "--log-type", "schedule_info")["data"]

# Models, deletions, reruns.
model = ["-mid", job, "-mv", "0"]
flow("model", "export", *model, "-p", "9999", "-r", "guest", "-o", f"{PLACE}/models")
archive = f"{PLACE}/models/{job}_0_guest_9999.zip"
flow("model", "import", "-mid", "again", "-mv", "0", "-i", archive)
assert flow("model", "delete", "-mid", "again", "-mv", "0")["data"]["count"] == 1
flow("output", "delete-metric", *task)
assert flow("output", "query-metric", *task)["data"] == []
flow("output", "delete-model", *task)
assert flow("output", "query-model", *task)["data"] == {}
flow("job", "rerun", "-j", job)
assert wait_for(job)["status"] == "success"
assert flow("output", "query-model", *task)["data"]["output_model"]
flow("job", "stop", "-j", job, code=1004)
flow("job", "clean-queue")
flow("job", "clean", "-j", job)
flow("output", "download-data", *task, "-o", f"{PLACE}/gone", code=7001)

# What only signed requests may do is refused in FATE's words.
flow("client", "create-client", "--app-name", "a", code=6001)
flow("permission", "query", "--app-id", "a", code=6001)
flow("job", "query", "-j", "1", code=1001)
provider = {"name": "other", "device": "local", "version": "1.0", "metadata": {"path": "x"}}
flow("provider", "register", "-c", write("provider.json", provider))
assert len(flow("provider", "query", "-n", "other")["data"]) == 1
flow("provider", "delete", "-n", "other")
print("all went well")
