/* SPDX-License-Identifier: MIT
 * Compiler: front descriptor, code words and thresholds of the first layer. Its thresholds are
 * those of the model: the front end sums pixels, not matches. */
#include "front_wide.h"
#include "program_parts.h"

#define STORE_PITCH 32 /* store addresses a channel */
#define CODE_NEGATIVE 0x80
#define CODE_BYTES 4     /* codes a word */
#define RUN_WORDS 0x3FFF /* R_COUNT */

static int round_up(int v, int unit)
{
	return (v + unit - 1) / unit * unit;
}

static bool front_is_wide(const struct plan *p)
{
	return p->limits->front_lanes >= JB_FRONT_WIDE;
}

/* Rows of codes a group of outputs: terms, or steps of the wide front end. */
static int front_terms(const struct plan *p, const struct net_layer *l)
{
	if (front_is_wide(p))
		return wide_steps(l);
	return l->kind == NET_BCONV ? l->k * l->k * l->in_ch : l->in_ch;
}

static int code_row_words(const struct plan *p)
{
	int lanes = p->limits->front_lanes;

	return front_is_wide(p) ? lanes : ceil_div(lanes, CODE_BYTES);
}

/* Code of one term of an output: a store address and a sign. */
static uint32_t front_code(const struct net_layer *l, const struct model_layer *m, int output,
			   int term)
{
	int taps = l->k * l->k, channel, place;
	size_t pair;
	bool negative;

	if (l->kind == NET_BCONV) {
		channel = term / taps;
		place = term % taps;
		negative = m->weight[(size_t)output * (size_t)(l->in_ch * taps) + (size_t)term] < 0;
	} else {
		channel = term;
		pair = (size_t)(output * l->in_ch + channel);
		place = m->kernel[l->kind == NET_SJET ? (size_t)output : pair];
		negative = m->sign[pair] < 0;
	}
	return (uint32_t)(channel * STORE_PITCH + place) | (negative ? CODE_NEGATIVE : 0);
}

static void front_codes(const struct plan *p, uint32_t *to)
{
	const struct net_layer *l = &p->model->net.layer[0];
	const struct model_layer *m = &p->model->layer[0];
	int lanes = p->limits->front_lanes, terms = front_terms(p, l);
	int row_words = code_row_words(p);

	for (int o = 0; o < round_up(l->out, lanes); o++)
		for (int t = 0; t < terms; t++) {
			int lane = o % lanes;
			uint32_t *row = to + (o / lanes * terms + t) * row_words;

			if (front_is_wide(p))
				row[lane] = wide_code(l, m, p->limits->front_channels, o, t);
			else if (o < l->out)
				row[lane / CODE_BYTES] |= front_code(l, m, o, t)
							  << 8 * (lane % CODE_BYTES);
		}
}

static int front_check(const struct plan *p, struct bnn_err *err)
{
	const struct net *n = &p->model->net;
	const struct net_layer *l = &n->layer[0];
	const struct device_limits *d = p->limits;
	int groups = round_up(l->out, d->front_lanes) / d->front_lanes;
	const struct {
		const char *what;
		long need, have;
	} needs[] = {
		{ "image rows", n->rows, d->side },
		{ "image columns", n->cols, d->side },
		{ "image channels", n->channels, d->front_channels },
		{ "kernel side on pixels", l->k, d->front_k },
		{ "outputs on pixels", l->out, d->front_outputs },
		{ "front-end code rows", (long)groups * front_terms(p, l), d->front_code_rows },
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (needs[i].need > needs[i].have)
			return limit_error(p, 0, needs[i].what, needs[i].need, needs[i].have, err);
	return BNN_OK;
}

/* The stream's length and number of operations are filled in at the end. */
static void front_descriptor(const struct plan *p, int code_words, int threshold_words, uint32_t *d)
{
	const struct net *n = &p->model->net;
	const struct net_layer *l = &n->layer[0];
	const struct program_map *map = &p->map[0];
	bool pool = l->pools > 0;

	FIELD_SET(d, F_MAGIC, JB_PROG_MAGIC);
	FIELD_SET(d, F_ROWS, n->rows - 1);
	FIELD_SET(d, F_COLS, n->cols - 1);
	FIELD_SET(d, F_CHANNELS, n->channels);
	FIELD_SET(d, F_K, l->k);
	FIELD_SET(d, F_RAW, l->kind == NET_BCONV);
	FIELD_SET(d, F_SAME, !l->valid);
	FIELD_SET(d, F_STRIDE2, l->stride == 2);
	FIELD_SET(d, F_POOL, pool);
	FIELD_SET(d, F_OUT_ROWS, (pool ? 2 * map->rows : map->rows) - 1);
	FIELD_SET(d, F_OUT_COLS, (pool ? 2 * map->cols : map->cols) - 1);
	FIELD_SET(d, F_GROUPS, threshold_words / p->limits->front_lanes - 1);
	FIELD_SET(d, F_TERMS, front_terms(p, l) - 1);
	FIELD_SET(d, F_OUTPUTS, l->out - 1);
	FIELD_SET(d, F_MAP0, map->base);
	FIELD_SET(d, F_MAP1, p->front_buffer1);
	FIELD_SET(d, F_MAP_CG, map->cg);
	FIELD_SET(d, F_MAP_G, map->g);
	FIELD_SET(d, F_MAP_PITCH, map->pitch);
	FIELD_SET(d, F_CODE_WORDS, code_words);
	FIELD_SET(d, F_BYTES, n->rows * n->cols * n->channels);
	FIELD_SET(d, F_THR_WORDS, threshold_words);
	FIELD_SET(d, F_CLASSES, n->layer[n->count - 1].out);
}

int front_emit(const struct plan *p, struct words *w, struct bnn_err *err)
{
	const struct net_layer *l = &p->model->net.layer[0];
	const struct model_layer *m = &p->model->layer[0];
	int lanes = p->limits->front_lanes, padded = round_up(l->out, lanes);
	int code_words = padded / lanes * front_terms(p, l) * code_row_words(p);
	int rc = front_check(p, err);
	uint32_t *to;

	if (rc)
		return rc;
	if (code_words > RUN_WORDS)
		return limit_error(p, 0, "front-end code words", code_words, RUN_WORDS, err);
	to = words_add(w, JB_PROG_FRONT_WORDS + code_words + padded);
	if (!to)
		return err_set(err, BNN_E_MEMORY, "out of memory for the program");
	front_descriptor(p, code_words, padded, to);
	to += JB_PROG_FRONT_WORDS;
	front_codes(p, to);
	to += code_words;
	for (int o = 0; o < padded; o++)
		to[o] = o >= l->out        ? INT32_MAX
			: front_is_wide(p) ? (uint32_t)wide_threshold(l, m, o)
					   : (uint32_t)m->threshold[o];
	return BNN_OK;
}
