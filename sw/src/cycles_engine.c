/* SPDX-License-Identifier: MIT
 * Cycle model of the engine: when each step's window is fetched, swapped in and worked off, and when the
 * loader has the weights there. Same recurrences as hw/engine/{seq,fetch,mac_ctrl,loader}.v; the counters
 * of the hardware must be equal (tests/chain). All times are cycle numbers; 1 is the first of the image. */
#include <stdlib.h>

#include "cycles_engine.h"

/* Cycles between events, counted in the RTL. */
enum {
	DESC_CYCLES = 9,    /* seq: DESC to GO */
	GO_TO_STEP = 2,     /* GO to the first begin_step: table read */
	READ_LATENCY = 4,   /* begin_step + reads to the window being complete */
	SOON = 3,           /* mac_ctrl: rows left when the next step may begin */
	ROW_TO_FREE = 12,   /* weight address of a block's last row to its half being free */
	ROW_TO_IDLE = 13,   /* the same row to the end of the operation */
	ROW_TO_CAM = 10,    /* the same row to the first class-map write */
	ROW_TO_JETS_1 = 18, /* the same row to jet_hidden being empty, one output unit */
	ROW_TO_JETS_2 = 21, /* two units */
	ROW_TO_JETS_N = 22, /* four and eight units */
	COPY_CYCLES = 33,   /* 32 shared-jet parameters */
	SCAN_CYCLES = 3,    /* behind the last class score */
	LOAD_OP = 15,       /* S_OP to S_BLOCK, without the step table's words */
	LOAD_BLOCK = 7,     /* S_BLOCK to full, without the block's words */
	LOAD_MASK = 2,      /* per step and block */
	LOAD_EMPTY = 3      /* S_BLOCK to full of an OR pool's block */
};

static uint32_t bits_of(uint32_t word, int msb, int lsb)
{
	return (word >> lsb) & (uint32_t)((1ull << (msb - lsb + 1)) - 1);
}
#define FIELD(words, name) bits_of((words)[JB_##name##_WORD], JB_##name##_MSB, JB_##name##_LSB)

struct clock {
	int64_t free_at[2]; /* half given back, as the loader and fetch see it */
	int64_t full_at[2]; /* half full */
	int64_t loader;     /* loader is ready for its next block */
	uint64_t loaded;    /* blocks loaded, counted over the image */
	uint64_t begun;     /* blocks begun */
};

struct op {
	const uint32_t *desc, *table, *blocks;
	uint32_t code, steps, nrow, nblk, groups, outputs_a_row;
	int cam, sjet, pool, last, head;
	uint32_t next; /* words of the record */
};

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static uint32_t popcount9(uint32_t m)
{
	return (uint32_t)__builtin_popcount(m & 0x1FF);
}

static uint32_t threshold_words(const struct op *o, uint32_t units)
{
	return o->code == JB_OP_CONV ? o->nrow * units : o->code == JB_OP_SJET ? 32 : 0;
}

/* Words of one block behind its thresholds: mask words and weights. */
static uint32_t weight_words(const struct op *o, uint32_t units)
{
	if (o->code == JB_OP_POOL)
		return 0;
	const uint32_t *w = o->blocks + threshold_words(o, units);
	uint32_t n = 0;
	for (uint32_t s = 0; s < o->steps; s++)
		n += 1 + o->nrow * units * popcount9(w[n]);
	return n;
}

static void read_op(const uint32_t *record, uint32_t units, struct op *o)
{
	o->desc = record;
	o->table = record + JB_OP_WORDS;
	o->code = FIELD(record, O_CODE);
	o->steps = FIELD(record, O_STEPS) + 1;
	o->nrow = FIELD(record, O_NROW);
	o->nblk = FIELD(record, O_NBLK);
	o->groups = FIELD(record, O_NX) * FIELD(record, O_NY);
	o->cam = (int)FIELD(record, O_CAM);
	o->last = (int)FIELD(record, O_LAST);
	o->head = (int)FIELD(record, O_HEAD);
	o->sjet = o->code == JB_OP_SJET;
	o->pool = o->code == JB_OP_POOL;
	o->blocks = o->table + 2 * (size_t)o->steps;
	o->next = JB_OP_WORDS + 2 * o->steps +
		  o->nblk * (threshold_words(o, units) + weight_words(o, units));
}

/* The loader brings the next block of the image; the first of an operation behind its descriptor. */
static void load_block(struct clock *c, const struct op *o, uint32_t units, int first_of_op)
{
	int half = (int)(c->loaded & 1);
	if (c->loaded >= 2) {
		int64_t start = max64(c->loader, c->free_at[half]);
		if (first_of_op)
			start += LOAD_OP + 2 * (int64_t)o->steps;
		uint32_t thr = threshold_words(o, units);
		int64_t words =
			(int64_t)thr + weight_words(o, units) + (int64_t)o->steps * (LOAD_MASK - 1);
		c->full_at[half] = start + (o->pool ? LOAD_EMPTY : LOAD_BLOCK + words);
		c->loader = c->full_at[half];
	}
	c->loaded++;
}

static int64_t reads_of(const struct op *o, uint32_t step)
{
	uint32_t mask = bits_of(o->table[2 * step], JB_S_MASK_MSB, JB_S_MASK_LSB);
	return o->pool ? 4 : mask == 1 ? 2 : 12;
}

/* Map rows that the last position group of the operation writes for one word: 0, 1 or 2. */
static int last_writes(const struct op *o, const struct engine_shape *e)
{
	int stride2 = (int)FIELD(o->desc, O_STRIDE2);
	if (o->sjet && stride2) {
		uint32_t results = FIELD(o->desc, O_NY) - (FIELD(o->desc, O_JET_K5) ? 4 : 2);
		return results % 2 == 1; /* even rows are kept */
	}
	uint32_t groups = (FIELD(o->desc, O_XLIM) + e->positions - 1) / e->positions;
	return !stride2 && 2 * groups - 1 < FIELD(o->desc, O_OUT_CG) ? 2 : 1;
}

/* Cycle in which jet_hidden is empty, `row` being the weight address of the last row sent to it. */
static int64_t jets_empty(const struct engine_shape *e, int64_t row)
{
	return row + (e->outputs == 1   ? ROW_TO_JETS_1
		      : e->outputs == 2 ? ROW_TO_JETS_2
					: ROW_TO_JETS_N);
}

/* Cycle in which the operation ends, `row` being the weight address of its last row. */
static int64_t op_end(const struct op *o, const struct engine_shape *e, int64_t row)
{
	if (o->sjet)
		return jets_empty(e, row) + last_writes(o, e);
	if (o->cam)
		return row +
		       max64(ROW_TO_IDLE, ROW_TO_CAM + (int64_t)e->outputs * last_writes(o, e));
	return row + ROW_TO_IDLE;
}

/* Runs one operation from cycle `start` (first of DESC); returns the cycle of its end. */
static int64_t run_op(struct clock *c, const struct op *o, const struct engine_shape *e,
		      int64_t start)
{
	int64_t pace = o->cam ? 2 * (int64_t)e->outputs + 2 : 1;
	int64_t rows = o->nrow ? o->nrow : 1, busy = rows * pace;
	int64_t late = e->jets ? 1 : 0; /* slots register */
	int64_t go = start + DESC_CYCLES, idle = go + 1;
	int64_t begin = go + GO_TO_STEP, swap = INT64_MIN / 2, last_row = 0;
	int64_t rest = o->steps == 1 ? 3 : 2;

	for (uint32_t b = 0; b < o->nblk; b++) {
		int half = (int)(c->begun & 1);
		while (c->loaded <= c->begun)
			load_block(c, o, e->outputs, b == 0);
		int64_t ready = max64(c->full_at[half], c->free_at[half]);
		if (o->sjet)
			begin = max64(begin, max64(idle, ready) + COPY_CYCLES);
		begin = max64(begin, ready);
		c->begun++;
		for (uint32_t n = 0; n < o->groups * o->steps; n++) {
			int64_t reads = reads_of(o, n % o->steps);
			int64_t swap_before = swap;
			swap = max64(begin + reads + READ_LATENCY, swap + busy);
			int64_t next = o->cam ? swap_before + busy + 1
					      : swap_before + max64(1, busy - SOON);
			idle = begin + reads + rest; /* fetch waits for its next block from here */
			begin = max64(idle, next);
		}
		last_row = swap + busy - (pace - 1) + late;
		c->free_at[half] = last_row + ROW_TO_FREE + 1;
		idle = max64(idle, jets_empty(e, last_row));
	}
	return op_end(o, e, last_row);
}

int cycles_engine(const uint32_t *program, const struct engine_shape *e, uint32_t *per_op)
{
	uint32_t ops = FIELD(program, F_OPS), classes = FIELD(program, F_CLASSES);
	const uint32_t *record = program + JB_PROG_FRONT_WORDS + FIELD(program, F_CODE_WORDS) +
				 FIELD(program, F_THR_WORDS);
	struct clock c = { { 0, 0 }, { 0, 0 }, 0, 0, 0 };
	int64_t start = 1;

	for (uint32_t i = 0; i < ops; i++) {
		struct op o;
		read_op(record, e->outputs, &o);
		int64_t end = run_op(&c, &o, e, start);
		if (o.last)
			end += classes + SCAN_CYCLES;
		per_op[i] = (uint32_t)(end - start + 1);
		start = end + 1;
		record += o.next;
	}
	return (int)ops;
}
