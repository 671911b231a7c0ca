/* SPDX-License-Identifier: MIT
 * Memory of the trained network, and its fold. */
#include <stdlib.h>

#include "graph.h"

void *layer_alloc(size_t count, size_t size)
{
	return calloc(count ? count : 1, size);
}

static float *floats(size_t count)
{
	return layer_alloc(count, sizeof(float));
}

/* Shapes of the product and of the maps. */
static void layer_shape(struct layer *l, const struct net *n, int i)
{
	const struct net_layer *nl = &n->layer[i];
	bool jet = nl->kind == NET_JET || nl->kind == NET_SJET;

	l->net = nl;
	l->pixels = net_on_pixels(i);
	l->bank = l->pixels && jet;
	l->head = i == n->count - 1;
	l->positions = nl->kind == NET_CAM ? 1 : nl->conv_rows * nl->conv_cols;
	l->width = nl->out;
	l->terms = model_inputs(nl);
	if (nl->kind != NET_DENSE && nl->kind != NET_CAM)
		l->terms *= (size_t)(nl->k * nl->k);
	l->in_size = (size_t)nl->in_rows * (size_t)nl->in_cols * (size_t)nl->in_ch;
	l->out_size = l->head ? (size_t)nl->out
			      : (size_t)nl->out_rows * (size_t)nl->out_cols * (size_t)nl->out;
}

static int layer_new(struct layer *l, int batch, bool gain, const struct model_layer *base,
		     struct rng *r)
{
	size_t images = (size_t)batch, shards = (size_t)shard_count(batch);
	int rc = l->bank ? bank_new(l, base) : weights_new(l, r);

	if (!rc && !l->bank)
		rc = l->head ? head_new(l) : norm_new(l, gain);
	if (rc)
		return rc;
	if (!l->weight)
		l->weight = floats((size_t)l->width * l->terms);
	l->threshold = layer_alloc((size_t)l->net->out, sizeof(int32_t));
	l->z = floats(images * (size_t)l->positions * (size_t)l->width);
	l->dx = floats(images * l->out_size);
	l->sum = layer_alloc(shards * 2 * (size_t)l->net->out, sizeof(double));
	if (!l->weight || !l->threshold || !l->z || !l->dx || !l->sum)
		return BNN_E_MEMORY;
	if (!l->head) {
		l->y = floats(images * l->out_size);
		l->x = floats(images * l->out_size);
		if (!l->y || !l->x)
			return BNN_E_MEMORY;
	}
	if (!l->head && !l->bank && l->net->pools) {
		l->peak = floats(images * l->out_size);
		l->from = layer_alloc(images * l->out_size, sizeof(*l->from));
		if (!l->peak || !l->from)
			return BNN_E_MEMORY;
	}
	if (whole_fits(l, false) && whole_new(l))
		return BNN_E_MEMORY;
	if (!l->bank) {
		l->dweight = floats(shards * (size_t)l->width * l->terms);
		if (!l->dweight)
			return BNN_E_MEMORY;
	}
	return BNN_OK;
}

static void layer_free(struct layer *l)
{
	float *arrays[] = { l->weight,     l->origin,    l->unit, l->mean, l->var,
			    l->batch_mean, l->batch_inv, l->z,    l->y,    l->x,
			    l->dx,         l->dweight,   l->peak };

	for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++)
		free(arrays[i]);
	param_free(&l->latent);
	param_free(&l->offset);
	param_free(&l->gain);
	free(l->kernel);
	free(l->sign);
	free(l->source);
	free(l->threshold);
	free(l->from);
	free(l->forth);
	free(l->back);
	free(l->signs);
	free(l->sum);
}

/* Room for the columns of a shard, their gradient, and that of z. */
static int scratch_new(struct graph *g)
{
	size_t most = 0;

	for (int i = 0; i < g->net.count; i++) {
		const struct layer *l = &g->layer[i];
		size_t need = (2 * l->terms + (size_t)l->width) * (size_t)l->positions * SHARD;

		if (l->forth)
			need += whole_scratch(l) / sizeof(float);
		most = need > most ? need : most;
	}
	g->scratch = calloc((size_t)workers_count(g->workers), sizeof(*g->scratch));
	if (!g->scratch)
		return BNN_E_MEMORY;
	for (int w = 0; w < workers_count(g->workers); w++) {
		g->scratch[w] = floats(most);
		if (!g->scratch[w])
			return BNN_E_MEMORY;
	}
	return BNN_OK;
}

int graph_new(const struct net *n, int batch, int how, uint64_t seed, const struct bnn_model *base,
	      struct workers *w, struct graph **out, struct bnn_err *err)
{
	struct graph *g = calloc(1, sizeof(*g));
	int rc = g ? BNN_OK : BNN_E_MEMORY;

	if (g) {
		size_t image = (size_t)(n->rows * n->cols * n->channels);

		g->net = *n;
		g->batch = batch;
		g->real = how & GRAPH_REAL;
		g->workers = w;
		g->pixels = floats((size_t)batch * image);
		g->logits = floats((size_t)batch * (size_t)n->layer[n->count - 1].out);
		g->base = floats(JB_MAX_DENSE);
		g->tilt = floats(JB_MAX_DENSE);
		if (!g->pixels || !g->logits || !g->base || !g->tilt)
			rc = BNN_E_MEMORY;
	}
	for (int i = 0; !rc && i < n->count; i++) {
		struct rng r = rng_stream(seed, (uint64_t)i);

		layer_shape(&g->layer[i], &g->net, i);
		g->layer[i].real = g->real;
		g->layer[i].hard = 1;
		rc = layer_new(&g->layer[i], batch, how & GRAPH_GAIN, base ? &base->layer[i] : NULL,
			       &r);
	}
	if (!rc)
		rc = scratch_new(g);
	if (rc) {
		graph_free(g);
		return err_set(err, rc, "out of memory for training with batches of %d images",
			       batch);
	}
	*out = g;
	return BNN_OK;
}

void graph_free(struct graph *g)
{
	if (!g)
		return;
	for (int i = 0; i < g->net.count; i++)
		layer_free(&g->layer[i]);
	for (int w = 0; g->scratch && w < workers_count(g->workers); w++)
		free(g->scratch[w]);
	free(g->scratch);
	free(g->pixels);
	free(g->logits);
	free(g->base);
	free(g->tilt);
	free(g);
}

void graph_freeze(struct graph *g)
{
	for (int i = g->frozen; !g->real && i < g->net.count; i++) {
		struct layer *l = &g->layer[i];

		if (l->bank)
			bank_freeze(l);
		else if (l->head)
			head_freeze(l);
		else
			norm_freeze(l);
	}
}

int graph_fold(const struct graph *g, struct bnn_model **out, struct bnn_err *err)
{
	struct bnn_model *m;
	int rc = model_new(&g->net, &m, err);

	if (rc)
		return rc;
	for (int i = 0; i < g->net.count; i++) {
		const struct layer *l = &g->layer[i];
		bool flip[JB_MAX_DENSE] = { false };
		int32_t *to = l->head ? m->layer[i].bias : m->layer[i].threshold;

		for (int o = 0; o < l->net->out; o++) {
			flip[o] = !l->bank && !l->head && norm_flips(l, o);
			to[o] = l->threshold[o];
		}
		if (l->bank)
			bank_fold(l, &m->layer[i]);
		else
			weights_fold(l, flip, &m->layer[i]);
	}
	m->facts.display_scale = head_scale(&g->layer[g->net.count - 1]);
	*out = m;
	return BNN_OK;
}
