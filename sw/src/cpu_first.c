/* SPDX-License-Identifier: MIT
 * cpu device: the first layer, on pixels. Every step runs along a row. */
#include <stdlib.h>
#include <string.h>

#include "cpu_parts.h"

/* Which sum of a row of weights, the first of them taken as +1. */
static int signs_of(const int8_t *weight, int k)
{
	int number = 0;

	for (int i = 1; i < k; i++)
		number |= (weight[i] != weight[0]) << (i - 1);
	return number;
}

/* Terms of output o: rows and signs (0: plus, -1: minus). */
static void terms_of(const struct cpu_first *f, const struct net_layer *n,
		     const struct model_layer *m, int o, int32_t *at, int32_t *turn)
{
	int k = n->k;

	for (int ch = 0; ch < n->in_ch; ch++) {
		int pair = o * n->in_ch + ch;

		if (n->kind != NET_BCONV) {
			int kernel = m->kernel[n->kind == NET_SJET ? o : pair];

			*at++ = (ch * k * k + kernel) * f->step;
			*turn++ = m->sign[pair] < 0 ? -1 : 0;
			continue;
		}
		for (int i = 0; i < k; i++) {
			const int8_t *weight = m->weight + (pair * k + i) * k;
			int line = ch * f->kinds + signs_of(weight, k);

			*at++ = (line * f->rows + i) * f->step;
			*turn++ = weight[0] < 0 ? -1 : 0;
		}
	}
}

/* z is the sign of the first term times (a + the others), a - b being a + ~b + 1. */
static void pack_output(struct cpu *c, const struct model_layer *m, int o)
{
	struct cpu_first *f = &c->first;
	int terms = f->marks.terms;
	int32_t *turn = f->turn + o * terms;
	int64_t limit = m->threshold[o];

	terms_of(f, &c->layer[0].net, m, o, f->at + o * terms, turn);
	if (turn[0] < 0) { /* -z' >= t where not z' >= 1 - t */
		f->flip[o / 32] |= UINT32_C(1) << o % 32;
		if (f->low)
			f->at[o] += (int32_t)(f->low - f->jets);
		limit = 1 - limit;
	}
	for (int t = terms - 1; t >= 0; t--) {
		turn[t] = turn[t] == turn[0] ? 0 : -1;
		limit += turn[t];
	}
	c->layer[0].limit[o] = (int32_t)(limit < INT32_MIN   ? INT32_MIN
					 : limit > INT32_MAX ? INT32_MAX
							     : limit);
}

bool cpu_first_new(struct cpu *c, const struct model_layer *m)
{
	struct cpu_first *f = &c->first;
	const struct cpu_layer *l = &c->layer[0];
	const struct net_layer *n = &l->net;
	int border = n->valid ? 0 : n->k / 2;
	bool jets = n->kind != NET_BCONV;
	size_t channels = (size_t)n->in_ch, outs = (size_t)l->padded, step, all;

	f->rows = n->in_rows + 2 * border;
	f->step = cpu_round_up(n->conv_cols, CPU_ROW);
	f->row_bytes = f->step + cpu_round_up(n->k - 1, CPU_ROW);
	f->kinds = jets ? n->k : 1 << (n->k - 1);
	f->marks = (struct cpu_marks){ .outs = n->out, .n = f->step };
	f->marks.terms = n->in_ch * (jets ? 1 : n->k);
	step = (size_t)f->step;
	f->planes = calloc(channels * (size_t)f->rows, (size_t)(f->row_bytes * n->stride));
	f->lines = calloc(channels * (size_t)(f->kinds * f->rows) * step, sizeof(*f->lines));
	all = channels * (size_t)(n->k * n->k) * step;
	f->jets = calloc(2 * all, sizeof(*f->jets));
	f->bits = calloc(2 * (size_t)l->out_words * step, sizeof(*f->bits));
	f->at = calloc(outs * (size_t)f->marks.terms, sizeof(*f->at));
	f->turn = calloc(outs * (size_t)f->marks.terms, sizeof(*f->turn));
	f->flip = calloc((size_t)l->out_words, sizeof(*f->flip));
	if (!f->planes || !f->lines || !f->jets || !f->bits || !f->at || !f->turn || !f->flip)
		return false;
	/* A pool of two rows is, for an output that is a jet, their larger value, or with the sign
	 * turned the smaller. */
	if (jets && n->in_ch == 1 && l->join)
		f->low = f->jets + all;
	f->marks.at = f->at;
	f->marks.turn = f->turn;
	f->marks.limit = l->limit;
	f->marks.flip = f->flip;
	for (int o = 0; o < n->out; o++)
		pack_output(c, m, o);
	return true;
}

void cpu_first_free(struct cpu *c)
{
	struct cpu_first *f = &c->first;

	free(f->planes);
	free(f->lines);
	free(f->jets);
	free(f->bits);
	free(f->at);
	free(f->turn);
	free(f->flip);
}

/* Where pixel x of a row lies; stride: 1 or 2. */
static int place_of(const struct cpu_first *f, int stride, int x)
{
	return stride == 1 ? x : (x & 1) * f->row_bytes + (x >> 1);
}

/* A channel of a row of pixels, with its border. */
static void fill_row(const struct cpu_first *f, const struct net_layer *n, const uint8_t *from,
		     uint8_t *to)
{
	int border = n->valid ? 0 : n->k / 2, ch = n->in_ch, stride = n->stride;
	int last = border + n->in_cols;

	if (ch == 1 && stride == 1)
		memcpy(to + border, from, (size_t)n->in_cols);
	else
		for (int x = 0; x < n->in_cols; x++)
			to[place_of(f, stride, border + x)] = from[x * ch];
	for (int x = 0; x < border; x++) {
		to[place_of(f, stride, x)] = from[0];
		to[place_of(f, stride, last + x)] = from[(n->in_cols - 1) * ch];
	}
}

static void make_lines(struct cpu *c, const uint8_t *pixels)
{
	const struct cpu_first *f = &c->first;
	const struct net_layer *n = &c->layer[0].net;
	int border = n->valid ? 0 : n->k / 2, row_bytes = f->row_bytes * n->stride;
	struct cpu_lines lines = { .k = n->k, .n = f->step, .step = (size_t)(f->rows * f->step) };

	for (int i = 0; i < n->k; i++)
		lines.at[i] = place_of(f, n->stride, i);
	for (int ch = 0; ch < n->in_ch; ch++)
		for (int y = 0; y < f->rows; y++) {
			int row = net_clamp(y - border, n->in_rows) * n->in_cols;

			fill_row(f, n, pixels + row * n->in_ch + ch,
				 f->planes + (ch * f->rows + y) * row_bytes);
		}
	for (int ch = 0; ch < n->in_ch; ch++)
		for (int y = 0; y < f->rows; y++) {
			lines.from = f->planes + (ch * f->rows + y) * row_bytes;
			lines.to = f->lines + (ch * f->kinds * f->rows + y) * f->step;
			if (n->kind == NET_BCONV)
				c->kernels->sign_lines(&lines);
			else
				c->kernels->jet_lines(&lines);
		}
}

/* Bits of a row of outputs, or where jets are pooled by value of two. */
static void mark_row(struct cpu *c, int y, uint32_t *bits)
{
	const struct cpu_first *f = &c->first;
	const struct net_layer *n = &c->layer[0].net;
	int k = n->k, plane = f->rows * f->step;
	const int32_t *lines = f->lines + y * n->stride * f->step;
	struct cpu_marks marks = f->marks;
	struct cpu_jets jets = {
		.row_step = (size_t)f->step, .k = k, .n = f->step, .step = (size_t)(k * f->step)
	};

	marks.rows = lines;
	marks.out = bits;
	if (n->kind != NET_BCONV) {
		marks.rows = f->jets;
		for (int i = 0; i < n->in_ch * k; i++) {
			int first = (i / k * k * k + i % k) * f->step;

			jets.from = lines + i * plane;
			jets.next = jets.from + n->stride * f->step;
			jets.to = f->jets + first;
			jets.low = f->low ? f->low + first : NULL;
			c->kernels->jets(&jets);
		}
	}
	c->kernels->marks(&marks);
}

/* A word of every position of a row. next: words behind which those of the pool's next row lie. */
static void place_words(const struct cpu_layer *l, const uint32_t *bits, int next, uint32_t *to)
{
	int cols = l->made_cols, words = l->out_words;

	if (!l->join)
		for (int x = 0; x < cols; x++)
			to[x * words] = bits[x];
	else
		for (int x = 0; x < 2 * cols; x += 2)
			to[x / 2 * words] = bits[x] | bits[x + 1] | bits[next + x] |
					    bits[next + x + 1];
}

void cpu_first(struct cpu *c, const uint8_t *pixels)
{
	const struct cpu_layer *l = &c->layer[0];
	struct cpu_first *f = &c->first;
	int rows = l->join ? 2 : 1, marked = f->low ? 1 : rows;
	int next = marked > 1 ? l->out_words * f->step : 0;

	make_lines(c, pixels);
	for (int y = 0; y < l->made_rows; y++) {
		for (int r = 0; r < marked; r++)
			mark_row(c, y * rows + r, f->bits + r * next);
		for (int w = 0; w < l->out_words; w++)
			place_words(l, f->bits + w * f->step, next, l->made + y * l->made_step + w);
	}
}
