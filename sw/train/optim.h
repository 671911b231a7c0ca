/* SPDX-License-Identifier: MIT
 * Trained arrays and the optimiser. */
#ifndef JB_TRAIN_OPTIM_H
#define JB_TRAIN_OPTIM_H

#include <stddef.h>

enum project {
	PROJECT_NONE,
	PROJECT_BOX, /* every value to -1..1 */
	PROJECT_BALL /* every group of values to length 1 at most */
};

/* A trained array with its gradient and the optimiser's averages; empty when count is 0. */
struct param {
	size_t count;
	float *value, *grad, *m, *v, *w;
	enum project project;
	size_t group;
};

/* Errors: BNN_E_MEMORY. */
int param_new(struct param *p, size_t count);
void param_free(struct param *p);

/* Learning rate of a step: rises over the first `warmup` steps, then falls to 0 as a cosine. */
double schedule_rate(double rate, long step, long warmup, long steps);

struct optimizer;

/* One step of the optimiser (step counts from 1), then the projection. */
void param_step(struct param *p, const struct optimizer *o, double rate, long step);

#endif
