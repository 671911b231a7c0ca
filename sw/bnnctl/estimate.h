/* SPDX-License-Identifier: MIT
 * What a board's accelerator takes of its part, from the parameters alone, before any synthesis. */
#ifndef BNNCTL_ESTIMATE_H
#define BNNCTL_ESTIMATE_H

#include "boards.h"

enum resource { RES_LUT4, RES_FF, RES_CELLS, RES_RAM, RES_BIG, RES_DSP, RESOURCES };

struct estimate {
	const char *part; /* as option of nextpnr: "up5k" */
	long need[RESOURCES], there[RESOURCES];
};

/* "lut4", "ff", "cells", "ram", "bigram", "dsp", as in the result of a bitstream */
const char *resource_name(enum resource r);
/* -1 for what is no board but a configuration of the simulator. */
int estimate_make(const struct board *board, struct estimate *out);
/* Blocks of block RAM that a memory takes, by the part's shapes; 0: distributed memory of ECP5. */
int estimate_blocks(const char *part, int width, int depth);

#endif
