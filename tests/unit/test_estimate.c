/* SPDX-License-Identifier: MIT
 * The estimate of a board's resources: blocks of a memory as synthesis maps them, those of whole
 * boards as it needs them, and that more lanes cost more. */
#include "../check_main.h"
#include "estimate.h"

/* Width, depth, blocks: shapes that the netlists of the two families have. */
static const struct {
	const char *part;
	int width, depth, blocks;
} memories[] = {
	{ "up5k", 32, 256, 2 },   { "up5k", 16, 32, 1 },    { "up5k", 8, 512, 1 },
	{ "up5k", 2, 4096, 2 },   { "up5k", 13, 256, 1 },   { "lp8k", 32, 1024, 8 },
	{ "25k", 32, 512, 1 },    { "25k", 32, 64, 1 },     { "25k", 18, 64, 0 },
	{ "25k", 32, 8192, 16 },  { "25k", 128, 512, 4 },   { "25k", 8, 1024, 1 },
	{ "85k", 32, 32768, 64 }, { "85k", 288, 4096, 64 }, { "85k", 17, 256, 1 },
};

START_TEST(blocks_of_a_memory)
{
	ck_assert_int_eq(estimate_blocks(memories[_i].part, memories[_i].width, memories[_i].depth),
			 memories[_i].blocks);
}
END_TEST

/* Parameters of boards; what is expected is what synthesis of them needs. */
static struct board board_of(const char *name, const struct device_limits *limits)
{
	struct board b = { name, "", 0, *limits };

	return b;
}

static const struct device_limits up5k = { .outputs = 1,
					   .positions = 1,
					   .map_words = 1,
					   .model_words = 16384,
					   .map_rows = 16384,
					   .weight_rows = 128,
					   .front_lanes = 1,
					   .front_k = 3,
					   .front_channels = 3,
					   .front_code_rows = 512,
					   .front_outputs = 128,
					   .acc_bits = 16,
					   .side = 64 };
static const struct device_limits ecp5 = { .outputs = 2,
					   .positions = 8,
					   .map_words = 4,
					   .model_words = 8192,
					   .map_rows = 512,
					   .weight_rows = 256,
					   .front_lanes = 1,
					   .front_k = 5,
					   .front_channels = 3,
					   .front_code_rows = 1024,
					   .front_outputs = 128,
					   .acc_bits = 18,
					   .side = 128 };

START_TEST(whole_boards)
{
	struct board b = board_of("icebreaker", &up5k);
	struct estimate e;

	ck_assert_int_eq(estimate_make(&b, &e), 0);
	ck_assert_str_eq(e.part, "up5k");
	ck_assert_int_eq(e.need[RES_RAM], 28);
	ck_assert_int_eq(e.need[RES_BIG], 4);
	ck_assert_int_eq(e.need[RES_DSP], 8);
	b = board_of("fomu", &up5k);
	ck_assert_int_eq(estimate_make(&b, &e), 0);
	ck_assert_int_eq(e.need[RES_RAM], 30);
	b = board_of("orangecrab", &ecp5);
	ck_assert_int_eq(estimate_make(&b, &e), 0);
	ck_assert_int_eq(e.need[RES_RAM], 47);
	ck_assert_int_eq(e.need[RES_BIG], 0);
	ck_assert_int_eq(e.there[RES_CELLS], 24288);
}
END_TEST

START_TEST(more_lanes_cost_more)
{
	struct board b = board_of("orangecrab", &ecp5);
	struct estimate few, many;

	ck_assert_int_eq(estimate_make(&b, &few), 0);
	b.limits.outputs = 4;
	ck_assert_int_eq(estimate_make(&b, &many), 0);
	for (int r = RES_LUT4; r <= RES_CELLS; r++)
		ck_assert_int_gt(many.need[r], few.need[r]);
	/* Weights of two outputs more; thresholds are in distributed memory. */
	ck_assert_int_eq(many.need[RES_RAM], few.need[RES_RAM] + 2 * 9);
}
END_TEST

START_TEST(no_board)
{
	struct estimate e;

	ck_assert_ptr_nonnull(board_find("1x2"));
	ck_assert_int_eq(estimate_make(board_find("1x2"), &e), -1);
	ck_assert_int_eq(estimate_blocks("xc7", 32, 64), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("estimate");
	TCase *t = tcase_create("estimate");

	tcase_add_loop_test(t, blocks_of_a_memory, 0, sizeof(memories) / sizeof(memories[0]));
	tcase_add_test(t, whole_boards);
	tcase_add_test(t, more_lanes_cost_more);
	tcase_add_test(t, no_board);
	suite_add_tcase(s, t);
	return check_main(s);
}
