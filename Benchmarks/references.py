"""The references of the benchmarks: one run for each line of input, timed.

A line is a name and its arguments with tabs between them; the answer is `ms NUMBER`,
or `absent MODULE`. What is missing is skipped.
"""

import sys
import time

kept = {}


def timed(body):
    start = time.perf_counter()
    body()
    return f"ms {(time.perf_counter() - start) * 1000:.4f}"


def gradient(rows, columns):
    """The gradient of the mean logistic loss by OpenBLAS, without the loss itself."""
    import numpy as np

    if "rows" not in kept:
        generator = np.random.default_rng(7)
        kept["rows"] = generator.standard_normal((int(rows), int(columns)))
        kept["labels"] = generator.integers(0, 2, int(rows)).astype(float)
        kept["weights"] = generator.standard_normal(int(columns)) * 0.1
    x, y, w = kept["rows"], kept["labels"], kept["weights"]

    def body():
        p = x @ w
        np.negative(p, out=p)
        np.exp(p, out=p)
        p += 1
        np.reciprocal(p, out=p)
        p -= y
        kept["gradient"] = x.T @ p / len(y)

    return timed(body)


def pandas(path):
    import pandas

    return timed(lambda: pandas.read_csv(path))


def arrow(path):
    import pyarrow.csv

    return timed(lambda: pyarrow.csv.read_csv(path))


def paillier_key(bits):
    from phe import paillier

    if bits not in kept:
        kept[bits] = paillier.generate_paillier_keypair(n_length=int(bits))
    return kept[bits]


def per_call(body, count):
    """CPU time of one call, the mean of some."""
    start = time.process_time()
    for _ in range(count):
        body()
    return f"ms {(time.process_time() - start) * 1000 / count:.4f}"


def encrypt(bits):
    """phe with a fresh full-length r; it uses gmpy2 where that is there."""
    public, _ = paillier_key(bits)
    return per_call(lambda: public.raw_encrypt(12345), 20)


def decrypt(bits):
    public, private = paillier_key(bits)
    ciphertext = public.raw_encrypt(12345)
    return per_call(lambda: private.raw_decrypt(ciphertext), 20)


def forget():
    kept.clear()
    return "ms 0"


NAMES = {"gradient": gradient, "pandas": pandas, "arrow": arrow, "encrypt": encrypt,
         "decrypt": decrypt, "forget": forget}

for line in sys.stdin:
    name, *arguments = line.rstrip("\n").split("\t")
    try:
        print(NAMES[name](*arguments), flush=True)
    except ImportError as error:
        print("absent", error.name, flush=True)
