/* SPDX-License-Identifier: MIT
 * Inputs under a kernel, and the ±1 sums over them. */
#ifndef JB_REF_WINDOW_H
#define JB_REF_WINDOW_H

#include "ref.h"

#define REF_MAX_TAPS 25

/* Values under the K x K window of output position (row, col), win[tap][channel], tap = r*K + c.
 * Bits become +1 or -1. Outside the image: the nearest edge pixel, or -1 for bits. */
void ref_window(const struct net_layer *l, int pixels, const uint8_t *in, int row, int col,
		int16_t *win);
/* Sum of sign[i] * x[i]. */
int32_t ref_dot(const int8_t *sign, const int16_t *x, size_t n);

#endif
