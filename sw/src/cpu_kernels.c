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

static void multiply_portable(int32_t *z, const int32_t *a, const int32_t *b, int n)
{
	for (int i = 0; i < n; i++)
		z[i] += a[i] * b[i];
}

static void scale_portable(int32_t *z, const int32_t *a, int32_t factor, int n)
{
	for (int i = 0; i < n; i++)
		z[i] += a[i] * factor;
}

const struct cpu_kernels cpu_kernels_portable = { count_portable, compare_portable,
						  multiply_portable, scale_portable };

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* Bytes count up to 8 differing bits a word, so 31 words before a byte could overflow. */
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

	for (int g = 0; g < groups; g++, counts += CPU_GROUP) {
		__m256i sum = _mm256_setzero_si256();

		for (int i = 0; i < words; i += 31) {
			int n = words - i < 31 ? words - i : 31;

			sum = _mm256_add_epi64(sum, count_words(x + i, weights, n));
			weights += CPU_GROUP * n;
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

AVX2 static void multiply_avx2(int32_t *z, const int32_t *a, const int32_t *b, int n)
{
	for (int i = 0; i < n; i += 8) {
		__m256i va = _mm256_loadu_si256((const __m256i *)(a + i));
		__m256i vb = _mm256_loadu_si256((const __m256i *)(b + i));
		__m256i vz = _mm256_loadu_si256((const __m256i *)(z + i));

		vz = _mm256_add_epi32(vz, _mm256_mullo_epi32(va, vb));
		_mm256_storeu_si256((__m256i *)(z + i), vz);
	}
}

AVX2 static void scale_avx2(int32_t *z, const int32_t *a, int32_t factor, int n)
{
	const __m256i vb = _mm256_set1_epi32(factor);

	for (int i = 0; i < n; i += 8) {
		__m256i va = _mm256_loadu_si256((const __m256i *)(a + i));
		__m256i vz = _mm256_loadu_si256((const __m256i *)(z + i));

		vz = _mm256_add_epi32(vz, _mm256_mullo_epi32(va, vb));
		_mm256_storeu_si256((__m256i *)(z + i), vz);
	}
}

const struct cpu_kernels *cpu_kernels(void)
{
	static const struct cpu_kernels avx2 = { count_avx2, compare_avx2, multiply_avx2,
						 scale_avx2 };

	return __builtin_cpu_supports("avx2") ? &avx2 : &cpu_kernels_portable;
}
#else
const struct cpu_kernels *cpu_kernels(void)
{
	return &cpu_kernels_portable;
}
#endif
