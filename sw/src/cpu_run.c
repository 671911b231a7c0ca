/* SPDX-License-Identifier: MIT
 * cpu device: runs an image through the packed layers. */
#include <stdlib.h>
#include <string.h>

#include "cpu_parts.h"
#include "ref.h"

void cpu_count(struct cpu *c, const struct cpu_layer *l)
{
	int groups = l->padded / CPU_GROUP;
	size_t set = (size_t)groups * (size_t)(l->window * CPU_GROUP);

	c->kernels->count(c->packed, l->weights, l->window, groups, c->sums);
	if (l->terms == 1)
		return;
	for (int o = 0; o < l->padded; o++)
		c->sums[o] *= l->term_weight[0];
	for (int t = 1; t < l->terms; t++) {
		c->kernels->count(c->packed, l->weights + (size_t)t * set, l->window, groups,
				  c->more);
		c->kernels->scale(c->sums, c->more, l->term_weight[t], l->padded);
	}
}

/* The window of an output position, missing positions 0 (-1). */
static void pack_window(struct cpu *c, const struct cpu_layer *l, const uint32_t *in, int y, int x)
{
	const struct net_layer *n = &l->net;
	int pad = n->valid ? 0 : n->k / 2, top = y * n->stride - pad, left = x * n->stride - pad;
	int first = left < 0 ? -left : 0;
	int last = left + n->k > n->in_cols ? n->in_cols - left : n->k;
	size_t size = sizeof(*in) * (size_t)l->in_words;
	char *to = (char *)c->packed;

	memset(to, 0, (size_t)l->window * sizeof(*c->packed));
	for (int i = 0; i < n->k; i++)
		if (top + i >= 0 && top + i < n->in_rows && last > first)
			memcpy(to + size * (size_t)(i * n->k + first),
			       in + (size_t)((top + i) * n->in_cols + left + first) *
					       (size_t)l->in_words,
			       size * (size_t)(last - first));
}

static void conv(struct cpu *c, const struct cpu_layer *l, const uint32_t *in, uint32_t *out)
{
	for (int y = 0; y < l->net.conv_rows; y++)
		for (int x = 0; x < l->net.conv_cols; x++, out += l->out_words) {
			pack_window(c, l, in, y, x);
			cpu_count(c, l);
			c->kernels->compare(l->limit, c->sums, l->padded, out);
		}
}

/* The flattened map is the map as it lies. */
static void dense_counts(struct cpu *c, const struct cpu_layer *l, const uint32_t *in)
{
	size_t words = (size_t)(l->net.in_rows * l->net.in_cols * l->in_words);

	c->packed[l->window - 1] = 0;
	memcpy(c->packed, in, words * sizeof(*in));
	cpu_count(c, l);
}

/* In place: an output lies at or before its inputs. */
static void pool(uint32_t *map, int rows, int cols, int words)
{
	uint32_t *to = map;

	for (int r = 0; r < rows / 2; r++)
		for (int x = 0; x < cols / 2; x++) {
			const uint32_t *upper = map + (2 * r * cols + 2 * x) * words;
			const uint32_t *lower = upper + cols * words;

			for (int w = 0; w < words; w++)
				*to++ = upper[w] | upper[words + w] | lower[w] | lower[words + w];
		}
}

static void run_layer(struct cpu *c, int i, const uint8_t *pixels, const uint32_t *in,
		      uint32_t *out)
{
	const struct cpu_layer *l = &c->layer[i];
	int rows = l->net.conv_rows, cols = l->net.conv_cols;

	if (l->pixels) {
		cpu_first(c, l, pixels, out);
	} else if (l->net.kind == NET_SJET) {
		cpu_sjet(c, l, in, out);
	} else if (l->net.kind == NET_DENSE) {
		dense_counts(c, l, in);
		c->kernels->compare(l->limit, c->sums, l->padded, out);
	} else {
		conv(c, l, in, out);
	}
	for (int p = 0; p < l->net.pools; p++, rows /= 2, cols /= 2)
		pool(out, rows, cols, l->out_words);
}

static void run_head(struct cpu *c, const uint32_t *in, int32_t *scores, int32_t *cam)
{
	const struct cpu_layer *l = &c->layer[c->net.count - 1];
	int positions = l->net.conv_rows * l->net.conv_cols;
	int lanes = (int)model_inputs(&l->net);

	memcpy(scores, l->bias, (size_t)l->net.out * sizeof(*scores));
	for (int i = 0; i < positions; i++) {
		if (l->net.kind == NET_DENSE)
			dense_counts(c, l, in);
		else
			pack_window(c, l, in, i / l->net.conv_cols, i % l->net.conv_cols);
		if (l->net.kind == NET_CAM)
			cpu_count(c, l);
		for (int o = 0; o < l->net.out; o++) {
			int32_t z = lanes - 2 * c->sums[o];

			scores[o] += z;
			if (cam)
				*cam++ = z;
		}
	}
}

/* Copies a map for bnn_layers; false when out of memory. */
static bool keep_layer(const struct cpu_layer *l, const uint32_t *map, int i, struct bnn_layers *to)
{
	int positions = l->net.out_rows * l->net.out_cols;
	uint8_t *bits = malloc((size_t)positions * (size_t)l->net.out);

	if (!bits)
		return false;
	to->map[i] = bits;
	to->rows[i] = l->net.out_rows;
	to->cols[i] = l->net.out_cols;
	to->channels[i] = l->net.out;
	to->count = i + 1;
	for (int p = 0; p < positions; p++, map += l->out_words)
		for (int o = 0; o < l->net.out; o++)
			*bits++ = map[o / 32] >> o % 32 & 1;
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
		run_layer(c, i, pixels, c->map[(i + 1) % 2], c->map[i % 2]);
		if (layers)
			ok = keep_layer(&c->layer[i], c->map[i % 2], i, layers);
	}
	if (ok && layers)
		ok = keep_cam(&c->layer[head], layers);
	if (!ok) {
		bnn_layers_free(layers);
		return BNN_E_MEMORY;
	}
	memset(result->scores, 0, sizeof(result->scores));
	run_head(c, c->map[(head + 1) % 2], result->scores, layers ? layers->cam : NULL);
	result->classes = c->layer[head].net.out;
	result->index = ref_argmax(result->scores, result->classes);
	result->margin = ref_margin(result->scores, result->classes);
	result->cycles = -1;
	result->front_cycles = -1;
	if (layers)
		layers->result = *result;
	return BNN_OK;
}
