/* SPDX-License-Identifier: MIT
 * `bnnctl info` computes with a table of limits: it is what the simulated devices say of themselves. The boards'
 * own rows are made from the same parameters by the same script. */
#include <stdio.h>
#include <string.h>

#include "../check_main.h"
#include "boards.h"
#include "device.h"

START_TEST(table_is_right)
{
	struct bnn_err err = { 0 };
	bnn_device *d;
	char spec[32];
	int compared = 0;

	for (const struct board *b = boards; b->name; b++) {
		struct device_limits want = b->limits;
		const struct device_limits *have;

		snprintf(spec, sizeof(spec), "sim:%s", b->name);
		if (bnn_device_open(spec, NULL, &d, &err) != BNN_OK) {
			ck_assert_msg(err.code == BNN_E_NO_DEVICE, "%s", err.text);
			continue; /* not simulated in this build */
		}
		compared++;
		have = device_limits(d);
		/* numbers that no computation uses */
		want.build = have->build;
		want.board = have->board;
		ck_assert_msg(memcmp(&want, have, sizeof(want)) == 0, "limits of %s", b->name);
		bnn_device_close(d);
	}
	ck_assert_int_ge(compared, 3);
	ck_assert_ptr_eq(board_find("1x2")->name, boards[1].name);
	ck_assert_int_eq(board_find("fomu")->link_rate, 1216000);
	ck_assert_int_eq(board_find("icebreaker")->link_rate, JB_UART_BAUD / 10);
	ck_assert_uint_eq(board_find("orangecrab")->limits.clock_hz, 96000000);
	ck_assert_int_eq(board_find("orangecrab")->limits.positions, 4);
	ck_assert_int_eq(board_find("orangecrab")->limits.map_words, 2);
	ck_assert_ptr_null(board_find("1x3"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("boards");
	TCase *t = tcase_create("boards");

	tcase_add_test(t, table_is_right);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
