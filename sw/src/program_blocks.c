/* SPDX-License-Identifier: MIT
 * Compiler: how a windowed stage is cut into blocks and operations. Large blocks fetch a window less
 * often, small ones need less weight memory and waste fewer dummy outputs; the cycle model decides. */
#include <stdlib.h>

#include "cycles_engine.h"
#include "program_parts.h"

#define MAX_SIZES 16 /* of blocks */
#define MAX_ROWS 32  /* accumulators of a unit */

static bool fits(const struct plan *p, const struct blocks *b)
{
	int blocks = p->limits->resident ? b->count : 1; /* in weight memory together */

	return b->rows <= MAX_ROWS && b->rows * b->steps * blocks <= p->limits->weight_rows;
}

/* Engine cycles of the stage alone; -1 when out of memory. */
static int64_t cycles_of(const struct plan *p, const struct stage *s, const struct windows *w,
			 const struct blocks *b)
{
	struct engine_shape shape = engine_shape_of(p->limits);
	struct words front = { 0 }, alone = { 0 };
	struct streams stage = { .threshold_rows = 0 };
	uint32_t per_op[JB_MAX_OPS];
	int64_t sum = -1;

	if (words_add(&front, JB_PROG_FRONT_WORDS)) {
		FIELD_SET(front.p, F_OPS, conv_emit(p, s, w, b, &stage));
		program_join(&front, &stage, &alone);
		if (!alone.failed && !streams_failed(&stage)) {
			int ops = cycles_engine(alone.p, &shape, per_op);

			sum = 0;
			for (int i = 0; i < ops; i++)
				sum += per_op[i];
		}
	}
	free(front.p);
	streams_free(&stage);
	free(alone.p);
	return sum;
}

/* One block of all classes, or as many equal ones as the weight memory asks for. */
static bool cut_head(const struct plan *p, int classes, int steps, struct blocks *b)
{
	int rows = ceil_div(classes, p->limits->outputs);

	b->segments = 1;
	b->steps = steps;
	for (b->count = 1; b->count <= rows; b->count++) {
		b->rows = ceil_div(rows, b->count);
		b->outputs = b->rows * p->limits->outputs;
		if (fits(p, b))
			return true;
	}
	return false;
}

/* The whole weight set of an output block is too large: several operations add up its steps. Map
 * words are then written whole, so a hidden block is a word, or the only byte or half of one. */
static bool cut_segments(const struct plan *p, const struct stage *s, int outputs, int steps,
			 struct blocks *b)
{
	int lanes = p->limits->outputs, most;

	if (s->head) {
		b->count = ceil_div(ceil_div(outputs, lanes), MAX_ROWS);
		b->rows = ceil_div(ceil_div(outputs, lanes), b->count);
		b->outputs = b->rows * lanes;
	} else {
		b->outputs = outputs <= 8 ? 8 : outputs <= 16 ? 16 : 32;
		b->rows = b->outputs / lanes;
		b->count = ceil_div(outputs, b->outputs);
	}
	most = p->limits->weight_rows / b->rows;
	if (most == 0)
		return false;
	b->segments = ceil_div(steps, most);
	b->steps = ceil_div(steps, b->segments);
	b->segments = ceil_div(steps, b->steps);
	return true;
}

/* The next size of a block below `size`: whole words of which all blocks together make the positions'
 * words, then half a word and a quarter. */
static int smaller_block(int size, int words)
{
	if (size <= WORD_BITS)
		return size / 2;
	for (int n = size / WORD_BITS - 1; n > 1; n--)
		if (words % n == 0)
			return n * WORD_BITS;
	return WORD_BITS;
}

/* Blocks of several words where the device has them, of 32, 16 or 8 outputs; false when none fits or
 * memory ran out (*failed). */
static bool cut_blocks(const struct plan *p, const struct stage *s, const struct windows *w,
		       int outputs, struct blocks *best, bool *failed)
{
	struct blocks fit[MAX_SIZES];
	int count = 0, winner = 0, words = ceil_div(outputs, WORD_BITS);
	int most = blocks_most(p->limits) + WORD_BITS;
	int64_t least = 0;

	for (int size = smaller_block(most, words); size >= 8; size = smaller_block(size, words)) {
		struct blocks b = { .rows = size / p->limits->outputs,
				    .outputs = size,
				    .count = ceil_div(outputs, size),
				    .segments = 1,
				    .steps = w->steps };

		if (fits(p, &b))
			fit[count++] = b;
	}
	for (int i = 0; count > 1 && i < count; i++) {
		int64_t cycles = cycles_of(p, s, w, &fit[i]);

		*failed = *failed || cycles < 0;
		if (i == 0 || cycles < least) {
			least = cycles;
			winner = i;
		}
	}
	if (count > 0)
		*best = fit[winner];
	return count > 0 && !*failed;
}

static int too_large(const struct plan *p, const struct stage *s, const struct windows *w,
		     struct bnn_err *err)
{
	const struct net_layer *l = &p->model->net.layer[s->layer];
	int rows = s->head ? 1 : 8 / p->limits->outputs;

	if (p->limits->resident) /* all blocks together */
		rows = ceil_div(l->out, p->limits->outputs);
	return limit_error(p, s->layer, "weight memory rows", (long)rows * w->steps,
			   p->limits->weight_rows, err);
}

/* Without shared jets a bias is kept in the bits of an accumulator: hw/engine/head.v. */
static int check_biases(const struct plan *p, const struct stage *s, const struct windows *w,
			struct bnn_err *err)
{
	int64_t unit = (int64_t)1 << (p->limits->acc_bits - 2);

	for (int i = 0; p->limits->jet_cols == 0 && i < p->model->net.layer[s->layer].out; i++) {
		int64_t bias = (int32_t)fold_threshold(p, s, w, i);

		if (bias < -3 * unit)
			return limit_error(p, s->layer, "smallest bias of a class, folded",
					   (long)bias, (long)(-3 * unit), err);
		if (bias >= unit)
			return limit_error(p, s->layer, "largest bias of a class, folded",
					   (long)bias, (long)(unit - 1), err);
	}
	return BNN_OK;
}

int blocks_choose(const struct plan *p, const struct stage *s, const struct windows *w,
		  struct blocks *out, struct bnn_err *err)
{
	int outputs = p->model->net.layer[s->layer].out;
	int64_t top = (int64_t)w->weight_sum * windows_lanes(w) * (s->head ? conv_groups(p, s) : 1);
	int64_t most = ((int64_t)1 << p->limits->acc_bits) - 2;
	bool failed = false, found;

	if (top > most)
		return limit_error(p, s->layer, "accumulator range (weight bits of an output)",
				   (long)top, (long)most, err);
	if (s->head) {
		int rc = check_biases(p, s, w, err);

		if (rc)
			return rc;
	}
	found = s->head ? cut_head(p, outputs, w->steps, out)
			: cut_blocks(p, s, w, outputs, out, &failed);
	if (failed)
		return err_set(err, BNN_E_MEMORY, "out of memory for the program");
	if (!found && s->kind == STAGE_DENSE)
		found = cut_segments(p, s, outputs, w->steps, out);
	return found ? BNN_OK : too_large(p, s, w, err);
}
