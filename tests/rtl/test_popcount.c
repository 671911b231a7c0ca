/* SPDX-License-Identifier: MIT
 * popcount against the inner product of ref_bconv: a 1x1 layer of LANES channels has
 * z = 2*count - LANES.
 * Prints its seed; the environment variable SEED overrides it. */
#include "check_main.h"
#include "popcount.h"
#include "ref.h"
#include "seed.h"

#define LANES G_LANES
#define LATENCY (LANES == 32 ? 4 : 3)
#define ALL (0xFFFFFFFFu >> (32 - LANES))

static unsigned expected(bool enable, uint32_t x, uint32_t w)
{
	struct net_layer layer = { .kind = NET_BCONV,
				   .k = 1,
				   .out = 1,
				   .stride = 1,
				   .in_rows = 1,
				   .in_cols = 1,
				   .in_ch = LANES,
				   .conv_rows = 1,
				   .conv_cols = 1,
				   .out_rows = 1,
				   .out_cols = 1 };
	int8_t weight[LANES];
	uint8_t bits[LANES];
	int32_t z;
	struct model_layer parameters = { .weight = weight };

	for (int i = 0; i < LANES; i++) {
		weight[i] = (w >> i & 1) ? 1 : -1;
		bits[i] = x >> i & 1;
	}
	ref_bconv(&layer, &parameters, 0, bits, &z);
	return enable ? (unsigned)(z + LANES) / 2 : 0;
}

/* Streams n cases, one a clock, and compares each LATENCY clocks later. */
static void stream(int n, void (*make)(int i, bool *enable, uint32_t *x, uint32_t *w))
{
	struct popcount_sim *sim = popcount_sim_open();
	unsigned wanted[LATENCY] = { 0 };

	ck_assert_ptr_nonnull(sim);
	for (int i = 0; i < n + LATENCY; i++) {
		bool enable = false;
		uint32_t x = 0, w = 0;

		if (i < n)
			make(i, &enable, &x, &w);
		unsigned count = popcount_sim_clock(sim, enable, x, w);
		if (i >= LATENCY)
			ck_assert_uint_eq(count, wanted[i % LATENCY]);
		wanted[i % LATENCY] = expected(enable, x, w);
	}
	popcount_sim_close(sim);
}

/* Every count, every single lane, all lanes but one; enable on and off. */
static void corner(int i, bool *enable, uint32_t *x, uint32_t *w)
{
	int lane = i / 2 % (LANES + 1);
	uint32_t low = lane == LANES ? ALL : (1u << lane) - 1;
	uint32_t one = lane == LANES ? 0 : 1u << lane;

	*enable = i % 16 != 15;
	*x = i % 2 ? low : one;
	*w = i / (2 * (LANES + 1)) % 2 ? ALL : 0;
}

static void random_case(int i, bool *enable, uint32_t *x, uint32_t *w)
{
	(void)i;
	*enable = draw() % 8 != 0;
	*x = draw() & ALL;
	*w = draw() % 2 ? draw() & ALL : *x ^ (1u << draw() % LANES);
}

START_TEST(corners)
{
	stream(8 * (LANES + 1), corner);
}
END_TEST

START_TEST(random_words)
{
	stream(20000, random_case);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("popcount");
	TCase *c = tcase_create("count");
	tcase_add_test(c, corners);
	tcase_add_test(c, random_words);
	suite_add_tcase(s, c);
	seed_start("popcount", 20261123);
	return check_main(s);
}
