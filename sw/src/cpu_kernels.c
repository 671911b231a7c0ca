/* SPDX-License-Identifier: MIT
 * Sets of loops of the cpu device: the two bodies with the instructions of each kind of vector. */
#include "cpu_kernels.h"

#include <string.h>

#include "vectors.h"

#define INLINE static inline __attribute__((always_inline))
/* A vector type of the compiler's: + - * ^ & work on its lanes. */
#define OF_BYTES(n) __attribute__((vector_size(n)))

typedef int32_t vec4 OF_BYTES(16);
typedef uint32_t uvec4 OF_BYTES(16);

/* Bytes count up to 8 bits a word each, so 31 words before one could overflow. */
INLINE vec4 portable_add_bits(vec4 bytes, vec4 bits)
{
	uvec4 v = (uvec4)bits;

	v -= v >> 1 & 0x55555555;
	v = (v & 0x33333333) + (v >> 2 & 0x33333333);
	v = (v + (v >> 4)) & 0x0F0F0F0F;
	return (vec4)((uvec4)bytes + v);
}

INLINE vec4 portable_total(vec4 bytes)
{
	uvec4 v = (uvec4)bytes, pairs = (v & 0xFF00FF) + (v >> 8 & 0xFF00FF);

	return (vec4)((pairs & 0xFFFF) + (pairs >> 16));
}

INLINE vec4 portable_least(vec4 a, vec4 b)
{
	vec4 less = a < b;

	return (a & less) | (b & ~less);
}

INLINE uint32_t portable_not_above(vec4 a, vec4 b)
{
	vec4 bit = (a <= b) & (vec4){ 1, 2, 4, 8 };

	return (uint32_t)(bit[0] | bit[1] | bit[2] | bit[3]);
}

INLINE vec4 portable_widen(const uint8_t *p)
{
	return (vec4){ p[0], p[1], p[2], p[3] };
}

#define BODY(name) portable_##name
#define TARGET
#define VEC vec4
#define WIDEN portable_widen
#define LANES 4
#define VECTORS 4
#define SIDE 1
#define FLUSH 31
#define ADD_BITS portable_add_bits
#define TOTAL portable_total
#define LEAST portable_least
#define MOST(a, b) ((a) ^ (b) ^ portable_least(a, b))
#define NOT_ABOVE portable_not_above
#define MARK(words, z, limit, bit) ((words) | (((z) >= (limit)) & (bit)))
#include "cpu_windows_body.h"
#include "cpu_rows_body.h"

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512vpopcntdq")))

typedef int32_t vec8 OF_BYTES(32);
typedef int32_t vec16 OF_BYTES(64);

INLINE AVX2 vec8 avx2_add_bits(vec8 bytes, vec8 bits)
{
	const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1,
					       1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
	const __m256i nibble = _mm256_set1_epi8(15);
	__m256i low = _mm256_and_si256((__m256i)bits, nibble);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16((__m256i)bits, 4), nibble);
	__m256i ones =
		_mm256_add_epi8(_mm256_shuffle_epi8(table, low), _mm256_shuffle_epi8(table, high));

	return (vec8)_mm256_add_epi8((__m256i)bytes, ones);
}

INLINE AVX2 vec8 avx2_total(vec8 bytes)
{
	__m256i pairs = _mm256_maddubs_epi16((__m256i)bytes, _mm256_set1_epi8(1));

	return (vec8)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

#define BODY(name) avx2_##name
#define TARGET AVX2
#define VEC vec8
#define WIDEN(p) (vec8) _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(p)))
#define LANES 8
#define VECTORS 2
#define SIDE 1
#define FLUSH 31
#define ADD_BITS avx2_add_bits
#define TOTAL avx2_total
#define LEAST(a, b) (vec8) _mm256_min_epi32((__m256i)(a), (__m256i)(b))
#define MOST(a, b) (vec8) _mm256_max_epi32((__m256i)(a), (__m256i)(b))
#define NOT_ABOVE(a, b) (uint32_t) _mm256_movemask_ps((__m256)((a) <= (b)))
#define MARK(words, z, limit, bit) ((words) | (((z) >= (limit)) & (bit)))
#include "cpu_windows_body.h"
#include "cpu_rows_body.h"

#define BODY(name) avx512_##name
#define TARGET AVX512
#define VEC vec16
#define WIDEN(p) (vec16) _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(p)))
#define LANES 16
#define VECTORS 1
#define SIDE 2
#define FLUSH 0
#define ADD_BITS(count, v) ((count) + (vec16)_mm512_popcnt_epi32((__m512i)(v)))
#define TOTAL(count) (count)
#define LEAST(a, b) (vec16) _mm512_min_epi32((__m512i)(a), (__m512i)(b))
#define MOST(a, b) (vec16) _mm512_max_epi32((__m512i)(a), (__m512i)(b))
#define NOT_ABOVE(a, b) (uint32_t) _mm512_cmple_epi32_mask((__m512i)(a), (__m512i)(b))
#define MARK(words, z, limit, bit)                                                                 \
	(vec16) _mm512_mask_or_epi32(                                                              \
		(__m512i)(words), _mm512_cmpge_epi32_mask((__m512i)(z), _mm512_set1_epi32(limit)), \
		(__m512i)(words), (__m512i)(bit))
#include "cpu_windows_body.h"
#include "cpu_rows_body.h"
#endif

#define SET(name)                                                                                \
	{                                                                                        \
		name##_windows, name##_shared, name##_jet_lines, name##_sign_lines, name##_jets, \
			name##_marks                                                             \
	}

static const struct cpu_kernels sets[] = {
#if defined(__x86_64__)
	SET(avx512),
	SET(avx2),
#endif
	SET(portable),
};

int cpu_kernels_count(void)
{
	return (int)(sizeof(sets) / sizeof(sets[0])) - VECTORS_MISSING("avx512vpopcntdq");
}

const struct cpu_kernels *cpu_kernels(int number)
{
	return &sets[VECTORS_MISSING("avx512vpopcntdq") + number];
}
