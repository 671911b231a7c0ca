/* SPDX-License-Identifier: MIT
 * Parts of the cpu device among themselves.
 *
 * Maps are 32-bit words [row][col][ceil(ch/32)], bit = channel, unused bits 0 in maps and weights:
 * with d differing bits of n real ones z = n - 2*d, whatever the padding. A map has a border of
 * missing positions (all bits 0, -1) where the layer that reads it pads; it is never written. */
#ifndef JB_CPU_PARTS_H
#define JB_CPU_PARTS_H

#include "cpu.h"
#include "cpu_kernels.h"

/* The first layer, on pixels. A channel is a plane of bytes with a border of the nearest pixels; of
 * each of its rows `kinds` lines are made, and of lines, for jets, all K*K jets of an output row.
 * An output is a signed sum of such rows. With stride 2 the odd pixels of a row lie behind the even
 * ones, so that a line has a number a place of the kernel and no other. */
struct cpu_first {
	int rows;      /* of a plane */
	int row_bytes; /* of a row's even, or odd, or all pixels, padded */
	int kinds; /* lines of a row of pixels: K, or for binary weights every choice of signs */
	int step;  /* numbers of a line, padded */
	uint8_t *planes;
	int32_t *lines; /* [channel][kind][row][step] */
	int32_t *jets;  /* [channel][K*K][step]: the larger of two rows where low is not NULL */
	int32_t *low;   /* behind them, the smaller */
	uint32_t *bits; /* of two rows, [2][words][step] */
	struct cpu_marks marks;
	int32_t *at, *turn; /* marks' arrays, owned */
	uint32_t *flip;
};

struct cpu_layer {
	struct net_layer net;
	int in_words;  /* map words a position */
	int out_words; /* ... of the output */
	int padded;    /* outputs, padded */
	struct cpu_windows windows;
	uint32_t *weights; /* windows' arrays, owned */
	int32_t *at, *to;
	int32_t *limit; /* bits: differing bits at most; pixels: value at least */
	int32_t *bias;  /* head */
	int32_t *taps;  /* sjet on bits: [K*K][padded] kernels */
	/* The output as the layer's loops make it: in the map, or in the device's temporary one
	 * where pools follow. */
	uint32_t *made;
	int made_rows, made_cols, made_step; /* step: words from row to row */
	bool join;                           /* the loops do the first pool */
	uint32_t *map;
	int border, map_step;
};

struct cpu {
	struct net net;
	struct cpu_layer layer[JB_MAX_LAYERS];
	const struct cpu_kernels *kernels;
	struct cpu_first first;
	uint32_t *temporary;
	int32_t *sums; /* of the layer with most */
};

/* cpu_first.c: the first layer; its limits and terms from the model. */
bool cpu_first_new(struct cpu *c, const struct model_layer *m);
void cpu_first_free(struct cpu *c);
void cpu_first(struct cpu *c, const uint8_t *pixels);
/* cpu_place.c: maps, and which windows and positions the layers' loops go through. */
bool cpu_place(struct cpu *c);

/* First word of a position of a layer's map. */
static inline uint32_t *cpu_map_at(const struct cpu_layer *l, int row, int col)
{
	return l->map + (row + l->border) * l->map_step + (col + l->border) * l->out_words;
}

#endif
