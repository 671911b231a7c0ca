/* SPDX-License-Identifier: MIT
 * Inner loops of the cpu device, in portable C and for AVX2. */
#ifndef JB_CPU_KERNELS_H
#define JB_CPU_KERNELS_H

#include <stdint.h>

enum {
	CPU_GROUP = 4, /* outputs whose words lie side by side */
	CPU_PAD = 8    /* arrays over outputs are padded to a multiple of this */
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
};

/* The fastest set that this machine can run. */
const struct cpu_kernels *cpu_kernels(void);
/* For the comparison of both sets. */
extern const struct cpu_kernels cpu_kernels_portable;

#endif
