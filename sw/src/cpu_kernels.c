/* SPDX-License-Identifier: MIT
 * Inner loops of the cpu device. */
#include "cpu_kernels.h"

static void count_portable(const uint64_t *x, const uint64_t *weights, int words, int groups,
			   int32_t *counts)
{
	for (int g = 0; g < groups; g++, counts += CPU_GROUP) {
		int sum[CPU_GROUP] = { 0 };

		for (int i = 0; i < words; i++, weights += CPU_GROUP)
			for (int o = 0; o < CPU_GROUP; o++)
				sum[o] += __builtin_popcountll(x[i] ^ weights[o]);
		for (int o = 0; o < CPU_GROUP; o++)
			counts[o] = sum[o];
	}
}

static void compare_portable(const int32_t *a, const int32_t *b, int n, uint32_t *out)
{
	for (int i = 0; i < n; i++) {
		if (i % 32 == 0)
			out[i / 32] = 0;
		out[i / 32] |= (uint32_t)(a[i] >= b[i]) << i % 32;
	}
}

/* Loops that the compiler turns into vectors by itself, for every set anew. */
#define INLINE static inline __attribute__((always_inline))

INLINE void multiply(int32_t *restrict z, const int32_t *restrict a, const int32_t *restrict b,
		     int n)
{
	for (int i = 0; i < n; i++)
		z[i] += a[i] * b[i];
}

INLINE void scale(int32_t *restrict z, const int32_t *restrict a, int32_t factor, int n)
{
	for (int i = 0; i < n; i++)
		z[i] += a[i] * factor;
}

INLINE void mark(const int32_t *restrict z, bool negate, int32_t limit, uint32_t bit, int n,
		 uint32_t *restrict words)
{
	int32_t turn = negate ? -1 : 0; /* -z = (z ^ -1) + 1 */

	for (int i = 0; i < n; i++)
		words[i] |= (z[i] ^ turn) - turn >= limit ? bit : 0;
}

#define LOOPS(set, ...)                                                                          \
	__VA_ARGS__ static void multiply_##set(int32_t *z, const int32_t *a, const int32_t *b,   \
					       int n)                                            \
	{                                                                                        \
		multiply(z, a, b, n);                                                            \
	}                                                                                        \
	__VA_ARGS__ static void scale_##set(int32_t *z, const int32_t *a, int32_t factor, int n) \
	{                                                                                        \
		scale(z, a, factor, n);                                                          \
	}                                                                                        \
	__VA_ARGS__ static void mark_##set(const int32_t *z, bool negate, int32_t limit,         \
					   uint32_t bit, int n, uint32_t *words)                 \
	{                                                                                        \
		mark(z, negate, limit, bit, n, words);                                           \
	}

LOOPS(portable, )

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512vpopcntdq")))
#define HALF (CPU_GROUP / 2)

/* Half a group. Bytes count up to 8 differing bits a word, so 31 words before a byte could overflow. */
AVX2 static __m256i count_words(const uint64_t *x, const uint64_t *weights, int words)
{
	const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1,
					       1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
	const __m256i nibble = _mm256_set1_epi8(15);
	__m256i bytes = _mm256_setzero_si256();

	for (int i = 0; i < words; i++) {
		__m256i w = _mm256_loadu_si256((const __m256i *)(weights + CPU_GROUP * i));
		__m256i v = _mm256_xor_si256(w, _mm256_set1_epi64x((long long)x[i]));
		__m256i low = _mm256_and_si256(v, nibble);
		__m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);

		bytes = _mm256_add_epi8(bytes, _mm256_shuffle_epi8(table, low));
		bytes = _mm256_add_epi8(bytes, _mm256_shuffle_epi8(table, high));
	}
	return _mm256_sad_epu8(bytes, _mm256_setzero_si256());
}

AVX2 static void count_avx2(const uint64_t *x, const uint64_t *weights, int words, int groups,
			    int32_t *counts)
{
	const __m256i even = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);

	for (int half = 0; half < 2 * groups; half++, counts += HALF) {
		const uint64_t *w = weights + half / 2 * words * CPU_GROUP + half % 2 * HALF;
		__m256i sum = _mm256_setzero_si256();

		for (int i = 0; i < words; i += 31) {
			int n = words - i < 31 ? words - i : 31;

			sum = _mm256_add_epi64(sum, count_words(x + i, w, n));
			w += CPU_GROUP * n;
		}
		sum = _mm256_permutevar8x32_epi32(sum, even);
		_mm_storeu_si128((__m128i *)counts, _mm256_castsi256_si128(sum));
	}
}

AVX2 static void compare_avx2(const int32_t *a, const int32_t *b, int n, uint32_t *out)
{
	for (int i = 0; i < n; i += 8) {
		__m256i va = _mm256_loadu_si256((const __m256i *)(a + i));
		__m256i vb = _mm256_loadu_si256((const __m256i *)(b + i));
		int less = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(vb, va)));

		if (i % 32 == 0)
			out[i / 32] = 0;
		out[i / 32] |= (uint32_t)(~less & 0xFF) << i % 32;
	}
}

LOOPS(avx2, AVX2)

AVX512 static void count_avx512(const uint64_t *x, const uint64_t *weights, int words, int groups,
				int32_t *counts)
{
	for (int g = 0; g < groups; g++, counts += CPU_GROUP) {
		__m512i sum = _mm512_setzero_si512();

		for (int i = 0; i < words; i++, weights += CPU_GROUP) {
			__m512i v = _mm512_xor_si512(_mm512_loadu_si512(weights),
						     _mm512_set1_epi64((long long)x[i]));

			sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(v));
		}
		_mm256_storeu_si256((__m256i *)counts, _mm512_cvtepi64_epi32(sum));
	}
}

/* n is a multiple of CPU_PAD: the second half of the last 16 may be missing. */
AVX512 static void compare_avx512(const int32_t *a, const int32_t *b, int n, uint32_t *out)
{
	for (int i = 0; i < n; i += 16) {
		__mmask16 there = n - i < 16 ? 0xFF : 0xFFFF;
		__m512i va = _mm512_maskz_loadu_epi32(there, a + i);
		__m512i vb = _mm512_maskz_loadu_epi32(there, b + i);
		uint32_t bits = _mm512_mask_cmpge_epi32_mask(there, va, vb);

		out[i / 32] = i % 32 ? out[i / 32] | bits << 16 : bits;
	}
}

LOOPS(avx512, AVX512)
#endif

enum { SETS = 3 };

/* Fills the sets this machine has; returns how many. */
static int find_sets(const struct cpu_kernels *set[SETS])
{
	static const struct cpu_kernels portable = { count_portable, compare_portable,
						     multiply_portable, scale_portable,
						     mark_portable };
	int n = 0;

#if defined(__x86_64__) || defined(__i386__)
	static const struct cpu_kernels avx2 = { count_avx2, compare_avx2, multiply_avx2,
						 scale_avx2, mark_avx2 };
	static const struct cpu_kernels avx512 = { count_avx512, compare_avx512, multiply_avx512,
						   scale_avx512, mark_avx512 };

	if (__builtin_cpu_supports("avx512vpopcntdq"))
		set[n++] = &avx512;
	if (__builtin_cpu_supports("avx2"))
		set[n++] = &avx2;
#endif
	set[n++] = &portable;
	return n;
}

int cpu_kernels_count(void)
{
	const struct cpu_kernels *set[SETS];

	return find_sets(set);
}

const struct cpu_kernels *cpu_kernels(int number)
{
	const struct cpu_kernels *set[SETS];

	find_sets(set);
	return set[number];
}
