/* SPDX-License-Identifier: MIT
 * Compiler: the list of an operation: which map rows make its windows, and the way from one position group
 * to the next. */
#include "fields.h"
#include "program_parts.h"

#define LAST_WORD (JB_LIST_ALIGN - 1)

static int floor_div(int a, int b)
{
	return a >= 0 ? a / b : -((b - 1 - a) / b);
}

/* One position a group computes what is kept; more positions compute adjacent columns, and leave
 * out the odd ones of stride 2. */
struct extent conv_extent(const struct plan *p, const struct stage *s)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	int lanes = p->limits->positions, cols = l->conv_cols;
	struct extent e = { .rows = s->fuse ? p->map[s->out].rows : l->conv_rows,
			    .row_step = s->fuse ? 2 : l->stride,
			    .sub_rows = s->fuse ? 2 : 1,
			    .sub_cols = 1 };

	if (lanes == 1) {
		e.groups = s->fuse ? p->map[s->out].cols : cols;
		e.col_step = e.row_step;
		e.sub_cols = e.sub_rows;
		e.last_positions = 1;
		return e;
	}
	cols = s->fuse ? 2 * p->map[s->out].cols : l->stride == 2 ? 2 * cols - 1 : cols;
	e.groups = ceil_div(cols, lanes);
	e.col_step = 2;
	e.last_positions = cols - (e.groups - 1) * lanes;
	return e;
}

void list_extent(const struct plan *p, const struct extent *e, uint32_t *d)
{
	FIELD_SET(d, O_NX, e->groups - 1);
	FIELD_SET(d, O_NY, e->rows - 1);
	FIELD_SET(d, O_TAIL, e->last_positions - 1);
	FIELD_SET(d, O_TAIL_ONE, e->last_positions <= p->limits->map_words);
}

/* MOVE_Y as soon as may be; it has a word of its LIST_ALIGN words behind it, or none. */
static void move_y_soon(uint32_t move, struct words *list)
{
	int next;

	if (list->n % JB_LIST_ALIGN == LAST_WORD - 1)
		words_put(list, 0);
	words_put(list, move);
	next = (list->n / JB_LIST_ALIGN + 1) * JB_LIST_ALIGN;
	while (!list->failed && list->n < next)
		words_put(list, 0);
}

void list_moves(const struct plan *p, const struct program_map *in, const struct extent *e,
		struct words *list)
{
	uint32_t x[1] = { 0 }, y[1] = { 0 };
	int across = e->col_step * in->g;

	FIELD_SET(x, E_KIND, JB_ENTRY_MOVE_X);
	FIELD_SET(x, E_OFFSET, across);
	FIELD_SET(x, E_CG, e->col_step);
	FIELD_SET(y, E_KIND, JB_ENTRY_MOVE_Y);
	FIELD_SET(y, E_OFFSET, e->row_step * in->pitch - (e->groups - 1) * across);
	FIELD_SET(y, E_ROW, e->row_step);
	FIELD_SET(y, E_NX, e->groups - 1);
	words_put(list, *x);
	if (p->limits->resident) {
		move_y_soon(*y, list);
		return;
	}
	while (!list->failed && list->n % JB_LIST_ALIGN != LAST_WORD)
		words_put(list, 0);
	words_put(list, *y);
}

static void add_read(const struct reading *r, int row, int cg, int slot_row, int slot_cg, int align,
		     struct words *list)
{
	uint32_t e[1] = { 0 };

	FIELD_SET(e, E_READ, 1);
	FIELD_SET(e, E_ALIGN, align);
	FIELD_SET(e, E_OFFSET, row * r->in->pitch + cg * r->in->g + r->group);
	FIELD_SET(e, E_ROW, r->anywhere ? 0 : row);
	FIELD_SET(e, E_CG, r->anywhere ? 0 : cg);
	FIELD_SET(e, E_SLOT_ROW, slot_row);
	FIELD_SET(e, E_SLOT_CG, slot_cg);
	words_put(list, *e);
}

/* The map rows of a window: with one position a word a slot, else the column groups of every row
 * that reach from the first position's first column to the last one's last. */
static void add_reads(const struct plan *p, const struct reading *r, struct words *list)
{
	int mw = p->limits->map_words, lanes = p->limits->positions;
	int cg = floor_div(r->col, mw), align = r->col - cg * mw, reach = 0;
	int at_once = p->limits->resident ? 2 : 1; /* column groups */

	for (int slot = 0; slot < STEP_SLOTS; slot++)
		if (r->mask >> slot & 1 && slot % STEP_SIDE > reach)
			reach = slot % STEP_SIDE;
	for (int row = 0; row < STEP_SIDE; row++) {
		unsigned cols = r->mask >> row * STEP_SIDE & 7;

		if (lanes == 1) {
			for (int c = 0; c < STEP_SIDE; c++)
				if (cols >> c & 1)
					add_read(r, r->row + row, r->col + c, row, c, 0, list);
		} else if (cols) {
			for (int h = 0; h < ceil_div(align + lanes + reach, mw); h += at_once)
				add_read(r, r->row + row, cg + h, row, h, align, list);
		}
	}
}

/* A word a slot, from left to right: a row's words beyond the first fall on slots that come later, or on none. */
static void add_words(const struct plan *p, const struct reading *r, struct words *list)
{
	int mw = p->limits->map_words, g = r->in->g;

	for (int slot = 0; slot < STEP_SLOTS; slot++) {
		int word = r->word + slot, place = word / g, col = slot % STEP_SIDE;
		int h = ceil_div(col, mw);
		struct reading at = { .in = r->in, .group = word % g, .anywhere = true };

		if (r->mask >> slot & 1)
			add_read(&at, place / r->in->cols, place % r->in->cols / mw,
				 slot / STEP_SIDE, h, h * mw - col, list);
	}
}

void list_step(const struct plan *p, const struct reading *r, uint32_t step, int rows, bool more,
	       struct words *list)
{
	int first = list->n;

	if (r->gather)
		add_words(p, r, list);
	else
		add_reads(p, r, list);
	while (!list->failed && rows < JB_STEP_ENTRIES && list->n - first < JB_STEP_ENTRIES - 1)
		words_put(list, 0);
	if (!list->failed)
		FIELD_SET(list->p + list->n - 1, E_HOLD, more);
	words_put(list, step);
}
