/* SPDX-License-Identifier: MIT
 * Bits that become hard: weights and activations of a run are between their real-valued form and
 * the sign, nearer and nearer to the sign. */
#include "run.h"

#define SETTLE_BATCHES 25 /* running statistics have forgotten all but a few percent by then */

static float hardness(const struct run *r)
{
	double part = (double)r->step / (double)r->steps;

	return !r->o->base && part < r->o->soften ? (float)(part / r->o->soften) : 1;
}

void run_harden(struct run *r)
{
	graph_harden(r->graph, hardness(r));
}

void run_settle(struct run *r)
{
	if (r->real || hardness(r) >= 1)
		return;
	graph_harden(r->graph, 1);
	for (int b = 0; b < SETTLE_BATCHES; b++) {
		run_gather(r, r->order + (size_t)(b % r->batches) * (size_t)r->batch, r->batch,
			   false);
		graph_forward(r->graph, r->batch, PASS_TRAIN);
	}
}
