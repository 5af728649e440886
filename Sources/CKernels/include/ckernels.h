#ifndef CKERNELS_H
#define CKERNELS_H

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

#endif
