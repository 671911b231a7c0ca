/* SPDX-License-Identifier: MIT
 * CLONES in front of a function: the compiler makes it also for processors with AVX2 and AVX-512, and the
 * program takes the best one when it starts. The sums are the same: products are not fused. */
#ifndef JB_TRAIN_CLONES_H
#define JB_TRAIN_CLONES_H

#include <stdlib.h> /* says whether the C library is glibc, which chooses */

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

#endif
