/* SPDX-License-Identifier: MIT
 * Options of bnnctl train. */
#ifndef BNNCTL_TRAIN_ARGS_H
#define BNNCTL_TRAIN_ARGS_H

#include "boards.h"
#include "cmd.h"
#include "load.h"
#include "train.h"

struct train_args {
	const char *idx, *folder, *test, *net, *output, *classes, *from,
		*group_by;         /* NULL: not given */
	const struct board *board; /* NULL: not given */
	double test_part;
	struct load_most most; /* of images whose size is chosen */
	bool real;             /* --float: no model */
	/* Not given: chosen by what the images are. */
	bool choose_epochs, choose_batch, choose_rate, choose_balance, choose_soften,
		choose_augment, choose_normalize;
	struct train_options train;
};

/* What the command line says, defaults filled in. Returns an exit status; errors are said. */
int train_args_get(struct ctl *c, int argc, char **argv, struct train_args *a);

#endif
