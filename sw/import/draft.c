/* SPDX-License-Identifier: MIT
 * The model while it is made. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

struct net_layer *draft_last(struct draft *d)
{
	return &d->net.layer[d->net.count - 1];
}

void draft_negate(struct draft *d, int o)
{
	size_t inputs = d->inputs[d->net.count - 1];
	int8_t *weight = d->layer[d->net.count - 1].weight + (size_t)o * inputs;

	for (size_t i = 0; i < inputs; i++)
		weight[i] = (int8_t)-weight[i];
}

int64_t draft_reach(const struct draft *d)
{
	return (int64_t)d->inputs[d->net.count - 1] * (d->net.count == 1 ? 255 : 1);
}

int draft_add(struct walk *w, const struct net_layer *l, size_t inputs)
{
	struct draft *d = &w->d;
	struct model_layer *p;

	if (d->net.count == JB_MAX_LAYERS)
		return err_set(w->err, BNN_E_LIMIT, "more than %d layers", JB_MAX_LAYERS);
	if (d->net.count > 0 && w->f.stage == STAGE_SUMS)
		return err_set(w->err, BNN_E_LIMIT,
			       "its data is not quantised; put BipolarQuant before it");
	if (d->net.count > 0 && draft_last(d)->kind == NET_DENSE && l->kind != NET_DENSE)
		return err_set(w->err, BNN_E_LIMIT, "a convolution behind a dense layer");
	if (inputs == 0 || inputs * (size_t)l->out > NET_MAX_WEIGHTS)
		return err_set(w->err, BNN_E_LIMIT, "%zu weights for %d outputs, at most %d",
			       inputs, l->out, NET_MAX_WEIGHTS);
	p = &d->layer[d->net.count];
	p->weight = malloc(inputs * (size_t)l->out);
	if (!p->weight)
		return err_set(w->err, BNN_E_MEMORY, "out of memory");
	d->inputs[d->net.count] = inputs;
	d->net.layer[d->net.count++] = *l;
	return BNN_OK;
}

int flow_sums(struct walk *w, int channels)
{
	struct channel *c = calloc((size_t)channels, sizeof(*c));

	if (!c)
		return err_set(w->err, BNN_E_MEMORY, "out of memory");
	for (int i = 0; i < channels; i++)
		c[i] = (struct channel){ .gain = 1, .low = -INFINITY, .high = INFINITY };
	free(w->f.c);
	w->f.c = c;
	w->f.stage = STAGE_SUMS;
	return BNN_OK;
}

static void give_layer(struct model_layer *from, struct model_layer *to)
{
	free(to->weight);
	to->weight = from->weight;
	from->weight = NULL;
	if (from->threshold) {
		free(to->threshold);
		to->threshold = from->threshold;
		from->threshold = NULL;
	}
	if (from->bias) {
		free(to->bias);
		to->bias = from->bias;
		from->bias = NULL;
	}
}

int draft_model(struct walk *w, struct bnn_model **out)
{
	struct draft *d = &w->d;
	struct bnn_model *m = NULL;
	int rc = net_infer(&d->net, w->err);

	for (int i = 0; !rc && i < d->net.count; i++)
		if (model_weight_count(&d->net.layer[i]) !=
		    d->inputs[i] * (size_t)d->net.layer[i].out)
			rc = err_set(w->err, BNN_E_INTERNAL, "layer %d: weights do not fit", i + 1);
	if (!rc)
		rc = model_new(&d->net, &m, w->err);
	if (rc)
		return rc;
	for (int i = 0; i < d->net.count; i++)
		give_layer(&d->layer[i], &m->layer[i]);
	m->pre.use_table = d->use_table;
	if (d->use_table)
		memcpy(m->pre.table, d->table, sizeof(m->pre.table));
	m->facts.display_scale = d->display_scale;
	snprintf(m->facts.text, sizeof(m->facts.text), "imported from ONNX");
	rc = model_check(m, w->err);
	if (rc)
		bnn_model_free(m);
	else
		*out = m;
	return rc;
}
