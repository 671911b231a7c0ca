/* SPDX-License-Identifier: MIT
 * What a device can do, as its IDENTIFY block tells. */
#ifndef JB_DEVICE_LIMITS_H
#define JB_DEVICE_LIMITS_H

#include <stdint.h>

#include "bnn.h"
#include "jetbnn_defs.h"

struct device_limits {
	uint32_t build, board, clock_hz;
	int outputs, positions; /* O x P, see limits_lanes */
	int map_words;          /* 32-bit words a row of map memory: P/2, at least 1 */
	int model_words;        /* 32-bit words of model memory */
	int map_rows;           /* rows of map memory */
	int lent;               /* 1: the last map_rows of model_words are map memory itself */
	int weight_rows;        /* rows of one half of the weight memory; resident: of all of it */
	int front_lanes;        /* front-end outputs a clock */
	int front_k;            /* largest kernel side of the front end */
	int front_channels;     /* largest pixel channels */
	int front_code_rows;
	int front_outputs;
	int acc_bits;
	int side;     /* largest image side */
	int ejector;  /* 1: outputs are built in */
	int resident; /* 1: the weights of a program stay in the weight memory */
	int halves;   /* 1: weight rows are read in two halves */
	int jet_cols; /* largest columns of a shared jet layer on bits; 0: not built in */
};

/* Program words that map memory has no part in. */
int limits_own_words(const struct device_limits *l);

/* Cycles in which the engine reads a weight row: 1, or 2 where it does so in halves. */
int limits_row_cycles(const struct device_limits *l);

/* XNOR lanes of the engine. */
int limits_lanes(const struct device_limits *l);

/* Takes an identify block apart. Errors: BNN_E_DEVICE when a value makes no sense. */
int limits_parse(const uint32_t words[JB_ID_WORDS], struct device_limits *out, struct bnn_err *err);

#endif
