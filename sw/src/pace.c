/* SPDX-License-Identifier: MIT */
#include "pace.h"

size_t pace_allow(const struct pace *p, double now, size_t n, double *at)
{
	double ahead;

	if (p->byte <= 0)
		return n;
	ahead = p->due > now ? (p->due - now) / p->byte : 0;
	*at = p->due - (PACE_ROOM - 1) * p->byte;
	if (ahead > PACE_ROOM - 1)
		return 0;
	return n < PACE_ROOM - (size_t)ahead ? n : PACE_ROOM - (size_t)ahead;
}

void pace_sent(struct pace *p, double now, size_t n)
{
	p->due = (p->due > now ? p->due : now) + (double)n * p->byte;
}
