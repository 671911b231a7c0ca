/* SPDX-License-Identifier: MIT
 * Net text: what is read, what is printed, what is refused and how the message names it. */
#include <stdio.h>
#include <string.h>

#include "../check_main.h"
#include "model.h"

static const struct {
	const char *text, *canonical;
} good[] = {
	{ "64x64x1: jet3x16 pool bconv3x32 pool bconv3x64/2 pool cam3", NULL },
	{ "28x28x1: jet3x32 pool bconv3x64v dense10", NULL },
	{ "8x8x3: sjet5x512/2v dense2", NULL },
	{ "128x128x3: bconv1x1 cam64", NULL },
	{ "16x16x1: bconv5x8 pool pool pool pool dense2", NULL },
	{ "8x9x1: jet3x4 dense1024 dense5 dense3", NULL },
	{ "  8x8x1:\tjet3x4\r\n cam2 \n", "8x8x1: jet3x4 cam2" },
	{ "8x8x1:jet3x4 cam2", "8x8x1: jet3x4 cam2" },
	{ "08x8x1: jet3x004/1v cam2", "8x8x1: jet3x4v cam2" },
};

static const struct {
	const char *text;
	int code;
	const char *says; /* part of the message */
} bad[] = {
	{ "", BNN_E_ARG, "word 1 '' (column 1): expected ROWSxCOLSxCHANNELS:" },
	{ "8x8x1 jet3x4 cam2", BNN_E_ARG, "word 1 '8x8x1' (column 1)" },
	{ "8x8: jet3x4 cam2", BNN_E_ARG, "word 1 '8x8' (column 1)" },
	{ "8x8x1 : jet3x4 cam2", BNN_E_ARG, "word 1" },
	{ "8x8x1:", BNN_E_ARG, "no layers" },
	{ "7x8x1: jet3x4 cam2", BNN_E_LIMIT, "7 image rows, allowed are 8 to 128" },
	{ "8x129x1: jet3x4 cam2", BNN_E_LIMIT, "129 image columns, allowed are 8 to 128" },
	{ "8x8x2: jet3x4 cam2", BNN_E_LIMIT, "2 image channels" },
	{ "99999999999999999999x8x1: jet3x4 cam2", BNN_E_LIMIT, "image rows" },
	{ "8x8x1: jet3x4", BNN_E_ARG,
	  "word 2 'jet3x4' (column 8): the last layer must be the head" },
	{ "8x8x1: jet3x4 pool", BNN_E_ARG, "word 3 'pool' (column 15)" },
	{ "8x8x1: conv3x4 cam2", BNN_E_ARG, "word 2 'conv3x4' (column 8): unknown word" },
	{ "8x8x1: 3x4 cam2", BNN_E_ARG, "unknown word" },
	{ "8x8x1: JET3x4 cam2", BNN_E_ARG, "unknown word" },
	{ "8x8x1: jet3 cam2", BNN_E_ARG, "as in bconv3x32" },
	{ "8x8x1: jet3x cam2", BNN_E_ARG, "as in bconv3x32" },
	{ "8x8x1: jet3x4/ cam2", BNN_E_ARG, "expected a stride" },
	{ "8x8x1: jet3x4/3 cam2", BNN_E_ARG, "stride 3, allowed are 1 and 2" },
	{ "8x8x1: jet3x4v/2 cam2", BNN_E_ARG, "suffixes are /2 (stride), then v (valid)" },
	{ "8x8x1: jet3x4vv cam2", BNN_E_ARG, "unexpected text" },
	{ "8x8x1: jet1x4 cam2", BNN_E_ARG, "kernel side 1, allowed are 3 and 5" },
	{ "8x8x1: bconv2x4 cam2", BNN_E_ARG, "kernel side 2, allowed are 1, 3 and 5" },
	{ "8x8x1: jet3x0 cam2", BNN_E_LIMIT, "0 output channels, allowed are 1 to 512" },
	{ "8x8x1: jet3x513 cam2", BNN_E_LIMIT,
	  "word 2 'jet3x513' (column 8): 513 output channels" },
	{ "8x8x1: jet3x4294967297 cam2", BNN_E_LIMIT, "output channels" },
	{ "8x8x1: jet3x4 dense1025 dense2", BNN_E_LIMIT,
	  "1025 dense outputs, allowed are 1 to 1024" },
	{ "8x8x1: jet3x4 dense65", BNN_E_LIMIT, "65 classes in the head, allowed are 2 to 64" },
	{ "8x8x1: jet3x4 cam65", BNN_E_LIMIT, "65 classes" },
	{ "8x8x1: jet3x4 cam1", BNN_E_LIMIT, "1 classes in the head" },
	{ "8x8x1: jet3x4 cam2/2", BNN_E_ARG, "nothing behind it" },
	{ "8x8x1: jet3x4 dense", BNN_E_ARG, "expected a count" },
	{ "8x8x1: cam2", BNN_E_ARG, "put a jet or bconv layer first" },
	{ "8x8x1: dense2", BNN_E_ARG, "put a jet or bconv layer first" },
	{ "8x8x1: pool jet3x4 cam2", BNN_E_ARG, "not pixels" },
	{ "8x8x1: jet3x4 dense5 pool dense2", BNN_E_ARG, "not dense" },
	{ "8x8x1: jet3x4 cam2 pool", BNN_E_ARG, "not cam" },
	{ "8x8x1: jet3x4 cam2 cam2", BNN_E_ARG,
	  "word 4 'cam2' (column 20): nothing may follow cam" },
	{ "8x8x1: jet3x4 dense8 bconv1x4 cam2", BNN_E_ARG, "only dense may follow dense" },
	{ "8x8x1: jet3x4 dense8 cam2", BNN_E_ARG, "only dense may follow dense" },
	{ "8x8x1: jet3x4 pool pool pool pool cam2", BNN_E_LIMIT,
	  "word 6 'pool' (column 30): a 1x1 map" },
	{ "8x8x1: jet5x4v jet5x4v cam2", BNN_E_LIMIT, "a 4x4 map is smaller than the valid 5x5" },
	{ "128x128x1: jet3x512 dense64", BNN_E_LIMIT, "536870912 weights" },
	{ "8x8x1: jet3x1 jet3x1 jet3x1 jet3x1 jet3x1 jet3x1 jet3x1 jet3x1 jet3x1 jet3x1 jet3x1 jet3x1 "
	  "jet3x1 jet3x1 jet3x1 jet3x1 cam2",
	  BNN_E_LIMIT, "layer 17, at most 16" },
	{ "8x8x1: \x1b[31mjet3x4 cam2", BNN_E_ARG, "'?[31mjet3x4'" },
	{ "8x8x1: jet3x4aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa cam2", BNN_E_ARG,
	  "'jet3x4aaaaaaaaaaaaaaaaaa...'" },
};

static void assert_same(const struct net *a, const struct net *b)
{
	ck_assert_int_eq(a->rows, b->rows);
	ck_assert_int_eq(a->cols, b->cols);
	ck_assert_int_eq(a->channels, b->channels);
	ck_assert_int_eq(a->count, b->count);
	for (int i = 0; i < a->count; i++) {
		const struct net_layer *l = &a->layer[i], *m = &b->layer[i];

		ck_assert_int_eq(l->kind, m->kind);
		ck_assert_int_eq(l->k, m->k);
		ck_assert_int_eq(l->out, m->out);
		ck_assert_int_eq(l->stride, m->stride);
		ck_assert_int_eq(l->valid, m->valid);
		ck_assert_int_eq(l->pools, m->pools);
		ck_assert_int_eq(l->in_rows, m->in_rows);
		ck_assert_int_eq(l->in_cols, m->in_cols);
		ck_assert_int_eq(l->in_ch, m->in_ch);
		ck_assert_int_eq(l->conv_rows, m->conv_rows);
		ck_assert_int_eq(l->conv_cols, m->conv_cols);
		ck_assert_int_eq(l->out_rows, m->out_rows);
		ck_assert_int_eq(l->out_cols, m->out_cols);
	}
}

START_TEST(good_text)
{
	const char *canonical = good[_i].canonical ? good[_i].canonical : good[_i].text;
	char text[NET_TEXT_MAX];
	struct bnn_err err = { 0 };
	struct net n, again;

	ck_assert_msg(net_parse(good[_i].text, &n, &err) == BNN_OK, "%s", err.text);
	ck_assert_int_eq(net_print(&n, text, sizeof(text)), (int)strlen(canonical));
	ck_assert_str_eq(text, canonical);
	ck_assert_int_eq(net_parse(text, &again, &err), BNN_OK);
	assert_same(&n, &again);
	ck_assert_int_eq(net_infer(&again, &err), BNN_OK);
	assert_same(&n, &again);
}
END_TEST

START_TEST(bad_text)
{
	struct bnn_err err = { 0 };
	struct net n;
	int rc = net_parse(bad[_i].text, &n, &err);

	ck_assert_msg(rc == bad[_i].code, "'%s' gives %d '%s'", bad[_i].text, rc, err.text);
	ck_assert_int_eq(err.code, rc);
	ck_assert_msg(strstr(err.text, bad[_i].says) != NULL, "'%s' says '%s', expected '%s'",
		      bad[_i].text, err.text, bad[_i].says);
	ck_assert_int_eq(net_parse(bad[_i].text, &n, NULL), bad[_i].code);
}
END_TEST

static void assert_shape(const struct net_layer *l, int in_rows, int in_cols, int in_ch,
			 int conv_rows, int conv_cols, int out_rows, int out_cols)
{
	ck_assert_int_eq(l->in_rows, in_rows);
	ck_assert_int_eq(l->in_cols, in_cols);
	ck_assert_int_eq(l->in_ch, in_ch);
	ck_assert_int_eq(l->conv_rows, conv_rows);
	ck_assert_int_eq(l->conv_cols, conv_cols);
	ck_assert_int_eq(l->out_rows, out_rows);
	ck_assert_int_eq(l->out_cols, out_cols);
}

START_TEST(shapes)
{
	struct net n;

	ck_assert_int_eq(net_parse("31x20x3: jet5x7/2 pool bconv3x9v sjet3x5/2v dense6 dense4", &n,
				   NULL),
			 BNN_OK);
	assert_shape(&n.layer[0], 31, 20, 3, 16, 10, 8, 5);
	assert_shape(&n.layer[1], 8, 5, 7, 6, 3, 6, 3);
	assert_shape(&n.layer[2], 6, 3, 9, 2, 1, 2, 1);
	assert_shape(&n.layer[3], 2, 1, 5, 1, 1, 1, 1);
	assert_shape(&n.layer[4], 1, 1, 6, 1, 1, 1, 1);
	ck_assert_uint_eq(model_inputs(&n.layer[3]), 10);
	ck_assert_int_eq(net_parse("9x9x1: bconv1x2 pool cam4", &n, NULL), BNN_OK);
	assert_shape(&n.layer[1], 4, 4, 2, 4, 4, 4, 4);
	ck_assert_int_eq(n.layer[1].k, 1);
	ck_assert(n.layer[1].valid);
}
END_TEST

START_TEST(infer_names_the_layer)
{
	struct bnn_err err;
	struct net n;

	ck_assert_int_eq(net_parse("16x16x1: bconv3x4 pool cam2", &n, &err), BNN_OK);
	n.layer[0].pools = 1000000;
	ck_assert_int_eq(net_infer(&n, &err), BNN_E_LIMIT);
	ck_assert_ptr_nonnull(strstr(err.text, "layer 1: a 1x1 map"));
	n.layer[0].pools = 0;
	n.layer[0].kind = (enum net_kind)9;
	ck_assert_int_eq(net_infer(&n, &err), BNN_E_ARG);
	n.count = JB_MAX_LAYERS + 1;
	ck_assert_int_eq(net_infer(&n, &err), BNN_E_LIMIT);
	n.count = 0;
	ck_assert_int_eq(net_infer(&n, &err), BNN_E_LIMIT);
}
END_TEST

START_TEST(print_cut_short)
{
	const char *text = "8x8x1: jet3x4 pool cam2";
	char buf[32];
	struct net n;

	ck_assert_int_eq(net_parse(text, &n, NULL), BNN_OK);
	for (size_t size = 0; size < sizeof(buf); size++) {
		memset(buf, '!', sizeof(buf));
		ck_assert_int_eq(net_print(&n, buf, size), (int)strlen(text));
		if (size > 0)
			ck_assert_uint_eq(strlen(buf),
					  size - 1 < strlen(text) ? size - 1 : strlen(text));
		ck_assert_int_eq(buf[size], '!');
	}
}
END_TEST

START_TEST(longest_text)
{
	char text[NET_TEXT_MAX] = "128x128x3:";
	struct net n;

	for (int i = 0; i < JB_MAX_LAYERS - 1; i++)
		strcat(text, i % 2 ? " sjet3x512" : " bconv3x512");
	strcat(text, " pool pool pool pool pool pool pool dense64");
	ck_assert_int_eq(net_parse(text, &n, NULL), BNN_OK);
	ck_assert_int_eq(net_print(&n, NULL, 0), (int)strlen(text));
}
END_TEST

START_TEST(error_codes_have_texts)
{
	for (int code = 0; code > -BNN_E_COUNT; code--)
		ck_assert_uint_gt(strlen(bnn_strerror(code)), 5);
	ck_assert_str_eq(bnn_strerror(1), "unknown error code");
	ck_assert_str_eq(bnn_strerror(-BNN_E_COUNT), "unknown error code");
	ck_assert_str_eq(bnn_strerror(-2147483647 - 1), "unknown error code");
	ck_assert_str_eq(bnn_version(), "0.1.0");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("net");
	TCase *t = tcase_create("net");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, good_text, 0, sizeof(good) / sizeof(*good));
	tcase_add_loop_test(t, bad_text, 0, sizeof(bad) / sizeof(*bad));
	tcase_add_test(t, shapes);
	tcase_add_test(t, infer_names_the_layer);
	tcase_add_test(t, print_cut_short);
	tcase_add_test(t, longest_text);
	tcase_add_test(t, error_codes_have_texts);
	return check_main(s);
}
