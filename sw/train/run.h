/* SPDX-License-Identifier: MIT
 * State of a training run, and its file. */
#ifndef JB_TRAIN_RUN_H
#define JB_TRAIN_RUN_H

#include "graph.h"
#include "train.h"

struct run {
	const struct train_set *set;
	const struct train_options *o;
	struct workers *workers;
	struct graph *graph;
	struct data_split split;
	int *order; /* of split.learn in the present epoch */
	float class_weight[JB_MAX_CLASSES];
	uint8_t *label;   /* of the present batch */
	const int *index; /* of the present batch */
	const struct augment *augment;
	uint64_t draw;        /* number of the present batch's first random stream */
	int batch, batches;   /* images of a batch, batches of an epoch */
	long step, steps;     /* done, in all */
	long begun;           /* step at which this process began */
	double loss;          /* sum over the present epoch's batches */
	double started, told; /* seconds */
	struct bnn_model *best;
	struct train_outcome *outcome;
};

/* Writes the run's state to o->checkpoint: complete, or as it was before. Errors: BNN_E_FILE,
 * BNN_E_MEMORY. */
int checkpoint_save(const struct run *r, struct bnn_err *err);
/* Takes it back into a run that has been started in the same way.
 * Errors: BNN_E_FILE (missing, damaged, or of other images or options: both are named),
 * BNN_E_MEMORY. */
int checkpoint_load(struct run *r, struct bnn_err *err);

#endif
