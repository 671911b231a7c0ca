/* SPDX-License-Identifier: MIT
 * Inner loops of the trainer's convolutions on whole numbers: products of 16-bit numbers, sums of 32
 * bits, so that the result is the same in any order and on any machine. Operands lie in pairs, as
 * the processors' instructions take them. */
#ifndef JB_TRAIN_DOT_H
#define JB_TRAIN_DOT_H

#include <stdint.h>

enum {
	DOT_GROUP = 16, /* sums side by side */
	DOT_ROWS = 8    /* positions and outputs are multiples of it */
};

/* out[p][groups * DOT_GROUP] = sums over `rows` rows of 2 * pairs numbers, the first at
 * in[at[p]], the next `step` on, times weight [groups][rows][pairs][DOT_GROUP][2]. */
struct dot_windows {
	const int16_t *in;
	const int32_t *at; /* [count] */
	int count;
	const int16_t *weight;
	int groups, rows, pairs, step;
};

/* out[o * out_step + c] = sums over `lines` lines of a[pairs][outs][2] at a_at and of
 * b[pairs][b_step] at b_at, of which [groups * DOT_GROUP][2] numbers are used. */
struct dot_outer {
	const int16_t *a, *b;
	const int32_t *a_at, *b_at; /* [lines] */
	int lines, pairs, outs, groups, b_step, out_step;
};

struct dot_kernels {
	void (*windows)(const struct dot_windows *w, int32_t *out);
	void (*outer)(const struct dot_outer *w, int32_t *out);
};

/* Those that this machine can run, the fastest first, the portable ones last. */
int dot_kernels_count(void);
const struct dot_kernels *dot_kernels(int number);

#endif
