/* SPDX-License-Identifier: MIT
 * Inputs under a kernel. */
#include "ref_window.h"

void ref_window(const struct net_layer *l, int pixels, const uint8_t *in, int row, int col,
		int16_t *win)
{
	int pad = l->valid ? 0 : l->k / 2;
	int ch = l->in_ch;

	for (int r = 0; r < l->k; r++) {
		for (int c = 0; c < l->k; c++, win += ch) {
			int y = row * l->stride - pad + r;
			int x = col * l->stride - pad + c;
			int near_y = net_clamp(y, l->in_rows), near_x = net_clamp(x, l->in_cols);
			const uint8_t *src = in + ((size_t)near_y * l->in_cols + near_x) * ch;
			bool outside = y != near_y || x != near_x;

			for (int i = 0; i < ch; i++)
				win[i] = pixels ? src[i] : !outside && src[i] ? 1 : -1;
		}
	}
}

int32_t ref_dot(const int8_t *sign, const int16_t *x, size_t n)
{
	int32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += sign[i] * x[i];
	return sum;
}
