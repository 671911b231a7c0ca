/* SPDX-License-Identifier: MIT
 * Limits of accelerators: the parameters of sim/configs.mk. tests/chain/test_boards.c compares them
 * with what the simulated devices say. */
#include <string.h>

#include "boards.h"

#define CLOCK_HZ 48000000

const struct board boards[] = {
	{ "up5k",
	  "iCE40 UP5K, 576 lanes, 48 MHz",
	  { .clock_hz = CLOCK_HZ,
	    .outputs = 1,
	    .positions = 2,
	    .map_words = 1,
	    .model_words = 16384,
	    .map_rows = 16384,
	    .weight_rows = 128,
	    .front_lanes = 1,
	    .front_k = 3,
	    .front_channels = 3,
	    .front_code_rows = 512,
	    .front_outputs = 128,
	    .acc_bits = 16,
	    .side = JB_MAX_SIDE,
	    .jet_cols = 0 } },
	{ "1x2",
	  "576 lanes, all options, 48 MHz (simulation)",
	  { .clock_hz = CLOCK_HZ,
	    .outputs = 1,
	    .positions = 2,
	    .map_words = 1,
	    .model_words = 65536,
	    .map_rows = 65536,
	    .weight_rows = 256,
	    .front_lanes = 2,
	    .front_k = 5,
	    .front_channels = 3,
	    .front_code_rows = 8192,
	    .front_outputs = 512,
	    .acc_bits = 22,
	    .side = JB_MAX_SIDE,
	    .jet_cols = 128 } },
	{ "2x4",
	  "2,304 lanes, all options, 48 MHz (simulation)",
	  { .clock_hz = CLOCK_HZ,
	    .outputs = 2,
	    .positions = 4,
	    .map_words = 2,
	    .model_words = 65536,
	    .map_rows = 65536,
	    .weight_rows = 256,
	    .front_lanes = 4,
	    .front_k = 5,
	    .front_channels = 3,
	    .front_code_rows = 8192,
	    .front_outputs = 512,
	    .acc_bits = 22,
	    .side = JB_MAX_SIDE,
	    .jet_cols = 128 } },
	{ 0 },
};

const struct board *board_find(const char *name)
{
	for (const struct board *b = boards; b->name; b++)
		if (strcmp(b->name, name) == 0)
			return b;
	return NULL;
}
