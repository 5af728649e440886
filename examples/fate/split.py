"""Writes the parties' files of this folder from those of ../breast-cancer. Needs nothing else.

    python3 split.py

The features are brought to mean 0 and deviation 1 over all rows and called x0 to x29, as in FATE's
own breast_homo files; ids decide who holds a row, by SHA-256.
"""

import csv
import hashlib
from pathlib import Path

HERE = Path(__file__).parent
NAMES = {"9999": "breast_homo_guest", "10000": "breast_homo_host", "10001": "breast_homo_host"}


def rows():
    for name in ["hospital-a", "hospital-b", "hospital-c"]:
        with open(HERE / f"../breast-cancer/{name}.csv", newline="") as file:
            yield from list(csv.reader(file))[1:]


def main():
    table = sorted(rows())
    columns = list(zip(*[[float(value) for value in row[2:]] for row in table]))
    scaled = []
    for column in columns:
        mean = sum(column) / len(column)
        deviation = (sum((value - mean) ** 2 for value in column) / len(column)) ** 0.5
        scaled.append([f"{(value - mean) / deviation:.6f}" for value in column])
    held = {party: [] for party in NAMES}
    for place, row in enumerate(table):
        digest = hashlib.sha256(f"fate/{row[0]}".encode()).digest()[0]
        party = "9999" if digest < 102 else "10000" if digest < 179 else "10001"
        held[party].append([row[0], row[1]] + [column[place] for column in scaled])
    header = ["id", "y"] + [f"x{number}" for number in range(len(columns))]
    for party, name in NAMES.items():
        with open(HERE / f"parties/{party}/{name}.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header] + held[party])


main()
