/* SPDX-License-Identifier: MIT
 * Trained arrays and the learning rate. */
#include <math.h>
#include <stdlib.h>

#include "bnn.h"
#include "clones.h"
#include "optim.h"
#include "optimizers.h"

int param_new(struct param *p, size_t count)
{
	float *block = calloc(5 * (count ? count : 1), sizeof(float));

	if (!block)
		return BNN_E_MEMORY;
	*p = (struct param){ .count = count,
			     .value = block,
			     .grad = block + count,
			     .m = block + 2 * count,
			     .v = block + 3 * count,
			     .w = block + 4 * count };
	return BNN_OK;
}

void param_free(struct param *p)
{
	free(p->value);
	*p = (struct param){ 0 };
}

double schedule_rate(double rate, long step, long warmup, long steps)
{
	if (step < warmup)
		return rate * (double)(step + 1) / (double)warmup;
	return rate * 0.5 *
	       (1 + cos(acos(-1.0) * (double)(step - warmup) / (double)(steps - warmup)));
}

static void project_ball(struct param *p)
{
	for (size_t i = 0; i < p->count; i += p->group) {
		float *v = p->value + i, square = 0;

		for (size_t j = 0; j < p->group; j++)
			square += v[j] * v[j];
		if (square > 1)
			for (size_t j = 0; j < p->group; j++)
				v[j] /= sqrtf(square);
	}
}

CLONES static void project_box(float *value, size_t count)
{
	for (size_t i = 0; i < count; i++)
		value[i] = value[i] > 1 ? 1 : value[i] < -1 ? -1 : value[i];
}

void param_step(struct param *p, const struct optimizer *o, double rate, long step)
{
	o->update(p, rate, step);
	if (p->project == PROJECT_BOX)
		project_box(p->value, p->count);
	else if (p->project == PROJECT_BALL)
		project_ball(p);
}
