#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Whether kernels beyond the portable path may be used: not where the environment says
/// MOIRA_KERNELS=portable. Read at the first call in a process, for all that stands below.
int ck_kernels_allowed(void);

/// The same for a value of that variable, or none.
int ck_kernels_named(const char *value);

/// Fills with zeros, whether or not anybody reads them afterwards.
void ck_wipe(void *bytes, size_t count);

/// The inner loops over one block of rows, for the vectors that this processor has.
///
/// The same arithmetic as MoiraMath's portable kernel, but with fused products and wider lanes, so the
/// last bits may differ from it.

/// The widest level that this processor has: 0 none of these, 1 AVX2 with FMA, 2 AVX-512.
int ck_widest_level(void);

/// z[i] += sum over j of w[j] * x[j * stride + i], for each of `count` rows. `level` is 1 or 2.
void ck_add_products(int level, const double *x, long stride, long count, long columns,
                     const double *w, double *z);

/// g[j] += sum over i of x[j * stride + i] * r[i], over `count` rows. `level` is 1 or 2.
void ck_add_dots(int level, const double *x, long stride, long count, long columns,
                 const double *r, double *g);

/// Turns logits into sigmoid(z) - label, and writes each row's logistic loss. `level` is 1 or 2.
void ck_logistic_residuals(int level, double *z, const double *labels, double *losses, long count);

/// The keystream of AES-256 in counter mode, with the processor's AES instructions.
///
/// What they compute does not depend on the level. Time and addresses do not depend on the key.

/// The widest level that this processor has: 0 none of these, 1 AES-NI, 2 VAES with AVX2,
/// 3 VAES with AVX-512.
int ck_widest_aes_level(void);

/// Writes the 240 bytes of the round keys for the 32 bytes of a key (FIPS-197, section 5.2).
/// Only where the widest level is at least 1.
void ck_expand_aes256_key(const uint8_t *key, uint8_t *expanded);

/// Adds the keystream to the words modulo 2^64, or takes it away, in place; allocates nothing.
///
/// The keystream is read as little-endian words. Its first counter block is high * 2^64 + low,
/// big-endian; the counter wraps at 2^128 (SP 800-38A, section 6.5). `level` is 1 to the widest.
/// The round keys and what was left over of the last blocks are overwritten before it returns.
void ck_apply_keystream(int level, const uint8_t *key, uint64_t high, uint64_t low, int subtract,
                        uint64_t *words, size_t count);

/// Numbers x0 + x1 * m modulo m^2, eight at a time, with AVX-512 IFMA.
///
/// m is odd and has `limbs` limbs of 52 bits, with at least 8 bits of the highest one free:
/// `words` are its limbs, low first, `inverse` is -1/m modulo 2^52. R is 2^(52 * limbs).
/// A number is 2 * limbs vectors of eight words, aligned to 64 bytes: the limbs of x0, then those of
/// x1; word l of each vector belongs to the l-th number. Digits are below 4 * m, and come out below
/// 4 * m. Time and addresses depend on sizes alone. Only where the level is 1.
enum { CK_MOST_LIMBS = 80, CK_PAIR_CHUNK = 20, CK_PAIR_ENTRIES = 32 };

/// 1 where the processor has what they need, otherwise 0.
int ck_widest_pair_level(void);

/// out = x * y / R modulo m^2. `out` may be x or y. `limbs` is a multiple of 4, and at most
/// CK_MOST_LIMBS.
void ck_pair_multiply(size_t limbs, const uint64_t *words, uint64_t inverse, const uint64_t *x,
                      const uint64_t *y, uint64_t *out);

/// out = R * (base / R)^exponent modulo m^2, with one exponent of `bits` bits for all lanes.
/// `one` is R. `powers` has room for 16 numbers, which the caller overwrites.
void ck_pair_power(size_t limbs, const uint64_t *words, uint64_t inverse, const uint64_t *base,
                   const uint64_t *one, const uint64_t *exponent, size_t bits, uint64_t *powers,
                   uint64_t *out);

/// values = values * product over the positions of table[position][digit] / R, modulo m^2.
///
/// The table has 32 entries of 2 * limbs words for each position; `digits` has eight for each
/// position, one a lane, each below 32. `limbs` is a multiple of 10.
void ck_pair_blind(size_t limbs, const uint64_t *words, uint64_t inverse, const uint64_t *table,
                   size_t positions, const uint8_t *digits, uint64_t *values);

/// Writes the entries of `count` positions, at most eight: entry e of the l-th is R * (base / R)^e,
/// base being the l-th of `bases`. `one` is R.
void ck_pair_fill(size_t limbs, const uint64_t *words, uint64_t inverse, const uint64_t *bases,
                  const uint64_t *one, size_t count, uint64_t *table);

#endif
