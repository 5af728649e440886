"""Writes the files of this folder from scikit-learn's copy of the data. Needs scikit-learn alone.

    python3 split.py [FOLDER]

Every choice hangs on SHA-256, not on a random generator: the same files come out everywhere.
"""

import csv
import hashlib
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

# The digits of which a hospital gets only RARE rows each.
LACKS = {"hospital-a": {3, 5, 8, 9}, "hospital-b": {1, 4, 7, 9}, "hospital-c": {0, 2, 6, 8}}
RARE = 7
# How the other rows of a digit are shared among the hospitals that do not lack it.
SHARES = {"hospital-a": 3, "hospital-b": 2, "hospital-c": 1}


def unit(purpose, count):
    """`count` numbers in (0, 1) that look uniform and follow from `purpose`."""
    digests = (hashlib.sha256(f"{purpose}/{row}".encode()).digest() for row in range(count))
    return np.array([(int.from_bytes(digest[:8], "big") + 0.5) / 2**64 for digest in digests])


def split(labels):
    """Rows by hospital."""
    noise = unit("moira digits", len(labels))
    rows = {hospital: [] for hospital in LACKS}
    for digit in range(10):
        left = np.where(labels == digit)[0]
        left = left[np.argsort(noise[left], kind="stable")]
        for hospital, lacks in LACKS.items():
            if digit in lacks:
                rows[hospital] += list(left[:RARE])
                left = left[RARE:]
        others = [hospital for hospital, lacks in LACKS.items() if digit not in lacks]
        ends = np.cumsum([SHARES[hospital] for hospital in others])
        ends = np.round(ends / ends[-1] * len(left)).astype(int)
        for hospital, start, end in zip(others, [0, *ends], ends):
            rows[hospital] += list(left[start:end])
    return rows


def main(folder):
    source = load_digits()
    pixels = source.data.astype(int)
    ranks = np.argsort(np.argsort(unit("moira digits ids", len(pixels)), kind="stable"))
    ids = [f"d{rank + 1:04d}" for rank in ranks]
    header = ["id", "digit", *(f"p{number}" for number in range(64))]

    for name, rows in split(source.target).items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for row in sorted(rows, key=lambda row: ids[row]):
                writer.writerow([ids[row], source.target[row], *pixels[row]])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
