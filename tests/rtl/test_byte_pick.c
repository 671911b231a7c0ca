/* SPDX-License-Identifier: MIT
 * byte_pick: the chosen link and the accelerator exchange every byte, the other link is drained and gets none;
 * a change is followed after three clocks whatever waits. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "byte_pick.h"
#include "check_main.h"

enum { CLOCKS = 20000, FOLLOW = 3 };

static uint64_t state;

static unsigned draw(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

/* One clock with link `now` chosen. */
static void clock_chosen(struct pick_sim *s, const struct pick_in *in, int now)
{
	struct pick_out out = pick_sim_clock(s, in);
	bool rx = in->link_byte[now] >= 0 && in->core_ready;
	bool tx = in->core_byte && in->link_ready[now];

	ck_assert_int_eq(out.core_got, rx ? in->link_byte[now] : -1);
	ck_assert_int_eq(out.link_taken[now], rx);
	ck_assert_int_eq(out.link_taken[!now], in->link_byte[!now] >= 0);
	ck_assert_int_eq(out.core_taken, tx);
	ck_assert_int_eq(out.link_got[now], tx);
	ck_assert_int_eq(out.link_got[!now], false);
}

START_TEST(follows_first)
{
	struct pick_sim *s = pick_sim_open();
	const char *env = getenv("SEED");
	bool was[FOLLOW] = { false };
	struct pick_in in = { 0 };

	state = env ? strtoull(env, NULL, 0) : 1;
	printf("seed %" PRIu64 "\n", state);
	ck_assert_ptr_nonnull(s);
	for (int i = 0; i < CLOCKS; i++) {
		if (draw(50) == 0)
			in.first = !in.first;
		for (int k = 0; k < 2; k++) {
			in.link_byte[k] = draw(3) ? (int)draw(256) : -1;
			in.link_ready[k] = draw(3) > 0;
		}
		in.core_byte = draw(3) > 0;
		in.core_ready = draw(3) > 0;
		clock_chosen(s, &in, was[FOLLOW - 1] ? 0 : 1);
		memmove(was + 1, was, sizeof(was) - sizeof(*was));
		was[0] = in.first;
	}
	pick_sim_close(s);
}
END_TEST

/* The first link's host is gone: it takes nothing, a byte waits on both sides. */
START_TEST(leaves_a_dead_link)
{
	struct pick_sim *s = pick_sim_open();
	struct pick_in in = { true, { 17, -1 }, { false, true }, true, false };

	ck_assert_ptr_nonnull(s);
	for (int i = 0; i < 100; i++)
		clock_chosen(s, &in, i < FOLLOW ? 1 : 0);
	in.first = false;
	for (int i = 0; i < 100; i++)
		clock_chosen(s, &in, i < FOLLOW ? 0 : 1);
	pick_sim_close(s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("byte_pick");
	TCase *t = tcase_create("byte_pick " UNIT_CFG);

	tcase_add_test(t, follows_first);
	tcase_add_test(t, leaves_a_dead_link);
	suite_add_tcase(s, t);
	return check_main(s);
}
