/* SPDX-License-Identifier: MIT
 * Executes program words in C, following hw/defs/jetbnn.def literally: what the hardware does,
 * without its timing. For tests of the compiler. */
#ifndef TESTS_PROGRAM_INTERP_H
#define TESTS_PROGRAM_INTERP_H

#include <stdbool.h>
#include <stdint.h>

#include "program.h"

struct interp {
	const uint32_t *words;
	const struct device_limits *limits;
	uint32_t *memory;       /* map memory, owned */
	const uint32_t *record; /* header of the next operation */
	uint32_t run;           /* word of the program: the loader's next run */
	int ops;                /* operations done */
	/* engine */
	uint32_t front_base;
	uint32_t weight[8][9][256]; /* [unit][slot][row] */
	uint32_t threshold[8][JB_THRESHOLD_ROWS];
	int rows_at;      /* resident: of the program's words, the first weight row */
	uint32_t w_first; /* rows where the block's weights and thresholds begin */
	uint32_t t_first;
	bool op_end; /* the block loaded is the operation's last */
	uint32_t window[3][10];
	int row; /* weight row */
	uint32_t acc[256][8];
	uint32_t bits[8][8]; /* [word of the block][position] */
	uint32_t out;        /* map row written next */
	int lane;            /* bit of a word where the block begins */
	uint32_t point[140][160][32];
	int classes;
	int32_t scores[64];
};

/* 0, or -1 when out of memory. Map memory starts with noise. */
int interp_open(struct interp *s, const struct program *p, const struct device_limits *limits);
void interp_close(struct interp *s);
/* The front end's pass over an image, into buffer 0 or 1; then the engine is at operation 0. */
void interp_front(struct interp *s, const uint8_t *pixels, int buffer);
/* The next operation; 0 when it was the last. */
int interp_op(struct interp *s);

#endif
