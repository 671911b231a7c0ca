/* SPDX-License-Identifier: MIT
 * Rows of floats and of whole numbers into each other. */
#ifndef JB_TRAIN_CONVERT_H
#define JB_TRAIN_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The nearest number of 16 bits; v is within them. */
static inline int16_t convert_one(float v)
{
	return (int16_t)(int32_t)(v + (v < 0 ? -0.5f : 0.5f));
}

/* to[n] = from * scale, rounded */
void convert_to_whole(const float *restrict from, size_t n, float scale, int16_t *restrict to);
/* to[n] = base + from * scale, and to[n] += from * scale */
void convert_to_float(const int32_t *restrict from, size_t n, float base, float scale,
		      float *restrict to);
void convert_and_add(const int32_t *restrict from, size_t n, float scale, float *restrict to);
/* to[n][2] = a, b */
void convert_pairs(const int16_t *restrict a, const int16_t *restrict b, size_t n,
		   int16_t *restrict to);
/* The bits of the largest |v|. */
int32_t convert_largest(const float *v, size_t n);

#endif
