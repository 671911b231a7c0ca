/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "clock.h"

#include <time.h>

double clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void clock_wait(double seconds)
{
	struct timespec t = { 0, (long)(1e9 * seconds) };

	if (seconds > 0)
		nanosleep(&t, NULL);
}

long clock_ms(void)
{
	return (long)(1e3 * clock_seconds());
}
