/* SPDX-License-Identifier: MIT
 * Random models for tests, benches and selftest. Integer arithmetic only, so that a seed gives the
 * same model on every machine.
 *
 * The mean of every input channel is carried from layer to layer (pixels: uniform 0..255; bits:
 * from the threshold's distance to the mean of z, in quarters of its spread, inputs taken as
 * independent), so that thresholds land where both bit values occur. */
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "ref.h"

#define ONE 1024   /* 1.0 of means and probabilities */
#define QUARTERS 8 /* thresholds lie within +-2 spreads of the mean of z */

struct stats {
	int mean[JB_MAX_DENSE]; /* of an input channel, times ONE; pixels 0..255, bits -1..1 */
	int variance;           /* of a pixel; bits use 1 - mean^2 */
};

static uint64_t next(uint64_t *state)
{
	uint64_t z = (*state += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static int below(uint64_t *state, int n)
{
	return (int)((next(state) >> 32) % (uint64_t)n);
}

static void random_signs(int8_t *v, size_t count, uint64_t *state)
{
	for (size_t i = 0; i < count; i += 64) {
		uint64_t bits = next(state);

		for (size_t j = i; j < count && j < i + 64; j++, bits >>= 1)
			v[j] = bits & 1 ? 1 : -1;
	}
}

static int64_t square_root(int64_t v)
{
	int64_t r = 0;

	for (int64_t bit = INT64_C(1) << 30; bit; bit >>= 1)
		if ((r + bit) * (r + bit) <= v)
			r += bit;
	return r;
}

/* Sum and sum of squares of the K x K factors between input i and output o. */
static void pair_factors(const struct net_layer *l, const struct model_layer *p, size_t o, size_t i,
			 int *sum, int *squares)
{
	size_t taps = l->kind == NET_BCONV ? (size_t)(l->k * l->k) : 1;
	size_t pair = o * model_inputs(l) + i;
	int32_t kernel[25];

	*sum = 0;
	*squares = 0;
	if (p->weight) {
		for (size_t t = 0; t < taps; t++)
			*sum += p->weight[pair * taps + t];
		*squares = (int)taps;
		return;
	}
	ref_jet_kernel(l->k, p->kernel[l->kind == NET_SJET ? o : pair], kernel);
	for (int t = 0; t < l->k * l->k; t++) {
		*sum += p->sign[pair] * kernel[t];
		*squares += kernel[t] * kernel[t];
	}
}

/* Mean and spread of z of output o. */
static void predict(const struct net_layer *l, const struct model_layer *p, const struct stats *in,
		    size_t o, int64_t *mean, int64_t *spread)
{
	int64_t sum = 0, var = 0;

	for (size_t i = 0; i < model_inputs(l); i++) {
		int m = in->mean[i % (size_t)l->in_ch];
		int s, q;

		pair_factors(l, p, o, i, &s, &q);
		sum += (int64_t)s * m;
		var += (int64_t)q * (in->variance ? in->variance : ONE - m * m / ONE);
	}
	*mean = sum / ONE;
	*spread = square_root((in->variance ? var : var / ONE) + 1);
}

/* P(z >= mean + q/4 spreads) of a normal z, times ONE; q from -8 to 20. */
static int tail(int q)
{
	static const int table[21] = {
		512, 411, 316, 232, 162, 108, 68, 41, 23, 13, 6, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0,
	};

	return q < 0 ? ONE - table[-q] : table[q];
}

/* Draws threshold o; returns the mean of its bit behind the pools, times ONE. */
static int draw_threshold(const struct net_layer *l, int64_t mean, int64_t spread, int32_t *t,
			  uint64_t *state)
{
	/* Pools OR bits together, so thresholds rise with them. */
	int q = below(state, 2 * QUARTERS + 1) - QUARTERS + 3 * (l->pools > 4 ? 4 : l->pools);
	int zero = ONE - tail(q);

	switch (below(state, 64)) {
	case 0: *t = INT32_MIN; return ONE;
	case 1: *t = INT32_MAX; return -ONE;
	default: *t = (int32_t)(mean + q * spread / 4);
	}
	for (int pool = 0; pool < l->pools; pool++)
		for (int twice = 0; twice < 2; twice++)
			zero = zero * zero / ONE;
	return ONE - 2 * zero;
}

static void random_layer(struct bnn_model *m, int index, struct stats *s, uint64_t *state)
{
	const struct net_layer *l = &m->net.layer[index];
	struct model_layer *p = &m->layer[index];
	int positions = l->kind == NET_CAM ? l->in_rows * l->in_cols : 1;
	struct stats out = { .variance = 0 };

	for (size_t i = 0; i < model_kernel_count(l); i++)
		p->kernel[i] = (uint8_t)below(state, l->k * l->k);
	random_signs(p->sign, model_sign_count(l), state);
	random_signs(p->weight, model_weight_count(l), state);
	for (int o = 0; o < l->out; o++) {
		int64_t mean, spread;

		predict(l, p, s, (size_t)o, &mean, &spread);
		if (p->bias)
			p->bias[o] = (int32_t)(below(state, 2 * QUARTERS + 1) - QUARTERS) *
					     (int32_t)spread / 4 -
				     (int32_t)mean * positions;
		else
			out.mean[o] = draw_threshold(l, mean, spread, &p->threshold[o], state);
	}
	*s = out;
}

void model_random(struct bnn_model *m, uint64_t seed)
{
	struct stats s = { .variance = 5461 }; /* of uniform 0..255 */

	for (int c = 0; c < m->net.channels; c++)
		s.mean[c] = 255 * ONE / 2;
	for (int i = 0; i < m->net.count; i++)
		random_layer(m, i, &s, &seed);
}
