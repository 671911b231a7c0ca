/* SPDX-License-Identifier: MIT
 * Dense, cam, threshold, pool and score functions of the reference. */
#include "ref.h"

/* Sum of ±1 weights times bits taken as ±1. */
static int32_t dot_bits(const int8_t *weight, const uint8_t *bits, size_t n)
{
	int32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += weight[i] * (2 * bits[i] - 1);
	return sum;
}

void ref_dense(const struct net_layer *l, const struct model_layer *p, const uint8_t *in,
	       int32_t *z)
{
	size_t inputs = model_inputs(l); /* the map as it lies: channel, then column, then row */

	for (int o = 0; o < l->out; o++)
		z[o] = dot_bits(p->weight + (size_t)o * inputs, in, inputs);
}

void ref_cam(const struct net_layer *l, const struct model_layer *p, const uint8_t *in, int32_t *z)
{
	size_t ch = (size_t)l->in_ch;

	for (int i = 0; i < l->in_rows * l->in_cols; i++, in += ch)
		for (int o = 0; o < l->out; o++)
			*z++ = dot_bits(p->weight + (size_t)o * ch, in, ch);
}

void ref_threshold(const int32_t *z, const int32_t *threshold, size_t positions, int out,
		   uint8_t *bits)
{
	for (size_t i = 0; i < positions; i++)
		for (int o = 0; o < out; o++)
			*bits++ = *z++ >= threshold[o];
}

/* out may be in: an output lies at or before every input it is made of, and is written after. */
void ref_pool(const uint8_t *in, int rows, int cols, int ch, uint8_t *out)
{
	for (int r = 0; r < rows / 2; r++)
		for (int c = 0; c < cols / 2; c++) {
			const uint8_t *upper = in + ((size_t)2 * r * cols + 2 * c) * ch;
			const uint8_t *lower = upper + (size_t)cols * ch;

			for (int i = 0; i < ch; i++)
				*out++ = upper[i] | upper[ch + i] | lower[i] | lower[ch + i];
		}
}

int ref_argmax(const int32_t *scores, int n)
{
	int best = 0;

	for (int i = 1; i < n; i++)
		if (scores[i] > scores[best])
			best = i;
	return best;
}

int32_t ref_margin(const int32_t *scores, int n)
{
	int best = ref_argmax(scores, n);
	int second = best == 0 ? 1 : 0;

	for (int i = 0; i < n; i++)
		if (i != best && scores[i] > scores[second])
			second = i;
	return scores[best] - scores[second];
}
