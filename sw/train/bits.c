/* SPDX-License-Identifier: MIT
 * Convolutions of hard bits with hard weights, exact: by the cpu device's counts of differing bits.
 * Maps are words of 32 channels, with a border of missing ones (0, -1). */
#include <stdlib.h>
#include <string.h>

#include "clones.h"
#include "layer.h"

/* Words of an output's weights. */
static int weight_words(const struct net_layer *n)
{
	return n->k * n->k * cpu_words(n->in_ch);
}

/* Signs of `count` times ch numbers: `step` words from one word to the next of a time. */
CLONES static void signs_of(const float *restrict from, int count, int ch, int step,
			    uint32_t *restrict to)
{
	for (int i = 0; i < count; i++)
		for (int first = 0; first < ch; first += 32, to += step) {
			int n = ch - first < 32 ? ch - first : 32;
			uint32_t word = 0;

			for (int c = 0; c < n; c++)
				word |= (uint32_t)(*from++ > 0) << c;
			*to = word;
		}
}

int bits_new(struct layer *l)
{
	if (l->net->kind != NET_BCONV)
		return BNN_OK;
	l->kernels = cpu_kernels(0);
	l->signs =
		layer_alloc((size_t)(cpu_round_up(l->net->out, CPU_GROUP) * weight_words(l->net)),
			    sizeof(*l->signs));
	return l->signs ? BNN_OK : BNN_E_MEMORY;
}

void bits_weights(struct layer *l)
{
	const struct net_layer *n = l->net;

	for (int o = 0; o < n->out; o++)
		signs_of(l->weight + (size_t)o * l->terms, n->k * n->k, n->in_ch, CPU_GROUP,
			 l->signs + o / CPU_GROUP * CPU_GROUP * weight_words(n) + o % CPU_GROUP);
}

int bits_words(const struct layer *l)
{
	return cpu_words(l->net->in_ch);
}

void bits_counts(const struct layer *l, const float *in, int images, const int32_t *at, int count,
		 uint32_t *maps, int32_t *counts)
{
	static const int plain = 1;
	const struct net_layer *n = l->net;
	int border = n->valid ? 0 : n->k / 2, words = cpu_words(n->in_ch);
	int rows = n->in_rows + 2 * border, step = (n->in_cols + 2 * border) * words;
	struct cpu_windows w = { .in = maps,
				 .at = at,
				 .count = count,
				 .rows = n->k,
				 .words = n->k * words,
				 .step = step,
				 .weights = l->signs,
				 .groups = cpu_round_up(n->out, CPU_GROUP) / CPU_GROUP,
				 .terms = 1,
				 .factor = &plain,
				 .sums = counts };

	memset(maps, 0, (size_t)(images * rows * step) * sizeof(*maps));
	for (int i = 0; i < images; i++)
		for (int r = 0; r < n->in_rows; r++, in += n->in_cols * n->in_ch)
			signs_of(in, n->in_cols, n->in_ch, 1,
				 maps + (i * rows + border + r) * step + border * words);
	l->kernels->windows(&w);
}
