/* SPDX-License-Identifier: MIT
 * Parts of the cpu device among themselves.
 *
 * Maps are 32-bit words [row][col][ceil(ch/32)], bit = channel, unused bits 0 in maps and weights:
 * with d differing bits of n real ones z = n - 2*d, whatever the padding. */
#ifndef JB_CPU_PARTS_H
#define JB_CPU_PARTS_H

#include "cpu.h"
#include "cpu_kernels.h"

struct cpu_layer {
	struct net_layer net;
	bool pixels, head;
	int in_words;  /* map words a position */
	int out_words; /* ... of the output */
	int window;    /* 64-bit words of a packed window */
	int padded;    /* outputs, padded */
	int terms;     /* weight sets */
	const int *term_weight;
	uint64_t *weights; /* [terms][padded/CPU_GROUP][window][CPU_GROUP] */
	/* bconv, jet, dense on bits: differing bits at most; else thresholds */
	int32_t *limit;
	int32_t *bias;   /* head */
	int32_t *taps;   /* sjet on bits: [K*K][padded] kernels; bconv on pixels: [terms][padded] */
	uint8_t *kernel; /* jets on pixels: [out][in] */
	int8_t *sign;
};

struct cpu {
	struct net net;
	struct cpu_layer layer[JB_MAX_LAYERS];
	const struct cpu_kernels *kernels;
	uint32_t *map[2]; /* big enough for every map */
	uint64_t *packed; /* one window */
	int32_t *sums;    /* [padded] */
	int32_t *more;    /* [padded]; sjet: [rows][cols][padded] with a border */
	/* pixels; row_step: numbers of a row with its border, padded */
	int row_step;
	int32_t *jets;   /* [K*K][row_step] */
	int32_t *lines;  /* [K][row_step]: vertical passes of a row */
	int32_t *wide;   /* [row_step] */
	uint32_t *words; /* [cols] */
};

/* cpu_first.c: convolution on pixels and threshold. */
void cpu_first(struct cpu *c, const struct cpu_layer *l, const uint8_t *pixels, uint32_t *out);
/* cpu_sjet.c: shared jets on bits and threshold. */
void cpu_sjet(struct cpu *c, const struct cpu_layer *l, const uint32_t *in, uint32_t *out);
/* Differing bits of the packed window and every output, term weights included, to c->sums. */
void cpu_count(struct cpu *c, const struct cpu_layer *l);

#endif
