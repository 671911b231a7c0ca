/* SPDX-License-Identifier: MIT
 * Noisy stripes. */
#include <check.h>

#include "stripes.h"

#define SIDE 12

void stripes_new(struct train_set *s, int count, uint64_t seed)
{
	struct rng r = { seed };

	ck_assert_int_eq(train_set_new(s, count, SIDE, SIDE, 1, 3, NULL), BNN_OK);
	for (int i = 0; i < count; i++) {
		int kind = (int)rng_below(&r, 3), phase = (int)rng_below(&r, 4);

		s->label[i] = (uint8_t)kind;
		for (int p = 0; p < SIDE * SIDE; p++) {
			int y = p / SIDE, x = p % SIDE, at = kind == 0 ? y : kind == 1 ? x : x + y;

			s->pixels[i * SIDE * SIDE + p] =
				(uint8_t)(((at + phase) % 4 < 2 ? 150 : 50) +
					  (int)rng_below(&r, 100) - 50);
		}
	}
}
