#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

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

#endif
