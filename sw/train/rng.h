/* SPDX-License-Identifier: MIT
 * Seeded random numbers of the trainer: the same on every machine. */
#ifndef JB_TRAIN_RNG_H
#define JB_TRAIN_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

/* SplitMix64: any state is a good one, so streams are told apart by their seeds alone. */
static inline uint64_t rng_next(struct rng *r)
{
	uint64_t x = r->state += UINT64_C(0x9E3779B97F4A7C15);

	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

/* A stream of its own for item `index` of the stream `seed`. */
static inline struct rng rng_stream(uint64_t seed, uint64_t index)
{
	struct rng r = { seed };

	r.state = rng_next(&r) ^ index * UINT64_C(0xD1342543DE82EF95);
	r.state = rng_next(&r);
	return r;
}

/* 0 .. n-1; the bias of the reduction is below n / 2^32. */
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

/* -1 .. 1 */
static inline float rng_signed(struct rng *r)
{
	return (float)(rng_next(r) >> 40) * 0x1p-23f - 1.0f;
}

#endif
