/* SPDX-License-Identifier: MIT
 * Executes program words: engine. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "program_interp.h"

enum { MAX_POSITIONS = 8, SLOTS = 9, WORD_BITS = 32 };

static void load_thresholds(struct interp *s, const uint32_t *run)
{
	for (uint32_t i = 0; i < FIELD(run, R_COUNT); i++)
		s->threshold[FIELD(run, R_UNIT)][FIELD(run, R_ROW) + i] = run[1 + i];
}

int interp_open(struct interp *s, const struct program *p, const struct device_limits *limits)
{
	size_t count = (size_t)limits->map_rows * (size_t)limits->map_words;
	const uint32_t *run = p->words + FIELD(p->words + JB_PROG_FRONT_WORDS, R_ADDRESS);

	memset(s, 0, sizeof(*s));
	s->words = p->words;
	s->limits = limits;
	s->rows_at = p->count;
	s->memory = malloc(count * sizeof(*s->memory));
	for (size_t i = 0; s->memory && i < count; i++)
		s->memory[i] = (uint32_t)(i * 2654435761u);
	for (; FIELD(run, R_KIND) != JB_RUN_BOOT; run += 1 + FIELD(run, R_COUNT))
		if (FIELD(run, R_KIND) == JB_RUN_THRESHOLDS)
			load_thresholds(s, run);
	return s->memory ? 0 : -1;
}

void interp_close(struct interp *s)
{
	free(s->memory);
	memset(s, 0, sizeof(*s));
}

/* Loads the next block's weights and thresholds. */
static void load_block(struct interp *s)
{
	for (const uint32_t *w = s->words + s->run;; w = s->words + s->run) {
		uint32_t n = FIELD(w, R_COUNT);

		s->run++;
		switch (FIELD(w, R_KIND)) {
		case JB_RUN_BLOCK:
			s->op_end = FIELD(w, R_OP_END);
			s->t_first = FIELD(w, R_ROW); /* 0 where halves are loaded */
			s->w_first = FIELD(w, R_ADDRESS);
			return;
		case JB_RUN_WEIGHTS:
			for (uint32_t i = 0; i < n; i++)
				s->weight[FIELD(w, R_UNIT)][FIELD(w, R_SLOT)][FIELD(w, R_ROW) + i] =
					w[1 + i];
			break;
		default: load_thresholds(s, w);
		}
		s->run += n;
	}
}

/* Weight word of a row of the block. */
static uint32_t weight(const struct interp *s, int unit, int slot, int row)
{
	int units = s->limits->outputs;

	return s->limits->resident
		       ? s->words[s->rows_at + (((int)s->w_first + row) * units + unit) * SLOTS +
				  slot]
		       : s->weight[unit][slot][row];
}

/* Position of the group under way. */
struct place {
	uint32_t address; /* memory row */
	int row, cg;
};

static uint32_t matches(uint32_t x, uint32_t w)
{
	return (uint32_t)__builtin_popcount(~(x ^ w));
}

/* A map row into the window: word m of column group h is column h*MW + m - align. `behind`: that of the next
 * column group instead. */
static void read_entry(struct interp *s, const uint32_t *d, const uint32_t *e,
		       const struct place *at, int behind)
{
	int mw = s->limits->map_words, lanes = s->limits->positions;
	int row = at->row + ((int)(FIELD(e, E_ROW) ^ 8) - 8);
	int cg = at->cg + ((int)(FIELD(e, E_CG) ^ 8) - 8) + behind;
	uint32_t next = behind ? FIELD(d, O_IN_STEP) : 0;
	uint32_t address = (at->address + FIELD(e, E_OFFSET) + next) & 0xFFFF;
	bool inside = row >= 0 && row < (int)FIELD(d, O_ROWS) && cg >= 0 &&
		      cg < (int)FIELD(d, O_COLS);

	for (int m = 0; m < mw; m++) {
		int col = ((int)FIELD(e, E_SLOT_CG) + behind) * mw + m - (int)FIELD(e, E_ALIGN);

		if (col >= 0 && col < lanes + 2)
			s->window[FIELD(e, E_SLOT_ROW)][col] =
				inside ? s->memory[address * (uint32_t)mw + (uint32_t)m] : 0;
	}
}

/* Rows of the block on the window: acc[output][position]. */
static void conv_step(struct interp *s, const uint32_t *d, const uint32_t *e, bool begins,
		      int counted)
{
	int units = s->limits->outputs;

	if (FIELD(e, E_FIRST))
		s->row = 0;
	for (int j = 0; j <= (int)FIELD(d, O_NROW); j++, s->row++)
		for (int u = 0; u < units; u++)
			for (int p = 0; p < s->limits->positions; p++) {
				uint32_t *acc = &s->acc[j * units + u][p];

				*acc = begins ? 0 : FIELD(e, E_DOUBLE) ? 2 * *acc : *acc;
				for (int slot = 0; slot < SLOTS && p < counted; slot++)
					if (FIELD(e, E_MASK) >> slot & 1)
						*acc += matches(s->window[slot / 3][p + slot % 3],
								weight(s, u, slot, s->row));
			}
}

static uint32_t threshold(const struct interp *s, int o)
{
	return s->threshold[o % s->limits->outputs][s->t_first + (uint32_t)(o / s->limits->outputs)];
}

static void write_word(struct interp *s, uint32_t row, int m, uint32_t word, uint32_t enable)
{
	uint32_t *to = &s->memory[row * (uint32_t)s->limits->map_words + (uint32_t)m];

	*to = (*to & ~enable) | (word & enable);
}

/* One memory row of the output, and on to the next. The first block of a word writes all of it. */
static void write_row(struct interp *s, const uint32_t *d, const uint32_t *word)
{
	int size = 8 << FIELD(d, O_LANE);
	uint32_t enable = size == 32 || s->lane == 0 ? 0xFFFFFFFF : ((1u << size) - 1) << s->lane;

	for (int m = 0; m < s->limits->map_words; m++)
		write_word(s, s->out, m, word[m] << s->lane, enable);
	s->out += FIELD(d, O_OUT_STEP);
}

/* The words of a group's positions, `count` of them inside the map. */
static void write_group(struct interp *s, const uint32_t *d, uint32_t *word, int count, bool tail)
{
	int mw = s->limits->map_words, lanes = s->limits->positions;

	for (int p = count; p < lanes; p++)
		word[p] = 0;
	if (FIELD(d, O_PAIRS) || FIELD(d, O_HALVE)) {
		for (int m = 0; m < mw; m++)
			word[m] = word[2 * m] | (FIELD(d, O_PAIRS) ? word[2 * m + 1] : 0);
		write_row(s, d, word);
	} else {
		write_row(s, d, word);
		if (lanes > mw && !(tail && FIELD(d, O_TAIL_ONE)))
			write_row(s, d, word + mw);
	}
}

static void write_sums(struct interp *s, int outputs)
{
	int mw = s->limits->map_words;

	for (int o = 0; o < outputs; o++)
		for (int p = 0; p < s->limits->positions; p++) {
			write_word(s, s->out, p % mw, s->acc[o][p], 0xFFFFFFFF);
			if (p % mw == mw - 1)
				s->out++;
		}
}

static void add_scores(struct interp *s, int outputs)
{
	for (int o = 0; o < outputs && s->classes < 64; o++, s->classes++) {
		uint32_t sum = 0;

		for (int p = 0; p < s->limits->positions; p++)
			sum += s->acc[o][p];
		s->scores[s->classes] = (int32_t)(2 * sum + threshold(s, o));
	}
}

/* The words of a block: their map rows begin at one after the other; on from those of the first. */
static void write_words(struct interp *s, const uint32_t *d, int words, int count, bool tail)
{
	uint32_t first = s->out, next = first;

	for (int n = 0; n < words; n++) {
		s->out = first + (uint32_t)n;
		write_group(s, d, s->bits[n], count, tail);
		next = n ? next : s->out;
	}
	s->out = next;
}

static int ceil_words(int outputs)
{
	return (outputs + WORD_BITS - 1) / WORD_BITS;
}

/* STEP of a windowed operation. */
static void conv_results(struct interp *s, const uint32_t *d, const uint32_t *e, bool group_last,
			 int counted, bool tail)
{
	int outputs = ((int)FIELD(d, O_NROW) + 1) * s->limits->outputs;

	if (!FIELD(e, E_LAST) || FIELD(d, O_ACC_OUT))
		return;
	if (FIELD(d, O_CAM))
		write_sums(s, outputs);
	if (FIELD(d, O_HEAD)) {
		if (group_last)
			add_scores(s, outputs);
		return;
	}
	for (int o = 0; o < outputs; o++)
		for (int p = 0; p < s->limits->positions; p++) {
			uint32_t *word = &s->bits[o / WORD_BITS][p];

			if (!FIELD(e, E_OR) && o % WORD_BITS == 0)
				*word = 0;
			*word |= (uint32_t)(s->acc[o][p] >= threshold(s, o)) << o % WORD_BITS;
		}
	if (FIELD(e, E_WRITE))
		write_words(s, d, ceil_words(outputs), counted, tail);
}

static void pool_results(struct interp *s, const uint32_t *d, int counted)
{
	uint32_t word[MAX_POSITIONS];

	for (int p = 0; p < s->limits->positions; p++)
		word[p] = s->window[0][p] | s->window[0][p + 1] | s->window[1][p] |
			  s->window[1][p + 1];
	write_group(s, d, word, counted, false);
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

/* STEP of a shared-jet operation: pointwise matches of the group's positions, output o = j*9*O + u*9 + n,
 * kept by virtual row and column (0: first column of the row's first group). */
static void sjet_step(struct interp *s, const uint32_t *d, const uint32_t *e, int y, int x)
{
	int units = s->limits->outputs;

	if (FIELD(e, E_FIRST))
		s->row = 0;
	for (int j = 0; j <= (int)FIELD(d, O_NROW); j++, s->row++)
		for (int i = 0; i < units * SLOTS; i++)
			for (int p = 0; p < s->limits->positions; p++) {
				int o = j * units * SLOTS + i;
				uint32_t *sum;

				if (o >= 32)
					continue;
				sum = &s->point[y][x + p][o];
				*sum = (FIELD(e, E_FIRST) ? 0 : *sum) +
				       matches(s->window[0][p],
					       s->weight[i / SLOTS][i % SLOTS][s->row]);
			}
}

/* The block's result rows, when all pointwise sums are there. */
static void sjet_results(struct interp *s, const uint32_t *d)
{
	int k = FIELD(d, O_JET_K5) ? 5 : 3, pad = k - 1 - (int)FIELD(d, O_JET_DELAY);
	int lanes = s->limits->positions, cols = (int)FIELD(d, O_XLIM);
	int left = pad ? lanes - pad : 0; /* virtual column of the kernel's first */

	for (int y = 0; y < (int)FIELD(d, O_YLIM); y += FIELD(d, O_DROP_ROWS) ? 2 : 1) {
		for (int x = 0; x < cols; x += lanes) {
			uint32_t bits[MAX_POSITIONS] = { 0 };

			for (int p = 0; p < lanes && x + p < cols; p++)
				for (int o = 0; o < 32; o++) {
					uint32_t param = threshold(s, o);
					int32_t z = 0, t = (int32_t)(param << 6) >> 6;

					for (int i = 0; i < k * k; i++)
						z += tap(k, (int)(param >> 29), i / k) *
						     tap(k, (int)(param >> 26 & 7), i % k) *
						     (int32_t)s->point[y + i / k]
								      [left + x + p + i % k][o];
					bits[p] |= (uint32_t)(z >= t) << o;
				}
			write_group(s, d, bits, cols - x < lanes ? cols - x : lanes,
				    x + lanes >= cols);
		}
	}
}

/* The list of one block; returns the word behind it. */
static const uint32_t *run_list(struct interp *s, const uint32_t *d)
{
	struct place at = { .address = FIELD(d, O_IN_BASE) +
				       (FIELD(d, O_IN_FRONT) ? s->front_base : 0) };
	int nx = (int)FIELD(d, O_NX), ny = (int)FIELD(d, O_NY), x = 0, y = 0;

	for (const uint32_t *list = d + JB_LIST_HEADER, *e = list;; e++) {
		bool tail = x == nx, group_last = tail && y == ny;
		int counted = tail ? (int)FIELD(d, O_TAIL) + 1 : s->limits->positions;
		bool begins = FIELD(e, E_FIRST) && !FIELD(d, O_ACC_IN) &&
			      (!FIELD(d, O_HEAD) || (x == 0 && y == 0));

		if (FIELD(e, E_READ)) {
			for (int i = 0; i <= s->limits->resident; i++)
				read_entry(s, d, e, &at, i);
		} else if (FIELD(e, E_KIND) == JB_ENTRY_STEP) {
			if (FIELD(d, O_CODE) == JB_OP_CONV) {
				conv_step(s, d, e, begins, counted);
				conv_results(s, d, e, group_last, counted, tail);
			} else if (FIELD(d, O_CODE) == JB_OP_POOL) {
				pool_results(s, d, counted);
			} else {
				sjet_step(s, d, e, y, x * s->limits->positions);
			}
		} else if (FIELD(e, E_KIND) == JB_ENTRY_MOVE_X && x < nx) {
			at.address += FIELD(e, E_OFFSET);
			at.cg += (int)FIELD(e, E_CG);
			x++;
			e = list - 1;
		} else if (FIELD(e, E_KIND) == JB_ENTRY_MOVE_Y) {
			if (y == ny)
				return s->words +
				       ((e + 1 - s->words) / JB_LIST_ALIGN + s->limits->resident) *
					       JB_LIST_ALIGN;
			at.address += FIELD(e, E_OFFSET);
			at.row += (int)FIELD(e, E_ROW);
			at.cg = 0;
			x = 0;
			nx = (int)FIELD(e, E_NX);
			y++;
			e = list - 1;
		}
	}
}

int interp_op(struct interp *s)
{
	const uint32_t *d = s->record;
	int size = 8 << FIELD(d, O_LANE);
	int outputs = ((int)FIELD(d, O_NROW) + 1) * s->limits->outputs;
	bool several = FIELD(d, O_CODE) == JB_OP_CONV && outputs > WORD_BITS;
	uint32_t out = FIELD(d, O_OUT_BASE);

	s->out = out;
	s->lane = 0;
	do {
		load_block(s);
		s->record = run_list(s, d);
		if (FIELD(d, O_CODE) == JB_OP_SJET)
			sjet_results(s, d);
		if (!FIELD(d, O_HEAD)) {
			s->lane = (s->lane + size) % 32;
			out += several ? (uint32_t)ceil_words(outputs) : s->lane == 0;
			s->out = out;
		}
	} while (!s->op_end);
	s->ops++;
	return !FIELD(d, O_LAST);
}
