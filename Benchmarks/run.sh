#!/bin/sh
# Measures, and prints one table: sh Benchmarks/run.sh [NAME ...]
# Builds what is missing; the Python references go into Benchmarks/.venv, and are skipped without network.
set -eu
cd "$(dirname "$0")"
root=$(cd .. && pwd)

# The binary is built here too, from the sources as they are, with what is compiled already.
swift build -c release --product benchmarks >&2
swift build -c release --product moira >&2

python=python3
if command -v python3 >/dev/null; then
  if [ ! -x .venv/bin/python ]; then
    python3 -m venv .venv >&2 || echo "no virtual environment: the Python at hand is used" >&2
  fi
  if [ -x .venv/bin/python ]; then
    python="$PWD/.venv/bin/python"
    "$python" -c 'import numpy, pandas, pyarrow' 2>/dev/null ||
      "$python" -m pip install --quiet --disable-pip-version-check numpy pandas pyarrow >&2 ||
      echo "numpy, pandas and pyarrow cannot be fetched: their references are skipped" >&2
    "$python" -c 'import phe, gmpy2' 2>/dev/null ||
      "$python" -m pip install --quiet --disable-pip-version-check phe gmpy2 >&2 ||
      echo "phe and gmpy2 cannot be fetched: their references are skipped" >&2
  fi
fi

echo "$(date -u +%Y-%m-%d), $(uname -sm), $(getconf _NPROCESSORS_ONLN) cores, load $(uptime | sed 's/.*average[s]*: //')"
MOIRA_ROOT="$root" MOIRA_BINARY="${MOIRA_BINARY:-$PWD/.build/release/moira}" \
  MOIRA_PYTHON="$python" exec .build/release/benchmarks "$@"
