/* SPDX-License-Identifier: MIT
 * Pace of a link without flow control: what is ahead of the device stays below PACE_ROOM, and the mean rate is
 * the one asked for. */
#include "../check_main.h"
#include "pace.h"

START_TEST(no_limit)
{
	struct pace p = { 0, 0 };
	double at;

	pace_sent(&p, 5, 100000);
	ck_assert_uint_eq(pace_allow(&p, 5, 4096, &at), 4096);
}
END_TEST

START_TEST(first_bytes)
{
	struct pace p = { 2, 0 };
	double at;

	ck_assert_uint_eq(pace_allow(&p, 10, 5, &at), 5);
	ck_assert_uint_eq(pace_allow(&p, 10, 4096, &at), PACE_ROOM);
	pace_sent(&p, 10, PACE_ROOM);
	ck_assert_uint_eq(pace_allow(&p, 10, 1, &at), 0);
	ck_assert(at == 12); /* one byte is digested by then */
	ck_assert_uint_eq(pace_allow(&p, at, 4096, &at), 1);
	ck_assert_uint_eq(pace_allow(&p, 10 + 2 * PACE_ROOM, 4096, &at), PACE_ROOM);
}
END_TEST

/* A sender that always waits until it may. */
START_TEST(rate)
{
	struct pace p = { 3, 0 };
	double now = 0, at = 0;
	size_t sent = 0;

	while (sent < 10000) {
		size_t n = pace_allow(&p, now, 4096, &at);

		if (n == 0) {
			ck_assert(at > now);
			now = at;
			continue;
		}
		pace_sent(&p, now, n);
		sent += n;
		ck_assert((double)sent <= now / 3 + PACE_ROOM);
	}
	ck_assert(now >= 3.0 * (10000 - PACE_ROOM) && now <= 3.0 * 10000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pace");
	TCase *t = tcase_create("pace");

	tcase_add_test(t, no_limit);
	tcase_add_test(t, first_bytes);
	tcase_add_test(t, rate);
	suite_add_tcase(s, t);
	return check_main(s);
}
