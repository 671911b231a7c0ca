/* SPDX-License-Identifier: MIT
 * Limits of accelerators that need not be there, for `bnnctl info`. */
#ifndef BNNCTL_BOARDS_H
#define BNNCTL_BOARDS_H

#include "limits.h"

struct board {
	const char *name; /* as in "sim:NAME" (sim/configs.mk) */
	const char *line;
	struct device_limits limits;
};

/* Ends with a NULL name; the first is the default. */
extern const struct board boards[];
/* NULL when there is none of this name. */
const struct board *board_find(const char *name);

#endif
