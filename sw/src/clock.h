/* SPDX-License-Identifier: MIT */
#ifndef JB_CLOCK_H
#define JB_CLOCK_H

/* Milliseconds of a clock that only goes forward. */
long clock_ms(void);

#endif
