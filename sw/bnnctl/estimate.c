/* SPDX-License-Identifier: MIT
 * What a board's accelerator takes of its part. Block RAMs, big RAMs and DSP blocks are counted
 * from the shapes of the memories. LUT4, flip-flops and logic cells are linear in outputs,
 * positions and so on, with the coefficients of estimate_table.h (`make estimate`). `make report`
 * has what was routed, docs/estimate.md compares. */
#include <string.h>

#include "board_limits.h"
#include "estimate.h"
#include "estimate_table.h"
#include "jetbnn_defs.h"

/* The coefficients of iCE40 are those of UP5K, whose DSP blocks hold 8 pairs of words of the
 * window. */
enum { SHAPES = 6, HELD_PAIRS = 8, PAIR_BITS = 64 };

static const struct part {
	const char *name;
	int ecp5;
	long there[RESOURCES];
} parts[] = {
	{ "up5k", 0, { 5280, 5280, 5280, 30, 4, 8 } },
	{ "lp8k", 0, { 7680, 7680, 7680, 32, 0, 0 } },
	{ "25k", 1, { 24288, 24288, 24288, 56, 0, 28 } },
	{ "85k", 1, { 83640, 83640, 83640, 208, 0, 156 } },
	{ 0 },
};

static const struct hardware {
	const char *board, *part, *core;
	int spram;
} hardware[] = {
#define HARDWARE(BOARD, PART, CORE, SPRAM) { BOARD, PART, CORE, SPRAM },
	BOARD_HARDWARE(HARDWARE){ 0 }
};

static const struct term {
	int ecp5;
	enum estimate_term term;
	double need[RES_CELLS + 1];
} terms[] = {
#define TERM(ECP5, NAME, LUT4, FF, CELLS) { ECP5, NAME, { LUT4, FF, CELLS } },
	ESTIMATE_TERMS(TERM)
};

static const struct part *part_find(const char *name)
{
	for (const struct part *p = parts; p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

static int ceil_div(int a, int b)
{
	return (a + b - 1) / b;
}

static int blocks(const struct part *part, int width, int depth)
{
	static const int ice40[SHAPES][2] = { { 16, 256 }, { 8, 512 }, { 4, 1024 }, { 2, 2048 } };
	static const int ecp5[SHAPES][2] = { { 36, 512 }, { 18, 1024 }, { 9, 2048 },
					     { 4, 4096 }, { 2, 8192 },  { 1, 16384 } };
	const int(*shape)[2] = part->ecp5 ? ecp5 : ice40;
	int least = 0;

	for (int i = 0; i < SHAPES && shape[i][0]; i++) {
		int n = ceil_div(width, shape[i][0]) * ceil_div(depth, shape[i][1]);

		if (!least || n < least)
			least = n;
	}
	/* Yosys' costs: 4 for 16 words of 4 bits, 128 for a block. */
	if (part->ecp5 && 4 * ceil_div(width, 4) * ceil_div(depth, 16) < 128 * least)
		return 0;
	return least;
}

int estimate_blocks(const char *part, int width, int depth)
{
	const struct part *p = part_find(part);

	return p ? blocks(p, width, depth) : 0;
}

static int log2_up(int n)
{
	int bits = 0;

	while (1 << bits < n)
		bits++;
	return bits;
}

/* The wide form takes a code of 18 bits for each output, two in a memory, and keeps no values. */
static int wide_blocks(const struct part *part, const struct device_limits *l, int groups)
{
	int f = l->front_lanes, k = l->front_k;

	return blocks(part, 8 * (k - 1), l->side * (l->front_channels == 3 ? 4 : 1)) +
	       f / 2 * blocks(part, 36, l->front_code_rows) +
	       f * blocks(part, k == 5 ? 18 : 14, groups);
}

/* The memories of the front end: pool, lines, values of two positions, codes, thresholds. */
static int front_blocks(const struct part *part, const struct device_limits *l)
{
	int k = l->front_k, f = l->front_lanes, code_memories = ceil_div(f, 4);
	int groups = l->front_outputs / f;
	int place = log2_up(l->front_outputs / 32); /* bits of a word's place in a position */
	int half = f <= 8;                          /* the pool works on half words */
	int pool = blocks(part, half ? 16 : 32, l->side << place >> !half);
	int unit = blocks(part, 2 * k + 7, 256) + blocks(part, k == 5 ? 19 : 15, groups);

	if (f >= JB_FRONT_WIDE)
		return pool + wide_blocks(part, l, groups);
	return pool + blocks(part, 8 * (k - 1), l->side * (l->front_channels == 3 ? 4 : 2)) +
	       f * unit + code_memories * blocks(part, 8 * f / code_memories, l->front_code_rows);
}

static int engine_blocks(const struct part *part, const struct device_limits *l)
{
	int reads = limits_row_cycles(l);
	int weights = l->resident ? blocks(part, 9 * 32, l->weight_rows)
				  : 9 * blocks(part, 32 / reads, 2 * l->weight_rows * reads);
	int thresholds =
		blocks(part, l->jet_cols ? 32 : l->acc_bits, l->resident ? JB_THRESHOLD_ROWS : 64);

	return l->outputs * (weights + thresholds + blocks(part, l->positions * l->acc_bits, 32));
}

/* Scores and counters, two bits wide; two rings and descriptors of USB or the queue of the serial
 * line; the ejector's configuration and pulses. */
static int control_blocks(const struct part *part, const struct device_limits *l, int usb)
{
	return blocks(part, 2, 4096) + (usb ? 3 : 1) * blocks(part, 8, 512) +
	       (l->ejector ? blocks(part, 32, 256) + blocks(part, 24, 8 * JB_OUT_PULSES) : 0);
}

static double value(enum estimate_term term, const struct device_limits *l, int usb)
{
	switch (term) {
	case EST_CORE: return 1;
	case EST_POSITIONS: return l->positions;
	case EST_LANES: return (double)l->outputs * l->positions;
	case EST_HALVES: return l->halves ? (double)l->outputs * l->positions : 0;
	case EST_FRONT: return l->front_lanes < JB_FRONT_WIDE ? l->front_lanes - 1 : 0;
	case EST_WIDE: return l->front_lanes >= JB_FRONT_WIDE;
	case EST_K5: return l->front_k == 5;
	case EST_USB: return usb;
	case EST_UART: return !usb;
	case EST_EJECT: return l->ejector != 0;
	}
	return 0;
}

static void fill(const struct hardware *h, const struct part *part, const struct device_limits *l,
		 struct estimate *out)
{
	int usb = !strcmp(h->core, "usb");
	double need[RES_CELLS + 1] = { 0 };

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		if (terms[i].ecp5 == part->ecp5)
			for (int r = 0; r <= RES_CELLS; r++)
				need[r] += terms[i].need[r] * value(terms[i].term, l, usb);
	for (int r = 0; r <= RES_CELLS; r++)
		out->need[r] = (long)(need[r] + 0.5);
	out->need[RES_RAM] =
		front_blocks(part, l) + engine_blocks(part, l) + control_blocks(part, l, usb);
	if (h->spram) {
		out->need[RES_BIG] = 2 + 2L * l->map_words;
		out->need[RES_DSP] = HELD_PAIRS;
		return;
	}
	/* Bytes of maps are written alone; a byte of the block RAM of ECP5 has nine bits. */
	out->need[RES_RAM] +=
		blocks(part, 32, l->model_words - (l->lent ? l->map_rows : 0)) +
		(l->resident ? 2 : 1) *
			blocks(part, (part->ecp5 ? 36 : 32) * l->map_words, l->map_rows);
	if (!part->ecp5) {
		out->need[RES_FF] += (long)HELD_PAIRS * PAIR_BITS;
		out->need[RES_CELLS] += (long)HELD_PAIRS * PAIR_BITS;
	}
}

const char *resource_name(enum resource r)
{
	static const char *const names[] = { "lut4", "ff", "cells", "ram", "bigram", "dsp" };

	return names[r];
}

int estimate_make(const struct board *board, struct estimate *out)
{
	memset(out, 0, sizeof(*out));
	for (const struct hardware *h = hardware; h->board; h++) {
		const struct part *part = part_find(h->part);

		if (strcmp(h->board, board->name) || !part)
			continue;
		out->part = part->name;
		memcpy(out->there, part->there, sizeof(out->there));
		fill(h, part, &board->limits, out);
		return 0;
	}
	return -1;
}
