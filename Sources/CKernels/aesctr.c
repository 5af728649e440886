#include "ckernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

enum { rounds = 14, key_blocks = rounds + 1 };

typedef struct {
  __m128i blocks[key_blocks];
} round_keys;

#define AES __attribute__((target("aes,sse4.1")))

// Each word becomes the sum of itself and those before it, as the expansion's recurrence wants.
AES static inline __m128i running_xor(__m128i x) {
  x = _mm_xor_si128(x, _mm_slli_si128(x, 4));
  return _mm_xor_si128(x, _mm_slli_si128(x, 8));
}

// FIPS-197, section 5.2. The last round substitutes bytes, and shifts nothing when all columns are
// the same, which is SubWord without a table that would leave traces in the cache.
AES static void expand(const uint8_t *key, round_keys *keys) {
  const __m128i rotated = _mm_set1_epi32(0x0c0f0e0d), last = _mm_set1_epi32(0x0f0e0d0c);
  __m128i *block = keys->blocks;
  block[0] = _mm_loadu_si128((const __m128i *)key);
  block[1] = _mm_loadu_si128((const __m128i *)(key + 16));
  for (int i = 2; i < key_blocks; i++) {
    __m128i pattern = i % 2 ? last : rotated;
    __m128i constant = i % 2 ? _mm_setzero_si128() : _mm_set1_epi32(1 << (i / 2 - 1));
    __m128i word = _mm_aesenclast_si128(_mm_shuffle_epi8(block[i - 1], pattern), constant);
    block[i] = _mm_xor_si128(running_xor(block[i - 2]), word);
  }
}

#define NAME apply_aesni
#define FEATURES "aes,sse4.1"
#define VECTOR __m128i
#define BLOCKS 1
#define SPREAD(x) (x)
#define SHUFFLE _mm_shuffle_epi8
#define ADD _mm_add_epi64
#define SUBTRACT _mm_sub_epi64
#define XOR _mm_xor_si128
#define ROUND _mm_aesenc_si128
#define LAST_ROUND _mm_aesenclast_si128
#define LOAD _mm_loadu_si128
#define STORE _mm_storeu_si128
#include "aesctr_loop.h"

#define NAME apply_vaes256
#define FEATURES "vaes,aes,avx2"
#define VECTOR __m256i
#define BLOCKS 2
#define SPREAD _mm256_broadcastsi128_si256
#define SHUFFLE _mm256_shuffle_epi8
#define ADD _mm256_add_epi64
#define SUBTRACT _mm256_sub_epi64
#define XOR _mm256_xor_si256
#define ROUND _mm256_aesenc_epi128
#define LAST_ROUND _mm256_aesenclast_epi128
#define LOAD _mm256_loadu_si256
#define STORE _mm256_storeu_si256
#include "aesctr_loop.h"

#define NAME apply_vaes512
#define FEATURES "vaes,aes,avx2,avx512f,avx512bw"
#define VECTOR __m512i
#define BLOCKS 4
#define SPREAD _mm512_broadcast_i32x4
#define SHUFFLE _mm512_shuffle_epi8
#define ADD _mm512_add_epi64
#define SUBTRACT _mm512_sub_epi64
#define XOR _mm512_xor_si512
#define ROUND _mm512_aesenc_epi128
#define LAST_ROUND _mm512_aesenclast_epi128
#define LOAD _mm512_loadu_si512
#define STORE _mm512_storeu_si512
#include "aesctr_loop.h"

int ck_widest_aes_level(void) {
  if (!ck_kernels_allowed()) return 0;
  if (!__builtin_cpu_supports("aes") || !__builtin_cpu_supports("sse4.1")) return 0;
  if (!__builtin_cpu_supports("vaes") || !__builtin_cpu_supports("avx2")) return 1;
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") ? 3 : 2;
}

void ck_expand_aes256_key(const uint8_t *key, uint8_t *expanded) {
  round_keys keys;
  expand(key, &keys);
  memcpy(expanded, &keys, sizeof keys);
  ck_wipe(&keys, sizeof keys);
}

void ck_apply_keystream(int level, const uint8_t *key, uint64_t high, uint64_t low, int subtract,
                        uint64_t *words, size_t count) {
  round_keys keys;
  expand(key, &keys);
  while (count > 0) {
    // As far as the lower half of the counter goes without a carry: 2⁶⁴ − low blocks, or all.
    uint64_t before_carry = -low, part = count;
    if (low != 0 && before_carry < (count + 1) / 2) part = 2 * before_carry;
    (level == 3 ? apply_vaes512 : level == 2 ? apply_vaes256 : apply_aesni)(
        &keys, high, low, subtract, words, part);
    words += part;
    count -= part;
    low = 0;
    high += 1;
  }
  ck_wipe(&keys, sizeof keys);
}

#else

// Never called: there is no level to call them with.
int ck_widest_aes_level(void) { return 0; }
void ck_expand_aes256_key(const uint8_t *key, uint8_t *expanded) {}
void ck_apply_keystream(int level, const uint8_t *key, uint64_t high, uint64_t low, int subtract,
                        uint64_t *words, size_t count) {}

#endif
