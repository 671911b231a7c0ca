/* SPDX-License-Identifier: MIT
 * cpu device: the first layer, on pixels. Jets are computed as a group: K vertical passes of a row,
 * and K horizontal ones of each; every step runs along the row. */
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

/* An input row as numbers, with a border of the nearest pixels. */
static void widen_row(const struct net_layer *n, const uint8_t *pixels, int row, int32_t *to)
{
	int ch = n->in_ch, pad = n->valid ? 0 : n->k / 2;
	const uint8_t *from = pixels + clamp(row, n->in_rows) * n->in_cols * ch;

	for (int x = 0; x < pad * ch; x++)
		*to++ = from[x % ch];
	for (int x = 0; x < n->in_cols * ch; x++)
		*to++ = from[x];
	for (int x = 0; x < pad * ch; x++)
		*to++ = from[(n->in_cols - 1) * ch + x % ch];
}

/* All jets of output row y at every column, as with stride 1: jets[dy*K+dx][col][channel]. */
static void jets_of_row(struct cpu *c, const struct cpu_layer *l, int32_t line[5][5],
			const uint8_t *pixels, int y)
{
	const struct net_layer *n = &l->net;
	int k = n->k, step = c->row_step, top = y * n->stride - (n->valid ? 0 : k / 2);
	int width = (n->in_cols + (n->valid ? 0 : k / 2 * 2)) * n->in_ch;
	int last = width - (k - 1) * n->in_ch;

	width = (width + CPU_PAD - 1) / CPU_PAD * CPU_PAD;
	last = (last + CPU_PAD - 1) / CPU_PAD * CPU_PAD;
	memset(c->lines, 0, (size_t)(k * step) * sizeof(*c->lines));
	memset(c->jets, 0, (size_t)(k * k * step) * sizeof(*c->jets));
	for (int i = 0; i < k; i++) {
		widen_row(n, pixels, top + i, c->wide);
		for (int dy = 0; dy < k; dy++)
			c->kernels->scale(c->lines + dy * step, c->wide, line[dy][i], width);
	}
	for (int dy = 0; dy < k; dy++)
		for (int dx = 0; dx < k; dx++)
			for (int j = 0; j < k; j++)
				if (line[dx][j])
					c->kernels->scale(c->jets + (dy * k + dx) * step,
							  c->lines + dy * step + j * n->in_ch,
							  line[dx][j], last);
}

/* Sums of output o along the row of jets. */
static void sum_row(struct cpu *c, const struct cpu_layer *l, int o, int32_t *z)
{
	const struct net_layer *n = &l->net;
	int ch = n->in_ch;

	memset(z, 0, (size_t)n->conv_cols * sizeof(*z));
	for (int i = 0; i < ch; i++) {
		const int32_t *jets = c->jets + l->kernel[o * ch + i] * c->row_step + i;
		int32_t sign = l->sign[o * ch + i] < 0 ? -1 : 1;

		for (int x = 0; x < n->conv_cols; x++)
			z[x] += sign * jets[x * n->stride * ch];
	}
}

/* Bits of a row: 32 outputs a word, each along the row. */
static void jet_row(struct cpu *c, const struct cpu_layer *l, uint32_t *out)
{
	const struct net_layer *n = &l->net;
	int cols = (n->conv_cols + CPU_ROW - 1) / CPU_ROW * CPU_ROW; /* more than are needed */

	for (int w = 0; w < l->out_words; w++) {
		memset(c->words, 0, (size_t)cols * sizeof(*c->words));
		for (int o = w * 32; o < n->out && o < w * 32 + 32; o++) {
			const int32_t *z = c->jets + l->kernel[o] * c->row_step;
			bool negate = l->sign[o] < 0;

			if (n->in_ch > 1 || n->stride > 1) {
				sum_row(c, l, o, c->wide);
				z = c->wide;
				negate = false;
			}
			c->kernels->mark(z, negate, l->limit[o], UINT32_C(1) << (o - w * 32), cols,
					 c->words);
		}
		for (int x = 0; x < n->conv_cols; x++)
			out[x * l->out_words + w] = c->words[x];
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
	int cols = l->net.conv_cols;
	int32_t line[5][5];

	if (l->net.kind != NET_BCONV)
		jet_lines(l->net.k, line);
	for (int y = 0; y < l->net.conv_rows; y++) {
		if (l->net.kind != NET_BCONV) {
			jets_of_row(c, l, line, pixels, y);
			jet_row(c, l, out);
			out += cols * l->out_words;
			continue;
		}
		for (int x = 0; x < cols; x++, out += l->out_words) {
			weight_sums(c, l, pixels, y, x);
			c->kernels->compare(c->sums, l->limit, l->padded, out);
		}
	}
}
