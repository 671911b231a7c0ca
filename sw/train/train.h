/* SPDX-License-Identifier: MIT
 * Training of a network and its evaluation as a folded model. */
#ifndef JB_TRAIN_TRAIN_H
#define JB_TRAIN_TRAIN_H

#include <signal.h>

#include "augment.h"
#include "data.h"
#include "model.h"
#include "optimizers.h"

/* After every epoch, and about once a second within one. */
struct train_progress {
	int epoch, epochs; /* epoch counts from 1 */
	long step, steps;  /* of the whole run */
	double seconds_left;
	bool real;            /* of the real-valued net */
	bool epoch_done;      /* the following are valid */
	double loss;          /* mean over the epoch */
	double held_accuracy; /* of the folded model, images weighed by class; -1: none held */
	bool best;            /* this epoch is kept */
};

struct train_options {
	int epochs, batch;
	const struct optimizer *optimizer;
	double rate; /* before warm-up and cosine */
	int warmup;  /* steps */
	uint64_t seed;
	int threads;    /* 0: one a processor; no influence on the result */
	double holdout; /* part of every class held out for choosing the epoch, 0 .. 0.9 */
	bool last_only; /* only the last epoch is judged, and kept */
	int patience;   /* stop after so many epochs without a better one; 0: never */
	double balance; /* class weight = images of the class ^ -balance, mean 1 over the images */
	double soften;  /* bits are between the real value and the sign for this part of the run,
			 * nearer and nearer to the sign; those of a base are hard */
	bool gain;      /* batch norm with a gain */
	bool distil;    /* a real-valued net is trained first, and teaches */
	struct augment augment;
	struct model_pre pre;         /* of the images: done already, kept with the checkpoint */
	const struct bnn_model *base; /* a model to start from, of the same network but for the
				       * classes; NULL: none */
	bool base_head;               /* its head too: the classes are the same */
	int freeze;                   /* so many first layers stay as they are in base */
	float *held_loss; /* cross entropy after the last epoch of the images held out, weighed
			   * by class, at their numbers in the set; NULL: not wanted */
	void (*progress)(void *ctx, const struct train_progress *p); /* may be NULL */
	void *ctx;
	const volatile sig_atomic_t *stop; /* not 0: stop after the step; may be NULL */
	const char *
		checkpoint; /* file for the state of the run: written after an epoch, not more often
				 * than every 5 seconds, and on a stop; NULL: none */
	bool resume; /* go on from the checkpoint, with the same result as without the break */
};

struct train_outcome {
	int epoch, epochs;    /* the epoch kept, epochs run; on a stop the broken one counts */
	bool stopped;         /* before the end, as was wanted */
	int learned, held;    /* images */
	double held_accuracy; /* of the kept one, as above */
};

void train_defaults(struct train_options *o);

/* Trains and folds. The set has the network's image size and classes. The kept epoch is the one
 * with the best held-out accuracy (the later on a tie), or the last without a held-out part.
 * Errors: BNN_E_ARG (sizes, options), BNN_E_MEMORY, BNN_E_FILE (checkpoint), BNN_E_MISMATCH (the
 * folded model does not give the trained network's scores through the reference: a bug). */
int train_run(const struct net *n, const struct train_set *set, const struct train_options *o,
	      struct bnn_model **out, struct train_outcome *outcome, struct bnn_err *err);

/* What a model does with a set. */
struct train_report {
	int count, correct, classes;
	double balanced; /* mean of the classes' accuracies, classes without images left out */
	int confusion[JB_MAX_CLASSES][JB_MAX_CLASSES]; /* [true][said] */
};

/* Trains the same network with real weights and ReLU in place of bits, and tests it after the last
 * epoch: what the shape can do. No model, no checkpoint; of base, freeze, patience, distil and
 * resume nothing is used. report is filled where the test set has images. Errors: BNN_E_ARG,
 * BNN_E_MEMORY. */
int train_real(const struct net *n, const struct train_set *set, const struct train_set *test,
	       const struct train_options *o, struct train_report *report,
	       struct train_outcome *outcome, struct bnn_err *err);

/* Augmentation and preprocessing of the run whose state the file holds. Errors: BNN_E_FILE,
 * BNN_E_MEMORY. */
int checkpoint_choice(const char *path, struct augment *augment, struct model_pre *pre,
		      struct bnn_err *err);

/* From what was said of every image: a class, or a negative error, which is returned. */
int train_report_fill(const struct train_set *set, const int *said, int classes,
		      struct train_report *out);

/* Runs the model on every image through the C reference. threads as above.
 * Errors: BNN_E_ARG (sizes), BNN_E_MEMORY. */
int train_evaluate(const struct bnn_model *m, const struct train_set *set, int threads,
		   struct train_report *out, struct bnn_err *err);

/* Fills the model's training facts. data: the images in a word or two; test may be NULL. */
void train_facts(struct bnn_model *m, const char *data, const struct train_options *o,
		 const struct train_outcome *outcome, const struct train_report *test);

#endif
