/* SPDX-License-Identifier: MIT
 * byte_cross: every byte once and in order, at clock ratios from 1:20 to 20:1, with random pauses on both
 * sides; a byte that waits stays as it is; the rate its header promises. */
#include "byte_cross.h"
#include "check_main.h"

enum { BYTES = 5000, RATIOS = 8 };

static const int periods[RATIOS][2] = { { 10, 10 }, { 20, 10 }, { 10, 20 },  { 10, 11 },
					{ 13, 7 },  { 7, 13 },  { 10, 200 }, { 200, 10 } };

static uint64_t state;

static unsigned draw(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

/* Moves BYTES bytes; pause: percent of clocks in which a side does nothing. Returns the time taken. */
static long cross(int in_period, int out_period, unsigned pause)
{
	struct cross_sim *s = cross_sim_open();
	long in_at = 0, out_at = 3;
	int sent = 0, got = 0, waiting = -1;

	ck_assert_ptr_nonnull(s);
	while (got < BYTES) {
		if (in_at <= out_at) {
			bool offer = sent < BYTES && draw(100) >= pause;

			sent += cross_sim_in(s, offer ? (sent * 31 & 0xFF) : -1);
			in_at += in_period;
		} else {
			bool ready = draw(100) >= pause;
			int byte = cross_sim_out(s, ready);

			if (waiting >= 0)
				ck_assert_int_eq(byte, waiting);
			waiting = ready ? -1 : byte;
			if (byte >= 0 && ready)
				ck_assert_int_eq(byte, got++ * 31 & 0xFF);
			out_at += out_period;
		}
		ck_assert_int_le(got, sent);
	}
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(cross_sim_out(s, true), -1);
	cross_sim_close(s);
	return out_at;
}

START_TEST(every_byte_once)
{
	state = (uint64_t)_i;
	for (unsigned pause = 0; pause <= 90; pause += 45)
		cross(periods[_i][0], periods[_i][1], pause);
}
END_TEST

START_TEST(rate)
{
	int in = periods[_i][0], out = periods[_i][1];

	ck_assert_int_le(cross(in, out, 0), (long)BYTES * (3 * in + 3 * out) + 100);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("byte_cross@" UNIT_CFG);
	TCase *t = tcase_create("cross");

	tcase_add_loop_test(t, every_byte_once, 0, RATIOS);
	tcase_add_loop_test(t, rate, 0, RATIOS);
	suite_add_tcase(s, t);
	return check_main(s);
}
