/* SPDX-License-Identifier: MIT
 * Limits of accelerators: the parameters of sim/configs.mk. tests/chain/test_boards.c compares them with what
 * the simulated devices say, tests/system/test_boards.sh with the tops of the boards. */
#include <string.h>

#include "board_limits.h"
#include "boards.h"

#define BOARD(NAME, LINE, CLOCK_HZ, LINK, O, P, MODEL_WORDS, MAP_ROWS, WROWS, F, KMAX, CMAX, \
	      CODE_ROWS, OUT_MAX, AW, JET_COLS, SIDE, EJECT, LENT, RESIDENT, PARTS)          \
	{ NAME,                                                                              \
	  LINE,                                                                              \
	  LINK,                                                                              \
	  { .clock_hz = (CLOCK_HZ),                                                          \
	    .outputs = (O),                                                                  \
	    .positions = (P),                                                                \
	    .map_words = (P) > 1 ? (P) / 2 : 1,                                              \
	    .model_words = (MODEL_WORDS),                                                    \
	    .map_rows = (MAP_ROWS),                                                          \
	    .lent = (LENT),                                                                  \
	    .weight_rows = (WROWS),                                                          \
	    .front_lanes = (F),                                                              \
	    .front_k = (KMAX),                                                               \
	    .front_channels = (CMAX),                                                        \
	    .front_code_rows = (CODE_ROWS),                                                  \
	    .front_outputs = (OUT_MAX),                                                      \
	    .acc_bits = (AW),                                                                \
	    .side = (SIDE),                                                                  \
	    .ejector = (EJECT),                                                              \
	    .resident = (RESIDENT),                                                          \
	    .halves = (PARTS) == 2,                                                          \
	    .jet_cols = (JET_COLS) } },

const struct board boards[] = { BOARD_LIMITS(BOARD){ 0 } };

const struct board *board_find(const char *name)
{
	for (const struct board *b = boards; b->name; b++)
		if (strcmp(b->name, name) == 0)
			return b;
	return NULL;
}
