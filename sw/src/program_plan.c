/* SPDX-License-Identifier: MIT
 * Compiler: from layers to engine stages and maps. The first pool behind a stride-1 layer is part
 * of that layer's pass, and so is the first one behind the front end; all others are stages. */
#include <string.h>

#include "program_parts.h"

static int add_map(struct plan *p, int layer, int rows, int cols, int ch)
{
	int mw = p->limits->map_words;
	struct program_map *map = &p->map[p->maps];

	map->rows = rows;
	map->cols = cols;
	map->ch = ch;
	map->g = (ch + WORD_BITS - 1) / WORD_BITS;
	map->cg = (cols + mw - 1) / mw;
	map->pitch = map->cg * map->g;
	p->map_layer[p->maps] = layer;
	return p->maps++;
}

static struct stage *add_stage(struct plan *p, enum stage_kind kind, int layer)
{
	struct stage *s = &p->stage[p->stages++];

	s->kind = kind;
	s->layer = layer;
	s->in = p->maps - 1;
	s->in_front = s->in == 0;
	return s;
}

static enum stage_kind stage_of(const struct net_layer *l)
{
	return l->kind == NET_DENSE ? STAGE_DENSE : l->kind == NET_SJET ? STAGE_SJET : STAGE_CONV;
}

static void add_layer(struct plan *p, int i)
{
	const struct net_layer *l = &p->model->net.layer[i];
	int rows = l->conv_rows, cols = l->conv_cols, pools = l->pools;
	bool fuse = pools > 0;

	if (!net_on_pixels(i)) {
		struct stage *s = add_stage(p, stage_of(l), i);

		fuse = fuse && s->kind == STAGE_CONV && l->stride == 1;
		s->fuse = fuse;
		s->head = i == p->model->net.count - 1;
		s->out = s->head ? -1 : p->maps;
		if (s->head)
			return;
	}
	add_map(p, i, fuse ? rows / 2 : rows, fuse ? cols / 2 : cols, l->out);
	for (int pool = fuse; pool < pools; pool++) {
		const struct program_map *in = &p->map[p->maps - 1];
		struct stage *s = add_stage(p, STAGE_POOL, i);

		s->out = add_map(p, i, in->rows / 2, in->cols / 2, l->out);
	}
}

void plan_make(const struct bnn_model *m, const struct device_limits *limits,
	       const struct program_options *opt, struct plan *p)
{
	memset(p, 0, sizeof(*p));
	p->model = m;
	p->limits = limits;
	p->keep_cam = opt && opt->keep_cam;
	for (int i = 0; i < m->net.count; i++)
		add_layer(p, i);
}
