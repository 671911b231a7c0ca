/* SPDX-License-Identifier: MIT
 * Compiler: windows, weight words and thresholds of the engine's operations.
 *
 * The engine counts matches: A = sum over the lanes of its windows of (input bit == weight bit),
 * each term counted term_weight times. Of these lanes n are real inputs; the unused ones hold 0 in
 * map and weight, so they always match. With z' = z (bconv, dense, cam) or 2*z (jets, whose weights
 * 2*J are sums of +-1 terms), S the sum of term weights and u the unused lanes of a term:
 *   A = (z' + S*n)/2 + S*u   so   z >= t  means  A >= ceil((t' + S*n)/2) + S*u. */
#include <string.h>

#include "program_parts.h"
#include "ref.h"

void windows_of(const struct plan *p, const struct stage *s, struct windows *w)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	bool dense = l->kind == NET_DENSE, jet = l->kind == NET_JET;

	memset(w, 0, sizeof(*w));
	w->rows = dense ? l->in_rows : l->k;
	w->cols = dense ? l->in_cols : l->k;
	w->pad = l->valid ? 0 : l->k / 2;
	w->g = p->map[s->in].g;
	w->terms = jet_terms(jet ? l->k : 0, &w->term_weight);
	w->sub_cols = (w->cols + STEP_SIDE - 1) / STEP_SIDE;
	w->subs = (w->rows + STEP_SIDE - 1) / STEP_SIDE * w->sub_cols;
	for (int t = 0; t < w->terms; t++)
		w->weight_sum += w->term_weight[t];
	w->steps = w->terms * w->subs * w->g;
	/* a READ brings the words of MW columns and leaves alone what is left of the first */
	w->gather = dense && (p->limits->map_words == 1 || w->cols == 1);
	if (w->gather)
		w->steps = ceil_div(w->rows * w->cols * w->g, STEP_SLOTS);
	if (jet)
		jet_table_fill(l->k, &w->jets);
}

/* Nine words of the map, in order row, column, group. */
static struct window_step gather_step(const struct windows *w, int index)
{
	struct window_step s = { .word = index * STEP_SLOTS };
	int left = w->rows * w->cols * w->g - s.word;

	s.mask = left < STEP_SLOTS ? (1u << left) - 1 : (1u << STEP_SLOTS) - 1;
	return s;
}

struct window_step windows_step(const struct windows *w, int index)
{
	if (w->gather)
		return gather_step(w, index);
	int sub = index / w->g % w->subs;
	struct window_step s = { .term = index / w->g / w->subs,
				 .row = sub / w->sub_cols * STEP_SIDE,
				 .col = sub % w->sub_cols * STEP_SIDE,
				 .group = index % w->g };

	for (int slot = 0; slot < STEP_SLOTS; slot++)
		if (s.row + slot / STEP_SIDE < w->rows && s.col + slot % STEP_SIDE < w->cols)
			s.mask |= 1u << slot;
	s.twice = s.term > 0 && sub == 0 && s.group == 0 &&
		  w->term_weight[s.term] < w->term_weight[s.term - 1];
	return s;
}

int windows_lanes(const struct windows *w)
{
	return w->rows * w->cols * w->g * WORD_BITS;
}

static uint32_t jet_weights(const struct net_layer *l, const struct model_layer *m,
			    const struct windows *w, const struct window_step *step, int tap,
			    int output)
{
	uint32_t word = 0;

	for (int c = 0; c < WORD_BITS && step->group * WORD_BITS + c < l->in_ch; c++) {
		size_t pair =
			(size_t)output * (size_t)l->in_ch + (size_t)(step->group * WORD_BITS + c);
		uint8_t plus = w->jets.plus[m->sign[pair] < 0][m->kernel[pair]][tap];

		word |= (uint32_t)(plus >> step->term & 1) << c;
	}
	return word;
}

uint32_t fold_weights(const struct plan *p, const struct stage *s, const struct windows *w,
		      const struct window_step *step, int slot, int output)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	const struct model_layer *m = &p->model->layer[s->layer];
	int row = step->row + slot / STEP_SIDE, col = step->col + slot % STEP_SIDE;
	int tap = w->gather ? (step->word + slot) / w->g : row * w->cols + col;
	int first = (w->gather ? (step->word + slot) % w->g : step->group) * WORD_BITS;
	/* of weight [output][channel 0 of the word][tap], and to the next channel */
	size_t at, next;
	uint32_t word = 0;

	if (output >= l->out)
		return 0;
	if (l->kind == NET_JET)
		return jet_weights(l, m, w, step, tap, output);
	if (l->kind == NET_BCONV) {
		next = (size_t)(l->k * l->k);
		at = ((size_t)output * (size_t)l->in_ch + (size_t)first) * next + (size_t)tap;
	} else {
		next = 1;
		at = (size_t)output * model_inputs(l) + (size_t)tap * (size_t)l->in_ch +
		     (size_t)first;
	}
	for (int c = 0; c < WORD_BITS && first + c < l->in_ch; c++)
		if (m->weight[at + (size_t)c * next] > 0)
			word |= 1u << c;
	return word;
}

static int64_t ceil_half(int64_t v)
{
	return v >= 0 ? (v + 1) / 2 : -(-v / 2);
}

uint32_t fold_threshold(const struct plan *p, const struct stage *s, const struct windows *w,
			int output)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	const struct model_layer *m = &p->model->layer[s->layer];
	int64_t lanes = windows_lanes(w), real = (int64_t)w->rows * w->cols * l->in_ch;
	int64_t never = ((int64_t)1 << p->limits->acc_bits) - 1;
	int64_t positions = (int64_t)l->conv_rows * l->conv_cols, need;

	if (s->head) /* score = 2*A - n - 2*u + bias, over all positions */
		return output < l->out
			       ? (uint32_t)(m->bias[output] - positions * (2 * lanes - real))
			       : 0;
	if (output >= l->out)
		return (uint32_t)never;
	need = (l->kind == NET_JET ? 2 : 1) * (int64_t)m->threshold[output];
	need = ceil_half(need + w->weight_sum * real) + w->weight_sum * (lanes - real);
	if (need <= 0)
		return 0;
	return (uint32_t)(need > w->weight_sum * lanes ? never : need);
}

int fold_cam_offset(const struct windows *w, const struct net_layer *l)
{
	return 2 * windows_lanes(w) - l->in_ch;
}

uint32_t fold_signs(const struct plan *p, const struct stage *s, int group, int output)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	const int8_t *sign = p->model->layer[s->layer].sign + (size_t)output * (size_t)l->in_ch;
	uint32_t word = 0;

	for (int c = 0; c < WORD_BITS && group * WORD_BITS + c < l->in_ch; c++)
		if (sign[group * WORD_BITS + c] > 0)
			word |= 1u << c;
	return word;
}

uint32_t fold_sjet(const struct plan *p, const struct stage *s, int output)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	const struct model_layer *m = &p->model->layer[s->layer];
	const int64_t bound = (int64_t)1 << 24; /* above any |sum of J*A|, inside the field */
	int kernel_sum = 0, number;
	int32_t kernel[25];
	int64_t t;

	if (output >= l->out)
		return (uint32_t)bound;
	number = m->kernel[output];
	ref_jet_kernel(l->k, number, kernel);
	for (int i = 0; i < l->k * l->k; i++)
		kernel_sum += kernel[i];
	/* z = sum of J*(2*A - n - 2*u) */
	t = ceil_half(m->threshold[output] +
		      (int64_t)kernel_sum * (2 * WORD_BITS * p->map[s->in].g - l->in_ch));
	t = t > bound ? bound : t < -bound ? -bound : t;
	return (uint32_t)(number / l->k) << 29 | (uint32_t)(number % l->k) << 26 |
	       ((uint32_t)t & 0x3FFFFFF);
}
