/* SPDX-License-Identifier: MIT
 * Jets on pixels: fixed signed kernels given out in turn, so that a kernel has several thresholds,
 * which are trained: y = (z - origin) / unit - offset, z the pooled response. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clones.h"
#include "layer.h"
#include "ref.h"

/* Kernel number by rank: the smoothing one, then by order of derivative. */
static int kernel_by_order(int k, int rank)
{
	for (int order = 0; order <= 2 * (k - 1); order++)
		for (int dy = 0; dy < k; dy++) {
			int dx = order - dy;

			if (dx >= 0 && dx < k && rank-- == 0)
				return dy * k + dx;
		}
	return 0;
}

/* All jets, then all but the smoothing one negated, and again from the start; with colour, each
 * round adds or subtracts the channels in another way. */
static void choose_kernels(struct layer *l)
{
	static const int8_t colour[4][3] = { { 1, 1, 1 }, { 1, -1, 1 }, { 1, 1, -1 }, { -1, 1, 1 } };
	int jets = l->net->k * l->net->k, in = l->net->in_ch;

	for (int o = 0; o < l->net->out; o++) {
		int rank = o % (2 * jets - 1), turn = o / (2 * jets - 1) % 4;
		int kernel = kernel_by_order(l->net->k, rank < jets ? rank : rank - jets + 1);

		for (int i = 0; i < in; i++) {
			l->kernel[o * in + i] = (uint8_t)kernel;
			l->sign[o * in + i] =
				(int8_t)((rank < jets ? 1 : -1) * (in == 3 ? colour[turn][i] : 1));
		}
	}
}

/* Gives equal (kernel, sign) rows one z. Returns the number of different ones. */
static int find_sources(struct layer *l)
{
	size_t in = (size_t)l->net->in_ch;
	int width = 0;

	for (int o = 0; o < l->net->out; o++) {
		int same = 0;

		while (same < o &&
		       (memcmp(l->kernel + (size_t)same * in, l->kernel + (size_t)o * in, in) ||
			memcmp(l->sign + (size_t)same * in, l->sign + (size_t)o * in, in)))
			same++;
		l->source[o] = same < o ? l->source[same] : width++;
	}
	return width;
}

/* Those of a folded layer: a shared jet has one kernel for all inputs. */
static void take_kernels(struct layer *l, const struct model_layer *p)
{
	size_t in = (size_t)l->net->in_ch, pairs = (size_t)l->net->out * in;

	memcpy(l->sign, p->sign, pairs);
	for (size_t i = 0; i < pairs; i++)
		l->kernel[i] = p->kernel[l->net->kind == NET_SJET ? i / in : i];
}

int bank_new(struct layer *l, const struct model_layer *base)
{
	size_t out = (size_t)l->net->out, in = (size_t)l->net->in_ch;
	int taps = l->net->k * l->net->k;
	int32_t jet[25];

	l->kernel = layer_alloc(out * in, 1);
	l->sign = layer_alloc(out * in, 1);
	l->source = layer_alloc(out, sizeof(int));
	l->origin = layer_alloc(out, sizeof(float));
	l->unit = layer_alloc(out, sizeof(float));
	if (!l->kernel || !l->sign || !l->source || !l->origin || !l->unit ||
	    param_new(&l->offset, out))
		return BNN_E_MEMORY;
	if (base)
		take_kernels(l, base);
	else
		choose_kernels(l);
	l->width = find_sources(l);
	l->weight = layer_alloc((size_t)l->width * l->terms, sizeof(float));
	if (!l->weight)
		return BNN_E_MEMORY;
	for (size_t o = 0; o < out; o++)
		for (size_t i = 0; i < in; i++) {
			float *w = l->weight + (size_t)l->source[o] * l->terms + i;

			ref_jet_kernel(l->net->k, l->kernel[o * in + i], jet);
			for (int t = 0; t < taps; t++)
				w[(size_t)t * in] = (float)(l->sign[o * in + i] * jet[t]);
		}
	return BNN_OK;
}

/* Largest response in the pool window of every output position: best[width]. */
static void pooled(const struct layer *l, const float *z, int row, int col, float *best)
{
	int side = pool_side(l), width = l->width;

	for (int r = 0; r < side; r++)
		for (int c = 0; c < side; c++) {
			const float *v = z + (size_t)((row * side + r) * l->net->conv_cols +
						      col * side + c) *
						     (size_t)width;

			for (int i = 0; i < width; i++)
				best[i] = (r || c) && best[i] > v[i] ? best[i] : v[i];
		}
}

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Part of the responses below threshold number `level` of n. Pooled responses have a long upper
 * tail, where small things show: up to four thresholds are placed by trial. */
static double level_quantile(int level, int n)
{
	static const double by_trial[4][4] = {
		{ 0.5 }, { 0.35, 0.85 }, { 0.2, 0.5, 0.85 }, { 0.15, 0.5, 0.85, 0.97 }
	};

	return n <= 4 ? by_trial[n - 1][level] : (level + 0.5) / n;
}

/* Thresholds of all outputs that read response number i, sorted in v[n]. */
static void place_levels(struct layer *l, int i, const float *v, size_t n)
{
	float unit =
		0.5f * (v[(size_t)(0.9 * (double)(n - 1))] - v[(size_t)(0.1 * (double)(n - 1))]);
	int levels = 0, level = 0;

	for (int o = 0; o < l->net->out; o++)
		levels += l->source[o] == i;
	for (int o = 0; o < l->net->out; o++) {
		if (l->source[o] != i)
			continue;
		l->origin[o] = v[(size_t)(level_quantile(level++, levels) * (double)(n - 1))];
		l->unit[o] = unit > 1 ? unit : 1;
	}
}

int bank_start(struct layer *l, int images)
{
	size_t places = (size_t)(l->net->out_rows * l->net->out_cols), n = places * (size_t)images;
	size_t z_size = (size_t)l->positions * (size_t)l->width;
	float *v = layer_alloc(n * (size_t)l->width, sizeof(float)), *best;

	best = layer_alloc((size_t)l->width, sizeof(float));
	if (!v || !best) {
		free(v);
		free(best);
		return BNN_E_MEMORY;
	}
	for (size_t p = 0; p < n; p++) {
		int place = (int)(p % places);

		pooled(l, l->z + p / places * z_size, place / l->net->out_cols,
		       place % l->net->out_cols, best);
		for (int i = 0; i < l->width; i++)
			v[(size_t)i * n + p] = best[i];
	}
	for (int i = 0; i < l->width; i++) {
		qsort(v + (size_t)i * n, n, sizeof(*v), compare);
		place_levels(l, i, v + (size_t)i * n, n);
	}
	free(v);
	free(best);
	return BNN_OK;
}

void bank_adopt(struct layer *l, const struct model_layer *p)
{
	for (int o = 0; o < l->net->out; o++) {
		double limit = 1 << 21; /* beyond every response */

		l->threshold[o] = p->threshold[o];
		/* half below it, so that rounding cannot fold to another one */
		l->origin[o] = (float)(fmin(limit, fmax(-limit, p->threshold[o])) - 0.5);
	}
}

/* y and x of an image; of a folded layer x alone. */
CLONES static void activate_image(const struct layer *l, enum pass pass, const float *z,
				  float *restrict y, float *restrict x)
{
	float best[JB_MAX_CHANNELS], chosen[JB_MAX_CHANNELS];
	const float *origin = l->origin, *unit = l->unit, *offset = l->offset.value;
	int out = l->net->out, cols = l->net->out_cols;

	for (int p = 0; p < l->net->out_rows * cols; p++, x += out, y += out) {
		pooled(l, z, p / cols, p % cols, best);
		for (int o = 0; o < out; o++)
			chosen[o] = best[l->source[o]];
		if (pass == PASS_FOLDED && !l->real) {
			for (int o = 0; o < out; o++)
				x[o] = chosen[o] >= (float)l->threshold[o] ? 1.0f : -1.0f;
			continue;
		}
		for (int o = 0; o < out; o++)
			y[o] = (chosen[o] - origin[o]) / unit[o] - offset[o];
		layer_activate(l, pass, (size_t)out, y, x);
	}
}

void bank_forward(struct layer *l, enum pass pass, int first, int images)
{
	size_t z_size = (size_t)l->positions * (size_t)l->width;

	for (int i = first; i < first + images; i++)
		activate_image(l, pass, l->z + (size_t)i * z_size, l->y + (size_t)i * l->out_size,
			       l->x + (size_t)i * l->out_size);
}

/* Takes the gradients of the rows' y from sum[n]. */
CLONES static void add_slopes(const struct layer *l, const float *restrict dx,
			      const float *restrict y, size_t rows, double *restrict sum)
{
	size_t n = (size_t)l->net->out;
	float part[JB_MAX_CHANNELS];

	for (size_t first = 0; first < rows; first += SUM_BLOCK) {
		memset(part, 0, n * sizeof(float));
		for (size_t i = first; i < rows && i < first + SUM_BLOCK; i++, dx += n, y += n)
			for (size_t o = 0; o < n; o++)
				part[o] += dx[o] * layer_slope(l, y[o]);
		for (size_t o = 0; o < n; o++)
			sum[o] -= (double)part[o];
	}
}

void bank_backward(struct layer *l, int shard, int images)
{
	size_t out = (size_t)l->net->out, at = (size_t)(shard * SHARD) * l->out_size;
	double *sum = l->sum + (size_t)shard * 2 * out;

	memset(sum, 0, 2 * out * sizeof(double));
	add_slopes(l, l->dx + at, l->y + at, (size_t)images * l->out_size / out, sum);
}

void bank_finish(struct layer *l, int shards)
{
	double first[JB_MAX_DENSE], second[JB_MAX_DENSE];

	layer_reduce(l, shards, first, second);
	for (int o = 0; o < l->net->out; o++)
		l->offset.grad[o] = (float)first[o];
}

void bank_freeze(struct layer *l)
{
	for (int o = 0; o < l->net->out; o++)
		l->threshold[o] = (int32_t)ceil((double)l->origin[o] +
						(double)l->unit[o] * (double)l->offset.value[o]);
}

void bank_fold(const struct layer *l, struct model_layer *p)
{
	size_t out = (size_t)l->net->out, in = (size_t)l->net->in_ch;

	memcpy(p->sign, l->sign, out * in);
	for (size_t o = 0; o < out; o++)
		if (l->net->kind == NET_SJET)
			p->kernel[o] = l->kernel[o * in];
		else
			memcpy(p->kernel + o * in, l->kernel + o * in, in);
}
