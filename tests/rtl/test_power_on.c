/* SPDX-License-Identifier: MIT
 * power_on: in reset from the first clock, out of it LENGTH clocks after ready has come to stay, back in it
 * when ready goes, whatever came before. */
#include "check_main.h"
#include "power_on.h"

/* Clocks from a change of ready to that of rst: two flip-flops, the count, rst itself. */
enum { AWAY = 4, THERE = G_LENGTH + 3 };

START_TEST(reset_until_ready)
{
	struct power_sim *s = power_sim_open();

	ck_assert_ptr_nonnull(s);
	for (int i = 0; i < 5 * G_LENGTH; i++)
		ck_assert_msg(power_sim_clock(s, false), "clock %d", i);
	for (int i = 0; i < 5 * G_LENGTH; i++)
		ck_assert_msg(power_sim_clock(s, true) == (i < THERE), "clock %d of ready", i);
	for (int i = 0; i < 5 * G_LENGTH; i++)
		ck_assert_msg(power_sim_clock(s, false) == (i >= AWAY), "clock %d of not ready", i);
	power_sim_close(s);
}
END_TEST

START_TEST(ready_at_once)
{
	struct power_sim *s = power_sim_open();

	ck_assert_ptr_nonnull(s);
	for (int i = 0; i < 5 * G_LENGTH; i++)
		ck_assert_msg(power_sim_clock(s, true) == (i < THERE), "clock %d", i);
	power_sim_close(s);
}
END_TEST

/* ready for n clocks, then away for one: the count begins again, after reset had ended too. */
START_TEST(a_break_begins_again)
{
	for (int n = 1; n < 3 * G_LENGTH; n++) {
		struct power_sim *s = power_sim_open();

		ck_assert_ptr_nonnull(s);
		for (int i = 0; i < n; i++)
			power_sim_clock(s, true);
		power_sim_clock(s, false);
		for (int i = 0; i < 3 * G_LENGTH; i++) {
			bool before = i < AWAY - 1 && n + 1 + i >= THERE;

			ck_assert_msg(power_sim_clock(s, true) == (i < THERE && !before),
				      "%d clocks, a break, clock %d", n, i);
		}
		power_sim_close(s);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("power_on");
	TCase *t = tcase_create("power_on " UNIT_CFG);

	tcase_add_test(t, reset_until_ready);
	tcase_add_test(t, ready_at_once);
	tcase_add_test(t, a_break_begins_again);
	suite_add_tcase(s, t);
	return check_main(s);
}
