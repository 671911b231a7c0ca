/* SPDX-License-Identifier: MIT
 * Compiler: operations: header and list, and the loader's runs of thresholds and weights. */
#include "fields.h"
#include "program_parts.h"

#define ALL_SLOTS 0x1FFu
#define POOL_SLOTS 0x1Bu /* 2x2 */
#define LANE_32 2        /* O_LANE of blocks of 32 outputs */

/* Adds the header with what all operations share: the maps. */
static uint32_t *op_header(const struct plan *p, const struct stage *s, int code,
			   struct words *list)
{
	const struct program_map *in = &p->map[s->in];
	uint32_t *d = words_add(list, JB_LIST_HEADER);

	if (!d)
		return NULL;
	FIELD_SET(d, O_CODE, code);
	FIELD_SET(d, O_LANE, LANE_32);
	FIELD_SET(d, O_IN_FRONT, s->in_front);
	FIELD_SET(d, O_IN_BASE, s->in_front ? 0 : in->base);
	FIELD_SET(d, O_ROWS, in->rows);
	FIELD_SET(d, O_COLS, in->cg);
	FIELD_SET(d, O_IN_STEP, in->g);
	FIELD_SET(d, O_OUT_STEP, 1);
	if (!s->head) {
		FIELD_SET(d, O_OUT_BASE, p->map[s->out].base);
		FIELD_SET(d, O_OUT_STEP, p->map[s->out].g);
	}
	return d;
}

static void conv_list(const struct plan *p, const struct stage *s, const struct windows *w,
		      const struct extent *e, const struct segment *seg, int rows,
		      struct words *list)
{
	int subs = e->sub_rows * e->sub_cols;

	for (int sub = 0; sub < subs; sub++)
		for (int i = seg->first; i < seg->last; i++) {
			struct window_step step = windows_step(w, i);
			struct reading r = { .in = &p->map[s->in],
					     .row = step.row - w->pad + sub / e->sub_cols,
					     .col = step.col - w->pad + sub % e->sub_cols,
					     .group = step.group,
					     .mask = step.mask,
					     .anywhere = s->kind == STAGE_DENSE,
					     .gather = w->gather,
					     .word = step.word };
			bool last = i == seg->last - 1;
			uint32_t entry[1] = { 0 };

			FIELD_SET(entry, E_KIND, JB_ENTRY_STEP);
			FIELD_SET(entry, E_MASK, step.mask);
			FIELD_SET(entry, E_DOUBLE, step.twice);
			FIELD_SET(entry, E_FIRST, i == seg->first);
			FIELD_SET(entry, E_LAST, last);
			FIELD_SET(entry, E_OR, sub > 0);
			FIELD_SET(entry, E_WRITE, last && sub == subs - 1);
			list_step(p, &r, *entry, rows, !last || sub < subs - 1, list);
		}
	list_moves(p, &p->map[s->in], e, list);
}

uint32_t run_word(int kind, int row, int unit, int slot, int count)
{
	uint32_t r[1] = { 0 };

	FIELD_SET(r, R_KIND, kind);
	FIELD_SET(r, R_ROW, row);
	FIELD_SET(r, R_UNIT, unit);
	FIELD_SET(r, R_SLOT, slot);
	FIELD_SET(r, R_COUNT, count);
	return *r;
}

static void end_block(bool op_end, struct words *out)
{
	uint32_t r[1] = { run_word(JB_RUN_BLOCK, 0, 0, 0, 0) };

	FIELD_SET(r, R_OP_END, op_end);
	words_put(out, *r);
}

/* Weights of one slot of one unit: runs of neighbouring steps that have the slot. */
static void slot_runs(const struct plan *p, const struct stage *s, const struct windows *w,
		      const struct segment *seg, int rows, int first, int unit, int slot,
		      struct words *out)
{
	int at = -1; /* header of the run under way */

	for (int i = seg->first; i < seg->last && !out->failed; i++) {
		struct window_step step = windows_step(w, i);

		if (!(step.mask >> slot & 1)) {
			at = -1;
			continue;
		}
		if (at < 0) {
			at = out->n;
			words_put(out,
				  run_word(JB_RUN_WEIGHTS, (i - seg->first) * rows, unit, slot, 0));
		}
		for (int j = 0; j < rows; j++)
			words_put(out, fold_weights(p, s, w, &step, slot,
						    first + j * p->limits->outputs + unit));
		if (!out->failed)
			FIELD_SET(out->p + at, R_COUNT, FIELD(out->p + at, R_COUNT) + rows);
	}
}

static void conv_block(const struct plan *p, const struct stage *s, const struct windows *w,
		       const struct blocks *b, const struct segment *seg, int block,
		       struct words *out)
{
	int units = p->limits->outputs, first = block * b->outputs;

	for (int u = 0; u < units && seg->ends; u++) {
		words_put(out, run_word(JB_RUN_THRESHOLDS, 0, u, 0, b->rows));
		for (int j = 0; j < b->rows; j++)
			words_put(out, fold_threshold(p, s, w, first + j * units + u));
	}
	for (int u = 0; u < units; u++)
		for (int slot = 0; slot < STEP_SLOTS; slot++)
			slot_runs(p, s, w, seg, b->rows, first, u, slot, out);
	end_block(block == seg->block + seg->blocks - 1, out);
}

static void conv_operation(const struct plan *p, const struct stage *s, const struct windows *w,
			   const struct blocks *b, const struct segment *seg, struct streams *out)
{
	uint32_t *d = op_header(p, s, JB_OP_CONV, &out->list);
	bool several = p->limits->positions > 1;
	struct extent e = conv_extent(p, s);

	if (!d)
		return;
	list_extent(p, &e, d);
	FIELD_SET(d, O_LAST, s->head && seg->ends && seg->block + seg->blocks == b->count);
	FIELD_SET(d, O_HEAD, s->head);
	FIELD_SET(d, O_PAIRS, s->fuse && several);
	FIELD_SET(d, O_HALVE, p->model->net.layer[s->layer].stride == 2 && several);
	FIELD_SET(d, O_ACC_IN, !seg->begins);
	FIELD_SET(d, O_ACC_OUT, !seg->ends);
	FIELD_SET(d, O_NROW, b->rows - 1);
	if (!s->head) {
		FIELD_SET(d, O_LANE, b->outputs < WORD_BITS ? b->outputs / 16 : LANE_32);
		FIELD_SET(d, O_OUT_BASE, p->map[s->out].base + seg->block * b->outputs / WORD_BITS);
	} else if (p->cam.stored) {
		FIELD_SET(d, O_CAM, 1);
		FIELD_SET(d, O_OUT_BASE, p->cam.base);
	}
	conv_list(p, s, w, &e, seg, b->rows, &out->list);
	for (int i = seg->block; i < seg->block + seg->blocks; i++)
		if (p->limits->resident)
			resident_block(p, s, w, b, seg, i, out);
		else
			conv_block(p, s, w, b, seg, i, &out->blocks);
}

int conv_emit(const struct plan *p, const struct stage *s, const struct windows *w,
	      const struct blocks *b, struct streams *out)
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

int conv_groups(const struct plan *p, const struct stage *s)
{
	struct extent e = conv_extent(p, s);

	return e.groups * e.rows;
}

/* A step for every word of channels; the words of a position follow each other in both maps. */
static void pool_emit(const struct plan *p, const struct stage *s, struct streams *out)
{
	const struct program_map *in = &p->map[s->in], *to = &p->map[s->out];
	int lanes = p->limits->positions, cols = 2 * to->cols;
	struct extent e = { .groups = to->cg, .rows = to->rows, .row_step = 2, .col_step = 2 };
	struct reading r = { .in = in, .mask = POOL_SLOTS };
	uint32_t *d = op_header(p, s, JB_OP_POOL, &out->list), step[1] = { 0 };

	if (!d)
		return;
	e.last_positions = lanes == 1 ? 1 : cols - (e.groups - 1) * lanes;
	list_extent(p, &e, d);
	FIELD_SET(d, O_HALVE, lanes > 1);
	FIELD_SET(d, O_OUT_STEP, 1);
	FIELD_SET(step, E_KIND, JB_ENTRY_STEP);
	for (; r.group < to->g; r.group++) {
		bool last = r.group == to->g - 1;

		FIELD_SET(step, E_WRITE, last);
		list_step(p, &r, *step, 1, !last, &out->list);
	}
	list_moves(p, in, &e, &out->list);
	end_block(true, &out->blocks);
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

/* Output of row j, unit u and slot n is j*9*O + u*9 + n. */
static void sjet_block(const struct plan *p, const struct stage *s, int rows, int block, bool last,
		       struct words *out)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	int units = p->limits->outputs, first = block * WORD_BITS, groups = p->map[s->in].g;

	for (int u = 0; u < units; u++) {
		words_put(out, run_word(JB_RUN_THRESHOLDS, 0, u, 0, WORD_BITS / units));
		for (int j = 0; j < WORD_BITS / units; j++)
			words_put(out, fold_sjet(p, s, first + j * units + u));
	}
	for (int u = 0; u < units; u++)
		for (int slot = 0; slot < STEP_SLOTS; slot++) {
			words_put(out, run_word(JB_RUN_WEIGHTS, 0, u, slot, groups * rows));
			for (int n = 0; n < groups * rows; n++) {
				int o = (n % rows * units + u) * STEP_SLOTS + slot;
				bool used = o < WORD_BITS && first + o < l->out;

				words_put(out, used ? fold_signs(p, s, n / rows, first + o) : 0);
			}
		}
	end_block(last, out);
}

/* Rows and columns are virtual: the kernel's reach is added in front, and the passes deliver a
 * position `delay` columns late. */
static int sjet_emit(const struct plan *p, const struct stage *s, struct streams *out,
		     struct bnn_err *err)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	int lanes = p->limits->positions, pad = l->valid ? 0 : l->k / 2, delay = l->k - 1 - pad;
	int cols = l->stride == 2 ? 2 * l->conv_cols - 1 : l->conv_cols, g = p->map[s->in].g;
	int rows = ceil_div(WORD_BITS, STEP_SLOTS * p->limits->outputs);
	int blocks = ceil_div(l->out, WORD_BITS);
	int rc = sjet_check(p, s, rows, cols, err);
	struct extent e = { .groups = (pad > 0) + ceil_div(cols, lanes) + ceil_div(delay, lanes),
			    .rows = l->in_rows + 2 * pad,
			    .row_step = 1,
			    .col_step = 2,
			    .last_positions = cols - (ceil_div(cols, lanes) - 1) * lanes };
	uint32_t *d = rc ? NULL : op_header(p, s, JB_OP_SJET, &out->list);

	if (!d)
		return rc;
	list_extent(p, &e, d);
	FIELD_SET(d, O_HALVE, l->stride == 2);
	FIELD_SET(d, O_DROP_ROWS, l->stride == 2);
	FIELD_SET(d, O_JET_K5, l->k == 5);
	FIELD_SET(d, O_JET_DELAY, delay);
	FIELD_SET(d, O_NROW, rows - 1);
	FIELD_SET(d, O_XLIM, cols);
	FIELD_SET(d, O_YLIM, e.rows - l->k + 1);
	for (int i = 0; i < g; i++) {
		struct reading r = { .in = &p->map[s->in],
				     .row = -pad,
				     .col = pad > 0 ? -lanes
						    : 0, /* one position group to the left */
				     .group = i,
				     .mask = 1 };
		uint32_t step[1] = { 0 };

		FIELD_SET(step, E_KIND, JB_ENTRY_STEP);
		FIELD_SET(step, E_MASK, ALL_SLOTS);
		FIELD_SET(step, E_FIRST, i == 0);
		FIELD_SET(step, E_LAST, i == g - 1);
		FIELD_SET(step, E_WRITE, i == g - 1);
		list_step(p, &r, *step, rows, i < g - 1, &out->list);
	}
	list_moves(p, &p->map[s->in], &e, &out->list);
	for (int b = 0; b < blocks; b++)
		sjet_block(p, s, rows, b, b == blocks - 1, &out->blocks);
	return BNN_OK;
}

int stage_emit(const struct plan *p, const struct stage *s, struct streams *out, int *ops,
	       struct bnn_err *err)
{
	struct windows windows;
	struct blocks blocks;
	int rc = BNN_OK;

	if (s->kind == STAGE_POOL) {
		pool_emit(p, s, out);
		*ops += 1;
	} else if (s->kind == STAGE_SJET) {
		rc = sjet_emit(p, s, out, err);
		*ops += 1;
	} else {
		windows_of(p, s, &windows);
		rc = blocks_choose(p, s, &windows, &blocks, err);
		if (!rc && *ops + blocks.count * blocks.segments > JB_MAX_OPS &&
		    blocks.segments > 1)
			rc = limit_error(p, s->layer, "engine operations",
					 *ops + blocks.count * blocks.segments, JB_MAX_OPS, err);
		if (!rc)
			*ops += conv_emit(p, s, &windows, &blocks, out);
	}
	if (!rc && p->limits->resident)
		rc = resident_check(p, s->layer, out, err);
	if (!rc && streams_failed(out))
		rc = err_set(err, BNN_E_MEMORY, "out of memory for the program");
	return rc;
}
