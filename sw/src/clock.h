/* SPDX-License-Identifier: MIT */
#ifndef JB_CLOCK_H
#define JB_CLOCK_H

/* A clock that only goes forward. */
double clock_seconds(void);
long clock_ms(void);
/* Returns after about that many seconds, less than one, or sooner when a signal comes. */
void clock_wait(double seconds);

#endif
