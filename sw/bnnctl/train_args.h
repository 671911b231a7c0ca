/* SPDX-License-Identifier: MIT
 * Options of bnnctl train. */
#ifndef BNNCTL_TRAIN_ARGS_H
#define BNNCTL_TRAIN_ARGS_H

#include "cmd.h"
#include "train.h"

struct train_args {
	const char *idx, *folder, *test, *net, *output, *classes; /* NULL: not given */
	long contrast;                                            /* side of the window, 0: none */
	bool normalize;
	struct train_options train;
};

/* What the command line says, defaults filled in. Returns an exit status; errors are said. */
int train_args_get(struct ctl *c, int argc, char **argv, struct train_args *a);

#endif
