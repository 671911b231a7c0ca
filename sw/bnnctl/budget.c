/* SPDX-License-Identifier: MIT
 * What a model needs on an accelerator. */
#include <string.h>

#include "budget.h"
#include "cycles_engine.h"
#include "cycles_front.h"
#include "jet_terms.h"
#include "program.h"

/* XNORs that a layer behind the first needs. A hidden jet kernel is terms of +-1 kernels; shared jets
 * are pointwise, the passes behind them are not XNORs. */
static double useful(const struct net_layer *l)
{
	double positions = (double)l->conv_rows * l->conv_cols;
	const int *weight;

	switch (l->kind) {
	case NET_JET: return positions * l->out * l->in_ch * l->k * l->k * jet_terms(l->k, &weight);
	case NET_SJET: return (double)l->in_rows * l->in_cols * l->out * l->in_ch;
	case NET_DENSE: return (double)l->out * (double)model_inputs(l);
	default: return positions * l->out * l->in_ch * (l->k ? l->k * l->k : 1);
	}
}

static void fill(const struct bnn_model *m, const struct board *board, const struct program *p,
		 struct budget *out)
{
	const struct device_limits *limits = &board->limits;
	const struct engine_shape shape = engine_shape_of(limits);
	double image = (double)m->net.rows * m->net.cols * m->net.channels;
	uint32_t cycles[JB_MAX_OPS];
	int ops = cycles_engine(p->words, &shape, cycles);

	out->model_words = p->count;
	out->map_rows = p->map_rows;
	for (int i = 0; i < ops; i++) {
		out->layer[p->op_layer[i]].cycles += cycles[i];
		out->cycles[BOUND_ENGINE] += cycles[i];
	}
	for (int i = 1; i < m->net.count; i++)
		if (out->layer[i].cycles > 0)
			out->layer[i].used = useful(&m->net.layer[i]) / limits_lanes(limits) /
					     (double)out->layer[i].cycles;
	out->cycles[BOUND_FRONT] = cycles_front(p->words, limits);
	out->cycles[BOUND_LINK] = (image + JB_PKT_HEADER_BYTES + JB_PKT_CRC_BYTES) *
				  limits->clock_hz / board->link_rate;
	for (int s = BOUND_FRONT; s < BOUNDS; s++)
		if (out->cycles[s] > out->cycles[out->bound])
			out->bound = (enum bound)s;
}

const char *bound_name(enum bound b)
{
	static const char *const names[] = { "link", "front end", "engine" };

	return names[b];
}

int budget_make(const struct bnn_model *m, const struct board *board, struct budget *out,
		struct bnn_err *err)
{
	struct program p;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = program_compile(m, &board->limits, NULL, &p, &out->why);
	if (rc == BNN_E_LIMIT)
		return BNN_OK;
	if (rc) {
		if (err)
			*err = out->why;
		return rc;
	}
	fill(m, board, &p, out);
	program_free(&p);
	return BNN_OK;
}
