"""Makes the virtual environment of FATE's own client at a path, once, however many ask for it together."""

import fcntl
import pathlib
import shutil
import subprocess
import sys

CLIENT = "fate_client==2.2.0"
PACKAGES = [
    "click", "requests", "requests-toolbelt", "ruamel.yaml<0.18", "networkx", "pydantic<2", "setuptools", "pandas",
    "psutil"]


def run(words, *command):
    """Ends with the words if the command fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{words}: {done.stderr}")


place = pathlib.Path(sys.argv[1])
mark = place / "complete"
place.parent.mkdir(parents=True, exist_ok=True)
with open(f"{place}.lock", "w", encoding="utf-8") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not mark.exists():
        shutil.rmtree(place, ignore_errors=True)
        run("python3 with venv is needed", sys.executable, "-m", "venv", str(place))
        install = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        run("PyPI cannot be reached, or has no fate_client 2.2.0", *install, "--no-deps", CLIENT)
        run("PyPI cannot be reached", *install, *PACKAGES)
        mark.touch()
