/* SPDX-License-Identifier: MIT
 * Cycle model of the engine: the walk through the lists, the rows of each window and the loader beside them.
 * Same recurrences as hw/engine/{seq,walk,mac_ctrl,loader,writeback,head}.v; the counters of the hardware
 * must be equal (tests/chain). All times are cycle numbers; 1 is the first of the image. The only thing
 * that walk and loader share is model memory, where walk comes first, and map memory where it holds the end of
 * the program. */
#include "cycles_engine.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "fields.h"
#include "jetbnn_defs.h"

/* Cycles between events, counted in the RTL. */
enum {
	GO_TO_BLOCK =
		7, /* seq's GO, or an entry that ends a block, to walk being ready for a block */
	HEAD_TO_TAKE = 2,   /* a run's header being asked for to it being there */
	ENTRY_TO_READ = 1,  /* READ entry to its access of map memory */
	ENTRY = 2,          /* model memory being asked for an entry to the entry */
	STEP_TO_SWAP = 2,   /* STEP entry to the window being taken at once */
	SWAP_SOON = 3,      /* entries of the next window may come this early */
	ROW_TO_FREE = 9,    /* weight address of a block's last row to its half being given back */
	ROW_TO_IDLE = 10,   /* the same row to the end of an operation without results */
	ROW_TO_WRITE = 11,  /* to its first map word */
	ROW_TO_CAM = 9,     /* to its first class-map word */
	ROW_TO_SCORE = 9,   /* to the head's work on its sums */
	ROW_TO_JETS_1 = 18, /* to jet_hidden being empty, one output unit */
	ROW_TO_JETS_2 = 21, /* two units */
	ROW_TO_JETS_N = 22, /* four and eight units */
	COPY_CYCLES = 33,   /* 32 shared-jet parameters */
	PACE_1 = 16, /* a row whose sums are written or scored, one output unit or resident */
	PACE_N = 32  /* more units */
};

#define NEVER INT64_MAX

/* hw/engine/loader.v, cycle by cycle where walk may come between. Words from own_words on lie in map memory:
 * engine reads come first there, and of the cycles they leave the loader never gets two in a row (map_mem.v). */
struct loader {
	const uint32_t *program;
	uint32_t own_words;
	uint32_t at; /* word of the program */
	enum { HEAD, TAKE, BODY } state;
	bool halves; /* a word of weights takes two cycles */
	bool slow;   /* the run is of such words */
	bool gap;    /* and this is the second of the latest */
	uint32_t left;
	int64_t now;         /* first cycle not yet simulated */
	int64_t head_at;     /* TAKE: cycle in which the header is there */
	uint64_t map_reads;  /* bit i: an engine read of map memory in cycle now + i */
	bool others;         /* the next free cycle of map memory is not the loader's */
	uint64_t loaded;     /* blocks, counted over the image */
	int64_t full_at[2];  /* first cycle in which the half's latest block is seen as full */
	int64_t freed_at[2]; /* and as given back; NEVER while it is in use */
	bool op_end[2];
};

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* n cycles without a word from map memory; `took` is for n = 1: with one. */
static void loader_pass(struct loader *l, int64_t n, bool took)
{
	uint64_t cycles;

	if (n <= 0)
		return;
	cycles = n < 64 ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
	if ((l->map_reads & cycles) != cycles)
		l->others = took;
	l->gap = false;
	l->map_reads = n < 64 ? l->map_reads >> n : 0;
	l->now += n;
}

/* The header at `at` is there: one cycle. */
static void loader_take(struct loader *l)
{
	const uint32_t *run = l->program + l->at;
	int half = (int)(l->loaded & 1);

	l->at++;
	l->state = HEAD;
	switch (FIELD(run, R_KIND)) {
	case JB_RUN_JUMP: l->at = FIELD(run, R_ADDRESS); break;
	case JB_RUN_BLOCK:
		l->full_at[half] = l->now + 1;
		l->freed_at[half] = NEVER;
		l->op_end[half] = FIELD(run, R_OP_END);
		l->loaded++;
		break;
	default:
		l->state = BODY;
		l->left = FIELD(run, R_COUNT);
		l->slow = l->halves && FIELD(run, R_KIND) == JB_RUN_WEIGHTS;
	}
	loader_pass(l, 1, false);
}

/* One cycle in which no word is asked for, or walk comes first. */
static void loader_idle(struct loader *l)
{
	if (l->state == TAKE && l->now == l->head_at)
		loader_take(l);
	else
		loader_pass(l, 1, false);
}

static bool loader_asks(const struct loader *l)
{
	return (l->state == BODY && !l->gap) ||
	       (l->state == HEAD && l->freed_at[l->loaded & 1] <= l->now);
}

/* Whether a word that is asked for in this cycle has to wait for map memory. */
static bool loader_waits(const struct loader *l)
{
	return l->at >= l->own_words && ((l->map_reads & 1) || l->others);
}

/* One cycle in which a word is asked for. */
static void loader_ask(struct loader *l)
{
	bool lent = l->at >= l->own_words;

	if (loader_waits(l)) {
		loader_pass(l, 1, false);
		return;
	}
	if (l->state == HEAD) {
		l->state = TAKE;
		l->head_at = l->now + HEAD_TO_TAKE;
	} else {
		l->at++;
		if (--l->left == 0)
			l->state = HEAD;
	}
	loader_pass(l, 1, lent);
	l->gap = l->slow && l->state == BODY;
}

/* Words asked for in cycles up to `end` (not included), all of model memory. */
static void loader_body(struct loader *l, int64_t end)
{
	int64_t n = end - l->now < l->left ? end - l->now : l->left;

	l->at += (uint32_t)n;
	l->left -= (uint32_t)n;
	if (l->left == 0)
		l->state = HEAD;
	loader_pass(l, n, false);
}

/* Cycles up to `end` (not included) in which walk leaves model memory alone. */
static void loader_run(struct loader *l, int64_t end)
{
	while (l->now < end) {
		int64_t freed = l->freed_at[l->loaded & 1];

		if (l->state == TAKE)
			loader_idle(l);
		else if (l->state == BODY && !l->slow && l->at + l->left <= l->own_words)
			loader_body(l, end);
		else if (l->gap)
			loader_pass(l, 1, false);
		else if (!loader_asks(l))
			loader_pass(l, (freed < end ? freed : end) - l->now, false);
		else
			loader_ask(l);
	}
}

/* Walk takes model memory in this cycle. */
static void loader_wait(struct loader *l, int64_t cycle)
{
	loader_run(l, cycle);
	if (loader_asks(l) && l->at >= l->own_words)
		loader_ask(l);
	else
		loader_idle(l);
}

/* Cycle behind the last of n map words that are to be written from cycle t on: a word that the loader takes from map
 * memory comes before them. Walk asks for nothing. */
static int64_t loader_writes(struct loader *l, int64_t t, int64_t n)
{
	for (; n > 0; t++) {
		loader_run(l, t);
		if (!loader_asks(l) || l->at < l->own_words || loader_waits(l))
			n--;
	}
	return t;
}

/* Cycle in which block n of the image, or a later one in its half, is seen as full. */
static int64_t loader_full(struct loader *l, uint64_t n)
{
	while (l->loaded <= n)
		loader_run(l, l->now + 1);
	return l->full_at[n & 1];
}

struct engine {
	struct engine_shape shape;
	struct loader loader;
	uint64_t begun;      /* blocks */
	int64_t swap;        /* of the latest window */
	int64_t done;        /* last cycle of its rows */
	bool paced;          /* its rows are */
	int64_t last_row;    /* its last weight address */
	int64_t window_free; /* the next window's entries may be asked for */
};

/* Header of the operation under way. */
struct op {
	const uint32_t *header;
	bool head, cam, sjet, pool, acc_out;
	int64_t rows;
};

static void read_op(const uint32_t *header, struct op *o)
{
	o->header = header;
	o->head = FIELD(header, O_HEAD);
	o->cam = FIELD(header, O_CAM);
	o->sjet = FIELD(header, O_CODE) == JB_OP_SJET;
	o->pool = FIELD(header, O_CODE) == JB_OP_POOL;
	o->acc_out = FIELD(header, O_ACC_OUT);
	o->rows = (int64_t)FIELD(header, O_NROW) + 1;
}

/* STEP in cycle e: its window is taken when it is complete and the rows before it are out. */
static void take_window(struct engine *e, const struct op *o, int64_t step, bool paced)
{
	int64_t pace = e->shape.outputs == 1 || e->shape.resident ? PACE_1 : PACE_N;
	bool late = e->shape.jets || e->shape.resident || e->shape.positions == 8;

	e->swap = max64(step + STEP_TO_SWAP, e->done);
	e->paced = paced;
	e->done = e->swap + o->rows * (e->paced ? pace : e->shape.row_cycles);
	e->last_row = (e->paced ? e->done + e->shape.row_cycles - pace : e->done) + (late ? 1 : 0);
}

/* STEP in cycle `step`; returns the first cycle in which the next window's entries may be asked for. */
static int64_t run_step(struct engine *e, const struct op *o, int64_t step, bool paced)
{
	bool behind_paced = e->paced && e->done >= step + STEP_TO_SWAP;

	take_window(e, o, step, paced);
	return behind_paced ? e->swap + 1 : max64(step + STEP_TO_SWAP, e->swap - SWAP_SOON);
}

/* The header behind a list that ends with `at`. */
static const uint32_t *behind(const struct engine *e, const uint32_t *at)
{
	ptrdiff_t lines = (at + 1 - e->loader.program) / JB_LIST_ALIGN;

	return e->loader.program + (lines + (e->shape.resident ? 1 : 0)) * JB_LIST_ALIGN;
}

/* The list of one block; its first entry may be asked for in cycle r. Returns the cycle of the last
 * MOVE_Y; *next: the header behind. */
static int64_t run_list(struct engine *e, const struct op *o, int64_t r, const uint32_t **next)
{
	const uint32_t *list = o->header + JB_LIST_HEADER, *at = list;
	uint32_t x = FIELD(o->header, O_NX), y = FIELD(o->header, O_NY);
	bool hold = false; /* the entry before asks for a hold behind this one */

	for (r = max64(r, e->window_free);; at++) {
		uint32_t kind = FIELD(at, E_READ) ? JB_ENTRY_NOP : FIELD(at, E_KIND);
		bool back = false;

		loader_wait(&e->loader, r++);
		int64_t entry = r - 1 + ENTRY;

		if (FIELD(at, E_READ))
			e->loader.map_reads |= (uint64_t)1
					       << (entry + ENTRY_TO_READ - e->loader.now);
		if (kind == JB_ENTRY_STEP) {
			bool results = o->cam || (o->head && x == 0 && y == 0);

			e->window_free = run_step(e, o, entry, results && FIELD(at, E_LAST));
			if (hold)
				r = max64(entry + 1, e->window_free);
		} else if (kind == JB_ENTRY_MOVE_X && x > 0) {
			x--;
			back = true;
		} else if (kind == JB_ENTRY_MOVE_Y && y > 0) {
			x = FIELD(at, E_NX);
			y--;
			back = true;
		}
		hold = kind == JB_ENTRY_NOP && FIELD(at, E_HOLD);
		if (back || kind == JB_ENTRY_MOVE_Y)
			while (r <= entry)
				loader_wait(&e->loader, r++); /* asked for in vain */
		if (back) {
			r = max64(r, e->window_free);
			at = list - 1;
		} else if (kind == JB_ENTRY_MOVE_Y) {
			*next = behind(e, at);
			return entry;
		}
	}
}

/* Cycle in which jet_hidden is empty, `row` being the weight address of the last row sent to it. */
static int64_t jets_empty(const struct engine *e, int64_t row)
{
	return row + (e->shape.outputs == 1   ? ROW_TO_JETS_1
		      : e->shape.outputs == 2 ? ROW_TO_JETS_2
					      : ROW_TO_JETS_N);
}

/* Map rows that the last position group of the operation writes. */
static int last_writes(const struct op *o, const struct engine *e)
{
	bool one = e->shape.positions == 1 || FIELD(o->header, O_PAIRS) ||
		   FIELD(o->header, O_HALVE) || FIELD(o->header, O_TAIL_ONE);

	if (o->sjet && FIELD(o->header, O_DROP_ROWS) && FIELD(o->header, O_YLIM) % 2 == 0)
		return 0; /* even rows are kept */
	return one ? 1 : 2;
}

/* Cycle in which the operation ends. */
static int64_t op_end(const struct op *o, struct engine *e)
{
	int64_t row = e->last_row, units = e->shape.outputs;
	int64_t end = max64(row + ROW_TO_IDLE, e->done + 1);

	if (o->sjet)
		return loader_writes(&e->loader, jets_empty(e, row), last_writes(o, e));
	if (o->pool || o->acc_out)
		return end;
	if (!o->head)
		return loader_writes(&e->loader, row + ROW_TO_WRITE, last_writes(o, e));
	if (o->cam)
		end = max64(end, loader_writes(&e->loader, row + ROW_TO_CAM,
					       units * (e->shape.positions > 1 ? 2 : 1)));
	return max64(end, row + ROW_TO_SCORE + (units > 1 ? units : 0) +
				  (e->shape.positions > 1 ? 2 : 1));
}

/* Runs one operation from cycle `start` (GO); returns the cycle of its end. */
static int64_t run_op(struct engine *e, const struct op *o, int64_t start, const uint32_t **next)
{
	int64_t ready = start;
	bool first = true, last;

	do {
		int half = (int)(e->begun & 1);

		for (int i = 0; i < JB_LIST_HEADER; i++)
			loader_wait(&e->loader, ready + 1 + i);
		ready += GO_TO_BLOCK;
		if (o->sjet) {
			int64_t idle = first ? ready : max64(ready, jets_empty(e, e->last_row));

			ready = max64(idle, loader_full(&e->loader, e->begun)) + COPY_CYCLES;
		}
		ready = max64(ready, loader_full(&e->loader, e->begun));
		last = e->loader.op_end[half];
		e->begun++;
		first = false;
		ready = run_list(e, o, ready + 1, next);
		e->loader.freed_at[half] = e->last_row + ROW_TO_FREE + 1;
	} while (!last);
	return op_end(o, e);
}

/* The loader waits with two blocks loaded. */
static void loader_start(struct loader *l, const uint32_t *program, const struct engine_shape *e)
{
	memset(l, 0, sizeof(*l));
	l->program = program;
	l->own_words = e->own_words;
	l->halves = e->row_cycles > 1;
	l->at = JB_PROG_RESTART;
	while (l->loaded < 2)
		loader_run(l, l->now + 1);
	l->now = 1;
	l->others = false;
	l->full_at[0] = l->full_at[1] = 0;
}

struct engine_shape engine_shape_of(const struct device_limits *l)
{
	return (struct engine_shape){ .outputs = (uint32_t)l->outputs,
				      .positions = (uint32_t)l->positions,
				      .jets = l->jet_cols > 0,
				      .own_words = (uint32_t)limits_own_words(l),
				      .resident = l->resident,
				      .row_cycles = (uint32_t)limits_row_cycles(l) };
}

int cycles_engine(const uint32_t *program, const struct engine_shape *e, uint32_t *per_op)
{
	uint32_t ops = FIELD(program, F_OPS);
	const uint32_t *header = program + JB_LIST_FIRST;
	struct engine engine = { .shape = *e };
	int64_t start = 1;

	loader_start(&engine.loader, program, e);
	for (uint32_t i = 0; i < ops; i++) {
		struct op o;

		read_op(header, &o);
		int64_t end = run_op(&engine, &o, start, &header);
		per_op[i] = (uint32_t)(end - start + 1);
		start = end + 1;
	}
	return (int)ops;
}
