"""A Python program as FATE's users write it: tables, training, outputs, deployment, prediction.

With the word `hub` behind the other arguments it runs at the hospitals of a hub, where tables are, and stay.
"""

import json
import re
import sys

from client import EXAMPLE, PLACE, PORT, flow

flow("init", "--ip", "127.0.0.1", "--port", PORT)

# The client reads its settings when it is imported.
from fate_client.pipeline import FateFlowPipeline  # noqa: E402
from fate_client.pipeline.components.fate import (  # noqa: E402
    DataSplit, Evaluation, FeatureScale, HomoLR, Reader, Statistics)

OVER_HUB = sys.argv[5:] == ["hub"]
PARTIES = {"guest": "9999", "host": "10000"}
ARBITER = "10000"
if OVER_HUB:
    PARTIES = {"guest": "hospital-a", "host": ["hospital-b", "hospital-c"]}
    ARBITER = "hub"

pipeline = FateFlowPipeline().set_parties(**PARTIES, arbiter=ARBITER)


def send(role, party):
    """A table, from this machine."""
    meta = {"delimiter": ",", "dtype": "float64", "label_type": "int64", "label_name": "y", "match_id_name": "id"}
    pipeline.transform_local_file_to_dataframe(
        file=f"{EXAMPLE}/parties/{party}/breast_homo_{role}.csv", head=True, meta=meta,
        namespace="upload", name=f"breast_{role}", extend_sid=True)


if OVER_HUB:
    try:
        send("guest", "9999")
        raise SystemExit("a table went to a server that keeps none")
    except ValueError as error:
        assert "data-at-party" in str(error), error
else:
    for own_role, own_party in PARTIES.items():
        send(own_role, own_party)


def reader(name):
    """The rows that were sent, or that the hospitals have."""
    if OVER_HUB:
        return Reader(name, runtime_parties=PARTIES, namespace="clinic", name="breast")
    task = Reader(name, runtime_parties=PARTIES)
    task.guest.task_parameters(namespace="upload", name="breast_guest")
    task.hosts[0].task_parameters(namespace="upload", name="breast_host")
    return task


reader_0 = reader("reader_0")
split_0 = DataSplit(
    "split_0", input_data=reader_0.outputs["output_data"], train_size=0.7, test_size=0.3, stratified=True,
    random_state=7, hetero_sync=False, runtime_parties=PARTIES)
statistics_0 = Statistics(
    "statistics_0", input_data=split_0.outputs["train_output_data"], metrics=["mean", "std", "25%"],
    runtime_parties=PARTIES)
scale_0 = FeatureScale("scale_0", method="standard", train_data=split_0.outputs["train_output_data"])
homo_lr_0 = HomoLR(
    "homo_lr_0", epochs=10, batch_size=16, train_data=scale_0.outputs["train_output_data"],
    optimizer={"method": "sgd", "optimizer_params": {"lr": 0.1}, "penalty": "l2", "alpha": 0.001},
    init_param={"method": "zeros", "fit_intercept": True})
evaluation_0 = Evaluation(
    "evaluation_0", metrics=["auc"], input_datas=[homo_lr_0.outputs["train_output_data"]], runtime_parties=PARTIES)
pipeline.conf.set("priority", 3)
pipeline.add_tasks([reader_0, split_0, statistics_0, scale_0, homo_lr_0, evaluation_0])
pipeline.compile()
assert "schema_version" in pipeline.get_dag()
pipeline.fit()



def rows_of(trained, task):
    """The rows that a task has made; none where they stay at their party."""
    if not OVER_HUB:
        return trained.get_task_info(task).get_output_data()
    try:
        trained.get_task_info(task).get_output_data()
        raise SystemExit(f"the rows of {task} have left their party")
    except ValueError as refusal:
        assert "'hospital-a' lets no table leave" in str(refusal), refusal
    return None


made = rows_of(pipeline, "homo_lr_0")
if made:
    predictions = made["train_output_data"]
    assert list(predictions.columns) == [
        "id", "label", "predict_result", "predict_score", "predict_detail", "type"]
    assert len(predictions) == 145, len(predictions)
    for _, row in predictions.iterrows():
        assert abs(sum(row["predict_detail"].values()) - 1) < 1e-12
        assert row["predict_detail"]["1"] == float(row["predict_score"])
        assert row["predict_result"] == str(int(float(row["predict_score"]) >= 0.5))
    hits = sum(predictions["predict_result"] == predictions["label"]) / len(predictions)
    assert hits > 0.9, hits

rows = rows_of(pipeline, "split_0")
if rows:
    assert len(rows["train_output_data"]) == 145 and len(rows["test_output_data"]) == 62
model = pipeline.get_task_info(homo_lr_0).get_output_model()["output_model"]["data"]["content"]
assert len(model["weights"][0]) == 30 and model["classes"] == ["0", "1"]
figures = pipeline.get_task_info("statistics_0").get_output_model()["output_model"]["data"]["content"]
assert figures, json.dumps(figures)
metrics = {one["name"]: one["data"] for one in pipeline.get_task_info("evaluation_0").get_output_metric()}
assert metrics["own_auc"][0]["metric"] > 0.95
losses = {one["name"]: one["data"] for one in pipeline.get_task_info("homo_lr_0").get_output_metric()}
assert [point["step"] for point in losses["train_loss"]] == list(range(1, 11))
assert losses["train_loss"][-1]["metric"] < losses["train_loss"][0]["metric"]

pipeline.deploy([reader_0, split_0, scale_0, homo_lr_0])
pipeline.dump_model(f"{PLACE}/model.pkl")
loaded = FateFlowPipeline.load_model(f"{PLACE}/model.pkl")
deployed = loaded.get_deployed_pipeline()
reader_1 = reader("reader_1")
deployed.split_0.input_data = reader_1.outputs["output_data"]
predict = FateFlowPipeline()
predict.add_tasks([reader_1, deployed])
predict.compile()
predict.predict()
made = rows_of(predict, "homo_lr_0")
if made:
    tested = made["test_output_data"]
    assert len(tested) == 62 and set(tested["type"]) == {"test"}
    assert sum(tested["predict_result"] == tested["label"]) / 62 > 0.85

# A program that is wrong is told what and where.
wrong = FateFlowPipeline().set_parties(**PARTIES, arbiter=ARBITER)
nothing = Reader("reader_0", runtime_parties=PARTIES, namespace="upload", name="breast_gest")
wrong.add_tasks([nothing])
wrong.compile()
try:
    wrong.fit()
    raise SystemExit("a table that is not there was read")
except ValueError as error:
    told = str(error)
if OVER_HUB:
    # Which tables there are, the parties know alone: the job's row has what they say.
    job = re.search(r"job_id=(\S+)", told).group(1)
    told = flow("job", "query", "-j", job, "-r", "guest", "-p", "hospital-a")["data"][0]["error_report"]
    assert "at hospital-c: " in told, told
assert "breast_gest" in told and "dataset-unregistered" in told, told
print("all went well")
