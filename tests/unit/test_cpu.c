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

/* Many words: the AVX2 byte counters are emptied in time. */
START_TEST(counters_do_not_overflow)
{
	enum { WORDS = 100 };
	uint64_t x[WORDS], w[2 * WORDS * CPU_GROUP];
	int32_t counts[2 * CPU_GROUP];

	memset(x, 0xFF, sizeof(x));
	memset(w, 0, sizeof(w));
	for (int set = 0; set < cpu_kernels_count(); set++) {
		memset(counts, 0, sizeof(counts));
		cpu_kernels(set)->count(x, w, WORDS, 2, counts);
		for (int i = 0; i < 2 * CPU_GROUP; i++)
			ck_assert_int_eq(counts[i], WORDS * 64);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu");
	TCase *t = tcase_create("inference");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, random_networks, 0, cpu_kernels_count());
	tcase_add_test(t, counters_do_not_overflow);
	suite_add_tcase(s, t);
	return check_main(s);
}
