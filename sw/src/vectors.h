/* SPDX-License-Identifier: MIT
 * Sets of inner loops stand in lists, the fastest first: for AVX-512 with an extension, for AVX2,
 * portable; only portable on other processors. */
#ifndef JB_VECTORS_H
#define JB_VECTORS_H

/* How many in front of such a list this machine cannot run. extension: a string constant. */
#if defined(__x86_64__)
#include <immintrin.h>
#define VECTORS_MISSING(extension) \
	(__builtin_cpu_supports(extension) ? 0 : __builtin_cpu_supports("avx2") ? 1 : 2)
#else
#define VECTORS_MISSING(extension) 0
#endif

#endif
