// The loop over the counter blocks, compiled once for each level. Whoever includes this says how
// many BLOCKS a VECTOR holds and which instructions work on it; all that is undefined at the end.

#define LOOP __attribute__((target(FEATURES)))
#define JOINED(name, part) name##_##part
#define NAMED(name, part) JOINED(name, part)
// Vectors in flight, which hide the latency of a round.
#define DEPTH 8

// The next DEPTH vectors of keystream. `counters` has the blocks' counters, low half first.
LOOP static inline __attribute__((always_inline)) void NAMED(NAME, keystream)(
    const round_keys *keys, VECTOR *counters, VECTOR *out) {
  const VECTOR reversed = SPREAD(_mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f));
  const VECTOR step = SPREAD(_mm_set_epi64x(0, BLOCKS));
  VECTOR key = SPREAD(keys->blocks[0]);
#pragma unroll
  for (int v = 0; v < DEPTH; v++) {
    out[v] = XOR(SHUFFLE(*counters, reversed), key);
    *counters = ADD(*counters, step);
  }
#pragma unroll
  for (int i = 1; i < rounds; i++) {
    key = SPREAD(keys->blocks[i]);
#pragma unroll
    for (int v = 0; v < DEPTH; v++) out[v] = ROUND(out[v], key);
  }
  key = SPREAD(keys->blocks[rounds]);
#pragma unroll
  for (int v = 0; v < DEPTH; v++) out[v] = LAST_ROUND(out[v], key);
}

// Adds the keystream to the words or takes it away; the lower half of the counter does not carry.
LOOP static void NAME(const round_keys *keys, uint64_t high, uint64_t low, int subtract,
                      uint64_t *words, size_t count) {
  const size_t lanes = 2 * BLOCKS, whole = count - count % (DEPTH * lanes);
  uint64_t first[2 * BLOCKS];
  for (int i = 0; i < BLOCKS; i++) {
    first[2 * i] = low + i;
    first[2 * i + 1] = high;
  }
  VECTOR counters = LOAD((void *)first), mask[DEPTH];
  for (size_t i = 0; i < whole; i += DEPTH * lanes) {
    NAMED(NAME, keystream)(keys, &counters, mask);
#pragma unroll
    for (int v = 0; v < DEPTH; v++) {
      void *at = words + i + v * lanes;
      VECTOR old = LOAD(at);
      STORE(at, subtract ? SUBTRACT(old, mask[v]) : ADD(old, mask[v]));
    }
  }
  if (whole == count) return;
  VECTOR rest[DEPTH];
  uint64_t tail[DEPTH * 2 * BLOCKS];
  NAMED(NAME, keystream)(keys, &counters, rest);
  memcpy(tail, rest, sizeof tail);
  for (size_t i = whole; i < count; i++)
    words[i] = subtract ? words[i] - tail[i - whole] : words[i] + tail[i - whole];
  ck_wipe(tail, sizeof tail);
  ck_wipe(rest, sizeof rest);
}

#undef NAME
#undef FEATURES
#undef VECTOR
#undef BLOCKS
#undef SPREAD
#undef SHUFFLE
#undef ADD
#undef SUBTRACT
#undef XOR
#undef ROUND
#undef LAST_ROUND
#undef LOAD
#undef STORE
#undef LOOP
#undef JOINED
#undef NAMED
#undef DEPTH
