/* SPDX-License-Identifier: MIT
 * cpu device: shared jets on bits. The signed channel sums u are made once a position, with a border
 * of missing positions (all bits -1), then each output's kernel goes over them. */
#include <string.h>

#include "cpu_parts.h"

/* u of every output at a position (NULL: a missing one) to `to`. */
static void point_sums(struct cpu *c, const struct cpu_layer *l, const uint32_t *words, int32_t *to)
{
	memset(c->packed, 0, (size_t)l->window * sizeof(*c->packed));
	if (words)
		memcpy(c->packed, words, (size_t)l->in_words * sizeof(*words));
	cpu_count(c, l);
	for (int o = 0; o < l->padded; o++)
		to[o] = l->net.in_ch - 2 * c->sums[o];
}

void cpu_sjet(struct cpu *c, const struct cpu_layer *l, const uint32_t *in, uint32_t *out)
{
	const struct net_layer *n = &l->net;
	int pad = n->valid ? 0 : n->k / 2, cols = n->in_cols + 2 * pad, rows = n->in_rows + 2 * pad;

	for (int y = 0; y < rows; y++)
		for (int x = 0; x < cols; x++) {
			int row = y - pad, col = x - pad;
			bool inside = row >= 0 && row < n->in_rows && col >= 0 && col < n->in_cols;

			point_sums(c, l,
				   inside ? in + (row * n->in_cols + col) * l->in_words : NULL,
				   c->more + (size_t)(y * cols + x) * (size_t)l->padded);
		}
	for (int y = 0; y < n->conv_rows; y++)
		for (int x = 0; x < n->conv_cols; x++, out += l->out_words) {
			memset(c->sums, 0, (size_t)l->padded * sizeof(*c->sums));
			for (int t = 0; t < n->k * n->k; t++) {
				int at = (y * n->stride + t / n->k) * cols + x * n->stride +
					 t % n->k;

				c->kernels->multiply(c->sums, l->taps + t * l->padded,
						     c->more + (size_t)at * (size_t)l->padded,
						     l->padded);
			}
			c->kernels->compare(c->sums, l->limit, l->padded, out);
		}
}
