/* SPDX-License-Identifier: MIT
 * Random numbers of a bench, from the environment's SEED or a number of its own (splitmix64). */
#ifndef TESTS_RTL_SEED_H
#define TESTS_RTL_SEED_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t seed, state;

static inline uint32_t draw(void)
{
	uint64_t z = (state += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (uint32_t)(z >> 32);
}

/* Begins, and prints the seed with the bench's name. */
static inline void seed_start(const char *name, uint64_t preset)
{
	const char *env = getenv("SEED");

	seed = env ? strtoull(env, NULL, 0) : preset;
	state = seed;
	printf("%s seed %llu\n", name, (unsigned long long)seed);
	fflush(stdout); /* before Check forks */
}

#endif
