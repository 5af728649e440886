#include "ckernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

// Numbers x₀ + x₁·m modulo m², eight at a time: lane l of each vector belongs to the l-th number.
//
// Of two such numbers the product is x₀y₀ + (x₀y₁ + x₁y₀)·m. Montgomery's reduction of the first
// part by m, q·m + x₀y₀ = R·t, leaves the digit t and −q·m; and −q joins the second part, whose own
// reduction by m gives the other digit. So five products of h limbs do for a modulus of 2h limbs,
// which would need eight.

typedef __m512i lanes;
enum { limb_bits = 52, block = 4, most_limbs = CK_MOST_LIMBS, window = 4, entries = 1 << window };

#define IFMA __attribute__((target("avx512f,avx512ifma,avx512dq,avx512vl,avx512bw")))
#define INLINE IFMA static inline __attribute__((always_inline))

// What a product leaves behind on its way; overwritten by whoever owns it.
typedef struct {
  lanes quotient[most_limbs], other_quotient[most_limbs], digit[most_limbs];
} scratch;

// The modulus m with −m⁻¹ modulo 2⁵².
typedef struct {
  size_t limbs;
  const uint64_t *words;
  lanes inverse;
} modulus;

INLINE modulus modulus_of(size_t limbs, const uint64_t *words, uint64_t inverse) {
  return (modulus){limbs, words, _mm512_set1_epi64((long long)inverse)};
}

// The columns of products of blocks of four limbs; the upper halves belong one column higher.
typedef struct {
  lanes low[2 * block - 1], high[2 * block - 1];
} columns;

INLINE void add_block(columns *sum, const lanes *x, const lanes *y) {
#pragma unroll
  for (int i = 0; i < block; i++) {
#pragma unroll
    for (int j = 0; j < block; j++) {
      sum->low[i + j] = _mm512_madd52lo_epu64(sum->low[i + j], x[i], y[j]);
      sum->high[i + j] = _mm512_madd52hi_epu64(sum->high[i + j], x[i], y[j]);
    }
  }
}

INLINE void add_block_of_modulus(columns *sum, const lanes *x, const uint64_t *words) {
  lanes y[block];
#pragma unroll
  for (int j = 0; j < block; j++) y[j] = _mm512_set1_epi64((long long)words[j]);
  add_block(sum, x, y);
}

INLINE void twice(columns *sum) {
#pragma unroll
  for (int c = 0; c < 2 * block - 1; c++) {
    sum->low[c] = _mm512_add_epi64(sum->low[c], sum->low[c]);
    sum->high[c] = _mm512_add_epi64(sum->high[c], sum->high[c]);
  }
}

// All blocks that meet in the block of columns k, of h blocks each.
INLINE void add_blocks(columns *sum, const lanes *x, const lanes *y, size_t k, size_t h) {
  for (size_t i = k < h ? 0 : k - h + 1; i <= k && i < h; i++)
    add_block(sum, x + block * i, y + block * (k - i));
}

INLINE void add_square(columns *sum, const lanes *x, size_t k, size_t h) {
  for (size_t i = k < h ? 0 : k - h + 1; 2 * i < k; i++)
    add_block(sum, x + block * i, x + block * (k - i));
  twice(sum);
  if (k % 2 == 0) add_block(sum, x + block * (k / 2), x + block * (k / 2));
}

// The quotients of the lowest four columns, which become zero.
INLINE void reduce_block(lanes *at, lanes *quotient, const modulus *m) {
  lanes words[block];
#pragma unroll
  for (int j = 0; j < block; j++) words[j] = _mm512_set1_epi64((long long)m->words[j]);
#pragma unroll
  for (int c = 0; c < block; c++) {
    lanes q = _mm512_madd52lo_epu64(_mm512_setzero_si512(), at[c], m->inverse);
    quotient[c] = q;
#pragma unroll
    for (int j = 0; j < block; j++) {
      at[c + j] = _mm512_madd52lo_epu64(at[c + j], q, words[j]);
      at[c + j + 1] = _mm512_madd52hi_epu64(at[c + j + 1], q, words[j]);
    }
    // Arithmetic, as a difference may be below zero.
    at[c + 1] = _mm512_add_epi64(at[c + 1], _mm512_srai_epi64(at[c], limb_bits));
  }
}

INLINE void carry_block(lanes *at, lanes *out) {
  const lanes mask = _mm512_set1_epi64((1LL << limb_bits) - 1);
#pragma unroll
  for (int c = 0; c < block; c++) {
    out[c] = _mm512_and_si512(at[c], mask);
    at[c + 1] = _mm512_add_epi64(at[c + 1], _mm512_srai_epi64(at[c], limb_bits));
  }
}

typedef enum { plain_product, sum_of_products, square, doubled_product } form;

// (products − taken) / R modulo m, with the quotients. The form is a constant once inlined.
INLINE void reduce(const form kind, const modulus *m, const lanes *x, const lanes *y,
                   const lanes *x2, const lanes *y2, const lanes *taken, lanes *quotient,
                   lanes *out) {
  const size_t h = m->limbs / block;
  lanes at[2 * block + 1];
#pragma unroll
  for (int c = 0; c <= 2 * block; c++) at[c] = _mm512_setzero_si512();
  for (size_t k = 0; k < 2 * h; k++) {
    columns sum;
#pragma unroll
    for (int c = 0; c < 2 * block - 1; c++) sum.low[c] = sum.high[c] = _mm512_setzero_si512();
    if (kind == square) {
      add_square(&sum, x, k, h);
    } else {
      add_blocks(&sum, x, y, k, h);
      if (kind == doubled_product) twice(&sum);
      if (kind == sum_of_products) add_blocks(&sum, x2, y2, k, h);
    }
    for (size_t i = k < h ? 0 : k - h + 1; i < k && i < h; i++)
      add_block_of_modulus(&sum, quotient + block * i, m->words + block * (k - i));
#pragma unroll
    for (int c = 0; c < 2 * block - 1; c++) {
      at[c] = _mm512_add_epi64(at[c], sum.low[c]);
      at[c + 1] = _mm512_add_epi64(at[c + 1], sum.high[c]);
    }
    if (k < h) {
      if (kind == sum_of_products || kind == doubled_product) {
#pragma unroll
        for (int c = 0; c < block; c++) at[c] = _mm512_sub_epi64(at[c], taken[block * k + c]);
      }
      reduce_block(at, quotient + block * k, m);
    } else {
      carry_block(at, out + block * (k - h));
    }
#pragma unroll
    for (int c = 0; c <= block; c++) at[c] = at[c + block];
#pragma unroll
    for (int c = block + 1; c <= 2 * block; c++) at[c] = _mm512_setzero_si512();
  }
}

IFMA static void multiply(const modulus *m, const lanes *x, const lanes *y, lanes *out,
                          scratch *s) {
  const size_t h = m->limbs;
  reduce(plain_product, m, x, y, 0, 0, 0, s->quotient, s->digit);
  reduce(sum_of_products, m, x, y + h, x + h, y, s->quotient, s->other_quotient, out + h);
  memcpy(out, s->digit, h * sizeof(lanes));
}

IFMA static void square_of(const modulus *m, const lanes *x, lanes *out, scratch *s) {
  const size_t h = m->limbs;
  reduce(square, m, x, x, 0, 0, 0, s->quotient, s->digit);
  reduce(doubled_product, m, x, x + h, 0, 0, s->quotient, s->other_quotient, out + h);
  memcpy(out, s->digit, h * sizeof(lanes));
}

int ck_widest_pair_level(void) {
  return ck_kernels_allowed() && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}

IFMA void ck_pair_multiply(size_t limbs, const uint64_t *words, uint64_t inverse,
                           const uint64_t *x, const uint64_t *y, uint64_t *out) {
  const modulus m = modulus_of(limbs, words, inverse);
  scratch s;
  lanes product[2 * most_limbs];
  multiply(&m, (const lanes *)x, (const lanes *)y, product, &s);
  memcpy(out, product, 2 * limbs * sizeof(lanes));
  ck_wipe(product, sizeof product);
  ck_wipe(&s, sizeof s);
}

// All entries are read, so that no address tells the digit.
INLINE void select_power(const lanes *table, size_t width, unsigned digit, lanes *out) {
  memset(out, 0, width * sizeof(lanes));
  for (unsigned e = 0; e < entries; e++) {
    const lanes mask = _mm512_set1_epi64((long long)((uint64_t)(e ^ digit) - 1) >> 63);
    const lanes *entry = table + e * width;
    for (size_t i = 0; i < width; i++)
      out[i] = _mm512_or_si512(out[i], _mm512_and_si512(entry[i], mask));
  }
}

IFMA void ck_pair_power(size_t limbs, const uint64_t *words, uint64_t inverse, const uint64_t *base,
                        const uint64_t *one, const uint64_t *exponent, size_t bits,
                        uint64_t *powers, uint64_t *out) {
  const modulus m = modulus_of(limbs, words, inverse);
  const size_t width = 2 * limbs;
  scratch s;
  lanes *table = (lanes *)powers, *result = (lanes *)out, factor[2 * most_limbs];
  memcpy(table, one, width * sizeof(lanes));
  memcpy(table + width, base, width * sizeof(lanes));
  for (int e = 2; e < entries; e++)
    multiply(&m, table + (e - 1) * width, table + width, table + e * width, &s);
  memcpy(result, one, width * sizeof(lanes));
  for (size_t at = (bits + window - 1) / window * window; at > 0; at -= window) {
    for (int i = 0; i < window; i++) square_of(&m, result, result, &s);
    unsigned digit = exponent[(at - window) / 64] >> ((at - window) % 64) & (entries - 1);
    select_power(table, width, digit, factor);
    multiply(&m, result, factor, result, &s);
  }
  ck_wipe(factor, sizeof factor);
  ck_wipe(&s, sizeof s);
}

enum { chunk = CK_PAIR_CHUNK, comb_entries = CK_PAIR_ENTRIES };

// All entries of the position are read, so that no address tells a digit.
INLINE void select_entries(const uint64_t *position, size_t width, const uint8_t *digits,
                           lanes *out) {
  const lanes wanted = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)digits));
  for (size_t first = 0; first < width; first += chunk) {
    lanes found[chunk];
#pragma unroll
    for (int i = 0; i < chunk; i++) found[i] = _mm512_setzero_si512();
    for (int e = 0; e < comb_entries; e++) {
      const __mmask8 here = _mm512_cmpeq_epi64_mask(wanted, _mm512_set1_epi64(e));
#pragma unroll
      for (int i = 0; i < chunk; i++)
        found[i] = _mm512_mask_broadcastq_epi64(
            found[i], here, _mm_loadl_epi64((const __m128i *)(position + i)));
      position += chunk;
    }
#pragma unroll
    for (int i = 0; i < chunk; i++) out[first + i] = found[i];
  }
}

IFMA void ck_pair_blind(size_t limbs, const uint64_t *words, uint64_t inverse,
                        const uint64_t *table, size_t positions, const uint8_t *digits,
                        uint64_t *values) {
  const modulus m = modulus_of(limbs, words, inverse);
  const size_t width = 2 * limbs;
  scratch s;
  lanes factor[2 * most_limbs], *result = (lanes *)values;
  for (size_t p = 0; p < positions; p++) {
    select_entries(table + p * width * comb_entries, width, digits + 8 * p, factor);
    multiply(&m, result, factor, result, &s);
  }
  ck_wipe(factor, sizeof factor);
  ck_wipe(&s, sizeof s);
}

// Puts one power of each lane's base where `select_entries` looks for it.
static void store_entry(const lanes *power, size_t width, int entry, size_t count,
                        uint64_t *table) {
  const uint64_t *from = (const uint64_t *)power;
  for (size_t lane = 0; lane < count; lane++) {
    uint64_t *position = table + lane * width * comb_entries;
    for (size_t i = 0; i < width; i++)
      position[(i / chunk * comb_entries + entry) * chunk + i % chunk] = from[8 * i + lane];
  }
}

IFMA void ck_pair_fill(size_t limbs, const uint64_t *words, uint64_t inverse, const uint64_t *bases,
                       const uint64_t *one, size_t count, uint64_t *table) {
  const modulus m = modulus_of(limbs, words, inverse);
  const size_t width = 2 * limbs;
  scratch s;
  lanes power[2 * most_limbs];
  memcpy(power, one, width * sizeof(lanes));
  for (int e = 0; e < comb_entries; e++) {
    store_entry(power, width, e, count, table);
    if (e + 1 < comb_entries) multiply(&m, power, (const lanes *)bases, power, &s);
  }
}

#else

// Never called: there is no level to call them with.
int ck_widest_pair_level(void) { return 0; }
void ck_pair_multiply(size_t limbs, const uint64_t *words, uint64_t inverse, const uint64_t *x,
                      const uint64_t *y, uint64_t *out) {}
void ck_pair_power(size_t limbs, const uint64_t *words, uint64_t inverse, const uint64_t *base,
                   const uint64_t *one, const uint64_t *exponent, size_t bits, uint64_t *powers,
                   uint64_t *out) {}
void ck_pair_blind(size_t limbs, const uint64_t *words, uint64_t inverse, const uint64_t *table,
                   size_t positions, const uint8_t *digits, uint64_t *values) {}
void ck_pair_fill(size_t limbs, const uint64_t *words, uint64_t inverse, const uint64_t *bases,
                  const uint64_t *one, size_t count, uint64_t *table) {}

#endif
