/* SPDX-License-Identifier: MIT
 * Options of bnnctl sort. */
#ifndef BNNCTL_SORT_ARGS_H
#define BNNCTL_SORT_ARGS_H

#include "cmd.h"
#include "sorter.h"

/* Sets source, preparation and outputs as the options say; operand: a folder, "-" or NULL. Returns
 * an exit status; what is wrong has been said. */
int sort_args(struct ctl *c, const char *operand, int stop_fd, struct sorter *s);

#endif
