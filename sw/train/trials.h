/* SPDX-License-Identifier: MIT
 * Augmentation and normalisation chosen by trial: short runs on a third of the images, compared on
 * another third. */
#ifndef JB_TRAIN_TRIALS_H
#define JB_TRAIN_TRIALS_H

#include "train.h"

/* A trial that has ended. */
struct trial {
	int number, count; /* from 1 */
	const char *what;  /* what was added, "nothing" for the first one */
	double loss;       /* mean cross entropy of the images held out, weighed by class */
	bool kept;
};

struct trials {
	bool augment, normalize; /* what is to be chosen; the other one is as given */
	void (*tell)(void *ctx, const struct trial *t); /* may be NULL */
	void *ctx;
};

/* Chooses o->augment and o->pre. Additions are tried one after the other, each on top of those
 * kept; one is kept when it lowers the loss by more than the standard error of the difference.
 * set: not preprocessed. On a stop it returns what was kept until then, and in *out (NULL
 * otherwise) the model of the last trial kept, if there is one, with its outcome.
 * Errors: those of train_run. */
int trials_run(const struct net *n, const struct train_set *set, const struct trials *t,
	       struct train_options *o, struct bnn_model **out, struct train_outcome *outcome,
	       struct bnn_err *err);

#endif
