"""What the programs beside it share: FATE's own `flow` command, called as a person would."""

import json
import re
import subprocess
import sys

VENV, PORT, EXAMPLE, PLACE = sys.argv[1:5]


def flow(*arguments, code=0):
    """Runs `flow`, and gives its answer; `code` is the one that it must have."""
    done = subprocess.run([f"{VENV}/bin/flow", *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"flow {arguments}: {done.stdout} {done.stderr}"
    found = re.search(r"\{.*\}", done.stdout, re.S)
    assert found, f"flow {arguments}: {done.stdout} {done.stderr}"
    answer = json.loads(found.group(0))
    assert answer["code"] == code, f"flow {arguments}: {done.stdout}"
    return answer


def print_of(*arguments):
    """What a command prints, whatever it is."""
    done = subprocess.run([f"{VENV}/bin/flow", *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"flow {arguments}: {done.stdout} {done.stderr}"
    return done.stdout


def wait_for(job, role="guest", party="9999"):
    """Asks until the job has ended, and gives its status."""
    while True:
        row = flow("job", "query", "-j", job, "-r", role, "-p", party)["data"][0]
        if row["status"] not in ("waiting", "running"):
            return row


def write(name, value):
    """A file with a value as JSON."""
    path = f"{PLACE}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)
    return path
