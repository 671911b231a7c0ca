/* SPDX-License-Identifier: MIT
 * Batch norm, pool and sign: y = gain * (z - mean) / deviation + offset, the largest y of a pool
 * window, its sign. Folded: z >= ceil(mean - offset * deviation / gain), with -z where the gain is
 * negative. In a real layer ReLU stands for the sign. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clones.h"
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

/* Adds the rows of z, and their squares, to sum[2][n]. */
CLONES static void add_rows(const float *restrict z, size_t rows, size_t n, double *restrict sum)
{
	float part[2][JB_MAX_DENSE];

	for (size_t first = 0; first < rows; first += SUM_BLOCK) {
		memset(part[0], 0, n * sizeof(float));
		memset(part[1], 0, n * sizeof(float));
		for (size_t i = first; i < rows && i < first + SUM_BLOCK; i++, z += n)
			for (size_t o = 0; o < n; o++) {
				part[0][o] += z[o];
				part[1][o] += z[o] * z[o];
			}
		for (size_t o = 0; o < n; o++) {
			sum[o] += (double)part[0][o];
			sum[n + o] += (double)part[1][o];
		}
	}
}

void norm_sums(struct layer *l, int shard, int images)
{
	size_t out = (size_t)l->net->out;
	double *sum = l->sum + (size_t)shard * 2 * out;

	memset(sum, 0, 2 * out * sizeof(double));
	add_rows(l->z + (size_t)(shard * SHARD) * (size_t)l->positions * out,
		 (size_t)l->positions * (size_t)images, out, sum);
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

/* Where in an image's z place p of the pool window of output position `at` is. */
static size_t window_place(const struct layer *l, int at, int p)
{
	int side = pool_side(l), row = at / l->net->out_cols * side + p / side;

	return (size_t)(row * l->net->conv_cols + at % l->net->out_cols * side + p % side) *
	       (size_t)l->net->out;
}

/* The largest a*z + b in the pool window of every output position of an image, its z and place. */
CLONES static void pool_image(const struct layer *l, const float *restrict z,
			      const float *restrict a, const float *restrict b, float *restrict y,
			      float *restrict peak, uint32_t *restrict from)
{
	int places = pool_side(l) * pool_side(l), out = l->net->out;
	int32_t larger[JB_MAX_CHANNELS]; /* a choice a loop, so that the compiler makes vectors */

	for (int at = 0; at < l->net->out_rows * l->net->out_cols; at++) {
		for (int o = 0; o < out; o++)
			y[o] = -INFINITY;
		for (int p = 0; p < places; p++) {
			const float *v = z + window_place(l, at, p);

			for (int o = 0; o < out; o++)
				larger[o] = a[o] * v[o] + b[o] > y[o];
			for (int o = 0; o < out; o++)
				y[o] = larger[o] ? a[o] * v[o] + b[o] : y[o];
			for (int o = 0; o < out; o++)
				peak[o] = larger[o] ? v[o] : peak[o];
			for (int o = 0; o < out; o++)
				from[o] = larger[o] ? (uint32_t)p : from[o];
		}
		y += out;
		peak += out;
		from += out;
	}
}

/* The same without a pool. */
CLONES static void scale_image(size_t size, size_t out, const float *restrict z,
			       const float *restrict a, const float *restrict b, float *restrict y)
{
	for (size_t i = 0; i < size; i += out)
		for (size_t o = 0; o < out; o++)
			y[i + o] = a[o] * z[i + o] + b[o];
}

CLONES static void activate_image(const struct layer *l, enum pass pass, const float *restrict y,
				  float *restrict x)
{
	layer_activate(l, pass, l->out_size, y, x);
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
		const float *z = l->z + (size_t)i * z_size;
		size_t at = (size_t)i * l->out_size;

		if (l->peak)
			pool_image(l, z, a, b, l->y + at, l->peak + at, l->from + at);
		else
			scale_image(l->out_size, (size_t)l->net->out, z, a, b, l->y + at);
		activate_image(l, pass, l->y + at, l->x + at);
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

/* Gradients dx become those of y; they are added up, and so are their products with the
 * normalised z, to sum[2][n]. */
CLONES static void add_slopes(const struct layer *l, const float *restrict z,
			      const float *restrict y, size_t rows, float *restrict dx,
			      double *restrict sum)
{
	size_t n = (size_t)l->net->out;
	const float *mean = l->batch_mean, *inv = l->batch_inv;
	float part[2][JB_MAX_DENSE];

	for (size_t first = 0; first < rows; first += SUM_BLOCK) {
		memset(part[0], 0, n * sizeof(float));
		memset(part[1], 0, n * sizeof(float));
		for (size_t i = first; i < rows && i < first + SUM_BLOCK; i++) {
			for (size_t o = 0; o < n; o++) {
				float dy = dx[o] * layer_slope(l, y[o]);

				dx[o] = dy;
				part[0][o] += dy;
				part[1][o] += dy * (z[o] - mean[o]) * inv[o];
			}
			z += n;
			y += n;
			dx += n;
		}
		for (size_t o = 0; o < n; o++) {
			sum[o] += (double)part[0][o];
			sum[n + o] += (double)part[1][o];
		}
	}
}

void norm_slopes(struct layer *l, int shard, int images)
{
	size_t out = (size_t)l->net->out, at = (size_t)(shard * SHARD) * l->out_size;
	double *sum = l->sum + (size_t)shard * 2 * out;

	memset(sum, 0, 2 * out * sizeof(double));
	add_slopes(l, (l->peak ? l->peak : l->z) + at, l->y + at,
		   (size_t)images * l->out_size / out, l->dx + at, sum);
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

/* dz of an image: every z has a share by the statistics, the winners that of their y too. */
CLONES static void spread_image(const struct layer *l, const float *restrict z,
				const float *restrict base, const float *restrict tilt,
				const float *restrict scale, const float *restrict dy,
				const uint32_t *restrict from, float *restrict dz)
{
	size_t out = (size_t)l->net->out, z_size = (size_t)l->positions * out;
	int places = pool_side(l) * pool_side(l);

	for (size_t p = 0; p < z_size; p += out)
		for (size_t o = 0; o < out; o++)
			dz[p + o] = base[o] + tilt[o] * z[p + o];
	for (int at = 0; at < l->net->out_rows * l->net->out_cols; at++, dy += out) {
		for (int p = 0; p < places; p++) {
			float *to = dz + window_place(l, at, p);

			for (size_t o = 0; o < out; o++)
				to[o] += !from || from[o] == (uint32_t)p ? scale[o] * dy[o] : 0;
		}
		from = from ? from + out : from;
	}
}

void norm_backward(const struct layer *l, const float *base, const float *tilt, int first,
		   int images, float *dz)
{
	size_t z_size = (size_t)l->positions * (size_t)l->net->out;
	float scale[JB_MAX_DENSE];

	for (int o = 0; o < l->net->out; o++)
		scale[o] = gain_of(l, o) * l->batch_inv[o];
	for (int i = first; i < first + images; i++, dz += z_size) {
		size_t at = (size_t)i * l->out_size;

		spread_image(l, l->z + (size_t)i * z_size, base, tilt, scale, l->dx + at,
			     l->from ? l->from + at : NULL, dz);
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
