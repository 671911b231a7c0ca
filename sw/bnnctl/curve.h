/* SPDX-License-Identifier: MIT
 * Training curve, kept beside the model as MODEL.csv: a line of names, then an epoch a line. */
#ifndef BNNCTL_CURVE_H
#define BNNCTL_CURVE_H

#include <stdbool.h>
#include <stddef.h>

#include "bnn.h"

struct curve_row {
	int epoch;            /* from 1 */
	double loss;          /* mean over the epoch */
	double held_accuracy; /* 0 to 1; -1: no images were held out */
	bool kept;            /* the best so far when it ended */
};

struct curve {
	int count, room;
	struct curve_row *row; /* epochs rising, owned */
};

/* Adds an epoch in place of those from it on. Errors: BNN_E_MEMORY. */
int curve_add(struct curve *c, struct curve_row row, struct bnn_err *err);
void curve_free(struct curve *c);
/* Of the model at this path, complete or as it was. Errors: BNN_E_FILE, BNN_E_MEMORY. */
int curve_save(const struct curve *c, const char *model_path, struct bnn_err *err);
/* out is empty when there is no file. Errors: BNN_E_FILE (names the line), BNN_E_MEMORY. */
int curve_load(const char *model_path, struct curve *out, struct bnn_err *err);

#endif
