/* SPDX-License-Identifier: MIT
 * cpu device: packs a model into the forms that the inner loops want. */
#include <stdlib.h>
#include <string.h>

#include "cpu_parts.h"
#include "jet_terms.h"
#include "ref.h"

/* Positions under the window of an output. */
static int window_positions(const struct net_layer *l)
{
	if (l->kind == NET_DENSE)
		return l->in_rows * l->in_cols;
	return l->kind == NET_SJET ? 1 : l->k * l->k;
}

/* Weight bit of an output at a window position and channel, of term t. */
static bool weight_bit(const struct net_layer *l, const struct model_layer *m,
		       const struct jet_table *jets, int o, int position, int ch, int t)
{
	size_t pair = (size_t)o * (size_t)l->in_ch + (size_t)ch;

	switch (l->kind) {
	case NET_BCONV: return m->weight[pair * (size_t)(l->k * l->k) + (size_t)position] > 0;
	case NET_SJET: return m->sign[pair] > 0;
	case NET_JET: return jets->plus[m->sign[pair] < 0][m->kernel[pair]][position] >> t & 1;
	default:
		return m->weight[(size_t)o * model_inputs(l) + (size_t)position * (size_t)l->in_ch +
				 (size_t)ch] > 0;
	}
}

static void pack_weights(const struct model_layer *m, struct cpu_layer *l)
{
	const struct net_layer *n = &l->net;
	int positions = window_positions(n), words = positions * l->in_words;
	struct jet_table jets;

	if (n->kind == NET_JET)
		jet_table_fill(n->k, &jets);
	for (int o = 0; o < n->out; o++)
		for (int t = 0; t < l->windows.terms; t++) {
			size_t set = (size_t)(o / CPU_GROUP * l->windows.terms + t);
			uint32_t *to =
				l->weights + set * (size_t)(words * CPU_GROUP) + o % CPU_GROUP;

			for (int p = 0; p < positions; p++)
				for (int ch = 0; ch < n->in_ch; ch++) {
					int word = p * l->in_words + ch / 32;

					to[word * CPU_GROUP] |=
						(uint32_t)weight_bit(n, m, &jets, o, p, ch, t)
						<< ch % 32;
				}
		}
}

/* z >= t as differences d <= limit: z = n - 2*d, for jets with 2*z and n counted by factors. For
 * shared jets d is that of a channel sum, and n the kernel's own sum of them. */
static int32_t difference_limit(const struct cpu_layer *l, int o, int32_t threshold)
{
	const struct net_layer *n = &l->net;
	int64_t lanes = (int64_t)window_positions(n) * n->in_ch, sum = 0, limit;

	if (n->kind == NET_SJET)
		for (int t = 0; t < n->k * n->k; t++)
			sum += l->taps[t * l->padded + o];
	else
		for (int t = 0; t < l->windows.terms; t++)
			sum += l->windows.factor[t];
	limit = sum * lanes - (int64_t)threshold * (n->kind == NET_JET ? 2 : 1);
	limit = limit < 0 ? (limit - 1) / 2 : limit / 2;
	return (int32_t)(limit > INT32_MAX ? INT32_MAX : limit < INT32_MIN ? INT32_MIN : limit);
}

static void pack_taps(const struct model_layer *m, struct cpu_layer *l)
{
	int taps = l->net.k * l->net.k;
	int32_t kernel[25];

	for (int o = 0; o < l->net.out; o++) {
		ref_jet_kernel(l->net.k, m->kernel[o], kernel);
		for (int t = 0; t < taps; t++)
			l->taps[t * l->padded + o] = kernel[t];
	}
}

/* A layer on bits, or the head. */
static void pack_layer(const struct model_layer *m, struct cpu_layer *l, bool head)
{
	pack_weights(m, l);
	if (l->taps)
		pack_taps(m, l);
	if (head)
		memcpy(l->bias, m->bias, (size_t)l->net.out * sizeof(*l->bias));
	for (int o = 0; o < l->padded; o++) /* no sum is below the limit of what is not there */
		l->limit[o] = head || o >= l->net.out ? INT32_MIN
						      : difference_limit(l, o, m->threshold[o]);
}

static bool layer_new(struct cpu *c, int i)
{
	struct cpu_layer *l = &c->layer[i];
	const struct net_layer *n = &c->net.layer[i];
	struct cpu_windows *w = &l->windows;
	size_t padded;

	l->net = *n;
	l->in_words = cpu_words(n->in_ch);
	l->out_words = cpu_words(n->out);
	l->padded = cpu_round_up(n->out, CPU_GROUP);
	padded = (size_t)l->padded;
	l->limit = calloc(padded, sizeof(*l->limit));
	l->bias = calloc(padded, sizeof(*l->bias));
	if (i == 0)
		return l->limit && l->bias;
	w->rows = n->kind == NET_BCONV || n->kind == NET_JET ? n->k : 1;
	w->words = window_positions(n) / w->rows * l->in_words;
	w->groups = l->padded / CPU_GROUP;
	w->terms = jet_terms(n->kind == NET_JET ? n->k : 0, &w->factor);
	l->weights = calloc((size_t)(w->terms * w->rows * w->words) * padded, sizeof(*l->weights));
	if (n->kind == NET_SJET)
		l->taps = calloc((size_t)(n->k * n->k) * padded, sizeof(*l->taps));
	w->weights = l->weights;
	w->limit = l->limit;
	return l->limit && l->bias && l->weights && (l->taps || n->kind != NET_SJET);
}

int cpu_new(const struct bnn_model *m, struct cpu **out, struct bnn_err *err)
{
	struct cpu *c = calloc(1, sizeof(*c));
	bool ok = c != NULL;

	if (ok) {
		c->net = m->net;
		c->kernels = cpu_kernels(0);
	}
	for (int i = 0; ok && i < m->net.count; i++)
		ok = layer_new(c, i);
	ok = ok && cpu_place(c) && cpu_first_new(c, &m->layer[0]);
	if (!ok) {
		cpu_free(c);
		return err_set(err, BNN_E_MEMORY, "out of memory for the packed model");
	}
	for (int i = 1; i < m->net.count; i++)
		pack_layer(&m->layer[i], &c->layer[i], i == m->net.count - 1);
	*out = c;
	return BNN_OK;
}

void cpu_free(struct cpu *c)
{
	if (!c)
		return;
	for (int i = 0; i < JB_MAX_LAYERS; i++) {
		struct cpu_layer *l = &c->layer[i];

		free(l->weights);
		free(l->at);
		free(l->to);
		free(l->limit);
		free(l->bias);
		free(l->taps);
		free(l->map);
	}
	cpu_first_free(c);
	free(c->temporary);
	free(c->sums);
	free(c);
}
