/* SPDX-License-Identifier: MIT
 * A layer, and the whole network, through the reference. */
#include <stdlib.h>
#include <string.h>

#include "ref.h"

static void layer_z(const struct bnn_model *m, int layer, const uint8_t *in, int32_t *z)
{
	const struct net_layer *l = &m->net.layer[layer];
	const struct model_layer *p = &m->layer[layer];

	switch (l->kind) {
	case NET_JET: ref_jet(l, p, net_on_pixels(layer), in, z); break;
	case NET_SJET: ref_sjet(l, p, net_on_pixels(layer), in, z); break;
	case NET_BCONV: ref_bconv(l, p, net_on_pixels(layer), in, z); break;
	case NET_DENSE: ref_dense(l, p, in, z); break;
	case NET_CAM: ref_cam(l, p, in, z); break;
	}
}

int ref_layer(const struct bnn_model *m, int layer, const uint8_t *in, uint8_t *out)
{
	const struct net_layer *l = &m->net.layer[layer];
	size_t positions = (size_t)l->conv_rows * (size_t)l->conv_cols;
	size_t values = positions * (size_t)l->out;
	int32_t *z = malloc(values * sizeof(*z));
	uint8_t *bits = malloc(values);
	int rows = l->conv_rows, cols = l->conv_cols;

	if (!z || !bits) {
		free(z);
		free(bits);
		return BNN_E_MEMORY;
	}
	layer_z(m, layer, in, z);
	ref_threshold(z, m->layer[layer].threshold, positions, l->out, bits);
	for (int p = 0; p < l->pools; p++) {
		ref_pool(bits, rows, cols, l->out, bits);
		rows /= 2;
		cols /= 2;
	}
	memcpy(out, bits, (size_t)rows * (size_t)cols * (size_t)l->out);
	free(z);
	free(bits);
	return BNN_OK;
}

/* Scores of the head; the cam map goes to layers when wanted. |score| stays below 2^30: at most
 * 2^24 terms of ±1 (a dense layer's inputs, or 512 channels at 128x128 positions) and a bias of at
 * most MODEL_MAX_BIAS. */
static int run_head(const struct bnn_model *m, const uint8_t *in, int32_t *scores,
		    struct bnn_layers *layers)
{
	int head = m->net.count - 1;
	const struct net_layer *l = &m->net.layer[head];
	size_t positions = (size_t)l->conv_rows * (size_t)l->conv_cols;
	int32_t *z = malloc(positions * (size_t)l->out * sizeof(*z));

	if (!z)
		return BNN_E_MEMORY;
	layer_z(m, head, in, z);
	for (int c = 0; c < l->out; c++) {
		int64_t sum = m->layer[head].bias[c];

		for (size_t i = 0; i < positions; i++)
			sum += z[i * (size_t)l->out + (size_t)c];
		scores[c] = (int32_t)sum;
	}
	if (layers && l->kind == NET_CAM) {
		layers->cam = z;
		layers->cam_rows = l->conv_rows;
		layers->cam_cols = l->conv_cols;
	} else {
		free(z);
	}
	return BNN_OK;
}

static int run(const struct bnn_model *m, const uint8_t *pixels, int32_t *scores,
	       struct bnn_layers *keep)
{
	const uint8_t *in = pixels;
	uint8_t *map = NULL; /* owned here unless kept */
	int rc = BNN_OK;

	for (int i = 0; !rc && i < m->net.count - 1; i++) {
		const struct net_layer *l = &m->net.layer[i];
		uint8_t *out = malloc((size_t)l->out_rows * (size_t)l->out_cols * (size_t)l->out);

		rc = out ? ref_layer(m, i, in, out) : BNN_E_MEMORY;
		free(map);
		map = keep ? NULL : out;
		in = out;
		if (keep && out) {
			keep->map[i] = out;
			keep->rows[i] = l->out_rows;
			keep->cols[i] = l->out_cols;
			keep->channels[i] = l->out;
			keep->count = i + 1;
		}
	}
	if (!rc)
		rc = run_head(m, in, scores, keep);
	free(map);
	return rc;
}

int ref_run(const struct bnn_model *m, const uint8_t *pixels, struct bnn_result *result,
	    struct bnn_layers *layers)
{
	int rc;

	memset(result, 0, sizeof(*result));
	if (layers)
		memset(layers, 0, sizeof(*layers));
	rc = run(m, pixels, result->scores, layers);
	if (rc) {
		bnn_layers_free(layers);
		return rc;
	}
	result->classes = bnn_model_classes(m);
	result->index = ref_argmax(result->scores, result->classes);
	result->margin = ref_margin(result->scores, result->classes);
	result->cycles = -1;
	result->front_cycles = -1;
	if (layers)
		layers->result = *result;
	return BNN_OK;
}

void bnn_layers_free(struct bnn_layers *l)
{
	if (!l)
		return;
	for (int i = 0; i < l->count; i++)
		free(l->map[i]);
	free(l->cam);
	memset(l, 0, sizeof(*l));
}
