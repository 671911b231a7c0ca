/* SPDX-License-Identifier: MIT
 * The optimisers of --optimizer: one update of an array from its gradient. */
#ifndef JB_TRAIN_OPTIMIZERS_H
#define JB_TRAIN_OPTIMIZERS_H

#include "optim.h"

struct optimizer {
	const char *name;
	double rate; /* learning rate that suits it, where none is given */
	/* step counts from 1; p->m, v and w are zero before the first. */
	void (*update)(struct param *p, double rate, long step);
};

/* Ends with a NULL name; the first is the default. */
extern const struct optimizer optimizers[];
/* NULL when there is none of this name. */
const struct optimizer *optimizer_find(const char *name);

#endif
