"""Trains on the pooled rows of some files what a federation of their owners should learn.

    python3 reference.py [--alpha 0.01] hospital-a.csv hospital-b.csv hospital-c.csv

Minimizes, by Newton's method with a line search, over w (d weights) and b:

    mean over rows of log(1 + exp(z)) - y z  +  alpha/2 |w|^2,    z = w.x + b

where x is a row less the pooled mean, over the pooled population deviation (ddof = 0; 1 if that
is 0). Prints JSON; the weights are those of the standardized features. Needs numpy alone.
"""

import argparse
import csv
import json

import numpy as np


def read(paths):
    """The features' names, the rows (n x d) and the labels (n) of the files, one after another."""
    names, rows, labels = None, [], []
    for path in paths:
        with open(path, newline="", encoding="utf-8") as file:
            header, *lines = csv.reader(file)
        if header[:2] != ["id", "y"] or (names or header[2:]) != header[2:]:
            raise SystemExit(f"{path}: the columns are not those of the first file, after id and y")
        names = header[2:]
        labels += [float(line[1]) for line in lines]
        rows += [[float(value) for value in line[2:]] for line in lines]
    return names, np.array(rows), np.array(labels)


def train(rows, labels, alpha):
    """The weights, the intercept last. The rows are standardized already."""
    design = np.c_[rows, np.ones(len(rows))]
    penalty = np.r_[np.full(rows.shape[1], alpha), 0.0]
    weights = np.zeros(design.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-(design @ weights)))
        gradient = design.T @ (chance - labels) / len(labels) + penalty * weights
        if np.abs(gradient).max() < 1e-12:
            break
        curvature = (design.T * (chance * (1 - chance))) @ design / len(labels)
        step = np.linalg.solve(curvature + np.diag(penalty), gradient)
        size, start = 1.0, objective(design, labels, penalty, weights)
        while size > 1e-3 and objective(design, labels, penalty, weights - size * step) > start:
            size /= 2
        weights = weights - size * step
    return weights


def objective(design, labels, penalty, weights):
    z = design @ weights
    return np.mean(np.logaddexp(0, z) - labels * z) + penalty @ weights**2 / 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--alpha", type=float, default=0.01)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()

    names, rows, labels = read(options.files)
    means, deviations = rows.mean(0), rows.std(0)
    deviations[deviations == 0] = 1
    rows = (rows - means) / deviations
    weights = train(rows, labels, options.alpha)
    design, penalty = np.c_[rows, np.ones(len(rows))], np.r_[[options.alpha] * len(names), 0.0]
    result = {
        "alpha": options.alpha,
        "rows": len(rows),
        "objective": objective(design, labels, penalty, weights),
        "intercept": weights[-1],
        "weights": dict(zip(names, weights)),
        "means": dict(zip(names, means)),
        "deviations": dict(zip(names, deviations)),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
