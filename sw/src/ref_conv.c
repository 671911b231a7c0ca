/* SPDX-License-Identifier: MIT
 * Convolution layers of the reference: jets, shared jets, binary weights. */
#include "ref_window.h"

void ref_jet_kernel(int k, int number, int32_t *out)
{
	int32_t pass[2][5] = { { 1 }, { 1 } }; /* 0: along columns (dx), 1: along rows (dy) */
	int differences[2] = { number % k, number / k };

	for (int axis = 0; axis < 2; axis++)
		for (int p = 0; p < k - 1; p++) {
			int d = p < differences[axis] ? -1 : 1; /* D = [1 -1], S = [1 1] */

			for (int i = p + 1; i > 0; i--)
				pass[axis][i] += d * pass[axis][i - 1];
		}
	for (int r = 0; r < k; r++)
		for (int c = 0; c < k; c++)
			out[r * k + c] = pass[1][r] * pass[0][c];
}

/* All K*K jets of every channel of a window: jets[kernel][channel]. kernel: [kernel][tap]. */
static void window_jets(const struct net_layer *l, const int32_t *kernel, const int16_t *win,
			int32_t *jets)
{
	int taps = l->k * l->k;

	for (int n = 0; n < taps; n++, jets += l->in_ch, kernel += taps) {
		for (int i = 0; i < l->in_ch; i++)
			jets[i] = 0;
		for (int t = 0; t < taps; t++)
			for (int i = 0; i < l->in_ch; i++)
				jets[i] += kernel[t] * win[t * l->in_ch + i];
	}
}

void ref_jet(const struct net_layer *l, const struct model_layer *p, int pixels, const uint8_t *in,
	     int32_t *z)
{
	int16_t win[REF_MAX_TAPS * JB_MAX_CHANNELS];
	int32_t jets[REF_MAX_TAPS * JB_MAX_CHANNELS], kernels[REF_MAX_TAPS * REF_MAX_TAPS];
	int taps = l->k * l->k;

	for (int n = 0; n < taps; n++)
		ref_jet_kernel(l->k, n, kernels + n * taps);
	for (int row = 0; row < l->conv_rows; row++)
		for (int col = 0; col < l->conv_cols; col++) {
			ref_window(l, pixels, in, row, col, win);
			window_jets(l, kernels, win, jets);
			for (int o = 0; o < l->out; o++) {
				const uint8_t *kernel = p->kernel + (size_t)o * l->in_ch;
				const int8_t *sign = p->sign + (size_t)o * l->in_ch;
				int32_t sum = 0;

				for (int i = 0; i < l->in_ch; i++)
					sum += sign[i] * jets[kernel[i] * l->in_ch + i];
				*z++ = sum;
			}
		}
}

void ref_sjet(const struct net_layer *l, const struct model_layer *p, int pixels, const uint8_t *in,
	      int32_t *z)
{
	int16_t win[REF_MAX_TAPS * JB_MAX_CHANNELS];
	int32_t kernel[REF_MAX_TAPS] = { 0 };

	for (int row = 0; row < l->conv_rows; row++)
		for (int col = 0; col < l->conv_cols; col++) {
			ref_window(l, pixels, in, row, col, win);
			for (int o = 0; o < l->out; o++) {
				const int8_t *sign = p->sign + (size_t)o * l->in_ch;
				int32_t sum = 0;

				ref_jet_kernel(l->k, p->kernel[o], kernel);
				for (int t = 0; t < l->k * l->k; t++)
					sum += kernel[t] *
					       ref_dot(sign, win + t * l->in_ch, (size_t)l->in_ch);
				*z++ = sum;
			}
		}
}

void ref_bconv(const struct net_layer *l, const struct model_layer *p, int pixels,
	       const uint8_t *in, int32_t *z)
{
	int16_t win[REF_MAX_TAPS * JB_MAX_CHANNELS];
	int16_t turned[REF_MAX_TAPS * JB_MAX_CHANNELS]; /* [channel][tap], as the weights lie */
	int taps = l->k * l->k;
	size_t terms = (size_t)taps * l->in_ch;

	for (int row = 0; row < l->conv_rows; row++)
		for (int col = 0; col < l->conv_cols; col++) {
			ref_window(l, pixels, in, row, col, win);
			for (int t = 0; t < taps; t++)
				for (int i = 0; i < l->in_ch; i++)
					turned[i * taps + t] = win[t * l->in_ch + i];
			for (int o = 0; o < l->out; o++)
				*z++ = ref_dot(p->weight + (size_t)o * terms, turned, terms);
		}
}
