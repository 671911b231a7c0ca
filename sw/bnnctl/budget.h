/* SPDX-License-Identifier: MIT
 * What a model needs on an accelerator, and how fast it runs there. */
#ifndef BNNCTL_BUDGET_H
#define BNNCTL_BUDGET_H

#include "boards.h"
#include "model.h"

enum bound { BOUND_LINK, BOUND_FRONT, BOUND_ENGINE, BOUNDS };

struct budget {
	struct bnn_err why; /* code: 0 when the model fits, else the rest is not valid */
	int model_words, map_rows;
	struct {
		long cycles; /* of the engine, 0: the front end's layer */
		/* Useful XNORs / lanes / cycles; 0 where a layer is no XNORs (pools). The pools behind
		 * a layer count as its cycles. */
		double used;
	} layer[JB_MAX_LAYERS];
	double cycles[BOUNDS]; /* an image takes; they overlap, so that the largest is the rate */
	enum bound bound;
};

/* "link", "front end", "engine" */
const char *bound_name(enum bound b);

/* A model that does not fit is told in out->why. Errors: BNN_E_MEMORY. */
int budget_make(const struct bnn_model *m, const struct board *board, struct budget *out,
		struct bnn_err *err);

#endif
