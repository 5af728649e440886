"""How fast `moira flow serve` is, seen by FATE's own client.

    .build/fate-client-2.2.0/bin/python Benchmarks/fate-flow.py .build/release/moira

The tests make that environment (Tests/MoiraCLITests/FateClientTests.swift). Prints rows for the table of
Benchmarks/README.md, and ends with 1 when a goal is missed.
"""

import concurrent.futures
import contextlib
import http.client
import io
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from ruamel import yaml

BINARY = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLE = f"{ROOT}/examples/fate"
JOBS = 200
GRACE = 100
missed = []


def row(what, measured, wanted, is_met):
    print(f"| FATE | {what} | {measured} |  |  | {wanted} | {'met' if is_met else 'MISSED'} |")
    if not is_met:
        missed.append(what)


def ask(port, method, path, body=None):
    """One request on a connection of its own: status and envelope."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json"} if body is not None else {}
    connection.request(method, "/v2" + path, json.dumps(body) if body is not None else None, headers)
    reply = connection.getresponse()
    return reply.status, json.loads(reply.read())


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def server(*options):
    """The server as a process, and the seconds until its first answer."""
    home = tempfile.mkdtemp(prefix="moira-flow-", dir=os.environ.get("MOIRA_BENCH_DIR"))
    port = free_port()
    start = time.perf_counter()
    process = subprocess.Popen(
        [BINARY, "flow", "serve", "--home", home, "--port", str(port), "--protection", "none", "--parties",
         f"{EXAMPLE}/parties", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            with contextlib.suppress(OSError):
                ask(port, "GET", "/server/fateflow")
                break
            time.sleep(0.001)
        yield process, port, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(home, ignore_errors=True)


def memory(process):
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def dag(priority=0, seed=0):
    with open(f"{EXAMPLE}/train.yaml", encoding="utf-8") as file:
        schema = yaml.safe_load(file)
    schema["dag"].setdefault("conf", {})["priority"] = priority
    # Each job is another one, so that none reuses what an earlier one has made.
    schema["dag"]["tasks"]["homo_lr_0"]["parameters"]["init_param"] = {"method": "random", "random_state": seed}
    return schema


def measure_start():
    seconds, sizes = [], []
    for _ in range(5):
        with server() as (process, _, first):
            seconds.append(first)
            sizes.append(memory(process))
    row("`moira flow serve`, start to first answer", f"{min(seconds) * 1000:.0f} ms (median "
        f"{statistics.median(seconds) * 1000:.0f} ms)", "< 200 ms", statistics.median(seconds) < 0.2)
    row("its memory when idle", f"{statistics.median(sizes):.1f} MB", "< 60 MB", max(sizes) < 60)


def measure_client():
    """From submission to `success` as FATE's pipeline sees it, its own polls included."""
    from fate_client.flow_sdk import FlowClient
    from fate_client.pipeline.utils.fateflow.fate_flow_job_invoker import FATEFlowJobInvoker
    seconds = []
    with server() as (_, port, _first):
        invoker = FATEFlowJobInvoker()
        invoker._client = FlowClient(ip="127.0.0.1", port=port, version="v2")
        for number in range(5):
            start = time.perf_counter()
            with contextlib.redirect_stdout(io.StringIO()):
                job, _, _ = invoker.submit_job(dag(seed=number))
                invoker.monitor_status(job, "guest", "9999")
            seconds.append(time.perf_counter() - start)
    row("reader → homo_lr → evaluation, submission to success in FATE's client",
        f"{min(seconds):.2f} s (median {statistics.median(seconds):.2f} s)", "< 1.5 s", max(seconds) < 1.5)


def measure_many():
    with server("--jobs", "2") as (process, port, _):
        start = time.perf_counter()

        def submit(number):
            return (number % 5, *ask(port, "POST", "/job/submit", {"dag_schema": dag(number % 5, number)}))

        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(submit, range(JOBS)))
        submitted = time.perf_counter() - start
        statuses = {status for _, status, _ in answers}
        jobs = {answer["job_id"]: priority for priority, _, answer in answers}
        while True:
            status, answer = ask(port, "GET", f"/job/query?role=guest")
            statuses.add(status)
            rows = [one for one in answer["data"] if one["job_id"] in jobs]
            if len(rows) == JOBS and all(one["status"] not in ("waiting", "running") for one in rows):
                break
            time.sleep(0.1)
        seconds = time.perf_counter() - start
        is_all = all(one["status"] == "success" for one in rows)
        is_ordered = check_order(rows, jobs)
        row(f"{JOBS} jobs submitted at once by 32 clients",
            f"{submitted:.1f} s to submit, {seconds:.1f} s to the last end; statuses {sorted(statuses)}; "
            f"{memory(process):.0f} MB after",
            "all succeed, in order of priority, no 5xx", is_all and is_ordered and max(statuses) < 500)


def check_order(rows, jobs):
    """Whether no job began while one that should go before it had waited for a while.

    A row has when a job came, which is before it is planned and queued, and when its start was noted, which is
    after it was taken from the queue: within `GRACE` milliseconds nothing is known.
    """
    for one in rows:
        for other in rows:
            goes_before = (-jobs[other["job_id"]], other["job_id"]) < (-jobs[one["job_id"]], one["job_id"])
            waited = other["create_time"] + GRACE < one["start_time"] < other["start_time"]
            if goes_before and waited:
                return False
    return True


measure_start()
measure_client()
measure_many()
sys.exit(1 if missed else 0)
