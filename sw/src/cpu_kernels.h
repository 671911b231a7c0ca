/* SPDX-License-Identifier: MIT
 * Inner loops of the cpu device, in portable C, for AVX2, and for AVX-512 with its bit counts. */
#ifndef JB_CPU_KERNELS_H
#define JB_CPU_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	CPU_GROUP = 8, /* outputs whose words lie side by side */
	CPU_PAD = 8,   /* arrays over outputs are padded to a multiple of this */
	CPU_ROW = 16   /* arrays along a row are */
};

struct cpu_kernels {
	/* Differing bits of x[words] and each output: weights [groups][words][CPU_GROUP]. */
	void (*count)(const uint64_t *x, const uint64_t *weights, int words, int groups,
		      int32_t *counts);
	/* Bit i of out = (a[i] >= b[i]); n is a multiple of CPU_PAD, out has ceil(n/32) words. */
	void (*compare)(const int32_t *a, const int32_t *b, int n, uint32_t *out);
	/* z[i] += a[i] * b[i] and z[i] += a[i] * factor; n as above. */
	void (*multiply)(int32_t *z, const int32_t *a, const int32_t *b, int n);
	void (*scale)(int32_t *z, const int32_t *a, int32_t factor, int n);
	/* words[i] |= bit where z[i], or -z[i], >= limit; n is best a multiple of CPU_ROW. */
	void (*mark)(const int32_t *z, bool negate, int32_t limit, uint32_t bit, int n,
		     uint32_t *words);
};

/* The sets that this machine can run, the fastest first, the portable one last. */
int cpu_kernels_count(void);
const struct cpu_kernels *cpu_kernels(int number);

#endif
