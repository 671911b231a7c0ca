/* SPDX-License-Identifier: MIT
 * The real-valued net of a shape, and distillation from it. */
#include <stdlib.h>
#include <string.h>

#include "../check_main.h"
#include "common/stripes.h"
#include "model_file.h"
#include "train.h"

static const char *const nets[] = { "12x12x1: jet3x17 pool bconv3x8 dense3",
				    "12x12x1: bconv3x8 pool sjet3x8 jet3x6 cam3" };
#define NETS ((int)(sizeof(nets) / sizeof(*nets)))

static struct train_set learn, test;

static void setup(void)
{
	stripes_new(&learn, 600, 1);
	stripes_new(&test, 150, 2);
}

static void teardown(void)
{
	train_set_free(&learn);
	train_set_free(&test);
}

static struct train_options options(int threads)
{
	struct train_options o;

	train_defaults(&o);
	o.epochs = 4;
	o.batch = 32;
	o.threads = threads;
	o.augment = (struct augment){ .shift = 1 };
	return o;
}

static struct net parse(int i)
{
	struct net n;

	ck_assert_int_eq(net_parse(nets[i], &n, NULL), BNN_OK);
	return n;
}

/* It learns, and says the same for any number of threads. */
START_TEST(real_net)
{
	struct train_report report[2];
	struct net n = parse(_i);

	for (int i = 0; i < 2; i++) {
		struct train_options o = options(1 + i);
		struct train_outcome outcome;

		ck_assert_int_eq(train_real(&n, &learn, &test, &o, &report[i], &outcome, NULL),
				 BNN_OK);
		ck_assert_int_eq(outcome.epoch, 4);
		ck_assert_double_ge(outcome.held_accuracy, 0.9);
	}
	ck_assert_int_eq(report[0].count, 150);
	ck_assert_int_ge(report[0].correct, 140);
	ck_assert_int_eq(memcmp(&report[0], &report[1], sizeof(*report)), 0);
}
END_TEST

static struct bytes distilled(const struct net *n, bool distil, int threads)
{
	struct train_options o = options(threads);
	struct train_outcome outcome;
	struct bytes b = { 0 };
	struct bnn_model *m;

	o.distil = distil;
	ck_assert_int_eq(train_run(n, &learn, &o, &m, &outcome, NULL), BNN_OK);
	ck_assert_int_eq(outcome.epochs, 4);
	ck_assert_double_ge(outcome.held_accuracy, 0.9);
	ck_assert_int_eq(model_encode(m, &b, NULL), BNN_OK);
	bnn_model_free(m);
	return b;
}

/* A model of its own, the same for any number of threads. */
START_TEST(distillation)
{
	struct net n = parse(0);
	struct bytes a = distilled(&n, true, 1), b = distilled(&n, true, 2),
		     plain = distilled(&n, false, 1);

	ck_assert_uint_eq(a.len, b.len);
	ck_assert_uint_eq(a.len, plain.len);
	ck_assert_mem_eq(a.p, b.p, a.len);
	ck_assert_mem_ne(a.p, plain.p, a.len);
	free(a.p);
	free(b.p);
	free(plain.p);
}
END_TEST

START_TEST(refuses)
{
	struct train_options o = options(1);
	struct train_outcome outcome;
	struct train_report report;
	struct net n;

	ck_assert_int_eq(net_parse("12x12x1: jet3x17 dense4", &n, NULL), BNN_OK);
	ck_assert_int_eq(train_real(&n, &learn, &test, &o, &report, &outcome, NULL), BNN_E_ARG);
	n = parse(0);
	o.epochs = 0;
	ck_assert_int_eq(train_real(&n, &learn, &test, &o, &report, &outcome, NULL), BNN_E_ARG);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("train_real");
	TCase *t = tcase_create("train_real");

	tcase_set_timeout(t, 120);
	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, real_net, 0, NETS);
	tcase_add_test(t, distillation);
	tcase_add_test(t, refuses);
	suite_add_tcase(s, t);
	return check_main(s);
}
