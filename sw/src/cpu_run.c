/* SPDX-License-Identifier: MIT
 * cpu device: runs an image through the packed layers. */
#include <stdlib.h>
#include <string.h>

#include "cpu_parts.h"
#include "ref.h"

/* Shared jets: the channel sums at every position, then each output's kernel over them. */
static void shared_jets(const struct cpu *c, const struct cpu_layer *l, int in_cols)
{
	const struct net_layer *n = &l->net;
	size_t step = (size_t)in_cols * (size_t)l->padded;

	for (int y = 0; y < n->conv_rows; y++)
		for (int x = 0; x < n->conv_cols; x++) {
			const int32_t *sums = c->sums + (size_t)(y * n->stride) * step +
					      (size_t)(x * n->stride * l->padded);

			c->kernels->shared(sums, step, n->k, l->taps, l->limit, l->windows.groups,
					   l->made + y * l->made_step + x * l->out_words);
		}
}

/* An output lies at or before its inputs, so that `to` may be `from` with a step of its own. */
static void pool(const uint32_t *from, int rows, int cols, int words, uint32_t *to, int step)
{
	for (int r = 0; r < rows / 2; r++, to += step)
		for (int x = 0; x < cols / 2; x++) {
			const uint32_t *upper = from + (2 * r * cols + 2 * x) * words;
			const uint32_t *lower = upper + cols * words;

			for (int w = 0; w < words; w++)
				to[x * words + w] = upper[w] | upper[words + w] | lower[w] |
						    lower[words + w];
		}
}

static void run_layer(struct cpu *c, int i, const uint8_t *pixels)
{
	const struct cpu_layer *l = &c->layer[i];
	int rows = l->made_rows, cols = l->made_cols, words = l->out_words;

	if (i == 0)
		cpu_first(c, pixels);
	else
		c->kernels->windows(&l->windows);
	if (i > 0 && l->net.kind == NET_SJET)
		shared_jets(c, l, l->net.in_cols + 2 * c->layer[i - 1].border);
	for (int left = l->net.pools - l->join; left > 0; left--, rows /= 2, cols /= 2)
		if (left > 1)
			pool(l->made, rows, cols, words, l->made, cols / 2 * words);
		else
			pool(l->made, rows, cols, words, cpu_map_at(l, 0, 0), l->map_step);
}

static void run_head(struct cpu *c, int32_t *scores, int32_t *cam)
{
	const struct cpu_layer *l = &c->layer[c->net.count - 1];
	int positions = l->net.conv_rows * l->net.conv_cols;
	int lanes = (int)model_inputs(&l->net);
	const int32_t *sums = c->sums;

	c->kernels->windows(&l->windows);
	memcpy(scores, l->bias, (size_t)l->net.out * sizeof(*scores));
	for (int i = 0; i < positions; i++, sums += l->padded)
		for (int o = 0; o < l->net.out; o++) {
			int32_t z = lanes - 2 * sums[o];

			scores[o] += z;
			if (cam)
				*cam++ = z;
		}
}

/* Copies a map for bnn_layers; false when out of memory. */
static bool keep_layer(const struct cpu_layer *l, int i, struct bnn_layers *to)
{
	int rows = l->net.out_rows, cols = l->net.out_cols;
	uint8_t *bits = malloc((size_t)(rows * cols) * (size_t)l->net.out);

	if (!bits)
		return false;
	to->map[i] = bits;
	to->rows[i] = rows;
	to->cols[i] = cols;
	to->channels[i] = l->net.out;
	to->count = i + 1;
	for (int p = 0; p < rows * cols; p++) {
		const uint32_t *words = cpu_map_at(l, p / cols, p % cols);

		for (int o = 0; o < l->net.out; o++)
			*bits++ = words[o / 32] >> o % 32 & 1;
	}
	return true;
}

static bool keep_cam(const struct cpu_layer *l, struct bnn_layers *to)
{
	size_t positions = (size_t)(l->net.conv_rows * l->net.conv_cols);

	if (l->net.kind != NET_CAM)
		return true;
	to->cam = malloc(positions * (size_t)l->net.out * sizeof(*to->cam));
	to->cam_rows = l->net.conv_rows;
	to->cam_cols = l->net.conv_cols;
	return to->cam != NULL;
}

int cpu_run(struct cpu *c, const uint8_t *pixels, struct bnn_result *result,
	    struct bnn_layers *layers)
{
	int head = c->net.count - 1;
	bool ok = true;

	if (layers)
		memset(layers, 0, sizeof(*layers));
	for (int i = 0; ok && i < head; i++) {
		run_layer(c, i, pixels);
		if (layers)
			ok = keep_layer(&c->layer[i], i, layers);
	}
	if (ok && layers)
		ok = keep_cam(&c->layer[head], layers);
	if (!ok) {
		bnn_layers_free(layers);
		return BNN_E_MEMORY;
	}
	memset(result->scores, 0, sizeof(result->scores));
	run_head(c, result->scores, layers ? layers->cam : NULL);
	result->classes = c->layer[head].net.out;
	result->index = ref_argmax(result->scores, result->classes);
	result->margin = ref_margin(result->scores, result->classes);
	result->cycles = -1;
	result->front_cycles = -1;
	if (layers)
		layers->result = *result;
	return BNN_OK;
}
