/* SPDX-License-Identifier: MIT
 * cpu device: packs a model into the forms that the inner loops want. */
#include <stdlib.h>
#include <string.h>

#include "cpu_parts.h"
#include "jet_terms.h"
#include "ref.h"

static int round_up(int v, int unit)
{
	return (v + unit - 1) / unit * unit;
}

static int words_of(int ch)
{
	return (ch + 31) / 32;
}

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
	int positions = window_positions(n);
	struct jet_table jets;

	if (n->kind == NET_JET)
		jet_table_fill(n->k, &jets);
	for (int t = 0; t < l->terms; t++)
		for (int o = 0; o < n->out; o++) {
			uint64_t *to = l->weights +
				       ((size_t)t * (size_t)(l->padded / CPU_GROUP) +
					(size_t)(o / CPU_GROUP)) *
					       (size_t)(l->window * CPU_GROUP) +
				       o % CPU_GROUP;

			for (int p = 0; p < positions; p++)
				for (int ch = 0; ch < n->in_ch; ch++) {
					int bit = p * l->in_words * 32 + ch;

					to[bit / 64 * CPU_GROUP] |=
						(uint64_t)weight_bit(n, m, &jets, o, p, ch, t)
						<< bit % 64;
				}
		}
}

/* z >= t with z = n - 2*d: d <= floor((n - t)/2); jets: with 2*z and n counted by term weights. */
static int32_t difference_limit(const struct cpu_layer *l, int32_t threshold)
{
	const struct net_layer *n = &l->net;
	int64_t lanes = (int64_t)window_positions(n) * n->in_ch, sum = 0, limit;

	for (int t = 0; t < l->terms; t++)
		sum += l->term_weight[t];
	limit = sum * lanes - (int64_t)threshold * (n->kind == NET_JET ? 2 : 1);
	limit = limit < 0 ? -1 : limit / 2;
	return limit > INT32_MAX ? INT32_MAX : (int32_t)limit;
}

static void pack_limits(const struct model_layer *m, struct cpu_layer *l)
{
	bool sums = l->pixels || l->net.kind == NET_SJET;

	for (int o = 0; o < l->padded; o++)
		if (o >= l->net.out)
			l->limit[o] = sums ? INT32_MAX : -1;
		else
			l->limit[o] = sums ? m->threshold[o] : difference_limit(l, m->threshold[o]);
}

/* Values that the sums are made of, one row of outputs each. */
static void pack_taps(const struct model_layer *m, struct cpu_layer *l)
{
	const struct net_layer *n = &l->net;
	int taps = n->k * n->k;
	int32_t kernel[25];

	for (int o = 0; o < n->out; o++)
		if (l->pixels) {
			for (int t = 0; t < taps; t++)
				for (int ch = 0; ch < n->in_ch; ch++)
					l->taps[(t * n->in_ch + ch) * l->padded + o] =
						m->weight[(o * n->in_ch + ch) * taps + t] > 0 ? 1
											      : -1;
		} else {
			ref_jet_kernel(n->k, m->kernel[o], kernel);
			for (int t = 0; t < taps; t++)
				l->taps[t * l->padded + o] = kernel[t];
		}
}

static void pack_jets(const struct model_layer *m, struct cpu_layer *l)
{
	const struct net_layer *n = &l->net;

	for (int i = 0; i < n->out * n->in_ch; i++) {
		l->kernel[i] = m->kernel[n->kind == NET_SJET ? i / n->in_ch : i];
		l->sign[i] = m->sign[i];
	}
}

static bool layer_new(const struct bnn_model *m, int i, struct cpu_layer *l)
{
	const struct net_layer *n = &m->net.layer[i];
	size_t padded = (size_t)round_up(n->out, CPU_PAD), taps = (size_t)(n->k * n->k);
	bool ok = true;

	l->net = *n;
	l->pixels = net_on_pixels(i);
	l->head = i == m->net.count - 1;
	l->in_words = words_of(n->in_ch);
	l->out_words = words_of(n->out);
	l->window = (window_positions(n) * l->in_words + 1) / 2;
	l->padded = (int)padded;
	l->terms = jet_terms(n->kind == NET_JET ? n->k : 0, &l->term_weight);
	if (l->pixels && n->kind == NET_BCONV) {
		l->taps = calloc(taps * (size_t)n->in_ch * padded, sizeof(*l->taps));
		ok = l->taps != NULL;
	} else if (l->pixels) {
		l->kernel = calloc(padded, (size_t)n->in_ch);
		l->sign = calloc(padded, (size_t)n->in_ch);
		ok = l->kernel && l->sign;
	} else {
		l->weights =
			calloc((size_t)l->terms * padded * (size_t)l->window, sizeof(*l->weights));
		ok = l->weights != NULL;
		if (n->kind == NET_SJET) {
			l->taps = calloc(taps * padded, sizeof(*l->taps));
			ok = ok && l->taps;
		}
	}
	l->limit = calloc(padded, sizeof(*l->limit));
	l->bias = calloc(padded, sizeof(*l->bias));
	return ok && l->limit && l->bias;
}

static void pack_layer(const struct model_layer *m, struct cpu_layer *l)
{
	if (l->taps)
		pack_taps(m, l);
	if (l->weights)
		pack_weights(m, l);
	if (l->kernel)
		pack_jets(m, l);
	if (l->head)
		memcpy(l->bias, m->bias, (size_t)l->net.out * sizeof(*l->bias));
	else
		pack_limits(m, l);
}

/* Working memory for the largest layer. */
static bool buffers_new(struct cpu *c)
{
	size_t map = 1, window = 1, padded = CPU_PAD, more = CPU_PAD;
	size_t border = ((size_t)c->net.cols + 8) * (size_t)c->net.channels + CPU_ROW;

	c->row_step = (int)border;
	for (int i = 0; i < c->net.count; i++) {
		const struct cpu_layer *l = &c->layer[i];
		size_t out =
			(size_t)l->net.conv_rows * (size_t)l->net.conv_cols * (size_t)l->out_words;
		size_t side = (size_t)(l->net.in_rows + l->net.k) *
			      (size_t)(l->net.in_cols + l->net.k) * (size_t)l->padded;

		map = out > map ? out : map;
		window = (size_t)l->window > window ? (size_t)l->window : window;
		padded = (size_t)l->padded > padded ? (size_t)l->padded : padded;
		if (l->net.kind == NET_SJET && !l->pixels)
			more = side > more ? side : more;
	}
	more = padded > more ? padded : more;
	c->map[0] = calloc(map, sizeof(uint32_t));
	c->map[1] = calloc(map, sizeof(uint32_t));
	c->packed = calloc(window, sizeof(uint64_t));
	c->sums = calloc(padded, sizeof(int32_t));
	c->more = calloc(more, sizeof(int32_t));
	c->jets = calloc(25 * border, sizeof(int32_t));
	c->lines = calloc(6 * border, sizeof(int32_t)); /* sums run over the end of the last */
	c->wide = calloc(border, sizeof(int32_t));
	c->words = calloc((size_t)c->net.cols + CPU_ROW, sizeof(uint32_t));
	return c->map[0] && c->map[1] && c->packed && c->sums && c->more && c->jets && c->lines &&
	       c->wide && c->words;
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
		ok = layer_new(m, i, &c->layer[i]);
	ok = ok && buffers_new(c);
	if (!ok) {
		cpu_free(c);
		return err_set(err, BNN_E_MEMORY, "out of memory for the packed model");
	}
	for (int i = 0; i < m->net.count; i++)
		pack_layer(&m->layer[i], &c->layer[i]);
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
		free(l->limit);
		free(l->bias);
		free(l->taps);
		free(l->kernel);
		free(l->sign);
	}
	free(c->map[0]);
	free(c->map[1]);
	free(c->packed);
	free(c->sums);
	free(c->more);
	free(c->jets);
	free(c->lines);
	free(c->wide);
	free(c->words);
	free(c);
}
