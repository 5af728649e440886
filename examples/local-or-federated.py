"""Measures what each hospital's own model is worth beside the federated one.

    python3 local-or-federated.py breast-cancer y [--alpha 0.01] [--seeds 50]
    python3 local-or-federated.py digits digit

For each seed, 30 % of every hospital's rows of every class are held out. The federated model is
the (multinomial) logistic regression of the other rows of all three, with an L2 penalty: what
training across the hospitals converges to. A hospital's own model is the same, from its own rows
only. Both see features standardized with the pooled mean and deviation. Prints the means over the
seeds, as a Markdown table. Needs scikit-learn alone.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

HOSPITALS = ["hospital-a", "hospital-b", "hospital-c"]


def read(folder, label):
    """All rows (n x d), their classes and their hospitals' numbers."""
    rows, classes, owners = [], [], []
    for owner, hospital in enumerate(HOSPITALS):
        with (Path(__file__).parent / folder / f"{hospital}.csv").open(newline="") as file:
            header, *lines = csv.reader(file)
        assert header[:2] == ["id", label]
        rows += [[float(value) for value in line[2:]] for line in lines]
        classes += [int(line[1]) for line in lines]
        owners += [owner] * len(lines)
    return np.array(rows), np.array(classes), np.array(owners)


def held_out(classes, owners, seed):
    """Which rows are held out."""
    generator, mask = np.random.default_rng(seed), np.zeros(len(classes), bool)
    for owner, kind in sorted(set(zip(owners.tolist(), classes.tolist()))):
        stratum = generator.permutation(np.where((owners == owner) & (classes == kind))[0])
        mask[stratum[: round(0.3 * len(stratum))]] = True
    return mask


def train(rows, classes, alpha):
    strength = 1 / (alpha * len(classes))  # the penalty beside the mean loss, not the sum
    return LogisticRegression(C=strength, max_iter=10_000, tol=1e-6).fit(rows, classes)


def scores(model, rows, classes):
    """Accuracy, AUC (of two classes only) and log loss."""
    chance = model.predict_proba(rows)
    auc = roc_auc_score(classes, chance[:, 1]) if chance.shape[1] == 2 else np.nan
    accuracy = np.mean(model.predict(rows) == classes)
    return [accuracy, auc, log_loss(classes, chance, labels=model.classes_)]


def once(rows, classes, owners, alpha, seed):
    """Scores by hospital, then pooled: own model there, federated there, own model on the pool."""
    test = held_out(classes, owners, seed)
    means, deviations = rows[~test].mean(0), rows[~test].std(0)
    rows = (rows - means) / np.where(deviations == 0, 1, deviations)
    federated = train(rows[~test], classes[~test], alpha)
    lines = []
    for owner in range(len(HOSPITALS)):
        mine = owners == owner
        local = train(rows[~test & mine], classes[~test & mine], alpha)
        own, pool = (rows[test & mine], classes[test & mine]), (rows[test], classes[test])
        lines.append([scores(local, *own), scores(federated, *own), scores(local, *pool)])
    return np.array([*lines, [scores(federated, *pool)] * 3])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("label")
    parser.add_argument("--alpha", type=float, default=0.01)
    parser.add_argument("--seeds", type=int, default=50)
    options = parser.parse_args()

    data = read(options.folder, options.label)
    runs = np.array([once(*data, options.alpha, seed) for seed in range(options.seeds)])
    means = runs.mean(0)
    print("| Model | on its own rows | the federated one there | on the pooled rows |")
    print("|---|---|---|---|")
    for hospital, line in zip(HOSPITALS, means):
        print(f"| {hospital} alone | {show(line[0])} | {show(line[1])} | {show(line[2])} |")
    print(f"| federated | | | {show(means[-1][0])} |")

    own_loss = runs[:, :-1, 0, 2] > runs[:, :-1, 1, 2]
    pooled_loss = runs[:, :-1, 2, 2] > runs[:, -1:, 0, 2]
    pooled_accuracy = runs[:, :-1, 2, 0] < runs[:, -1:, 0, 0]
    print("\nShare of the seeds in which the federated model beats a, b, c:")
    print("log loss, own rows:", share(own_loss))
    print("log loss, pooled rows:", share(pooled_loss))
    print("accuracy, pooled rows:", share(pooled_accuracy))


def show(values):
    return " / ".join(f"{value:.3f}" for value in values if not np.isnan(value))


def share(wins):
    return ", ".join(f"{value:.0%}" for value in wins.mean(0))


if __name__ == "__main__":
    main()
