/* SPDX-License-Identifier: MIT
 * Compiler: model to the program words that LOAD sends (format: hw/defs/jetbnn.def). */
#ifndef JB_PROGRAM_H
#define JB_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "device_limits.h"
#include "model.h"

/* A feature map in map memory: row `base + (row*cg + col/MW)*g + group`, word col%MW of that row
 * (MW = map words), bit c = channel 32*group + c. */
struct program_map {
	int rows, cols, ch;
	int g;     /* words a position: ceil(ch/32) */
	int cg;    /* column groups: ceil(cols/MW) */
	int pitch; /* memory rows an image row: cg*g */
	int base;  /* memory row; written by the front end: the one of its buffer 0 */
	int after; /* operations done when the map is complete; 0: the front end's */
};

/* Class map of a cam head, as the engine writes it: block after block of `outputs` classes, in a block
 * position group after group (P positions, those of a row first), in a group class after class
 * ceil(P/MW) memory rows with the sums A of the group's positions. Sums run on from group to group:
 * the score of a position without bias is 2*(A - A of the group before) - offset. */
struct program_cam {
	bool stored;
	int rows, cols, classes;
	int base;
	int lanes;        /* P */
	int groups;       /* position groups of the map */
	int outputs;      /* classes of a block, the last one's unused ones counted */
	int rows_a_group; /* memory rows */
	int blocks;
	int offset;
};

struct program_options {
	bool keep_cam; /* store the class map of a cam head */
};

struct program {
	uint32_t *words; /* owned: those of model memory, behind them those of the weight rows */
	int count;       /* of model memory */
	int sent;        /* all that LOAD sends */
	int weight_rows; /* resident weights */
	int ops;
	int op_layer[JB_MAX_OPS]; /* layer that an operation belongs to */
	int maps;                 /* layers before the head */
	struct program_map map[JB_MAX_LAYERS];
	struct program_cam cam;
	int map_rows; /* of map memory in use */
};

/* Compiles. opt may be NULL. The same words for the same model, limits and options.
 * Errors: BNN_E_LIMIT naming layer, resource, need and limit; BNN_E_MEMORY. out is untouched then. */
int program_compile(const struct bnn_model *m, const struct device_limits *limits,
		    const struct program_options *opt, struct program *out, struct bnn_err *err);
/* Frees the words and clears the rest. */
void program_free(struct program *p);

/* Rows of map memory that a layer map or the class map takes. */
int program_map_size(const struct program_map *map);
int program_cam_size(const struct program_cam *cam);
/* The words of those rows, from base on, to u8 0/1 [rows][cols][ch] and i32 [rows][cols][classes].
 * mw: map words a memory row. */
void program_map_unpack(const struct program_map *map, int mw, const uint32_t *words, uint8_t *out);
void program_cam_unpack(const struct program_cam *cam, int mw, const uint32_t *words, int32_t *out);

#endif
