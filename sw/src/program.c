/* SPDX-License-Identifier: MIT
 * Compiler: model to program. The work is in program_plan.c (stages and maps), program_alloc.c
 * (places), program_front.c, program_blocks.c and program_ops.c (words), program_fold.c (weights
 * and thresholds). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program_parts.h"

uint32_t *words_add(struct words *w, int n)
{
	if (!w->failed && w->size - w->n < n) {
		int size = 2 * w->size + n + 1024;
		uint32_t *p = realloc(w->p, (size_t)size * sizeof(*p));

		if (p) {
			w->p = p;
			w->size = size;
		} else {
			w->failed = true;
		}
	}
	if (w->failed)
		return NULL;
	memset(w->p + w->n, 0, (size_t)n * sizeof(*w->p));
	w->n += n;
	return w->p + w->n - n;
}

int limit_error(const struct plan *p, int layer, const char *what, long need, long have,
		struct bnn_err *err)
{
	static const char *const names[] = { [NET_JET] = "jet",
					     [NET_SJET] = "sjet",
					     [NET_BCONV] = "bconv",
					     [NET_DENSE] = "dense",
					     [NET_CAM] = "cam" };
	const struct net_layer *l = &p->model->net.layer[layer];
	char size[16] = "";

	if (l->kind != NET_DENSE && l->kind != NET_CAM)
		snprintf(size, sizeof(size), "%dx", l->k);
	return err_set(err, BNN_E_LIMIT, "layer %d (%s%s%d): %s: %ld needed, the device has %ld",
		       layer + 1, names[l->kind], size, l->out, what, need, have);
}

static int emit_stages(struct plan *p, struct words *w, struct program *out, struct bnn_err *err)
{
	int ops = 0;

	for (int i = 0; i < p->stages; i++) {
		const struct stage *s = &p->stage[i];
		int before = ops, rc = stage_emit(p, s, w, &ops, err);

		if (!rc && ops > JB_MAX_OPS)
			rc = limit_error(p, s->layer, "engine operations", ops, JB_MAX_OPS, err);
		if (!rc && w->n > p->limits->model_words)
			rc = limit_error(p, s->layer, "model memory words (up to this layer)", w->n,
					 p->limits->model_words, err);
		if (rc)
			return rc;
		for (int op = before; op < ops; op++)
			out->op_layer[op] = s->layer;
		if (!s->head)
			p->map[s->out].after = ops;
	}
	out->ops = ops;
	return BNN_OK;
}

static void fill_in(const struct plan *p, struct words *w, struct program *out)
{
	int front_words = JB_PROG_FRONT_WORDS + (int)FIELD(w->p, F_CODE_WORDS) +
			  (int)FIELD(w->p, F_THR_WORDS);

	FIELD_SET(w->p, F_OPS, out->ops);
	FIELD_SET(w->p, F_STREAM_WORDS, w->n - front_words);
	out->words = w->p;
	out->count = w->n;
	out->cam = p->cam;
	out->map_rows = p->map_rows;
	out->maps = p->model->net.count - 1;
	for (int i = 0; i < p->maps; i++) /* the last map of a layer stays */
		out->map[p->map_layer[i]] = p->map[i];
}

int program_compile(const struct bnn_model *m, const struct device_limits *limits,
		    const struct program_options *opt, struct program *out, struct bnn_err *err)
{
	struct program made = { .words = NULL };
	struct words w = { 0 };
	struct plan p;
	int rc;

	plan_make(m, limits, opt, &p);
	rc = plan_allocate(&p, err);
	if (!rc)
		rc = front_emit(&p, &w, err);
	if (!rc)
		rc = emit_stages(&p, &w, &made, err);
	if (rc) {
		free(w.p);
		return rc;
	}
	fill_in(&p, &w, &made);
	*out = made;
	return BNN_OK;
}

void program_free(struct program *p)
{
	free(p->words);
	memset(p, 0, sizeof(*p));
}

void program_map_unpack(const struct program_map *map, int mw, const uint32_t *words, uint8_t *out)
{
	for (int r = 0; r < map->rows; r++)
		for (int c = 0; c < map->cols; c++) {
			const uint32_t *row =
				words + (size_t)(r * map->pitch + c / mw * map->g) * (size_t)mw;

			for (int i = 0; i < map->ch; i++)
				*out++ = row[i / WORD_BITS * mw + c % mw] >> i % WORD_BITS & 1;
		}
}

void program_cam_unpack(const struct program_cam *cam, int mw, const uint32_t *words, int32_t *out)
{
	for (int r = 0; r < cam->rows; r++)
		for (int c = 0; c < cam->cols; c++)
			for (int k = 0; k < cam->classes; k++) {
				int row = k * cam->plane + r * cam->cg + c / mw;

				*out++ = 2 * (int32_t)words[row * mw + c % mw] - cam->offset;
			}
}
