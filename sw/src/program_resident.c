/* SPDX-License-Identifier: MIT
 * Compiler: blocks of devices whose weights stay in the weight memory. */
#include <string.h>
#include <zlib.h>

#include "bytes.h"
#include "program_parts.h"

#define MAX_ROWS 32 /* accumulators of a unit */

int blocks_most(const struct device_limits *l)
{
	return l->resident ? MAX_ROWS * l->outputs : WORD_BITS;
}

int resident_row_words(const struct device_limits *l)
{
	return l->outputs * STEP_SLOTS;
}

/* The rows of a step: unit after unit, slot after slot. */
static void step_rows(const struct plan *p, const struct stage *s, const struct windows *w,
		      const struct window_step *step, int first, int rows, struct words *out)
{
	int units = p->limits->outputs;

	for (int i = 0; i < rows * units; i++)
		for (int slot = 0; slot < STEP_SLOTS; slot++)
			words_put(out, step->mask >> slot & 1
					       ? fold_weights(p, s, w, step, slot, first + i)
					       : 0);
}

void resident_block(const struct plan *p, const struct stage *s, const struct windows *w,
		    const struct blocks *b, const struct segment *seg, int block,
		    struct streams *out)
{
	int units = p->limits->outputs, first = block * b->outputs;
	uint32_t end[1] = { run_word(JB_RUN_BLOCK, out->threshold_rows, 0, 0, 0) };

	FIELD_SET(end, R_OP_END, block == seg->block + seg->blocks - 1);
	FIELD_SET(end, R_ADDRESS, out->rows.n / resident_row_words(p->limits));
	words_put(&out->blocks, *end);
	for (int u = 0; u < units; u++) {
		words_put(&out->thresholds,
			  run_word(JB_RUN_THRESHOLDS, out->threshold_rows, u, 0, b->rows));
		for (int j = 0; j < b->rows; j++)
			words_put(&out->thresholds, fold_threshold(p, s, w, first + j * units + u));
	}
	out->threshold_rows += b->rows;
	for (int i = seg->first; i < seg->last && !out->rows.failed; i++) {
		struct window_step step = windows_step(w, i);

		step_rows(p, s, w, &step, first, b->rows, &out->rows);
	}
}

int resident_check(const struct plan *p, int layer, const struct streams *s, struct bnn_err *err)
{
	int rows = s->rows.n / resident_row_words(p->limits);

	if (rows > p->limits->weight_rows)
		return limit_error(p, layer, "weight memory rows (up to this layer)", rows,
				   p->limits->weight_rows, err);
	if (s->threshold_rows > JB_THRESHOLD_ROWS)
		return limit_error(p, layer, "threshold memory rows (up to this layer)",
				   s->threshold_rows, JB_THRESHOLD_ROWS, err);
	return BNN_OK;
}

uint32_t resident_crc(const struct words *rows)
{
	uLong crc = crc32_z(0, NULL, 0);

	for (int i = 0; i < rows->n; i++) {
		uint8_t bytes[4];

		bytes_set_u32(bytes, rows->p[i]);
		crc = crc32_z(crc, bytes, sizeof(bytes));
	}
	return (uint32_t)crc;
}
