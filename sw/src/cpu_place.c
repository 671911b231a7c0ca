/* SPDX-License-Identifier: MIT
 * cpu device: where maps lie, and which windows and positions the loops of a layer go through. */
#include <stdlib.h>

#include "cpu_parts.h"

static bool is_conv(const struct net_layer *n)
{
	return n->kind == NET_JET || n->kind == NET_SJET || n->kind == NET_BCONV;
}

/* The map that layer i makes, for the next to read. */
static bool place_map(struct cpu *c, int i)
{
	struct cpu_layer *l = &c->layer[i];
	const struct net_layer *n = &l->net, *next = &c->net.layer[i + 1];
	int pools = n->pools;

	l->border = is_conv(next) && !next->valid ? next->k / 2 : 0;
	l->map_step = (n->out_cols + 2 * l->border) * l->out_words;
	l->map = calloc((size_t)(n->out_rows + 2 * l->border),
			(size_t)l->map_step * sizeof(*l->map));
	if (!l->map)
		return false;
	/* Shared jets need all positions of the sums anyway. */
	l->join = pools > 0 && (n->kind != NET_SJET || i == 0);
	l->made_rows = n->conv_rows / (l->join ? 2 : 1);
	l->made_cols = n->conv_cols / (l->join ? 2 : 1);
	if (pools > l->join) {
		l->made = c->temporary;
		l->made_step = l->made_cols * l->out_words;
	} else {
		l->made = cpu_map_at(l, 0, 0);
		l->made_step = l->map_step;
	}
	return true;
}

/* Windows at the positions of rows and cols, `stride` apart; those that are pooled side by side. */
static bool place_windows(struct cpu_layer *l, int rows, int cols, int stride)
{
	struct cpu_windows *w = &l->windows;
	int side = l->join ? 2 : 1, count = 0, made = 0;
	size_t most = (size_t)(rows * cols);

	l->at = calloc(most, sizeof(*l->at));
	l->to = calloc(most, sizeof(*l->to));
	if (!l->at || !l->to)
		return false;
	for (int y = 0; y + side <= rows; y += side)
		for (int x = 0; x + side <= cols; x += side) {
			for (int i = 0; i < side * side; i++)
				l->at[count++] = (y + i / 2) * stride * w->step +
						 (x + i % 2) * stride * l->in_words;
			l->to[made++] = y / side * l->made_step + x / side * l->out_words;
		}
	w->count = count;
	w->at = l->at;
	w->to = l->to;
	w->join = l->join;
	return true;
}

/* Windows of layer i on the map of the one before; those that make sums, at all places of it. */
static bool place_layer(struct cpu *c, int i)
{
	struct cpu_layer *l = &c->layer[i];
	const struct cpu_layer *from = &c->layer[i - 1];
	const struct net_layer *n = &l->net;
	struct cpu_windows *w = &l->windows;

	w->in = from->map;
	w->step = from->map_step;
	w->out = l->made;
	switch (n->kind) {
	case NET_DENSE: return place_windows(l, 1, 1, 1);
	case NET_CAM:
	case NET_SJET:
		return place_windows(l, n->in_rows + 2 * from->border,
				     n->in_cols + 2 * from->border, 1);
	default: return place_windows(l, n->conv_rows, n->conv_cols, n->stride);
	}
}

bool cpu_place(struct cpu *c)
{
	size_t temporary = 1, sums = 1;
	bool ok = true;

	for (int i = 0; i < c->net.count - 1; i++) {
		const struct cpu_layer *l = &c->layer[i];
		size_t size = (size_t)(l->net.conv_rows * l->net.conv_cols * l->out_words);

		temporary = size > temporary ? size : temporary;
	}
	c->temporary = calloc(temporary, sizeof(*c->temporary));
	ok = c->temporary != NULL;
	for (int i = 0; ok && i < c->net.count; i++) {
		struct cpu_layer *l = &c->layer[i];
		bool head = i == c->net.count - 1;
		size_t size;

		ok = (head || place_map(c, i)) && (i == 0 || place_layer(c, i));
		size = (size_t)l->windows.count * (size_t)l->padded;
		if (head || l->net.kind == NET_SJET)
			sums = size > sums ? size : sums;
	}
	c->sums = calloc(sums, sizeof(*c->sums));
	if (!c->sums)
		return false;
	for (int i = 1; i < c->net.count; i++)
		if (i == c->net.count - 1 || c->layer[i].net.kind == NET_SJET)
			c->layer[i].windows.sums = c->sums;
	return ok;
}
