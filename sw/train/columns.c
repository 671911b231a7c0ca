/* SPDX-License-Identifier: MIT
 * Inputs of a layer as rows of a matrix, and their gradient back. */
#include <string.h>

#include "layer.h"

/* Taps of one kernel row of a window: where they read. */
struct tap_row {
	bool whole; /* all inside: k neighbouring positions from the first on */
	size_t place[5];
	bool outside[5];
};

static void find_taps(const struct net_layer *n, int row, int col, int ky, struct tap_row *t)
{
	int pad = n->valid ? 0 : n->k / 2;
	int y = row * n->stride - pad + ky, near_y = net_clamp(y, n->in_rows);

	t->whole = true;
	for (int kx = 0; kx < n->k; kx++) {
		int x = col * n->stride - pad + kx, near_x = net_clamp(x, n->in_cols);

		t->place[kx] = (size_t)(near_y * n->in_cols + near_x);
		t->outside[kx] = y != near_y || x != near_x;
		t->whole &= !t->outside[kx];
	}
}

/* One kernel row of a window, [tap][channel]. */
static void get_row(const struct layer *l, const struct tap_row *t, const float *in, float *col)
{
	size_t ch = (size_t)l->net->in_ch;

	if (t->whole) {
		memcpy(col, in + t->place[0] * ch, (size_t)l->net->k * ch * sizeof(float));
		return;
	}
	for (int kx = 0; kx < l->net->k; kx++, col += ch) {
		if (t->outside[kx] && !l->pixels)
			for (size_t i = 0; i < ch; i++)
				col[i] = l->real ? 0 : -1;
		else
			memcpy(col, in + t->place[kx] * ch, ch * sizeof(float));
	}
}

static void add_row(const struct layer *l, const struct tap_row *t, const float *dcol, float *din)
{
	size_t ch = (size_t)l->net->in_ch;

	for (int kx = 0; kx < l->net->k; kx++, dcol += ch)
		for (size_t i = 0; !t->outside[kx] && i < ch; i++)
			din[t->place[kx] * ch + i] += dcol[i];
}

/* Windows of one image, [positions][tap][channel]. */
static void get_windows(const struct layer *l, const float *in, float *col)
{
	const struct net_layer *n = l->net;
	struct tap_row taps;

	for (int r = 0; r < n->conv_rows; r++)
		for (int c = 0; c < n->conv_cols; c++)
			for (int ky = 0; ky < n->k; ky++, col += n->k * n->in_ch) {
				find_taps(n, r, c, ky, &taps);
				get_row(l, &taps, in, col);
			}
}

static void add_windows(const struct layer *l, const float *dcol, float *din)
{
	const struct net_layer *n = l->net;
	struct tap_row taps;

	for (int r = 0; r < n->conv_rows; r++)
		for (int c = 0; c < n->conv_cols; c++)
			for (int ky = 0; ky < n->k; ky++, dcol += n->k * n->in_ch) {
				find_taps(n, r, c, ky, &taps);
				add_row(l, &taps, dcol, din);
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
