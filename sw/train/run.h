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
	bool real;               /* a net of real layers: no model comes of it */
	struct teacher *teacher; /* trained before the first step; NULL: none */
};

/* Checks the options and makes everything a run needs before its first step, from its set, o,
 * outcome, real. Errors: BNN_E_ARG, BNN_E_MEMORY. */
int run_start(struct run *r, const struct net *n, struct bnn_err *err);
/* Frees what run_start made, as far as it came; not the best model. */
void run_end(struct run *r);
/* Epochs from the present step to the end, or until a stop is wanted. Errors: as of train_run. */
int run_epochs(struct run *r, struct bnn_err *err);
/* Fills the graph's batch with the images index[0..images-1]. */
void run_gather(struct run *r, const int *index, int images, bool augment);
/* soften.c: how hard the graph's bits are at the present step. */
void run_harden(struct run *r);
/* Makes them hard, and gives batch norm the statistics of hard bits where they were not. */
void run_settle(struct run *r);
/* The class with the highest score, the first on a tie. */
int run_said(const float *score, int classes);

/* teacher.c: the real-valued net of a run's shape, images and options. */
struct teacher {
	struct train_options options;
	struct train_outcome outcome;
	struct run run;
};
/* Makes r->teacher, untrained. Errors: BNN_E_MEMORY. */
int teacher_new(struct run *r, const struct net *n, struct bnn_err *err);
void teacher_free(struct teacher *t);
/* Its logits for the images in the pupil's batch, valid until the next call. */
const float *teacher_logits(struct teacher *t, const struct graph *pupil);

/* Writes the run's state to o->checkpoint: complete, or as it was before. Errors: BNN_E_FILE,
 * BNN_E_MEMORY. */
int checkpoint_save(const struct run *r, struct bnn_err *err);
/* Takes it back into a run that has been started in the same way.
 * Errors: BNN_E_FILE (missing, damaged, or of other images or options: both are named),
 * BNN_E_MEMORY. */
int checkpoint_load(struct run *r, struct bnn_err *err);

#endif
