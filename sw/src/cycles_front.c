/* SPDX-License-Identifier: MIT
 * Cycle model of the front end: two stages with two buffers between them.
 *
 *   scan    step of a column: channels * (3 + K*(2K-2)), K = 1 as 3; one that is an output begins when
 *           its buffer is free
 *   select  position: groups*terms + padding + 2, from 6 cycles after its step on; then its buffer is
 *           free again
 *
 * so that a position takes the longer of the two, and the end of rows lets select catch up. */
#include "cycles_front.h"

#include <stdbool.h>

#include "fields.h"

#define MAP_WORD_BITS 32
/* Latencies in cycles. */
#define TO_SELECT 6 /* end of a step to the begin of its selection */
#define BETWEEN 2   /* selections */
#define TO_MAP 6    /* end of a selection to the end of the image, last word written */
#define TO_DROP 4   /* the same when the position's word is dropped by the pool */
#define TO_IDLE 3   /* end of the last step to the end of the image */

struct front_time {
	int lead; /* rows or columns before the first output */
	int stride;
	bool pool;
	uint32_t step, select;   /* cycles of a column, of a position */
	uint32_t scan;           /* when the next column begins; the first begins at 0 */
	uint32_t selected;       /* when select is done with the latest position */
	uint32_t buffer_free[2]; /* when the position before the latest one's buffer was read */
	uint32_t end;            /* of the latest position, with its word written */
	int buffer;
};

static uint32_t later(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* Index of the output whose window ends at row or column `at`, or -1. */
static int output_at(const struct front_time *t, int at)
{
	int offset = at - t->lead;

	return offset < 0 || offset % t->stride ? -1 : offset / t->stride;
}

static void column(struct front_time *t, int out_row, int out_col)
{
	bool written = !t->pool || (out_row % 2 && out_col % 2);

	if (out_row < 0 || out_col < 0) {
		t->scan += t->step;
		return;
	}
	t->scan = later(t->scan, t->buffer_free[t->buffer]) + t->step;
	t->selected = later(t->scan + TO_SELECT, t->selected) + t->select;
	t->buffer_free[t->buffer] = t->selected;
	t->end = t->selected + (written ? TO_MAP : TO_DROP);
	t->buffer = !t->buffer;
}

static uint32_t select_cycles(const uint32_t *front_words, int lanes)
{
	uint32_t groups = FIELD(front_words, F_GROUPS) + 1;
	uint32_t terms = FIELD(front_words, F_TERMS) + 1;
	uint32_t word = (uint32_t)(MAP_WORD_BITS / lanes);
	uint32_t padding = (word - groups % word) % word;

	return groups * terms + padding + BETWEEN;
}

uint32_t cycles_front(const uint32_t *front_words, int lanes)
{
	int rows = (int)FIELD(front_words, F_ROWS) + 1, cols = (int)FIELD(front_words, F_COLS) + 1;
	int k = (int)FIELD(front_words, F_K);
	bool same = FIELD(front_words, F_SAME);
	int pad = same ? k / 2 : 0;
	uint32_t kernel = k == 5 ? 5 : 3;
	struct front_time t = {
		.lead = same ? pad : k - 1,
		.stride = FIELD(front_words, F_STRIDE2) ? 2 : 1,
		.pool = FIELD(front_words, F_POOL),
		.step = FIELD(front_words, F_CHANNELS) * (3 + kernel * (2 * kernel - 2)),
		.select = select_cycles(front_words, lanes),
	};

	for (int row = 0; row < rows + pad; row++)
		for (int col = 0; col < cols + pad; col++)
			column(&t, output_at(&t, row), output_at(&t, col));
	return later(t.end, t.scan + TO_IDLE);
}
