/* SPDX-License-Identifier: MIT
 * Compiler: operation records: descriptor, step table, blocks of thresholds and weights. */
#include "program_parts.h"

#define ALL_SLOTS 0x1FFu
#define POOL_SLOTS 0x1Bu /* 2x2 */
#define LANE_32 2        /* O_LANE of blocks of 32 outputs */

static int ceil_div(int a, int b)
{
	return (a + b - 1) / b;
}

static int floor_div(int a, int b)
{
	return a >= 0 ? a / b : -((b - 1 - a) / b);
}

/* Adds the descriptor with what all operations share: the maps. */
static uint32_t *op_descriptor(const struct plan *p, const struct stage *s, int code,
			       struct words *out)
{
	const struct program_map *in = &p->map[s->in];
	uint32_t *d = words_add(out, JB_OP_WORDS);

	if (!d)
		return NULL;
	FIELD_SET(d, O_CODE, code);
	FIELD_SET(d, O_LANE, LANE_32);
	FIELD_SET(d, O_IN_FRONT, s->in_front);
	FIELD_SET(d, O_IN_BASE, s->in_front ? 0 : in->base);
	FIELD_SET(d, O_IN_ROWS, in->rows);
	FIELD_SET(d, O_IN_CG, in->cg);
	FIELD_SET(d, O_IN_G, in->g);
	FIELD_SET(d, O_IN_PITCH, in->pitch);
	if (!s->head) {
		const struct program_map *to = &p->map[s->out];

		FIELD_SET(d, O_OUT_BASE, to->base);
		FIELD_SET(d, O_OUT_PITCH, to->pitch);
		FIELD_SET(d, O_OUT_G, to->g);
		FIELD_SET(d, O_OUT_CG, to->cg);
	}
	return d;
}

static void step_entry(const struct plan *p, const struct stage *s, const struct window_step *step,
		       int pad, struct words *out)
{
	const struct program_map *in = &p->map[s->in];
	int mw = p->limits->map_words;
	int row = step->row - pad, cg = floor_div(step->col - pad, mw);
	uint32_t *e = words_add(out, 2);

	if (!e)
		return;
	FIELD_SET(e, S_OFFSET, row * in->pitch + cg * in->g + step->group);
	FIELD_SET(e, S_MASK, step->mask);
	FIELD_SET(e, S_DOUBLE, step->twice);
	FIELD_SET(e, S_ALIGN, step->col - pad - cg * mw);
	FIELD_SET(e, S_ROW, row);
	FIELD_SET(e, S_CG, cg);
}

static void add_word(struct words *out, uint32_t word)
{
	uint32_t *to = words_add(out, 1);

	if (to)
		*to = word;
}

/* Steps `first` to `last`-1 of a range of blocks: one operation. */
struct segment {
	int block, blocks;
	int first, last;
	bool begins, ends; /* the accumulators begin or end here */
};

static void conv_block(const struct plan *p, const struct stage *s, const struct windows *w,
		       const struct blocks *b, const struct segment *seg, int block,
		       struct words *out)
{
	int outputs = b->rows * p->limits->outputs, first = block * b->outputs;

	for (int o = 0; o < outputs; o++)
		add_word(out, fold_threshold(p, s, w, first + o));
	for (int i = seg->first; i < seg->last; i++) {
		struct window_step step = windows_step(w, i);

		add_word(out, step.mask);
		for (int o = 0; o < outputs; o++)
			for (int slot = 0; slot < STEP_SLOTS; slot++)
				if (step.mask >> slot & 1)
					add_word(out,
						 fold_weights(p, s, w, &step, slot, first + o));
	}
}

/* Columns and rows that are computed. */
static void conv_extent(const struct plan *p, const struct stage *s, uint32_t *d)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	int cols = l->conv_cols, rows = l->conv_rows;

	if (s->fuse) {
		cols = 2 * p->map[s->out].cols;
		rows = 2 * p->map[s->out].rows;
	} else if (l->stride == 2) {
		cols = 2 * cols - 1;
	}
	FIELD_SET(d, O_XLIM, cols);
	FIELD_SET(d, O_NX, ceil_div(cols, p->limits->positions));
	FIELD_SET(d, O_NY, rows);
}

static void conv_operation(const struct plan *p, const struct stage *s, const struct windows *w,
			   const struct blocks *b, const struct segment *seg, struct words *out)
{
	uint32_t *d = op_descriptor(p, s, JB_OP_CONV, out);

	if (!d)
		return;
	FIELD_SET(d, O_LAST, s->head && seg->ends && seg->block + seg->blocks == b->count);
	FIELD_SET(d, O_HEAD, s->head);
	FIELD_SET(d, O_POOL, s->fuse);
	FIELD_SET(d, O_STRIDE2, p->model->net.layer[s->layer].stride == 2);
	FIELD_SET(d, O_ACC_IN, !seg->begins);
	FIELD_SET(d, O_ACC_OUT, !seg->ends);
	FIELD_SET(d, O_STEPS, seg->last - seg->first - 1);
	FIELD_SET(d, O_NROW, b->rows);
	FIELD_SET(d, O_NBLK, seg->blocks);
	if (!s->head) {
		FIELD_SET(d, O_LANE, b->outputs / 16);
		FIELD_SET(d, O_OUT_BASE, p->map[s->out].base + seg->block * b->outputs / WORD_BITS);
	} else if (p->cam.stored) {
		FIELD_SET(d, O_CAM, 1);
		FIELD_SET(d, O_OUT_BASE, p->cam.base);
		FIELD_SET(d, O_OUT_PITCH, p->cam.cg);
		FIELD_SET(d, O_OUT_G, 1);
		FIELD_SET(d, O_OUT_CG, p->cam.cg);
		FIELD_SET(d, O_CAM_PITCH, p->cam.plane);
	}
	conv_extent(p, s, d);
	for (int i = seg->first; i < seg->last; i++) {
		struct window_step step = windows_step(w, i);

		step_entry(p, s, &step, w->pad, out);
	}
	for (int i = 0; i < seg->blocks; i++)
		conv_block(p, s, w, b, seg, seg->block + i, out);
}

int conv_emit(const struct plan *p, const struct stage *s, const struct windows *w,
	      const struct blocks *b, struct words *out)
{
	struct segment seg = { .blocks = b->segments > 1 ? 1 : b->count };
	int ops = 0;

	for (seg.block = 0; seg.block < b->count; seg.block += seg.blocks)
		for (int i = 0; i < b->segments; i++, ops++) {
			seg.first = i * b->steps;
			seg.last = seg.first + b->steps;
			if (seg.last > w->steps)
				seg.last = w->steps;
			seg.begins = i == 0;
			seg.ends = i == b->segments - 1;
			conv_operation(p, s, w, b, &seg, out);
		}
	return ops;
}

static void pool_emit(const struct plan *p, const struct stage *s, struct words *out)
{
	const struct program_map *to = &p->map[s->out];
	const struct window_step step = { .mask = POOL_SLOTS };
	uint32_t *d = op_descriptor(p, s, JB_OP_POOL, out);

	if (!d)
		return;
	FIELD_SET(d, O_NBLK, to->g);
	FIELD_SET(d, O_XLIM, 2 * to->cols);
	FIELD_SET(d, O_NX, to->cg);
	FIELD_SET(d, O_NY, to->rows);
	step_entry(p, s, &step, 0, out);
}

static int sjet_check(const struct plan *p, const struct stage *s, int rows, int cols,
		      struct bnn_err *err)
{
	const struct device_limits *d = p->limits;
	int steps = p->map[s->in].g;

	if (cols > d->jet_cols)
		return limit_error(p, s->layer,
				   d->jet_cols ? "columns of shared jets on bits"
					       : "columns of shared jets on bits (not built in)",
				   cols, d->jet_cols, err);
	if (steps * rows > d->weight_rows)
		return limit_error(p, s->layer, "weight memory rows", (long)steps * rows,
				   d->weight_rows, err);
	return BNN_OK;
}

static void sjet_block(const struct plan *p, const struct stage *s, int rows, int block,
		       struct words *out)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	int unit_outputs = rows * p->limits->outputs * STEP_SLOTS, first = block * WORD_BITS;

	for (int o = 0; o < WORD_BITS; o++)
		add_word(out, fold_sjet(p, s, first + o));
	for (int g = 0; g < p->map[s->in].g; g++) {
		add_word(out, ALL_SLOTS);
		for (int o = 0; o < unit_outputs; o++)
			add_word(out, o < WORD_BITS && first + o < l->out
					      ? fold_signs(p, s, g, first + o)
					      : 0);
	}
}

/* Rows and columns are virtual: the kernel's reach is added in front, and the passes deliver a
 * position `delay` columns late. */
static int sjet_emit(const struct plan *p, const struct stage *s, struct words *out,
		     struct bnn_err *err)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	int lanes = p->limits->positions, pad = l->valid ? 0 : l->k / 2, delay = l->k - 1 - pad;
	int cols = l->stride == 2 ? 2 * l->conv_cols - 1 : l->conv_cols;
	int rows = ceil_div(WORD_BITS, STEP_SLOTS * p->limits->outputs);
	int rc = sjet_check(p, s, rows, cols, err);
	uint32_t *d = rc ? NULL : op_descriptor(p, s, JB_OP_SJET, out);

	if (!d)
		return rc;
	FIELD_SET(d, O_STRIDE2, l->stride == 2);
	FIELD_SET(d, O_JET_K5, l->k == 5);
	FIELD_SET(d, O_JET_DELAY, delay);
	FIELD_SET(d, O_STEPS, p->map[s->in].g - 1);
	FIELD_SET(d, O_NROW, rows);
	FIELD_SET(d, O_NBLK, ceil_div(l->out, WORD_BITS));
	FIELD_SET(d, O_XLIM, cols);
	FIELD_SET(d, O_NX, (pad > 0) + ceil_div(cols, lanes) + ceil_div(delay, lanes));
	FIELD_SET(d, O_NY, l->in_rows + 2 * pad);
	for (int g = 0; g < p->map[s->in].g; g++) {
		struct window_step step = { .mask = 1, .group = g, .row = -pad };

		step.col = pad > 0 ? -lanes : 0; /* one position group to the left */
		step_entry(p, s, &step, 0, out);
	}
	for (int b = 0; b < ceil_div(l->out, WORD_BITS); b++)
		sjet_block(p, s, rows, b, out);
	return BNN_OK;
}

int stage_emit(const struct plan *p, const struct stage *s, struct words *w, int *ops,
	       struct bnn_err *err)
{
	struct windows windows;
	struct blocks blocks;
	int rc;

	if (s->kind == STAGE_POOL || s->kind == STAGE_SJET) {
		rc = BNN_OK;
		if (s->kind == STAGE_SJET)
			rc = sjet_emit(p, s, w, err);
		else
			pool_emit(p, s, w);
		*ops += 1;
	} else {
		windows_of(p, s, &windows);
		rc = blocks_choose(p, s, &windows, &blocks, err);
		if (!rc && *ops + blocks.count * blocks.segments > JB_MAX_OPS &&
		    blocks.segments > 1)
			rc = limit_error(p, s->layer, "engine operations",
					 *ops + blocks.count * blocks.segments, JB_MAX_OPS, err);
		if (!rc)
			*ops += conv_emit(p, s, &windows, &blocks, w);
	}
	if (!rc && w->failed)
		rc = err_set(err, BNN_E_MEMORY, "out of memory for the program");
	return rc;
}
