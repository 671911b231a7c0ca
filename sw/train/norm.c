/* SPDX-License-Identifier: MIT
 * Batch norm, pool and sign: y = gain * (z - mean) / deviation + offset, the largest y of a pool
 * window, its sign. Folded: z >= ceil(mean - offset * deviation / gain), with -z where the gain is
 * negative. In a real layer ReLU stands for the sign. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layer.h"

#define EPSILON 1e-3f /* added to the variance; z are integers, mostly far larger */
#define MOMENTUM 0.1f /* of the running statistics */

int norm_new(struct layer *l, bool gain)
{
	size_t out = (size_t)l->net->out;

	l->mean = layer_alloc(out, sizeof(float));
	l->var = layer_alloc(out, sizeof(float));
	l->batch_mean = layer_alloc(out, sizeof(float));
	l->batch_inv = layer_alloc(out, sizeof(float));
	if (!l->mean || !l->var || !l->batch_mean || !l->batch_inv || param_new(&l->offset, out) ||
	    param_new(&l->gain, gain ? out : 0))
		return BNN_E_MEMORY;
	for (size_t o = 0; o < out; o++) {
		l->var[o] = -1; /* none yet */
		if (gain)
			l->gain.value[o] = 1;
	}
	return BNN_OK;
}

static float gain_of(const struct layer *l, int o)
{
	return l->gain.count ? l->gain.value[o] : 1;
}

static void add_row(const float *z, int n, double *sum, double *square)
{
	for (int o = 0; o < n; o++) {
		sum[o] += (double)z[o];
		square[o] += (double)z[o] * (double)z[o];
	}
}

void norm_sums(struct layer *l, int shard, int images)
{
	int out = l->net->out;
	size_t rows = (size_t)l->positions * (size_t)images;
	double *sum = l->sum + (size_t)shard * 2 * (size_t)out;
	const float *z = l->z + (size_t)(shard * SHARD) * (size_t)l->positions * (size_t)out;

	memset(sum, 0, 2 * (size_t)out * sizeof(double));
	for (size_t i = 0; i < rows; i++, z += out)
		add_row(z, out, sum, sum + out);
}

void norm_statistics(struct layer *l, int images)
{
	double sum[JB_MAX_DENSE], square[JB_MAX_DENSE], n = (double)images * l->positions;

	layer_reduce(l, shard_count(images), sum, square);
	for (int o = 0; o < l->net->out; o++) {
		float mean = (float)(sum[o] / n);
		float var = (float)fmax(0, square[o] / n - sum[o] / n * (sum[o] / n));
		bool first = l->var[o] < 0;

		l->batch_mean[o] = mean;
		l->batch_inv[o] = 1 / sqrtf(var + EPSILON);
		l->mean[o] = first ? mean : l->mean[o] + MOMENTUM * (mean - l->mean[o]);
		l->var[o] = first ? var : l->var[o] + MOMENTUM * (var - l->var[o]);
	}
}

/* Largest a*z + b in the pool window of an output position, and the index of its z. */
static void pooled(const struct layer *l, const float *z, int row, int col, const float *a,
		   const float *b, float *best, uint32_t *from)
{
	int side = pool_side(l), out = l->net->out;

	for (int p = 0; p < side * side; p++) {
		uint32_t at = (uint32_t)(((row * side + p / side) * l->net->conv_cols + col * side +
					  p % side) *
					 out);
		const float *v = z + at;

		for (int o = 0; o < out; o++) {
			float y = a[o] * v[o] + b[o];
			bool more = p == 0 || y > best[o];

			best[o] = more ? y : best[o];
			from[o] = more ? at + (uint32_t)o : from[o];
		}
	}
}

/* y = a*z + b; folded, y is +-z less the integer threshold: exact, as both are below 2^24 where
 * it matters, and y >= 0 is the bit. */
static void line_of(const struct layer *l, enum pass pass, float *a, float *b)
{
	for (int o = 0; o < l->net->out; o++) {
		if (l->real && pass == PASS_FOLDED) {
			a[o] = gain_of(l, o) / sqrtf(fmaxf(l->var[o], 0) + EPSILON);
			b[o] = l->offset.value[o] - a[o] * l->mean[o];
			continue;
		}
		a[o] = pass == PASS_FOLDED ? norm_flips(l, o) ? -1 : 1
					   : gain_of(l, o) * l->batch_inv[o];
		b[o] = pass == PASS_FOLDED ? -(float)l->threshold[o]
					   : l->offset.value[o] - a[o] * l->batch_mean[o];
	}
}

void norm_forward(struct layer *l, enum pass pass, int first, int images)
{
	float a[JB_MAX_DENSE], b[JB_MAX_DENSE];
	size_t z_size = (size_t)l->positions * (size_t)l->net->out;

	line_of(l, pass, a, b);
	for (int i = first; i < first + images; i++) {
		size_t at = (size_t)i * l->out_size;

		for (int p = 0; p < l->net->out_rows * l->net->out_cols;
		     p++, at += (size_t)l->net->out)
			pooled(l, l->z + (size_t)i * z_size, p / l->net->out_cols,
			       p % l->net->out_cols, a, b, l->y + at, l->from + at);
		for (at = (size_t)i * l->out_size; at < (size_t)(i + 1) * l->out_size; at++)
			l->x[at] = layer_activate(l, pass, l->y[at]);
	}
}

void norm_adopt(struct layer *l, const struct model_layer *p)
{
	for (int o = 0; o < l->net->out; o++) {
		l->threshold[o] = p->threshold[o];
		/* half below it, so that rounding cannot fold to another one */
		l->offset.value[o] = (float)(((double)l->mean[o] - (double)p->threshold[o] + 0.5) *
					     (double)l->batch_inv[o]);
	}
}

/* One position: gradients dx become those of y, and are added up. */
static void add_slopes(const struct layer *l, const float *z, size_t k, double *sum)
{
	int out = l->net->out;
	const uint32_t *from = l->from + k;
	const float *y = l->y + k;
	float *dx = l->dx + k;

	for (int o = 0; o < out; o++) {
		float dy = dx[o] * layer_slope(l, y[o]);

		dx[o] = dy;
		sum[o] += (double)dy;
		sum[out + o] += (double)(dy * (z[from[o]] - l->batch_mean[o]) * l->batch_inv[o]);
	}
}

void norm_slopes(struct layer *l, int shard, int images)
{
	size_t out = (size_t)l->net->out, z_size = (size_t)l->positions * out;
	double *sum = l->sum + (size_t)shard * 2 * out;

	memset(sum, 0, 2 * out * sizeof(double));
	for (int i = shard * SHARD; i < shard * SHARD + images; i++)
		for (size_t k = 0; k < l->out_size; k += out)
			add_slopes(l, l->z + (size_t)i * z_size, (size_t)i * l->out_size + k, sum);
}

void norm_finish(struct layer *l, int images, float *base, float *tilt)
{
	double first[JB_MAX_DENSE], second[JB_MAX_DENSE], n = (double)images * l->positions;

	layer_reduce(l, shard_count(images), first, second);
	for (int o = 0; o < l->net->out; o++) {
		double scale = (double)(gain_of(l, o) * l->batch_inv[o]);
		double slope = -scale * (double)l->batch_inv[o] * second[o] / n;

		l->offset.grad[o] = (float)first[o];
		if (l->gain.count)
			l->gain.grad[o] = (float)second[o];
		tilt[o] = (float)slope;
		base[o] = (float)(-scale * first[o] / n - slope * (double)l->batch_mean[o]);
	}
}

void norm_backward(const struct layer *l, const float *base, const float *tilt, int first,
		   int images, float *dz)
{
	size_t out = (size_t)l->net->out, z_size = (size_t)l->positions * out;

	for (int i = first; i < first + images; i++, dz += z_size) {
		const float *z = l->z + (size_t)i * z_size;
		size_t k = (size_t)i * l->out_size;

		for (size_t p = 0; p < z_size; p += out)
			for (size_t o = 0; o < out; o++)
				dz[p + o] = base[o] + tilt[o] * z[p + o];
		for (size_t at = 0; at < l->out_size; at += out)
			for (size_t o = 0; o < out; o++, k++)
				dz[l->from[k]] += gain_of(l, (int)o) * l->batch_inv[o] * l->dx[k];
	}
}

bool norm_flips(const struct layer *l, int o)
{
	return gain_of(l, o) < 0;
}

void norm_freeze(struct layer *l)
{
	for (int o = 0; o < l->net->out; o++) {
		double deviation = sqrt((double)fmaxf(l->var[o], 0) + (double)EPSILON);
		double gain = (double)gain_of(l, o);
		double limit = 1 << 23; /* beyond every z: always or never, and exact as a float */
		double t = (double)l->mean[o] - (double)l->offset.value[o] * deviation / gain;

		if (gain == 0)
			t = l->offset.value[o] >= 0 ? -limit : limit;
		else if (gain < 0)
			t = -t;
		l->threshold[o] = (int32_t)ceil(fmin(limit, fmax(-limit, t)));
	}
}
