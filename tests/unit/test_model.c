/* SPDX-License-Identifier: MIT
 * The model in memory: counts, checks, random models. */
#include <string.h>
#include <unistd.h>

#include "../check_main.h"
#include "model.h"
#include "ref.h"

static struct bnn_model *random_model(const char *text, uint64_t seed)
{
	struct bnn_model *m;
	struct net n;

	ck_assert_int_eq(net_parse(text, &n, NULL), BNN_OK);
	ck_assert_int_eq(model_new(&n, &m, NULL), BNN_OK);
	model_random(m, seed);
	return m;
}

START_TEST(save_checks_the_model)
{
	struct bnn_model *m = random_model("8x8x3: bconv1x1 dense2", 1);
	struct bnn_err err;

	m->layer[0].weight[2] = 0;
	ck_assert_int_eq(bnn_model_save(m, "/tmp/never.bnn", &err), BNN_E_FILE);
	ck_assert_str_eq(err.text, "layer 1: weight 2 is 0, allowed are 1 and -1");
	m->layer[0].weight[2] = 1;
	memset(m->facts.text, 'x', sizeof(m->facts.text));
	ck_assert_int_eq(bnn_model_save(m, "/tmp/never.bnn", &err), BNN_E_FILE);
	ck_assert_int_eq(access("/tmp/never.bnn", F_OK), -1);
	bnn_model_free(m);
}
END_TEST

START_TEST(names_are_utf8)
{
	static const char *const good[] = { "a b",          "\xc3\xa4",         "\xc2\xa0",
					    "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf" };
	static const char *const bad[] = { "\t",
					   "\x7f",
					   "\x80",
					   "\xc3",
					   "\xc3"
					   "a",
					   "\xc0\x80",
					   "\xc1\xbf",
					   "\xc2\x80",
					   "\xe0\x80\x80",
					   "\xe2\x82",
					   "\xed\xa0\x80",
					   "\xf0\x80\x80\x80",
					   "\xf4\x90\x80\x80",
					   "\xf8\x88\x80\x80\x80",
					   "\xff" };
	struct bnn_model *m = random_model("8x8x1: jet3x5 cam2", 1);

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		strcpy(m->class_name[0], good[i]);
		ck_assert_msg(model_check(m, NULL) == BNN_OK, "good name %zu", i);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		strcpy(m->class_name[0], bad[i]);
		ck_assert_msg(model_check(m, NULL) == BNN_E_FILE, "bad name %zu", i);
	}
	bnn_model_free(m);
}
END_TEST

START_TEST(counts)
{
	struct bnn_model *m = random_model("9x8x3: sjet5x3 pool bconv3x7v dense5 dense3", 1);
	const struct net *n = &m->net;

	ck_assert_uint_eq(model_kernel_count(&n->layer[0]), 3);
	ck_assert_uint_eq(model_sign_count(&n->layer[0]), 9);
	ck_assert_uint_eq(model_weight_count(&n->layer[0]), 0);
	ck_assert_uint_eq(model_weight_count(&n->layer[1]), 7 * 3 * 9);
	ck_assert_uint_eq(model_weight_count(&n->layer[3]), 15);
	ck_assert_uint_eq(model_weight_bits(m),
			  3 * 5 + 9 + 7 * 3 * 9 + 5 * model_inputs(&n->layer[2]) + 15);
	ck_assert_int_eq(bnn_model_rows(m), 9);
	ck_assert_int_eq(bnn_model_cols(m), 8);
	ck_assert_int_eq(bnn_model_channels(m), 3);
	ck_assert_int_eq(bnn_model_classes(m), 3);
	ck_assert_str_eq(bnn_model_class(m, 2), "2");
	ck_assert_ptr_null(bnn_model_class(m, 3));
	ck_assert_ptr_null(bnn_model_class(m, -1));
	bnn_model_free(m);
}
END_TEST

/* Both values occur in every layer, whatever the depth. */
START_TEST(random_models_are_lively)
{
	struct bnn_model *m;
	struct bnn_layers layers;
	struct bnn_result r;
	struct net n;
	uint8_t pixels[24 * 24];

	ck_assert_int_eq(
		net_parse("24x24x1: jet5x32 pool bconv3x32 sjet3x32 pool jet3x32 bconv1x32 "
			  "dense64 dense10",
			  &n, NULL),
		BNN_OK);
	ck_assert_int_eq(model_new(&n, &m, NULL), BNN_OK);
	model_random(m, (uint64_t)_i);
	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = (uint8_t)(i * 2654435761u >> 11);
	ck_assert_int_eq(ref_run(m, pixels, &r, &layers), BNN_OK);
	for (int i = 0; i < layers.count; i++) {
		int count = layers.rows[i] * layers.cols[i] * layers.channels[i], ones = 0;

		for (int j = 0; j < count; j++)
			ones += layers.map[i][j];
		ck_assert_int_gt(ones, count / 6);
		ck_assert_int_lt(ones, count - count / 6);
	}
	bnn_layers_free(&layers);
	bnn_model_free(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("model");
	TCase *t = tcase_create("model");

	suite_add_tcase(s, t);
	tcase_add_test(t, save_checks_the_model);
	tcase_add_test(t, names_are_utf8);
	tcase_add_test(t, counts);
	tcase_add_loop_test(t, random_models_are_lively, 0, 8);
	return check_main(s);
}
