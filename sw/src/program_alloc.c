/* SPDX-License-Identifier: MIT
 * Compiler: places in map memory. Two front-end buffers (one fills while the engine reads the
 * other), then two regions that the engine's maps use in turn, then the class map. Where a program may go on
 * in map memory, from row 0, the maps are at its end. */
#include "program_parts.h"

int program_map_size(const struct program_map *map)
{
	return map->rows * map->pitch;
}

int program_cam_size(const struct program_cam *cam)
{
	return cam->blocks * cam->groups * cam->rows_a_group;
}

static int region_size(const struct plan *p, int region)
{
	int size = 0;

	for (int i = 1; i < p->maps; i++)
		if (i % 2 == region && program_map_size(&p->map[i]) > size)
			size = program_map_size(&p->map[i]);
	return size;
}

static int largest_map(const struct plan *p)
{
	int largest = 0;

	for (int i = 1; i < p->maps; i++)
		if (program_map_size(&p->map[i]) > program_map_size(&p->map[largest]))
			largest = i;
	return largest;
}

/* Errors: as blocks_choose. */
static int place_cam(struct plan *p, struct bnn_err *err)
{
	const struct net_layer *l = &p->model->net.layer[p->model->net.count - 1];
	const struct stage *head = &p->stage[p->stages - 1];
	struct windows w;
	struct blocks b;
	int rc;

	if (!p->keep_cam || l->kind != NET_CAM)
		return BNN_OK;
	windows_of(p, head, &w);
	rc = blocks_choose(p, head, &w, &b, err);
	if (rc)
		return rc;
	p->cam = (struct program_cam){ .stored = true,
				       .rows = l->conv_rows,
				       .cols = l->conv_cols,
				       .classes = l->out,
				       .base = p->map_rows,
				       .lanes = p->limits->positions,
				       .groups = conv_groups(p, head),
				       .outputs = b.outputs,
				       .rows_a_group = b.outputs * ceil_div(p->limits->positions,
									    p->limits->map_words),
				       .blocks = b.count,
				       .offset = fold_cam_offset(&w, l) };
	p->map_rows += program_cam_size(&p->cam);
	return BNN_OK;
}

static void move_to_end(struct plan *p)
{
	int free_rows = p->limits->map_rows - p->map_rows;

	for (int i = 0; i < p->maps; i++)
		p->map[i].base += free_rows;
	p->front_buffer1 += free_rows;
	p->cam.base += free_rows;
}

int plan_allocate(struct plan *p, struct bnn_err *err)
{
	int front = program_map_size(&p->map[0]);
	int start[2] = { 2 * front, 2 * front + region_size(p, 0) };
	int rc;

	p->map[0].base = 0;
	p->front_buffer1 = front;
	for (int i = 1; i < p->maps; i++)
		p->map[i].base = start[i % 2];
	p->map_rows = start[1] + region_size(p, 1);
	rc = place_cam(p, err);
	if (rc)
		return rc;
	if (p->map_rows > p->limits->map_rows)
		return limit_error(p, p->map_layer[largest_map(p)],
				   "map memory rows (all maps; this one is the largest)",
				   p->map_rows, p->limits->map_rows, err);
	if (p->limits->lent)
		move_to_end(p);
	return BNN_OK;
}
