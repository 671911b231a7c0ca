/* SPDX-License-Identifier: MIT
 * The cpu device's inference against the reference: every map, class map and score of random
 * networks, with every set of inner loops. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../check_main.h"
#include "random_net.h"
#include "cpu_parts.h"
#include "ref.h"

#define NETS 250

static void compare(struct cpu *c, const struct bnn_model *m, const uint8_t *pixels,
		    const char *net)
{
	struct bnn_layers got, want;
	struct bnn_result result = { .tag = 7 }, expected;

	ck_assert_int_eq(ref_run(m, pixels, &expected, &want), 0);
	ck_assert_int_eq(cpu_run(c, pixels, &result, &got), 0);
	ck_assert_int_eq(got.count, want.count);
	for (int i = 0; i < want.count; i++) {
		size_t bytes = (size_t)(want.rows[i] * want.cols[i] * want.channels[i]);

		ck_assert_int_eq(got.rows[i], want.rows[i]);
		ck_assert_int_eq(got.cols[i], want.cols[i]);
		ck_assert_int_eq(got.channels[i], want.channels[i]);
		ck_assert_msg(!memcmp(got.map[i], want.map[i], bytes), "%s: layer %d differs", net,
			      i + 1);
	}
	ck_assert_int_eq(got.cam != NULL, want.cam != NULL);
	if (want.cam)
		ck_assert_msg(!memcmp(got.cam, want.cam,
				      (size_t)(want.cam_rows * want.cam_cols * expected.classes) *
					      sizeof(*want.cam)),
			      "%s: class map differs", net);
	expected.tag = 7;
	ck_assert_msg(!memcmp(&result, &expected, sizeof(result)), "%s: result differs", net);
	result.index = -1;
	ck_assert_int_eq(cpu_run(c, pixels, &result, NULL), 0);
	ck_assert_msg(!memcmp(&result, &expected, sizeof(result)), "%s: second run differs", net);
	bnn_layers_free(&got);
	bnn_layers_free(&want);
}

START_TEST(random_networks)
{
	const char *env = getenv("SEED");
	uint64_t seed = env ? strtoull(env, NULL, 0) : 1;
	struct random_source r = { seed * 77 };
	uint8_t pixels[32 * 32 * 3];
	char net[NET_TEXT_MAX];

	printf("cpu: seed %llu\n", (unsigned long long)seed);
	for (int n = 0; n < NETS; n++) {
		struct bnn_model *m = random_model(&r, 32, 2e6);
		struct cpu *c;

		ck_assert_ptr_nonnull(m);
		net_print(&m->net, net, sizeof(net));
		ck_assert_int_eq(cpu_new(m, &c, NULL), 0);
		c->kernels = cpu_kernels(_i);
		for (int i = 0; i < 2; i++) {
			random_image(&r, &m->net, pixels);
			compare(c, m, pixels, net);
		}
		cpu_free(c);
		bnn_model_free(m);
	}
}
END_TEST

/* Wider than random networks are, and as large as images may be. */
START_TEST(wide_layers)
{
	static const char *const nets[] = {
		"13x12x3: bconv5x96/2 bconv3x512v dense512 dense10",
		"12x11x3: jet5x512 pool jet5x32 sjet3x300 cam64",
		"128x128x3: jet5x33/2 pool bconv5x20/2 pool cam3",
		"128x9x1: sjet3x40 pool jet3x130 bconv1x20 cam2",
	};
	struct random_source r = { 3 };
	uint8_t *pixels = malloc(128 * 128 * 3);

	ck_assert_ptr_nonnull(pixels);
	for (size_t n = 0; n < sizeof(nets) / sizeof(nets[0]); n++) {
		struct bnn_model *m;
		struct cpu *c;
		struct net net;

		ck_assert_int_eq(net_parse(nets[n], &net, NULL), 0);
		ck_assert_int_eq(model_new(&net, &m, NULL), 0);
		model_random(m, n);
		ck_assert_int_eq(cpu_new(m, &c, NULL), 0);
		c->kernels = cpu_kernels(_i);
		random_image(&r, &net, pixels);
		compare(c, m, pixels, nets[n]);
		cpu_free(c);
		bnn_model_free(m);
	}
	free(pixels);
}
END_TEST

/* Many words: counters of bytes are emptied in time, one window alone and a block of them. */
START_TEST(counters_do_not_overflow)
{
	enum { WORDS = 200, GROUPS = 3 };
	uint32_t in[WORDS], weights[GROUPS * WORDS * CPU_GROUP];
	int32_t at[CPU_BLOCK] = { 0 }, sums[CPU_BLOCK * GROUPS * CPU_GROUP];
	const int factor = 3;
	struct cpu_windows w = { .in = in,
				 .at = at,
				 .rows = 2,
				 .words = WORDS / 2,
				 .step = WORDS / 2,
				 .weights = weights,
				 .groups = GROUPS,
				 .terms = 1,
				 .factor = &factor,
				 .sums = sums,
				 .to = at };

	memset(in, 0xFF, sizeof(in));
	memset(weights, 0, sizeof(weights));
	for (int set = 0; set < cpu_kernels_count(); set++)
		for (w.count = 1; w.count <= CPU_BLOCK; w.count += CPU_BLOCK - 1) {
			memset(sums, 0, sizeof(sums));
			cpu_kernels(set)->windows(&w);
			for (int i = 0; i < w.count * GROUPS * CPU_GROUP; i++)
				ck_assert_int_eq(sums[i], 3 * WORDS * 32);
		}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu");
	TCase *t = tcase_create("inference");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, random_networks, 0, cpu_kernels_count());
	tcase_add_loop_test(t, wide_layers, 0, cpu_kernels_count());
	tcase_add_test(t, counters_do_not_overflow);
	suite_add_tcase(s, t);
	return check_main(s);
}
