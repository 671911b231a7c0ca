/* SPDX-License-Identifier: MIT
 * Limits of accelerators that need not be there, for `bnnctl info`. */
#ifndef BNNCTL_BOARDS_H
#define BNNCTL_BOARDS_H

#include "device_limits.h"

struct board {
	const char *name; /* a board (constraints/), or a configuration as in "sim:NAME" */
	const char *line;
	int link_rate; /* byte/s from the host */
	struct device_limits limits;
};

/* Ends with a NULL name; the first is the default. */
extern const struct board boards[];
/* NULL when there is none of this name. */
const struct board *board_find(const char *name);

#endif
