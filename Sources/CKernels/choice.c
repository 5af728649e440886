#include "ckernels.h"

#include <stdlib.h>
#include <string.h>

int ck_kernels_named(const char *value) {
  return value == 0 || *value == 0 || strcmp(value, "portable") != 0;
}

int ck_kernels_allowed(void) {
  // Two threads that come first together read the same.
  static _Atomic int known;
  if (known == 0) known = ck_kernels_named(getenv("MOIRA_KERNELS")) ? 1 : 2;
  return known == 1;
}

void ck_wipe(void *bytes, size_t count) {
  memset(bytes, 0, count);
  __asm__ volatile("" : : "r"(bytes) : "memory");
}
