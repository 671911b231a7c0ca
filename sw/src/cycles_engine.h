/* SPDX-License-Identifier: MIT
 * Cycle model of the engine (hw/engine). */
#ifndef JB_CYCLES_ENGINE_H
#define JB_CYCLES_ENGINE_H

#include <stdint.h>

#include "device_limits.h"

struct engine_shape {
	uint32_t outputs;   /* O */
	uint32_t positions; /* P */
	int jets;           /* shared jets built in */
	uint32_t own_words; /* of a program in model memory; those behind lie in map memory */
	int resident;       /* weights stay in the engine */
	uint32_t row_cycles;
};

struct engine_shape engine_shape_of(const struct device_limits *l);

/* Cycles of every operation of a well-formed program (as the compiler makes it) into per_op
 * (JB_MAX_OPS words); returns the number of operations. Their sum is an image's engine cycles.
 * Equal to the counters of the hardware, for the first image as for later ones. */
int cycles_engine(const uint32_t *program, const struct engine_shape *e, uint32_t *per_op);

#endif
