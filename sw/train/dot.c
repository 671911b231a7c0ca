/* SPDX-License-Identifier: MIT
 * Loops of dot.h: portable, for AVX2, and for AVX-512 with its products of pairs (VNNI). */
#include "dot.h"

#include <stddef.h>
#include <string.h>

#include "vectors.h"

struct sums {
	int32_t of[DOT_GROUP];
};

struct pairs {
	int16_t of[DOT_GROUP][2];
};

static inline struct sums zero_sums(void)
{
	return (struct sums){ { 0 } };
}

static inline struct pairs load_pairs(const int16_t *p)
{
	struct pairs v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline struct pairs both_pairs(const int16_t *p)
{
	struct pairs v;

	for (int i = 0; i < DOT_GROUP; i++) {
		v.of[i][0] = p[0];
		v.of[i][1] = p[1];
	}
	return v;
}

static inline struct sums add_pairs(struct sums s, struct pairs a, struct pairs b)
{
	for (int i = 0; i < DOT_GROUP; i++)
		s.of[i] += a.of[i][0] * b.of[i][0] + a.of[i][1] * b.of[i][1];
	return s;
}

#define BODY(name) portable_##name
#define TARGET
#define SUMS struct sums
#define PAIRS struct pairs
#define LANES DOT_GROUP
#define VECTORS 1
#define GROUPS 1
#define BLOCK 2
#define ZERO zero_sums
#define LOAD load_pairs
#define BOTH both_pairs
#define ADD add_pairs
#define STORE(p, s) memcpy(p, (s).of, sizeof(s))
#include "dot_body.h"

#if defined(__x86_64__)
/* 32 bits at any address of a 16-bit number */
static inline int32_t two_of(const int16_t *p)
{
	int32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

#define BODY(name) avx2_##name
#define TARGET __attribute__((target("avx2")))
#define SUMS __m256i
#define PAIRS __m256i
#define LANES 8
#define VECTORS 2
#define GROUPS 1
#define BLOCK 4
#define ZERO _mm256_setzero_si256
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define BOTH(p) _mm256_set1_epi32(two_of(p))
#define ADD(s, a, b) _mm256_add_epi32(s, _mm256_madd_epi16(a, b))
#define STORE(p, s) _mm256_storeu_si256((__m256i *)(p), s)
#include "dot_body.h"

#define BODY(name) avx512_##name
#define TARGET __attribute__((target("avx512f,avx512vnni")))
#define SUMS __m512i
#define PAIRS __m512i
#define LANES 16
#define VECTORS 1
#define GROUPS 2
#define BLOCK 8
#define ZERO _mm512_setzero_si512
#define LOAD(p) _mm512_loadu_si512(p)
#define BOTH(p) _mm512_set1_epi32(two_of(p))
#define ADD(s, a, b) _mm512_dpwssd_epi32(s, a, b)
#define STORE(p, s) _mm512_storeu_si512(p, s)
#include "dot_body.h"
#endif

static const struct dot_kernels sets[] = {
#if defined(__x86_64__)
	{ avx512_windows, avx512_outer },
	{ avx2_windows, avx2_outer },
#endif
	{ portable_windows, portable_outer },
};

int dot_kernels_count(void)
{
	return (int)(sizeof(sets) / sizeof(sets[0])) - VECTORS_MISSING("avx512vnni");
}

const struct dot_kernels *dot_kernels(int number)
{
	return &sets[VECTORS_MISSING("avx512vnni") + number];
}
