/* SPDX-License-Identifier: MIT
 * Inner loops of the cpu device, in portable C, for AVX2, and for AVX-512 with its bit counts. */
#ifndef JB_CPU_KERNELS_H
#define JB_CPU_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CPU_GROUP = 16, /* outputs whose words lie side by side; arrays over outputs are padded */
	CPU_BLOCK = 4,  /* windows worked on together */
	CPU_ROW = 16    /* arrays along a row of pixels are padded to a multiple of this */
};

static inline int cpu_round_up(int v, int unit)
{
	return (v + unit - 1) / unit * unit;
}

/* Words of a position's channels. */
static inline int cpu_words(int channels)
{
	return cpu_round_up(channels, 32) / 32;
}

/* Windows of a map of bits against all outputs. A sum is the number of differing bits of a window
 * and an output's weights; with several terms, of each set of weights times its factor. */
struct cpu_windows {
	const uint32_t *in;
	const int32_t *at;       /* [count]: words of `in` before a window */
	int count;               /* a multiple of CPU_BLOCK with `join` */
	int rows, words;         /* of a window */
	int step;                /* words from row to row */
	const uint32_t *weights; /* [groups][terms][rows * words][CPU_GROUP] */
	int groups, terms;
	const int *factor; /* [terms] */
	/* Where not NULL, all sums go here, [count][groups * CPU_GROUP], and that is all. */
	int32_t *sums;
	/* Bit o of a window: its sum of output o <= limit[o]. */
	const int32_t *limit; /* [groups * CPU_GROUP] */
	bool join;            /* CPU_BLOCK windows make one position: the OR of their bits */
	uint32_t *out;
	const int32_t *to; /* for each position: words of `out` before its bits */
};

/* Sums along n places (a multiple of CPU_ROW) of a row of pixels: pixel i of a place's k is
 * from[at[i] + place]. */
struct cpu_lines {
	const uint8_t *from;
	int at[5];
	int k, n;
	int32_t *to; /* line's number times step */
	size_t step;
};

/* The k jet kernels across k rows of n numbers (a multiple of CPU_ROW), to[kernel * step]. Where
 * low is not NULL, across the rows from `next` on too: the larger to `to`, the smaller to low. */
struct cpu_jets {
	const int32_t *from, *next;
	size_t row_step;
	int k, n;
	int32_t *to, *low;
	size_t step;
};

/* Bits along a row: bit o of position x is (z >= limit[o]), inverted where `flip` has a 1. z is the
 * sum over the terms of rows[at + x] ^ turn; turn is 0 or -1, and not used of the first term. */
struct cpu_marks {
	const int32_t *rows;
	const int32_t *at, *turn; /* [outs][terms] */
	const int32_t *limit;     /* [outs] */
	const uint32_t *flip;     /* [ceil(outs / 32)] */
	int outs, terms;
	int n;         /* positions, a multiple of CPU_ROW */
	uint32_t *out; /* [ceil(outs / 32)][n] */
};

struct cpu_kernels {
	void (*windows)(const struct cpu_windows *w);
	/* Shared jets at a position: bits of (sum of taps times sums <= limit), sums being
	 * [k][row_step], of which [k][groups * CPU_GROUP] count, taps [k * k][groups * CPU_GROUP]. */
	void (*shared)(const int32_t *sums, size_t row_step, int k, const int32_t *taps,
		       const int32_t *limit, int groups, uint32_t *out);
	/* The k jet kernels of an axis, by number of differences. */
	void (*jet_lines)(const struct cpu_lines *l);
	/* The first pixel + or - each of the others: bit i - 1 of a line's number tells that pixel i
	 * is taken away. */
	void (*sign_lines)(const struct cpu_lines *l);
	void (*jets)(const struct cpu_jets *j);
	void (*marks)(const struct cpu_marks *m);
};

/* The sets that this machine can run, the fastest first, the portable one last. */
int cpu_kernels_count(void);
const struct cpu_kernels *cpu_kernels(int number);

#endif
