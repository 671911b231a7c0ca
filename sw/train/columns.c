/* SPDX-License-Identifier: MIT
 * Inputs of a layer as rows of a matrix, and their gradient back. */
#include <string.h>

#include "layer.h"

static int clamp(int v, int size)
{
	return v < 0 ? 0 : v >= size ? size - 1 : v;
}

/* Where a tap reads: index of its input position, and whether it lies outside the map. */
static size_t tap_place(const struct net_layer *n, int row, int col, int tap, bool *outside)
{
	int pad = n->valid ? 0 : n->k / 2;
	int y = row * n->stride - pad + tap / n->k;
	int x = col * n->stride - pad + tap % n->k;
	int near_y = clamp(y, n->in_rows), near_x = clamp(x, n->in_cols);

	*outside = y != near_y || x != near_x;
	return (size_t)(near_y * n->in_cols + near_x);
}

/* Windows of one image, [positions][tap][channel]. */
static void get_windows(const struct layer *l, const float *in, float *col)
{
	const struct net_layer *n = l->net;
	size_t ch = (size_t)n->in_ch;
	bool outside;

	for (int r = 0; r < n->conv_rows; r++)
		for (int c = 0; c < n->conv_cols; c++)
			for (int t = 0; t < n->k * n->k; t++, col += ch) {
				size_t place = tap_place(n, r, c, t, &outside);

				if (outside && !l->pixels)
					for (size_t i = 0; i < ch; i++)
						col[i] = -1;
				else
					memcpy(col, in + place * ch, ch * sizeof(float));
			}
}

static void add_windows(const struct layer *l, const float *dcol, float *din)
{
	const struct net_layer *n = l->net;
	size_t ch = (size_t)n->in_ch;
	bool outside;

	for (int r = 0; r < n->conv_rows; r++)
		for (int c = 0; c < n->conv_cols; c++)
			for (int t = 0; t < n->k * n->k; t++, dcol += ch) {
				float *to = din + tap_place(n, r, c, t, &outside) * ch;

				if (outside)
					continue;
				for (size_t i = 0; i < ch; i++)
					to[i] += dcol[i];
			}
}

/* cam: the scores' sum over positions is the score of the inputs' sum. */
static void get_sums(const struct layer *l, const float *in, float *col)
{
	memset(col, 0, l->terms * sizeof(float));
	for (size_t i = 0; i < l->in_size; i++)
		col[i % l->terms] += in[i];
}

static void add_sums(const struct layer *l, const float *dcol, float *din)
{
	for (size_t i = 0; i < l->in_size; i++)
		din[i] += dcol[i % l->terms];
}

void columns_get(const struct layer *l, const float *in, int images, float *col)
{
	size_t size = (size_t)l->positions * l->terms;

	for (int i = 0; i < images; i++, in += l->in_size, col += size) {
		if (l->net->kind == NET_DENSE)
			memcpy(col, in, size * sizeof(float));
		else if (l->net->kind == NET_CAM)
			get_sums(l, in, col);
		else
			get_windows(l, in, col);
	}
}

void columns_add(const struct layer *l, const float *dcol, int images, float *din)
{
	size_t size = (size_t)l->positions * l->terms;

	for (int i = 0; i < images; i++, din += l->in_size, dcol += size) {
		if (l->net->kind == NET_DENSE)
			for (size_t j = 0; j < size; j++)
				din[j] += dcol[j];
		else if (l->net->kind == NET_CAM)
			add_sums(l, dcol, din);
		else
			add_windows(l, dcol, din);
	}
}
