#include "ckernels.h"

#if defined(__x86_64__)

#include <stdint.h>
#include <string.h>

// The bodies below are compiled once for each level: they are inlined into functions that may use
// its instructions. Vectors of eight become two halves where the level has no registers so wide.
#define BODY static inline __attribute__((always_inline))

typedef double lanes __attribute__((vector_size(64), aligned(8)));

BODY void add_products(const double *x, long stride, long count, long columns, const double *w,
                       double *restrict z) {
  long j = 0;
  for (; j + 8 <= columns; j += 8) {
    const double *a = x + j * stride, *b = a + stride, *c = b + stride, *d = c + stride;
    const double *e = d + stride, *f = e + stride, *g = f + stride, *h = g + stride;
    const double *v = w + j;
    for (long i = 0; i < count; i++) {
      double first = v[0] * a[i] + v[1] * b[i] + v[2] * c[i] + v[3] * d[i];
      double second = v[4] * e[i] + v[5] * f[i] + v[6] * g[i] + v[7] * h[i];
      z[i] += first + second;
    }
  }
  for (; j < columns; j++) {
    const double *a = x + j * stride;
    for (long i = 0; i < count; i++) z[i] += w[j] * a[i];
  }
}

BODY double sum(const lanes *all) {
  const double *v = (const double *)all;
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

// The dots of `width` columns at a time, a constant once inlined.
BODY void add_dots_of(const int width, const double *x, long stride, long count, const double *r,
                      double *g) {
  lanes sums[8];
  for (int c = 0; c < width; c++) sums[c] = (lanes){0};
  long i = 0;
  for (; i + 8 <= count; i += 8) {
    lanes residuals = *(const lanes *)(r + i);
#pragma unroll
    for (int c = 0; c < width; c++) sums[c] += *(const lanes *)(x + c * stride + i) * residuals;
  }
  for (int c = 0; c < width; c++) {
    double total = sum(&sums[c]);
    for (long k = i; k < count; k++) total += x[c * stride + k] * r[k];
    g[c] += total;
  }
}

BODY void add_dots(const double *x, long stride, long count, long columns, const double *r,
                   double *g, const int width) {
  long j = 0;
  for (; j + width <= columns; j += width)
    add_dots_of(width, x + j * stride, stride, count, r, g + j);
  for (; j < columns; j++) add_dots_of(1, x + j * stride, stride, count, r, g + j);
}

// exp(x) for x <= 0 and log(1 + e): the same reductions and polynomials as VectorMath.swift.
BODY double exp_of_negative(double x) {
  double clamped = x < -708 ? -708 : x;
  double shifted = clamped * 0x1.71547652b82fep0 + 0x1.8p52;
  double n = shifted - 0x1.8p52;
  double r = (clamped - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;
  uint64_t bits;
  memcpy(&bits, &shifted, 8);
  bits = (bits + 1023) << 52;
  double scale;
  memcpy(&scale, &bits, 8);
  double r2 = r * r, r4 = r2 * r2;
  double p0 = (1 + r) + r2 * (0.5 + r * (1.0 / 6));
  double p4 = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040));
  double p8 = (1.0 / 40320 + r * (1.0 / 362880)) + r2 * (1.0 / 3628800 + r * (1.0 / 39916800));
  double p12 = 1.0 / 479001600 + r * (1.0 / 6227020800);
  return ((p0 + r4 * p4) + (r4 * r4) * (p8 + r4 * p12)) * scale;
}

BODY double log_of_one_plus(double s) {
  double t = s * s, t2 = t * t, t4 = t2 * t2;
  double p0 = (0.3333333333333333 + t * 0.20000000000007292) +
              t2 * (0.1428571428355438 + t * 0.11111111358713932);
  double p4 = (0.09090894718066429 + t * 0.07692785032479312) +
              t2 * (0.06657072104827468 + t * 0.06000536404795356);
  double p8 = 0.04400369243072337 + t * 0.08082022805971766;
  return 2 * (s + s * t * (p0 + t4 * (p4 + t4 * p8)));
}

BODY void logistic_residuals(double *restrict z, const double *restrict labels,
                             double *restrict losses, long count) {
  for (long i = 0; i < count; i++) {
    double logit = z[i], label = labels[i];
    double e = exp_of_negative(-__builtin_fabs(logit));
    double one = 1 + e, two = 2 + e, inverse = 1 / (one * two);
    double probability = (logit < 0 ? e : 1) * (two * inverse);
    double positive = logit < 0 ? 0 : logit;
    losses[i] = (positive - label * logit) + log_of_one_plus(e * (one * inverse));
    z[i] = probability - label;
  }
}

#define VARIANTS(level, features, width)                                                          \
  __attribute__((target(features))) static void add_products_##level(                             \
      const double *x, long stride, long count, long columns, const double *w, double *z) {       \
    add_products(x, stride, count, columns, w, z);                                                \
  }                                                                                               \
  __attribute__((target(features))) static void add_dots_##level(                                 \
      const double *x, long stride, long count, long columns, const double *r, double *g) {       \
    add_dots(x, stride, count, columns, r, g, width);                                             \
  }                                                                                               \
  __attribute__((target(features))) static void logistic_residuals_##level(                       \
      double *z, const double *labels, double *losses, long count) {                              \
    logistic_residuals(z, labels, losses, count);                                                 \
  }

// As many columns at once as sums stay in registers.
VARIANTS(avx2, "avx2,fma", 4)
VARIANTS(avx512, "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma", 8)

int ck_widest_level(void) {
  if (!ck_kernels_allowed()) return 0;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
    return 2;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1 : 0;
}

void ck_add_products(int level, const double *x, long stride, long count, long columns,
                     const double *w, double *z) {
  (level == 2 ? add_products_avx512 : add_products_avx2)(x, stride, count, columns, w, z);
}

void ck_add_dots(int level, const double *x, long stride, long count, long columns,
                 const double *r, double *g) {
  (level == 2 ? add_dots_avx512 : add_dots_avx2)(x, stride, count, columns, r, g);
}

void ck_logistic_residuals(int level, double *z, const double *labels, double *losses, long count) {
  (level == 2 ? logistic_residuals_avx512 : logistic_residuals_avx2)(z, labels, losses, count);
}

#else

// Never called: there is no level to call them with.
int ck_widest_level(void) { return 0; }
void ck_add_products(int level, const double *x, long stride, long count, long columns,
                     const double *w, double *z) {}
void ck_add_dots(int level, const double *x, long stride, long count, long columns,
                 const double *r, double *g) {}
void ck_logistic_residuals(int level, double *z, const double *labels, double *losses, long count) {
}

#endif
