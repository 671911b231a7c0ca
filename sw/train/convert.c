/* SPDX-License-Identifier: MIT
 * Rows of floats and of whole numbers into each other. */
#include "convert.h"

#include <string.h>

#include "clones.h"

CLONES void convert_to_whole(const float *restrict from, size_t n, float scale,
			     int16_t *restrict to)
{
	for (size_t i = 0; i < n; i++)
		to[i] = convert_one(from[i] * scale);
}

CLONES void convert_to_float(const int32_t *restrict from, size_t n, float base, float scale,
			     float *restrict to)
{
	for (size_t i = 0; i < n; i++)
		to[i] = base + (float)from[i] * scale;
}

CLONES void convert_and_add(const int32_t *restrict from, size_t n, float scale, float *restrict to)
{
	for (size_t i = 0; i < n; i++)
		to[i] += (float)from[i] * scale;
}

CLONES void convert_pairs(const int16_t *restrict a, const int16_t *restrict b, size_t n,
			  int16_t *restrict to)
{
	for (size_t i = 0; i < n; i++) {
		to[2 * i] = a[i];
		to[2 * i + 1] = b[i];
	}
}

/* Floats above 0 are in the order of their bits. */
CLONES int32_t convert_largest(const float *v, size_t n)
{
	int32_t most = 0;

	for (size_t i = 0; i < n; i++) {
		int32_t bits;

		memcpy(&bits, v + i, sizeof(bits));
		bits &= INT32_MAX;
		most = bits > most ? bits : most;
	}
	return most;
}
