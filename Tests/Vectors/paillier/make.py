"""Writes the vectors of this folder with Python's whole numbers, and phe for foreign ciphertexts.

Needs phe from PyPI. The same numbers each time: everything is drawn from one seed.
"""

import hashlib
import math
import random

from phe import paillier

draw = random.Random(20261126)


def is_prime(n):
    if any(n % p == 0 for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31)):
        return False
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for _ in range(40):
        x = pow(draw.randrange(2, n - 1), d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(bits, low=3, top=3):
    while True:
        p = draw.getrandbits(bits) | low | top << (bits - 2)
        if is_prime(p):
            return p


def two_primes(bits):
    while True:
        p, q = prime(bits // 2), prime(bits // 2)
        if math.gcd(p - 1, q - 1) == 2:
            return p, q


def sized(raw):
    return len(raw).to_bytes(4, "little") + raw


def derived(label, index, n):
    """MGF1 with SHA-256 over label, n and index, reduced modulo n."""
    size = n.bit_length() // 8
    seed = sized(label.encode()) + sized(n.to_bytes(size, "big")) + index.to_bytes(8, "little")
    raw = b""
    for counter in range(size):
        raw += hashlib.sha256(seed + counter.to_bytes(4, "big")).digest()
    return int.from_bytes(raw[: size + 16], "big") % n


def blinding_base(n):
    x = derived("moira/paillier/x/1", 0, n)
    return pow(-x * x, n, n * n)


def proof(p, q):
    n = p * q
    d = pow(n, -1, (p - 1) * (q - 1))
    return b"".join(
        pow(derived("moira/paillier/rho/1", i, n), d, n).to_bytes(n.bit_length() // 8, "big")
        for i in range(8)
    )


def packed(words, slot_bits):
    return sum((v + (1 << slot_bits - 11)) << slot_bits * i for i, v in enumerate(words))


def write(name, **values):
    with open(name + ".txt", "w") as out:
        for key, value in values.items():
            if isinstance(value, int):
                value = f"{value:x}"
            elif isinstance(value, bytes):
                value = value.hex()
            elif isinstance(value, list):
                value = " ".join(f"{v % 2**64:016x}" for v in value)
            out.write(f"{key} {value}\n")


for bits in (2048, 3072, 4096):
    p, q = two_primes(bits)
    n = p * q
    write(
        f"key_{bits}", p=p, q=q, n=n, id=hashlib.sha256(n.to_bytes(bits // 8, "big")).hexdigest(),
        hs=blinding_base(n), proof=proof(p, q),
    )
    if bits == 4096:
        continue
    values = {}
    for slot_bits in (64, 48):
        slots = (bits - 1) // slot_bits
        bound = 1 << slot_bits - 11
        rows = [[draw.randrange(-bound, bound) for _ in range(slots)] for _ in range(3)]
        rows[0][:3] = [-bound, bound - 1, 0]
        values[f"first_{slot_bits}"] = rows[0]
        values[f"second_{slot_bits}"] = rows[1]
        values[f"third_{slot_bits}"] = rows[2]
        values[f"sum_{slot_bits}"] = [sum(column) for column in zip(*rows)]
        values[f"plain_{slot_bits}"] = packed(rows[0], slot_bits)
        # Ciphertexts that phe made, with a full-length r, and the product of all three.
        key = paillier.PaillierPublicKey(n)
        made = [
            key.raw_encrypt(packed(row, slot_bits), r_value=draw.randrange(1, n)) for row in rows
        ]
        values[f"cipher_{slot_bits}"] = made[0]
        values[f"product_{slot_bits}"] = math.prod(made) % (n * n)
    write(f"cipher_{bits}", **values)
    if bits == 2048:
        good = made[0]
        write("bad_cipher_zero", c=0)
        write("bad_cipher_square", c=n * n)
        write("bad_cipher_above", c=n * n + good)
        write("bad_cipher_multiple_of_p", c=p * draw.randrange(1, n))
        write("bad_cipher_multiple_of_n", c=n * draw.randrange(1, n))
        # A root of another challenge, and the roots in another order.
        right = proof(p, q)
        write("bad_proof_swapped", n=n, proof=right[256:512] + right[:256] + right[512:])
        negated = n - int.from_bytes(right[:256], "big")
        write("bad_proof_negated", n=n, proof=negated.to_bytes(256, "big") + right[256:])
        write("bad_proof_zero", n=n, proof=bytes(256) + right[256:])

p, q = two_primes(2048)
write("bad_key_even", n=p * q + 1)
write("bad_key_long", n=p * q << 1 | 1)
p, q = two_primes(1024)
write("bad_key_short", n=p * q)
while True:
    n = prime(1024) * prime(1023, top=2)
    if n.bit_length() == 2047:
        break
write("bad_key_bit_short", n=n)
write("bad_key_prime", n=prime(2048))
write("bad_key_power", n=prime(1024) ** 2)
while True:
    n = prime(683) ** 3
    if n.bit_length() == 2048:
        break
write("bad_key_cube", n=n)
while True:
    n = 65521 * prime(2048 - 16)
    if n.bit_length() == 2048:
        break
write("bad_key_small_factor", n=n)
# p divides q − 1: every form is right, but no roots exist for most challenges. The best that a
# cheat can do is to give roots for the ones that have some; here the first number stands for all.
p = prime(700)
while True:
    q = p * ((draw.getrandbits(646) | 1 << 646) << 1) + 1
    if (p * q).bit_length() == 2048 and is_prime(q):
        break
n = p * q
write("bad_key_shared_factor", n=n, proof=b"".join(
    derived("moira/paillier/rho/1", i, n).to_bytes(256, "big") for i in range(8)))
# Private keys: a prime of 1 modulo 4, the same prime twice, primes too close, p − 1 and q − 1 with
# the factor 6 in common.
good = prime(1024)
while True:
    one = draw.getrandbits(1024) | 3 << 1022 | 1
    one -= 2 if one % 4 == 3 else 0
    if is_prime(one):
        break
write("bad_private_one_mod_four", p=good, q=one)
write("bad_private_same", p=good, q=good)
close = good + 4
while not is_prime(close):
    close += 4
write("bad_private_close", p=good, q=close)
write("bad_private_composite", p=good, q=good ^ 1 << 500)


def prime_above_three():
    while True:
        r = prime(1024)
        if r % 3 == 1:
            return r


write("bad_private_shared", p=prime_above_three(), q=prime_above_three())
