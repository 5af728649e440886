"""Writes the files of this folder from scikit-learn's copy of the data. Needs scikit-learn alone.

    python3 split.py [FOLDER]

Every choice hangs on SHA-256, not on a random generator: the same files come out everywhere.
The README says what the split imitates.
"""

import csv
import hashlib
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer

NEW_PATIENTS = 20
CLINIC_ROWS, CENTRE_ROWS = 160, 160


def unit(purpose, count):
    """`count` numbers in (0, 1) that look uniform and follow from `purpose`."""
    digests = (hashlib.sha256(f"{purpose}/{row}".encode()).digest() for row in range(count))
    return np.array([(int.from_bytes(digest[:8], "big") + 0.5) / 2**64 for digest in digests])


def draw(candidates, weight, size, purpose):
    """`size` of the candidates, without replacement, row i in proportion to exp(weight[i]).

    Gumbel noise on the logarithm of the weight, then the largest (Gumbel-top-k).
    """
    noisy = weight - np.log(-np.log(unit(purpose, len(weight))))
    return candidates[np.argsort(-noisy[candidates], kind="stable")[:size]]


def split(features, labels, names):
    """Rows by file name: the new patients, then the three hospitals."""
    scaled = dict(zip(names, ((features - features.mean(0)) / features.std(0)).T))
    order = np.argsort(unit("moira breast-cancer order", len(labels)), kind="stable")
    new, rest = order[:NEW_PATIENTS], order[NEW_PATIENTS:]

    clinic = draw(rest, -2 * scaled["mean_symmetry"] - 0.5 * labels, CLINIC_ROWS, "1 a")
    rest = np.setdiff1d(rest, clinic)
    centre = draw(rest, 2 * scaled["mean_texture"] + 1.0 * labels, CENTRE_ROWS, "1 b")
    general = np.setdiff1d(rest, centre)
    return {"new-patients": new, "hospital-a": clinic, "hospital-b": centre, "hospital-c": general}


def write(path, header, lines):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def main(folder):
    source = load_breast_cancer()
    names = [name.replace(" ", "_") for name in source.feature_names]
    labels = 1 - source.target  # scikit-learn has 0 = malignant; here 1 = malignant
    ranks = np.argsort(np.argsort(unit("moira breast-cancer ids", len(labels)), kind="stable"))
    ids = [f"p{rank + 1:04d}" for rank in ranks]

    for name, rows in split(source.data, labels, names).items():
        rows = sorted(rows, key=lambda row: ids[row])
        values = {row: [repr(float(value)) for value in source.data[row]] for row in rows}
        if name == "new-patients":
            write(folder / f"{name}.csv", ["id", *names], ([ids[r], *values[r]] for r in rows))
            truth = ([ids[r], labels[r]] for r in rows)
            write(folder / f"{name}-truth.csv", ["id", "y"], truth)
        else:
            lines = ([ids[r], labels[r], *values[r]] for r in rows)
            write(folder / f"{name}.csv", ["id", "y", *names], lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
