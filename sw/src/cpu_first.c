/* SPDX-License-Identifier: MIT
 * cpu device: the first layer, on pixels. Jets are computed as a group: K vertical passes of a row,
 * and K horizontal ones of each. */
#include <string.h>

#include "cpu_parts.h"
#include "ref.h"

static int clamp(int v, int count)
{
	return v < 0 ? 0 : v >= count ? count - 1 : v;
}

/* Kernel lines: line[d][i] is the 1-D pass with d differences. */
static void jet_lines(int k, int32_t line[5][5])
{
	int32_t kernel[25];

	for (int d = 0; d < k; d++) {
		ref_jet_kernel(k, d,
			       kernel); /* its first row, because the smooth pass begins with 1 */
		memcpy(line[d], kernel, (size_t)k * sizeof(*kernel));
	}
}

/* All jets of output row y: jets[col][channel][dy*K+dx]. */
static void jets_of_row(struct cpu *c, const struct cpu_layer *l, const uint8_t *pixels, int y)
{
	const struct net_layer *n = &l->net;
	int k = n->k, ch = n->in_ch, pad = n->valid ? 0 : k / 2,
	    width = (n->in_cols + 2 * pad) * ch;
	int32_t line[5][5];
	int32_t *to = c->jets;

	jet_lines(k, line);
	memset(c->lines, 0, (size_t)(k * width) * sizeof(*c->lines));
	for (int i = 0; i < k; i++) {
		const uint8_t *row = pixels + (size_t)clamp(y * n->stride - pad + i, n->in_rows) *
						      (size_t)(n->in_cols * ch);

		for (int x = 0; x < width; x++) {
			int p = row[clamp(x / ch - pad, n->in_cols) * ch + x % ch];

			for (int dy = 0; dy < k; dy++)
				c->lines[dy * width + x] += line[dy][i] * p;
		}
	}
	for (int x = 0; x < n->conv_cols * ch; x++)
		for (int dy = 0; dy < k; dy++) {
			const int32_t *from =
				c->lines + dy * width + x / ch * n->stride * ch + x % ch;

			for (int dx = 0; dx < k; dx++) {
				int32_t sum = 0;

				for (int j = 0; j < k; j++)
					sum += line[dx][j] * from[j * ch];
				*to++ = sum;
			}
		}
}

static void jet_sums(struct cpu *c, const struct cpu_layer *l, int x)
{
	int ch = l->net.in_ch, taps = l->net.k * l->net.k;
	const int32_t *jets = c->jets + (size_t)(x * ch * taps);
	const uint8_t *kernel = l->kernel;
	const int8_t *sign = l->sign;

	for (int o = 0; o < l->net.out; o++) {
		int32_t sum = 0;

		for (int i = 0; i < ch; i++)
			sum += *sign++ * jets[i * taps + *kernel++];
		c->sums[o] = sum;
	}
}

static void weight_sums(struct cpu *c, const struct cpu_layer *l, const uint8_t *pixels, int y,
			int x)
{
	const struct net_layer *n = &l->net;
	int pad = n->valid ? 0 : n->k / 2;
	const int32_t *weights = l->taps;

	memset(c->sums, 0, (size_t)l->padded * sizeof(*c->sums));
	for (int i = 0; i < n->k; i++)
		for (int j = 0; j < n->k; j++) {
			int row = clamp(y * n->stride - pad + i, n->in_rows);
			int col = clamp(x * n->stride - pad + j, n->in_cols);

			for (int ch = 0; ch < n->in_ch; ch++, weights += l->padded)
				c->kernels->scale(c->sums, weights,
						  pixels[(row * n->in_cols + col) * n->in_ch + ch],
						  l->padded);
		}
}

void cpu_first(struct cpu *c, const struct cpu_layer *l, const uint8_t *pixels, uint32_t *out)
{
	memset(c->sums, 0, (size_t)l->padded * sizeof(*c->sums));
	for (int y = 0; y < l->net.conv_rows; y++) {
		if (l->net.kind != NET_BCONV)
			jets_of_row(c, l, pixels, y);
		for (int x = 0; x < l->net.conv_cols; x++, out += l->out_words) {
			if (l->net.kind != NET_BCONV)
				jet_sums(c, l, x);
			else
				weight_sums(c, l, pixels, y, x);
			c->kernels->compare(c->sums, l->limit, l->padded, out);
		}
	}
}
