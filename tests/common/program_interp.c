/* SPDX-License-Identifier: MIT
 * Executes program words: engine. */
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "program_interp.h"

enum { MAX_POSITIONS = 8, SLOTS = 9 };

int interp_open(struct interp *s, const uint32_t *words, const struct device_limits *limits)
{
	size_t count = (size_t)limits->map_rows * (size_t)limits->map_words;

	memset(s, 0, sizeof(*s));
	s->words = words;
	s->limits = limits;
	s->memory = malloc(count * sizeof(*s->memory));
	for (size_t i = 0; s->memory && i < count; i++)
		s->memory[i] = (uint32_t)(i * 2654435761u);
	return s->memory ? 0 : -1;
}

void interp_close(struct interp *s)
{
	free(s->memory);
	memset(s, 0, sizeof(*s));
}

struct place {
	uint32_t base; /* memory row of the block's input */
	int y, k;      /* row and position group */
};

/* Word that position p sees in a slot of a step. */
static uint32_t slot_word(const struct interp *s, const uint32_t *d, const uint32_t *step,
			  const struct place *at, int p, int slot)
{
	int mw = s->limits->map_words, pitch = (int)FIELD(d, O_IN_PITCH), g = (int)FIELD(d, O_IN_G);
	int stride = FIELD(d, O_CODE) == JB_OP_POOL ||
				     (FIELD(d, O_STRIDE2) && FIELD(d, O_CODE) != JB_OP_SJET)
			     ? 2
			     : 1;
	int j = p + slot % 3 + (int)FIELD(step, S_ALIGN), h = j / mw, r = slot / 3;
	int row = at->y * stride + (int8_t)FIELD(step, S_ROW) + r;
	int cg = 2 * at->k + (int8_t)FIELD(step, S_CG) + h;
	int address = (int)at->base + at->y * stride * pitch + 2 * at->k * g +
		      (int16_t)FIELD(step, S_OFFSET) + r * pitch + h * g;

	if (row < 0 || row >= (int)FIELD(d, O_IN_ROWS) || cg < 0 || cg >= (int)FIELD(d, O_IN_CG))
		return 0;
	return s->memory[address * mw + j % mw];
}

static uint32_t matches(uint32_t x, uint32_t w)
{
	return (uint32_t)__builtin_popcount(~(x ^ w));
}

/* What a block of weights makes of one position group: acc[output][position]. */
static void conv_group(struct interp *s, const uint32_t *d, const uint32_t *table,
		       const uint32_t *weights, const struct place *at)
{
	int outputs = (int)FIELD(d, O_NROW) * s->limits->outputs;
	int steps = (int)FIELD(d, O_STEPS) + 1;

	for (int i = 0; i < steps; i++, table += 2) {
		uint32_t mask = *weights++;
		int begins = i == 0 && !FIELD(d, O_ACC_IN);

		for (int o = 0; o < outputs; o++) {
			const uint32_t *w = weights;

			for (int p = 0; p < s->limits->positions; p++) {
				uint32_t *acc = &s->acc[o][p];

				*acc = begins ? 0 : FIELD(table, S_DOUBLE) ? 2 * *acc : *acc;
				w = weights;
				for (int slot = 0; slot < SLOTS; slot++)
					if (mask >> slot & 1)
						*acc += matches(slot_word(s, d, table, at, p, slot),
								*w++);
			}
			weights = w;
		}
	}
}

static void write_word(struct interp *s, uint32_t row, int m, uint32_t word, uint32_t enable)
{
	uint32_t *to = &s->memory[row * (uint32_t)s->limits->map_words + (uint32_t)m];

	*to = (*to & ~enable) | (word & enable);
}

/* Bits of a block of 8, 16 or 32 outputs at every computed position of the row (pooled: of the
 * pair) to the map; a word's first block writes all of it. */
static void write_bits(struct interp *s, const uint32_t *d, int block, int y, const uint32_t *bits)
{
	int mw = s->limits->map_words, size = 8 << FIELD(d, O_LANE);
	int step = FIELD(d, O_POOL) || FIELD(d, O_STRIDE2) ? 2 : 1;
	int shift = block * size % 32, cols = (int)FIELD(d, O_OUT_CG) * mw;
	uint32_t enable = shift == 0   ? 0xFFFFFFFF
			  : size == 32 ? 0xFFFFFFFF
				       : ((1u << size) - 1) << shift;
	uint32_t row = FIELD(d, O_OUT_BASE) + (uint32_t)(block * size / 32) +
		       (uint32_t)y * FIELD(d, O_OUT_PITCH);

	for (int c = 0; c < cols; c++) {
		int x = c * step;
		uint32_t word = x < (int)FIELD(d, O_XLIM) ? bits[x] : 0;

		if (FIELD(d, O_POOL) && x + 1 < (int)FIELD(d, O_XLIM))
			word |= bits[x + 1];
		write_word(s, row + (uint32_t)(c / mw) * FIELD(d, O_OUT_G), c % mw, word << shift,
			   enable);
	}
}

static void add_scores(struct interp *s, const uint32_t *d, int block, const struct place *at)
{
	int outputs = (int)FIELD(d, O_NROW) * s->limits->outputs, mw = s->limits->map_words;
	int first = s->head_rows * s->limits->outputs;

	for (int o = 0; o < outputs; o++)
		for (int p = 0; p < s->limits->positions; p++) {
			int x = at->k * s->limits->positions + p;

			if (x < (int)FIELD(d, O_XLIM))
				s->total[first + o] += s->acc[o][p];
			if (FIELD(d, O_CAM) && x / mw < (int)FIELD(d, O_OUT_CG))
				write_word(s,
					   FIELD(d, O_OUT_BASE) +
						   (uint32_t)(block * outputs + o) *
							   FIELD(d, O_CAM_PITCH) +
						   (uint32_t)at->y * FIELD(d, O_OUT_PITCH) +
						   (uint32_t)(x / mw),
					   x % mw, s->acc[o][p], 0xFFFFFFFF);
		}
}

static const uint32_t *skip_weights(const struct interp *s, const uint32_t *d, const uint32_t *w)
{
	for (uint32_t i = 0; i <= FIELD(d, O_STEPS); i++)
		w += 1 + FIELD(d, O_NROW) * (uint32_t)s->limits->outputs *
				 (uint32_t)__builtin_popcount(*w);
	return w;
}

static const uint32_t *conv_block(struct interp *s, const uint32_t *d, const uint32_t *table,
				  const uint32_t *words, struct place at, int block)
{
	int outputs = (int)FIELD(d, O_NROW) * s->limits->outputs, pairs = (int)FIELD(d, O_POOL);
	uint32_t bits[256 + MAX_POSITIONS];

	for (at.y = 0; at.y < (int)FIELD(d, O_NY); at.y++) {
		if (!pairs || at.y % 2 == 0)
			memset(bits, 0, sizeof(bits));
		for (at.k = 0; at.k < (int)FIELD(d, O_NX); at.k++) {
			conv_group(s, d, table, words + outputs, &at);
			for (int p = 0; p < s->limits->positions; p++)
				for (int o = 0; o < outputs && o < 32; o++)
					bits[at.k * s->limits->positions + p] |=
						(uint32_t)(s->acc[o][p] >= words[o]) << o;
			if (FIELD(d, O_HEAD) && !FIELD(d, O_ACC_OUT))
				add_scores(s, d, block, &at);
		}
		if (!FIELD(d, O_HEAD) && !FIELD(d, O_ACC_OUT) && (!pairs || at.y % 2))
			write_bits(s, d, block, pairs ? at.y / 2 : at.y, bits);
	}
	if (FIELD(d, O_HEAD) && !FIELD(d, O_ACC_OUT)) {
		for (int o = 0; o < outputs; o++)
			s->total[s->head_rows * s->limits->outputs + o] =
				2 * s->total[s->head_rows * s->limits->outputs + o] + words[o];
		s->head_rows += (int)FIELD(d, O_NROW);
	}
	return skip_weights(s, d, words + outputs);
}

static int32_t tap(int k, int number, int at)
{
	static const int line3[3][3] = { { 1, 2, 1 }, { 1, 0, -1 }, { 1, -2, 1 } };
	static const int line5[5][5] = { { 1, 4, 6, 4, 1 },
					 { 1, 2, 0, -2, -1 },
					 { 1, 0, -2, 0, 1 },
					 { 1, -2, 0, 2, -1 },
					 { 1, -4, 6, -4, 1 } };

	return k == 3 ? line3[number][at] : line5[number][at];
}

/* Pointwise matches of output o at a virtual row and column (0: first column of group 0). */
static int32_t point(const struct interp *s, const uint32_t *d, const uint32_t *table,
		     const uint32_t *words, int o, int y, int x)
{
	struct place at = { .base = FIELD(d, O_IN_BASE) +
				    (FIELD(d, O_IN_FRONT) ? s->front_base : 0),
			    .y = y,
			    .k = x / s->limits->positions };
	int step_words = 1 + (int)FIELD(d, O_NROW) * s->limits->outputs * SLOTS;
	uint32_t sum = 0;

	for (uint32_t i = 0; i <= FIELD(d, O_STEPS); i++)
		sum += matches(slot_word(s, d, table + 2 * i, &at, x % s->limits->positions, 0),
			       words[32 + (int)i * step_words + 1 + o]);
	return (int32_t)sum;
}

/* Weight row j, unit u, slot n is output j*9*O + u*9 + n: just the order of the words. */
static const uint32_t *sjet_block(struct interp *s, const uint32_t *d, const uint32_t *table,
				  const uint32_t *words, int block)
{
	int k = FIELD(d, O_JET_K5) ? 5 : 3, pad = k - 1 - (int)FIELD(d, O_JET_DELAY);
	int left = pad ? s->limits->positions - pad : 0; /* virtual column of the kernel's first */
	int step = FIELD(d, O_STRIDE2) ? 2 : 1;

	for (int y = 0; y < (int)FIELD(d, O_NY) - k + 1; y += step) {
		uint32_t bits[256] = { 0 };

		for (int x = 0; x < (int)FIELD(d, O_XLIM); x++)
			for (int o = 0; o < 32; o++) {
				int32_t z = 0, t = (int32_t)(words[o] << 6) >> 6;

				for (int i = 0; i < k * k; i++)
					z += tap(k, (int)(words[o] >> 29), i / k) *
					     tap(k, (int)(words[o] >> 26 & 7), i % k) *
					     point(s, d, table, words, o, y + i / k,
						   left + x + i % k);
				bits[x] |= (uint32_t)(z >= t) << o;
			}
		write_bits(s, d, block, y / step, bits);
	}
	return skip_weights(s, d, words + 32);
}

static void pool_block(struct interp *s, const uint32_t *d, const uint32_t *table, int block)
{
	struct place at = { .base = FIELD(d, O_IN_BASE) + (uint32_t)block +
				    (FIELD(d, O_IN_FRONT) ? s->front_base : 0) };
	int mw = s->limits->map_words;

	for (at.y = 0; at.y < (int)FIELD(d, O_NY); at.y++)
		for (at.k = 0; at.k < (int)FIELD(d, O_NX); at.k++)
			for (int m = 0; m < mw; m++) {
				uint32_t word = 0;

				for (int slot = 0; slot < SLOTS; slot++)
					if (FIELD(table, S_MASK) >> slot & 1)
						word |= slot_word(s, d, table, &at, 2 * m, slot);
				if (at.k * s->limits->positions + 2 * m >= (int)FIELD(d, O_XLIM))
					word = 0;
				write_word(s,
					   FIELD(d, O_OUT_BASE) + (uint32_t)block +
						   (uint32_t)at.y * FIELD(d, O_OUT_PITCH) +
						   (uint32_t)at.k * FIELD(d, O_OUT_G),
					   m, word, 0xFFFFFFFF);
			}
}

int interp_op(struct interp *s)
{
	const uint32_t *d = s->record, *table = d + JB_OP_WORDS;
	const uint32_t *words = table + 2 * (FIELD(d, O_STEPS) + 1);
	struct place at = { .base = FIELD(d, O_IN_BASE) +
				    (FIELD(d, O_IN_FRONT) ? s->front_base : 0) };

	for (int b = 0; b < (int)FIELD(d, O_NBLK); b++)
		switch (FIELD(d, O_CODE)) {
		case JB_OP_CONV: words = conv_block(s, d, table, words, at, b); break;
		case JB_OP_SJET: words = sjet_block(s, d, table, words, b); break;
		default: pool_block(s, d, table, b); break;
		}
	s->record = words;
	s->ops++;
	if (FIELD(d, O_LAST))
		memcpy(s->scores, s->total, sizeof(s->scores));
	return !FIELD(d, O_LAST);
}
