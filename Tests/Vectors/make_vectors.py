"""Writes the vectors of this folder that no standard has, and checks the others.

Shamir's shares are computed with Python's integers, over GF(2^61 - 1) for the limbs of a secret and
over GF(2^127 - 1) for elements of a vector; nothing here is taken from the Swift code. The published
vectors are written as the standards print them, and checked against pyca/cryptography:

    pip install cryptography
    python3 Tests/Vectors/make_vectors.py
"""

import json
import random
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HERE = Path(__file__).parent
P61, P127 = 2**61 - 1, 2**127 - 1
LIMB_BITS = 60
LIMBS = 5


def write(name, source, vectors):
    text = json.dumps({"source": source, "vectors": vectors}, indent=2)
    (HERE / f"{name}.json").write_text(text + "\n")


def raw(text):
    return bytes.fromhex(text)


# --- X25519 ---------------------------------------------------------------------------------------

X25519 = [
    {"scalar": "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
     "point": "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
     "shared": "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
    {"scalar": "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
     "point": "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
     "shared": "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
    {"scalar": "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
     "point": "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
     "shared": "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
]
BAD_X25519 = [
    {"point": "00" * 32, "error": "lowOrder"},
    {"point": "01" + "00" * 31, "error": "lowOrder"},
    {"point": "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", "error": "lowOrder"},
    {"point": "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157", "error": "lowOrder"},
    {"point": "ec" + "ff" * 30 + "7f", "error": "lowOrder"},
    {"point": "ed" + "ff" * 30 + "7f", "error": "notCanonical"},
    {"point": "ee" + "ff" * 30 + "7f", "error": "notCanonical"},
    {"point": "09" + "00" * 30 + "80", "error": "notCanonical"},
    {"point": "ff" * 32, "error": "notCanonical"},
    {"point": "", "error": "wrongLength"},
    {"point": "09" * 31, "error": "wrongLength"},
    {"point": "09" * 33, "error": "wrongLength"},
]


def x25519():
    for vector in X25519:
        secret = X25519PrivateKey.from_private_bytes(raw(vector["scalar"]))
        point = X25519PublicKey.from_public_bytes(raw(vector["point"]))
        assert secret.exchange(point).hex() == vector["shared"]
    for vector in BAD_X25519:
        if vector["error"] == "lowOrder":
            secret = X25519PrivateKey.generate()
            try:
                secret.exchange(X25519PublicKey.from_public_bytes(raw(vector["point"])))
                raise AssertionError("not of low order")
            except ValueError:
                pass
    write("x25519", "RFC 7748, sections 5.2 and 6.1", X25519)
    write("bad_x25519", "RFC 7748, sections 5 and 6.1: points that must not be agreed upon",
          BAD_X25519)


# --- HKDF, AES, Ed25519 ---------------------------------------------------------------------------

HKDF_VECTORS = [
    {"secret": "0b" * 22, "salt": "000102030405060708090a0b0c", "info": "f0f1f2f3f4f5f6f7f8f9",
     "key": "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
    {"secret": bytes(range(0x50)).hex(), "salt": bytes(range(0x60, 0xB0)).hex(),
     "info": bytes(range(0xB0, 0x100)).hex(),
     "key": "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e59"
            "0e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
    {"secret": "0b" * 22, "salt": "", "info": "",
     "key": "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
]
CTR = [
    {"key": "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "counter": "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "plain": "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
              "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
     "cipher": "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
               "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"},
]
GCM = [
    {"key": "00" * 32, "nonce": "00" * 12, "plain": "", "beside": "", "cipher": "",
     "tag": "530f8afbc74536b9a963b4f1c4cb738b"},
    {"key": "00" * 32, "nonce": "00" * 12, "plain": "00" * 16, "beside": "",
     "cipher": "cea7403d4d606b6e074ec5d3baf39d18", "tag": "d0d1c8a799996bf0265b98b5d48ab919"},
    {"key": "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "nonce": "cafebabefacedbaddecaf888",
     "plain": "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
              "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "beside": "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "cipher": "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
               "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
     "tag": "76fc6ece0f4e1768cddf8853bb2d551b"},
]
ED25519 = [
    {"secret": "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "public": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "message": "",
     "signature": "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
                  "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"secret": "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "public": "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "message": "72",
     "signature": "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
                  "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"secret": "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "public": "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "message": "af82",
     "signature": "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
                  "c6594a7c15e9716ed28dc027beceea1ec40a"},
]


def changed(text, place):
    data = bytearray(raw(text))
    data[place] ^= 1
    return data.hex()


def derivation():
    for vector in HKDF_VECTORS:
        key = HKDF(SHA256(), len(raw(vector["key"])), raw(vector["salt"]), raw(vector["info"]))
        assert key.derive(raw(vector["secret"])).hex() == vector["key"]
    write("hkdf_sha256", "RFC 5869, appendix A.1 to A.3", HKDF_VECTORS)
    write("bad_hkdf_sha256", "appendix A.1 with one field changed: another key", [
        dict(HKDF_VECTORS[0], **{field: changed(HKDF_VECTORS[0][field], 0)})
        for field in ("secret", "salt", "info", "key")])


def ciphers():
    for vector in CTR:
        encryptor = Cipher(
            algorithms.AES(raw(vector["key"])), modes.CTR(raw(vector["counter"]))).encryptor()
        assert encryptor.update(raw(vector["plain"])).hex() == vector["cipher"]
    write("aes256_ctr", "NIST SP 800-38A, F.5.5", CTR)
    write("bad_aes256_ctr", "F.5.5 with one bit changed", [
        dict(CTR[0], **{field: changed(CTR[0][field], 5)}) for field in ("key", "counter", "cipher")])
    for vector in GCM:
        sealed = AESGCM(raw(vector["key"])).encrypt(
            raw(vector["nonce"]), raw(vector["plain"]), raw(vector["beside"]))
        assert sealed.hex() == vector["cipher"] + vector["tag"]
    write("aes256_gcm", "McGrew and Viega, The Galois/Counter Mode, cases 13, 14 and 16", GCM)
    bad = [dict(GCM[2], **{field: changed(GCM[2][field], 3)})
           for field in ("key", "nonce", "cipher", "tag", "beside")]
    for vector in bad:
        try:
            AESGCM(raw(vector["key"])).decrypt(
                raw(vector["nonce"]), raw(vector["cipher"] + vector["tag"]), raw(vector["beside"]))
            raise AssertionError("opens")
        except InvalidTag:
            pass
    write("bad_aes256_gcm", "case 16 with one bit changed: does not open", bad)


ORDER = 2**252 + 27742317777372353535851937790883648493


def signatures():
    for vector in ED25519:
        secret = Ed25519PrivateKey.from_private_bytes(raw(vector["secret"]))
        assert secret.public_key().public_bytes_raw().hex() == vector["public"]
        assert secret.sign(raw(vector["message"])).hex() == vector["signature"]
    write("ed25519", "RFC 8032, section 7.1, tests 1 to 3", ED25519)
    good = ED25519[2]
    half = raw(good["signature"])
    high = (int.from_bytes(half[32:], "little") + ORDER).to_bytes(32, "little")
    bad = [
        dict(good, signature=changed(good["signature"], 0)),
        dict(good, signature=changed(good["signature"], 40)),
        dict(good, message=changed(good["message"], 1)),
        dict(good, message=""),
        dict(good, public=ED25519[0]["public"]),
        dict(good, signature=(half[:32] + high).hex()),
        dict(good, signature=half[:63].hex()),
        dict(good, signature=""),
        dict(good, signature="00" * 64),
    ]
    for vector in bad:
        try:
            Ed25519PublicKey.from_public_bytes(raw(vector["public"])).verify(
                raw(vector["signature"]), raw(vector["message"]))
            raise AssertionError("verifies")
        except InvalidSignature:
            pass
    write("bad_ed25519", "test 3 altered; the sixth adds the group's order to S (section 5.1.7)", bad)


# --- What Moira makes of them ---------------------------------------------------------------------


def field(data):
    data = data.encode() if isinstance(data, str) else data
    return len(data).to_bytes(4, "little") + data


def integer(number, width=8):
    return number.to_bytes(width, "little")


def digest(data):
    state = Hash(SHA256())
    state.update(data)
    return state.finalize().hex()


def pairs():
    """A roster of two, and what one seals and vouches for towards the other."""
    names, job, task, attempt = ["alpha", "zeta"], "7f3a09c2", "homo_lr_0", 1
    secrets = [bytes((i * 37 + seed) % 256 for i in range(32)) for seed in (1, 2)]
    keys = [X25519PrivateKey.from_private_bytes(secret) for secret in secrets]
    public = [key.public_key().public_bytes_raw() for key in keys]
    roster = digest(
        field("moira/roster/1") + field(job) + field(task) + integer(attempt) + integer(2, 4)
        + b"".join(field(name) + field(key) for name, key in zip(names, public)))
    shared = keys[0].exchange(keys[1].public_key())

    def key(use):
        info = (field(use) + field("secagg") + field(task) + integer(attempt) + field(names[0])
                + field(names[1]) + field(roster))
        return HKDF(SHA256(), 32, job.encode(), info).derive(shared)

    plain, context, nonce = bytes(range(84)), b"round 3", bytes(range(100, 112))
    sealed = nonce + AESGCM(key("moira/seal/1")).encrypt(nonce, plain, context)
    statement = field("moira/secagg/survivors/1") + field("what all have seen")
    state = HMAC(key("moira/tag/1"), SHA256())
    state.update(statement)
    tag = state.finalize()
    good = {"secrets": [secret.hex() for secret in secrets], "roster": roster, "plain": plain.hex(),
            "context": context.hex(), "sealed": sealed.hex(), "tag": tag.hex()}
    write("pair", "seals and tags from alpha to zeta, by pyca/cryptography", [good])
    write("bad_pair", "with one bit changed: opens nothing, vouches for nothing", [
        dict(good, sealed=changed(good["sealed"], place), tag=changed(good["tag"], place % 32))
        for place in (0, 11, 12, 60, len(sealed) - 1)]
        + [dict(good, context=changed(good["context"], 0), tag=good["tag"][:-2])])


def identity():
    secret = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    statement = field("moira/keys/1") + field("what is signed")
    write("identity", "a signed statement, by pyca/cryptography", [{
        "secret": bytes(range(32)).hex(), "public": secret.public_key().public_bytes_raw().hex(),
        "statement": statement.hex(), "signature": secret.sign(statement).hex()}])


# --- Shamir ---------------------------------------------------------------------------------------


def value(coefficients, point, prime):
    return sum(c * pow(point, power, prime) for power, c in enumerate(coefficients)) % prime


def at_zero(shares, prime):
    total = 0
    for point, share in shares:
        numerator = denominator = 1
        for other, _ in shares:
            if other != point:
                numerator = numerator * -other % prime
                denominator = denominator * (point - other) % prime
        total += share * numerator * pow(denominator, -1, prime)
    return total % prime


def secret_vector(source, threshold, parties):
    secret = source.randbytes(32)
    whole = int.from_bytes(secret, "little")
    limbs = [whole >> LIMB_BITS * i & (1 << LIMB_BITS) - 1 for i in range(LIMBS)]
    polynomials = [[limb] + [source.randrange(P61) for _ in range(threshold - 1)] for limb in limbs]
    shares = []
    for point in range(1, parties + 1):
        values = [value(polynomial, point, P61) for polynomial in polynomials]
        shares.append((point.to_bytes(2, "little")
                       + b"".join(v.to_bytes(8, "little") for v in values)).hex())
    points = source.sample(range(1, parties + 1), threshold)
    for i, limb in enumerate(limbs):
        assert at_zero([(p, value(polynomials[i], p, P61)) for p in points], P61) == limb
    return {"threshold": threshold, "parties": parties, "secret": secret.hex(), "points": points,
            "shares": shares}


def vector_vector(source, threshold, parties, summands):
    words = [[source.choice([0, 1, 2**63, 2**64 - 1, source.getrandbits(64)]) for _ in range(4)]
             for _ in range(summands)]
    sums = [[0] * 4 for _ in range(parties)]
    for row in words:
        for index, word in enumerate(row):
            signed = word - 2**64 if word >> 63 else word
            polynomial = [signed % P127] + [source.randrange(P127) for _ in range(threshold - 1)]
            for point in range(1, parties + 1):
                share = value(polynomial, point, P127)
                sums[point - 1][index] = (sums[point - 1][index] + share) % P127
    points = source.sample(range(1, parties + 1), threshold)
    total = [sum(row[index] for row in words) % 2**64 for index in range(4)]
    for index in range(4):
        found = at_zero([(p, sums[p - 1][index]) for p in points], P127)
        assert (found - P127 if found > P127 // 2 else found) % 2**64 == total[index]
    return {"threshold": threshold, "parties": parties, "summands": summands, "points": points,
            "shares": [[f"{v:032x}" for v in row] for row in sums],
            "sum": [f"{v:016x}" for v in total]}


def shamir():
    source = random.Random(2**61 - 1)
    sizes = [(2, 2), (2, 3), (4, 5), (7, 10), (67, 100)]
    secrets = [secret_vector(source, t, n) for t, n in sizes]
    write("shamir_secret", "Python's integers, GF(2^61 - 1), five limbs of 60 bits", secrets)
    good = secrets[1]

    def share(point, *limbs):
        return (point.to_bytes(2, "little")
                + b"".join(limb.to_bytes(8, "little") for limb in limbs)).hex()

    write("bad_shamir_secret", "shares that are none", [
        {"share": "", "error": "wrongLength"},
        {"share": good["shares"][0][:-2], "error": "wrongLength"},
        {"share": good["shares"][0] + "00", "error": "wrongLength"},
        {"share": share(0, 1, 1, 1, 1, 1), "error": "pointOutOfRange"},
        {"share": share(1025, 1, 1, 1, 1, 1), "error": "pointOutOfRange"},
        {"share": share(1, P61, 1, 1, 1, 1), "error": "notInField"},
        {"share": share(1, 1, 1, 1, 1, 2**64 - 1), "error": "notInField"},
    ])
    vectors = [vector_vector(source, t, n, s) for t, n, s in [(2, 2, 1), (2, 3, 3), (4, 5, 5), (7, 10, 9)]]
    write("shamir_vector", "Python's integers, GF(2^127 - 1), sums of words of 64 bits", vectors)
    bad = [dict(vectors[1], shares=[row[:] for row in vectors[1]["shares"]]) for _ in range(2)]
    first = vectors[1]["points"][0] - 1
    bad[0]["shares"][first][2] = f"{P127:032x}"
    bad[1]["shares"][first][0] = f"{(int(bad[1]['shares'][first][0], 16) + 2**100) % P127:032x}"
    write("bad_shamir_vector", "a number that is not in the field; a sum that no words give", [
        dict(bad[0], error="notInField"), dict(bad[1], error="sumOutOfRange")])


if __name__ == "__main__":
    x25519()
    derivation()
    ciphers()
    signatures()
    pairs()
    identity()
    shamir()
