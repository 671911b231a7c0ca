/* SPDX-License-Identifier: MIT
 * A batch through the trained network and back. */
#include <math.h>
#include <string.h>

#include <cblas.h>

#include "clones.h"
#include "graph.h"

/* Floats of columns worked on at a time: they should stay in a second-level cache. */
#define CHUNK_FLOATS (96 * 1024)

void layer_reduce(const struct layer *l, int shards, double *first, double *second)
{
	size_t out = (size_t)l->net->out;

	memset(first, 0, out * sizeof(*first));
	memset(second, 0, out * sizeof(*second));
	for (int s = 0; s < shards; s++)
		for (size_t o = 0; o < out; o++) {
			first[o] += l->sum[((size_t)s * 2) * out + o];
			second[o] += l->sum[((size_t)s * 2 + 1) * out + o];
		}
}

static int chunk_images(const struct layer *l)
{
	size_t n = CHUNK_FLOATS / ((size_t)l->positions * l->terms);

	return n < 1 ? 1 : n > SHARD ? SHARD : (int)n;
}

static const float *input_of(const struct graph *g, int layer, int image)
{
	const float *in = layer ? g->layer[layer - 1].x : g->pixels;

	return in + (size_t)image * g->layer[layer].in_size;
}

/* Frozen layers have integer thresholds in training too. */
static enum pass pass_of(const struct graph *g, int layer)
{
	return layer < g->frozen ? PASS_FOLDED : g->pass;
}

/* Bits and weights are between real values and signs. */
static bool is_soft(const struct graph *g, int layer)
{
	return pass_of(g, layer) == PASS_TRAIN && g->layer[layer].hard < 1;
}

/* Whether a layer is done in whole numbers in this pass. */
static bool is_whole(const struct graph *g, int layer)
{
	return pass_of(g, layer) != PASS_SOFT && whole_fits(&g->layer[layer], is_soft(g, layer));
}

/* z of n images from number first on. */
static void product(struct graph *g, int first, int n, float *scratch)
{
	struct layer *l = &g->layer[g->at];
	const float *in = input_of(g, g->at, first);
	float *z = l->z + (size_t)first * (size_t)l->positions * (size_t)l->width;

	if (is_whole(g, g->at)) {
		whole_forward(l, in, n, z, scratch);
		return;
	}
	columns_get(l, in, n, scratch);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n * l->positions, l->width,
		    (int)l->terms, 1, scratch, (int)l->terms, l->weight, (int)l->terms, 0, z,
		    l->width);
}

/* z of a shard, and its sums for batch norm. */
static void product_item(void *ctx, int shard, int worker)
{
	struct graph *g = ctx;
	struct layer *l = &g->layer[g->at];
	int images = shard_size(shard, g->images);
	int step = is_whole(g, g->at) ? whole_chunk(l) : chunk_images(l);

	for (int i = 0; i < images; i += step)
		product(g, shard * SHARD + i, images - i < step ? images - i : step,
			g->scratch[worker]);
	if (!l->bank && !l->head && pass_of(g, g->at) != PASS_FOLDED)
		norm_sums(l, shard, images);
}

static void activate(struct graph *g, int layer, int shard)
{
	struct layer *l = &g->layer[layer];
	int images = shard_size(shard, g->images);

	if (l->bank)
		bank_forward(l, pass_of(g, layer), shard * SHARD, images);
	else
		norm_forward(l, pass_of(g, layer), shard * SHARD, images);
}

/* What the layer before still has to do, and product_item: nothing of it needs other shards, and
 * what the one makes for the other is still in a cache. */
static void forward_item(void *ctx, int shard, int worker)
{
	struct graph *g = ctx;

	if (g->at > 0)
		activate(g, g->at - 1, shard);
	product_item(g, shard, worker);
}

static void run(struct graph *g, work_fn *fn)
{
	workers_run(g->workers, fn, g, shard_count(g->images));
}

/* Weights of the layer at hand. back: for graph_backward too. */
static void make_weights(struct graph *g, bool back)
{
	struct layer *l = &g->layer[g->at];

	weights_make(l, pass_of(g, g->at));
	if (is_whole(g, g->at))
		whole_weights(l, is_soft(g, g->at), back);
}

int graph_start(struct graph *g, int images)
{
	g->images = images;
	g->pass = PASS_TRAIN;
	g->at = 0;
	if (!g->layer[0].bank)
		return BNN_OK;
	run(g, product_item);
	return bank_start(&g->layer[0], images);
}

int graph_adopt(struct graph *g, const struct bnn_model *base, bool head, int images)
{
	int rc = BNN_OK;

	g->images = images;
	g->pass = PASS_TRAIN;
	for (g->at = 0; !rc && g->at < g->net.count; g->at++) {
		struct layer *l = &g->layer[g->at];

		if (!l->bank && (!l->head || head))
			weights_adopt(l, &base->layer[g->at]);
		if (l->head && head)
			head_adopt(l, base);
		if (l->head)
			break;
		make_weights(g, false);
		run(g, forward_item);
		if (l->bank) {
			rc = bank_start(l, images);
			bank_adopt(l, &base->layer[g->at]);
		} else {
			norm_statistics(l, images);
			norm_adopt(l, &base->layer[g->at]);
		}
	}
	return rc;
}

void graph_harden(struct graph *g, float hard)
{
	for (int i = 0; i < g->net.count; i++)
		g->layer[i].hard = hard;
}

void graph_forward(struct graph *g, int images, enum pass pass)
{
	const struct layer *head = &g->layer[g->net.count - 1];
	size_t classes = (size_t)head->net->out;

	g->images = images;
	g->pass = pass;
	for (g->at = 0; g->at < g->net.count; g->at++) {
		struct layer *l = &g->layer[g->at];

		make_weights(g, pass == PASS_TRAIN);
		run(g, forward_item);
		if (!l->head && !l->bank && pass_of(g, g->at) != PASS_FOLDED)
			norm_statistics(l, images);
	}
	for (size_t i = 0; i < (size_t)images; i++)
		head_logits(head, pass, head->z + i * classes, g->logits + i * classes);
}

/* Gradient sums of a shard that batch norm or a bank needs before going on. */
static void slopes(struct graph *g, int layer, int shard)
{
	struct layer *l = &g->layer[layer];
	int images = shard_size(shard, g->images);

	if (l->bank)
		bank_backward(l, shard, images);
	else
		norm_slopes(l, shard, images);
}

/* Gradients of weights and input of n images from number first on; their dz is at dz, and scratch
 * behind it. */
static void product_back(struct graph *g, int first, int n, bool add, float *dweight, float *dz)
{
	struct layer *l = &g->layer[g->at], *before = g->at > g->frozen ? l - 1 : NULL;
	const float *in = input_of(g, g->at, first);
	float *din = before ? before->dx + (size_t)first * l->in_size : NULL;
	int m = n * l->positions, terms = (int)l->terms;
	float *col = dz + (size_t)m * (size_t)l->width, *dcol = col + (size_t)m * l->terms;

	if (is_whole(g, g->at)) {
		whole_backward(l, in, dz, n, add, dweight, din, col);
		return;
	}
	columns_get(l, in, n, col);
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, l->width, terms, m, 1, dz, l->width,
		    col, terms, add ? 1 : 0, dweight, terms);
	if (!din)
		return;
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, terms, l->width, 1, dz, l->width,
		    l->weight, terms, 0, dcol, terms);
	memset(din, 0, (size_t)n * l->in_size * sizeof(*din));
	columns_add(l, dcol, n, din);
}

/* The same of a shard, and the slopes of the layer before. */
static void backward_item(void *ctx, int shard, int worker)
{
	struct graph *g = ctx;
	struct layer *l = &g->layer[g->at];
	int images = shard_size(shard, g->images);
	int step = is_whole(g, g->at) ? whole_chunk(l) : chunk_images(l);
	float *dz = g->scratch[worker];

	for (int i = 0; i < images; i += step) {
		int n = images - i < step ? images - i : step, first = shard * SHARD + i;

		if (l->head)
			memcpy(dz, l->dx + first * l->width, (size_t)(n * l->width) * sizeof(*dz));
		else
			norm_backward(l, g->base, g->tilt, first, n, dz);
		product_back(g, first, n, i > 0,
			     l->dweight + (size_t)shard * (size_t)l->width * l->terms, dz);
	}
	if (g->at > g->frozen)
		slopes(g, g->at - 1, shard);
}

CLONES static void sum_shards(struct layer *l, int shards)
{
	size_t n = (size_t)l->width * l->terms;

	for (int s = 1; s < shards; s++)
		for (size_t i = 0; i < n; i++)
			l->dweight[i] += l->dweight[(size_t)s * n + i];
}

void graph_backward(struct graph *g)
{
	int shards = shard_count(g->images);

	for (g->at = g->net.count - 1; g->at >= g->frozen; g->at--) {
		struct layer *l = &g->layer[g->at];

		if (l->bank) {
			bank_finish(l, shards);
			continue;
		}
		if (l->head)
			head_backward(l, g->images);
		else
			norm_finish(l, g->images, g->base, g->tilt);
		run(g, backward_item);
		sum_shards(l, shards);
		weights_pull(l, l->dweight);
	}
}

void graph_step(struct graph *g, const struct optimizer *o, double rate, long step)
{
	for (int i = g->frozen; i < g->net.count; i++) {
		struct layer *l = &g->layer[i];

		param_step(&l->latent, o, rate, step);
		param_step(&l->offset, o, rate, step);
		param_step(&l->gain, o, rate, step);
	}
}
