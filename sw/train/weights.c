/* SPDX-License-Identifier: MIT
 * Weights of the product from the latent ones, their gradient back, and their fold, by kind:
 *   bconv, dense, cam  one latent a weight in -1..1, weight = its sign
 *   sjet               one latent a pair in -1..1, weight = its sign times the output's fixed jet
 *   jet                one latent a jet and pair in the unit ball, weight = the jet with the largest
 *                      one, times its sign
 * While bits are softened the weight is between that and its real-valued form.
 * The gradient is that of the real-valued form: weight = latent, latent * jet, sum of latent * jet. */
#include <math.h>
#include <stdlib.h>

#include "layer.h"
#include "ref.h"

#define START 0.3f /* latents start in -START..START */

static float sign_of(float v)
{
	return v < 0 ? -1.0f : 1.0f;
}

static size_t taps_of(const struct layer *l)
{
	return (size_t)(l->net->k * l->net->k);
}

int weights_new(struct layer *l, struct rng *r)
{
	size_t pairs = (size_t)l->net->out * model_inputs(l->net), taps = taps_of(l);
	size_t count = l->net->kind == NET_SJET  ? pairs
		       : l->net->kind == NET_JET ? pairs * taps
						 : (size_t)l->net->out * l->terms;

	if (param_new(&l->latent, count))
		return BNN_E_MEMORY;
	l->latent.project = l->real                   ? PROJECT_NONE
			    : l->net->kind == NET_JET ? PROJECT_BALL
						      : PROJECT_BOX;
	l->latent.group = taps;
	for (size_t i = 0; i < count; i++)
		l->latent.value[i] = START * rng_signed(r);
	if (l->net->kind == NET_SJET) {
		l->kernel = layer_alloc((size_t)l->net->out, 1);
		if (!l->kernel)
			return BNN_E_MEMORY;
		/* in turn the smoothing one, first derivatives and the mixed second one */
		for (int o = 0; o < l->net->out; o++)
			l->kernel[o] = (uint8_t)((o >> 1 & 1) * l->net->k + (o & 1));
	}
	return BNN_OK;
}

static void jets_of(const struct layer *l, int32_t jets[25][25])
{
	for (size_t n = 0; n < taps_of(l); n++)
		ref_jet_kernel(l->net->k, (int)n, jets[n]);
}

/* Index of the largest latent of a pair by absolute value, the first on a tie. */
static size_t chosen_jet(const float *a, size_t jets)
{
	size_t best = 0;

	for (size_t j = 1; j < jets; j++)
		if (fabsf(a[j]) > fabsf(a[best]))
			best = j;
	return best;
}

/* Part of the bits in the weights. */
static float hardness(const struct layer *l, enum pass pass)
{
	return l->real || pass == PASS_SOFT ? 0 : pass == PASS_TRAIN ? l->hard : 1;
}

/* Between a latent and its sign; exactly the latter where hard is 1. */
static float harden(float hard, float v)
{
	return (1 - hard) * v + hard * sign_of(v);
}

/* Weights of one pair: w has `step` floats from tap to tap. */
static void make_pair(const struct layer *l, float hard, int32_t jets[25][25], int o,
		      const float *a, float *w, size_t step)
{
	size_t taps = taps_of(l), chosen = l->net->kind == NET_SJET ? 0 : chosen_jet(a, taps);

	for (size_t t = 0; t < taps; t++) {
		float sum = 0;

		if (l->net->kind == NET_SJET) {
			w[t * step] = harden(hard, *a) * (float)jets[l->kernel[o]][t];
			continue;
		}
		for (size_t j = 0; hard < 1 && j < taps; j++)
			sum += a[j] * (float)jets[j][t];
		w[t * step] = (1 - hard) * sum + hard * sign_of(a[chosen]) * (float)jets[chosen][t];
	}
}

void weights_make(struct layer *l, enum pass pass)
{
	size_t in = (size_t)l->net->in_ch, per = l->net->kind == NET_JET ? taps_of(l) : 1;
	float hard = hardness(l, pass);
	int32_t jets[25][25];

	if (l->bank)
		return;
	if (l->net->kind != NET_JET && l->net->kind != NET_SJET) {
		for (size_t i = 0; i < l->latent.count; i++)
			l->weight[i] = harden(hard, l->latent.value[i]);
		return;
	}
	jets_of(l, jets);
	for (int o = 0; o < l->net->out; o++)
		for (size_t i = 0; i < in; i++)
			make_pair(l, hard, jets, o, l->latent.value + ((size_t)o * in + i) * per,
				  l->weight + (size_t)o * l->terms + i, in);
}

void weights_pull(struct layer *l, const float *g)
{
	size_t in = (size_t)l->net->in_ch, taps = taps_of(l);
	float *to = l->latent.grad;
	int32_t jets[25][25];

	if (l->net->kind != NET_JET && l->net->kind != NET_SJET) {
		for (size_t i = 0; i < l->latent.count; i++)
			to[i] = g[i];
		return;
	}
	jets_of(l, jets);
	for (int o = 0; o < l->net->out; o++)
		for (size_t i = 0; i < in; i++) {
			const float *pair = g + (size_t)o * l->terms + i;
			size_t first = l->net->kind == NET_SJET ? l->kernel[o] : 0;
			size_t last = l->net->kind == NET_SJET ? first : taps - 1;

			for (size_t j = first; j <= last; j++) {
				*to = 0;
				for (size_t t = 0; t < taps; t++)
					*to += pair[t * in] * (float)jets[j][t];
				to++;
			}
		}
}

void weights_adopt(struct layer *l, const struct model_layer *p)
{
	size_t in = model_inputs(l->net), taps = l->net->kind == NET_BCONV ? taps_of(l) : 1;
	size_t pairs = (size_t)l->net->out * in;

	for (size_t pair = 0; pair < pairs; pair++) {
		float *a = l->latent.value + pair * taps;

		if (l->net->kind == NET_JET) {
			a = l->latent.value + pair * taps_of(l);
			for (size_t j = 0; j < taps_of(l); j++)
				a[j] = j == p->kernel[pair] ? START * (float)p->sign[pair] : 0;
		} else if (l->net->kind == NET_SJET) {
			l->kernel[pair / in] = p->kernel[pair / in];
			*a = START * (float)p->sign[pair];
		} else {
			/* the product has the channel fastest, the model the tap */
			for (size_t t = 0; t < taps; t++)
				l->latent.value[(pair / in * taps + t) * in + pair % in] =
					START * (float)p->weight[pair * taps + t];
		}
	}
}

void weights_fold(const struct layer *l, const bool *flip, struct model_layer *p)
{
	size_t in = model_inputs(l->net), taps = l->net->kind == NET_BCONV ? taps_of(l) : 1;

	for (int o = 0; o < l->net->out; o++)
		for (size_t i = 0; i < in; i++) {
			size_t pair = (size_t)o * in + i;
			float turn = flip[o] ? -1.0f : 1.0f;
			const float *a = l->latent.value;

			if (l->net->kind == NET_JET) {
				size_t j = chosen_jet(a + pair * taps_of(l), taps_of(l));

				p->kernel[pair] = (uint8_t)j;
				p->sign[pair] = (int8_t)(turn * sign_of(a[pair * taps_of(l) + j]));
			} else if (l->net->kind == NET_SJET) {
				p->kernel[o] = l->kernel[o];
				p->sign[pair] = (int8_t)(turn * sign_of(a[pair]));
			} else {
				/* the product has the channel fastest, the model the tap */
				for (size_t t = 0; t < taps; t++)
					p->weight[pair * taps + t] =
						(int8_t)(turn *
							 sign_of(a[((size_t)o * taps + t) * in +
								   i]));
			}
		}
}
