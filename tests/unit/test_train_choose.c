/* SPDX-License-Identifier: MIT
 * What bnnctl train chooses: networks that fit, whatever the images and the board. */
#include <stdlib.h>
#include <string.h>

#include "../check_main.h"
#include "train_choose.h"

static const struct train_set sets[] = {
	{ .count = 60, .rows = 8, .cols = 8, .channels = 1, .classes = 2 },
	{ .count = 500, .rows = 16, .cols = 24, .channels = 3, .classes = 5 },
	{ .count = 60000, .rows = 28, .cols = 28, .channels = 1, .classes = 10 },
	{ .count = 4000, .rows = 40, .cols = 24, .channels = 1, .classes = 12 },
	{ .count = 4000, .rows = 64, .cols = 64, .channels = 1, .classes = 2 },
	{ .count = 4000, .rows = 48, .cols = 64, .channels = 3, .classes = 3 },
	{ .count = 1000000, .rows = 128, .cols = 128, .channels = 3, .classes = 64 },
	{ .count = 900, .rows = 128, .cols = 8, .channels = 1, .classes = 3 },
};
#define SETS ((int)(sizeof(sets) / sizeof(*sets)))

/* A network of the images' shape that fits, or the reason why there is none. */
START_TEST(networks)
{
	const struct train_set *s = &sets[_i];

	for (const struct board *b = boards; b->name; b++) {
		struct bnn_err err = { 0 };
		struct net n, again;
		char text[NET_TEXT_MAX];
		int rc = choose_net(s, b, &n, &err);

		if (rc) {
			ck_assert_int_eq(rc, BNN_E_LIMIT);
			ck_assert_msg(strstr(err.text, b->name) && strstr(err.text, "needed"), "%s",
				      err.text);
			ck_assert_msg(b != boards || s->rows > b->limits.side,
				      "the default board: %s", err.text);
			continue;
		}
		net_print(&n, text, sizeof(text));
		ck_assert_int_eq(net_parse(text, &again, &err), BNN_OK);
		ck_assert_int_eq(n.rows, s->rows);
		ck_assert_int_eq(n.cols, s->cols);
		ck_assert_int_eq(n.channels, s->channels);
		ck_assert_int_eq(n.layer[n.count - 1].out, s->classes);
		ck_assert_int_eq(choose_check(&n, b, &err), BNN_OK);
		ck_assert(n.layer[n.count - 1].in_rows <= 7 || n.layer[n.count - 1].in_cols == 1);
	}
}
END_TEST

START_TEST(checks)
{
	struct bnn_err err = { 0 };
	struct net n;

	ck_assert_int_eq(net_parse("16x16x1: jet5x8 dense3", &n, NULL), BNN_OK);
	ck_assert_int_eq(choose_check(&n, board_find("up5k"), &err), BNN_E_LIMIT);
	ck_assert_ptr_nonnull(strstr(err.text, "does not fit up5k: layer 1"));
	ck_assert_int_eq(choose_check(&n, board_find("1x2"), &err), BNN_OK);
}
END_TEST

START_TEST(lengths)
{
	struct train_set s;

	ck_assert_int_eq(choose_batch(4999), 32);
	ck_assert_int_eq(choose_batch(5000), 64);
	ck_assert_double_eq(choose_rate(63), 0.02);
	ck_assert_double_eq(choose_rate(64), 0.01);
	ck_assert_int_eq(choose_epochs(20, 32), 200);
	ck_assert_int_eq(choose_epochs(3200, 32), 49);
	ck_assert_int_eq(choose_epochs(1000000, 64), 12);
	ck_assert_int_eq(train_set_new(&s, 30, 8, 8, 1, 2, NULL), BNN_OK);
	for (int i = 0; i < 11; i++)
		s.label[i] = 1;
	ck_assert_double_eq(choose_balance(&s), 0); /* 19 and 11 */
	s.label[10] = 0;
	ck_assert_double_eq(choose_balance(&s), 1); /* 20 and 10 */
	train_set_free(&s);
}
END_TEST

START_TEST(bits)
{
	static const struct {
		const char *net;
		bool signs;
	} of[] = { { "16x16x1: jet3x8 pool bconv3x8 dense3", false },
		   { "16x16x1: bconv3x8 pool bconv3x8 dense3", false },
		   { "16x16x1: jet3x8 pool bconv3x8 sjet3x8 dense3", true },
		   { "16x16x1: bconv3x8 pool jet3x8 dense3", true } };
	struct net n;

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		ck_assert_int_eq(net_parse(of[i].net, &n, NULL), BNN_OK);
		ck_assert_int_eq(choose_signs(&n), of[i].signs);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("train_choose");
	TCase *t = tcase_create("train_choose");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, networks, 0, SETS);
	tcase_add_test(t, checks);
	tcase_add_test(t, lengths);
	tcase_add_test(t, bits);
	suite_add_tcase(s, t);
	return check_main(s);
}
