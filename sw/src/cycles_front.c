/* SPDX-License-Identifier: MIT
 * Cycle model of the front end: two stages, the first a position or two ahead.
 *
 *   serial  scan: a column takes channels * (3 + K*(2K-2)) cycles, K = 1 as 3; one that is an output
 *           begins when one of two buffers is free
 *           select: a position takes groups*terms + padding + 2, from 6 cycles after its column on;
 *           then its buffer is free again
 *   wide    scan: a column takes as many cycles as there are channels; it stands still while a
 *           position waits behind the one that waits for select
 *           select: a position takes groups*steps + padding
 *
 * so that a position takes the longer of the two. The end of rows lets the serial select catch up. */
#include "cycles_front.h"

#include <stdbool.h>

#include "fields.h"

#define MAP_WORD_BITS 32
/* Latencies in cycles. */
#define TO_SELECT 6 /* end of a column to the begin of its selection */
#define BETWEEN 2   /* selections */
#define TO_MAP 6    /* end of a selection to the end of the image, last word written */
#define TO_DROP 4   /* the same when the position's word is dropped by the pool */
#define TO_IDLE 3   /* end of the last column to the end of the image */
/* The same of the wide form. */
#define WIDE_DEPTH(KMAX) ((KMAX) == 5 ? 8 : 6) /* end of a column to its values */
#define WIDE_WAIT 1 /* values to where they wait; one taken to the next there */
#define WIDE_TO_MAP 12
#define WIDE_TO_DROP 10
#define WIDE_RAW 3 /* raw values take longer */
#define WIDE_TO_IDLE 2

struct front_time {
	int top, left; /* rows and columns before the first output */
	int stride;
	bool pool;
	uint32_t step, select;   /* cycles of a column, of a position */
	uint32_t scan;           /* when the next column begins; the first begins at 0 */
	uint32_t taken;          /* wide: when select began with it */
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
static int output_at(const struct front_time *t, int at, int lead)
{
	int offset = at - lead;

	return offset < 0 || offset % t->stride ? -1 : offset / t->stride;
}

static bool written(const struct front_time *t, int out_row, int out_col)
{
	return !t->pool || (out_row % 2 && out_col % 2);
}

static void column(struct front_time *t, int out_row, int out_col)
{
	if (out_row < 0 || out_col < 0) {
		t->scan += t->step;
		return;
	}
	t->scan = later(t->scan, t->buffer_free[t->buffer]) + t->step;
	t->selected = later(t->scan + TO_SELECT, t->selected) + t->select + BETWEEN;
	t->buffer_free[t->buffer] = t->selected;
	t->end = t->selected + (written(t, out_row, out_col) ? TO_MAP : TO_DROP);
	t->buffer = !t->buffer;
}

static uint32_t serial(struct front_time *t, int rows, int cols)
{
	for (int row = 0; row < rows; row++)
		for (int col = 0; col < cols; col++)
			column(t, output_at(t, row, t->top), output_at(t, col, t->left));
	return later(t->end, t->scan + TO_IDLE);
}

/* A position leaves the scan when the one before was taken, and is taken when that was selected. t->scan
 * counts the columns since. */
static uint32_t wide(struct front_time *t, int rows, int cols, bool raw, int kmax)
{
	uint32_t to_end = raw ? WIDE_RAW : 0;

	t->scan = WIDE_DEPTH(kmax);
	for (int row = 0; row < rows; row++)
		for (int col = 0; col < cols; col++) {
			int out_row = output_at(t, row, t->top);
			int out_col = output_at(t, col, t->left);

			t->scan += t->step;
			if (out_row < 0 || out_col < 0)
				continue;
			t->scan = later(t->scan, t->taken + WIDE_WAIT);
			t->taken = later(t->scan + WIDE_WAIT, t->selected);
			t->selected = t->taken + t->select;
			t->end = later(t->end,
				       t->selected + to_end +
					       (written(t, out_row, out_col) ? WIDE_TO_MAP
									     : WIDE_TO_DROP));
		}
	return later(t->end, t->scan + WIDE_TO_IDLE);
}

static uint32_t select_cycles(const uint32_t *front_words, int lanes)
{
	uint32_t groups = FIELD(front_words, F_GROUPS) + 1;
	uint32_t terms = FIELD(front_words, F_TERMS) + 1;
	uint32_t word = (uint32_t)(MAP_WORD_BITS / lanes);
	uint32_t padding = (word - groups % word) % word;

	return groups * terms + padding;
}

uint32_t cycles_front(const uint32_t *front_words, const struct device_limits *limits)
{
	int rows = (int)FIELD(front_words, F_ROWS) + 1, cols = (int)FIELD(front_words, F_COLS) + 1;
	int k = (int)FIELD(front_words, F_K), lanes = limits->front_lanes;
	bool same = FIELD(front_words, F_SAME), is_wide = lanes >= JB_FRONT_WIDE;
	int pad = same ? k / 2 : 0;
	uint32_t kernel = k == 5 ? 5 : 3, channels = FIELD(front_words, F_CHANNELS);
	struct front_time t = {
		.top = same ? pad : k - 1,
		.left = same && !is_wide ? pad : k - 1,
		.stride = FIELD(front_words, F_STRIDE2) ? 2 : 1,
		.pool = FIELD(front_words, F_POOL),
		.step = is_wide ? channels : channels * (3 + kernel * (2 * kernel - 2)),
		.select = select_cycles(front_words, lanes),
	};

	if (is_wide)
		return wide(&t, rows + pad, cols + 2 * pad, FIELD(front_words, F_RAW),
			    limits->front_k);
	return serial(&t, rows + pad, cols + pad);
}
