/* SPDX-License-Identifier: MIT
 * Compiler: model to program. The work is in program_plan.c (stages and maps), program_alloc.c
 * (places), program_front.c, program_blocks.c, program_ops.c and program_list.c (words),
 * program_fold.c (weights and thresholds). */
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

void words_put(struct words *w, uint32_t word)
{
	uint32_t *to = words_add(w, 1);

	if (to)
		*to = word;
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

static void add_words(struct words *w, const uint32_t *from, int n)
{
	uint32_t *to = words_add(w, n);

	if (to && from)
		memcpy(to, from, (size_t)n * sizeof(*to));
}

static void front_run(struct words *w, int part, const uint32_t *from, int n)
{
	uint32_t *run = words_add(w, 1);

	if (!run)
		return;
	FIELD_SET(run, R_KIND, JB_RUN_FRONT);
	FIELD_SET(run, R_SLOT, part);
	FIELD_SET(run, R_COUNT, n);
	add_words(w, from, n);
}

/* A jump in word `at`, at most the one behind the last. */
static void jump(struct words *w, int at, int target)
{
	uint32_t *run = at < w->n ? w->p + at : words_add(w, 1);

	if (!run)
		return;
	FIELD_SET(run, R_KIND, JB_RUN_JUMP);
	FIELD_SET(run, R_ADDRESS, target);
}

bool streams_failed(const struct streams *s)
{
	return s->list.failed || s->blocks.failed || s->thresholds.failed || s->rows.failed;
}

void streams_free(struct streams *s)
{
	free(s->list.p);
	free(s->blocks.p);
	free(s->thresholds.p);
	free(s->rows.p);
}

void program_join(const struct words *front, const struct streams *s, struct words *out)
{
	const uint32_t *codes = front->p + JB_PROG_FRONT_WORDS;
	int code_words = (int)FIELD(front->p, F_CODE_WORDS), blocks;
	uint32_t *boot;

	add_words(out, front->p, JB_PROG_FRONT_WORDS);
	words_add(out, JB_LIST_FIRST - JB_PROG_FRONT_WORDS);
	add_words(out, s->list.p, s->list.n);
	if (out->failed)
		return;
	jump(out, JB_PROG_FRONT_WORDS, out->n);
	front_run(out, 1, codes, code_words);
	front_run(out, 2, codes + code_words, (int)FIELD(front->p, F_THR_WORDS));
	add_words(out, s->thresholds.p, s->thresholds.n);
	boot = words_add(out, 1);
	if (boot)
		FIELD_SET(boot, R_KIND, JB_RUN_BOOT);
	blocks = out->n;
	add_words(out, s->blocks.p, s->blocks.n);
	jump(out, out->n, blocks);
	if (out->failed)
		return;
	jump(out, JB_PROG_RESTART, blocks);
	if (s->rows.n)
		out->p[JB_PROG_ROWS_CRC] = resident_crc(&s->rows);
}

static int emit_stages(struct plan *p, const struct words *front, struct streams *w,
		       struct program *out, struct bnn_err *err)
{
	/* the descriptor is in front of the lists; two front runs, boot and the jump back */
	int ops = 0, fixed = JB_LIST_FIRST + front->n - JB_PROG_FRONT_WORDS + 4;
	/* what the maps leave, where they share a memory */
	int have = p->limits->model_words - (p->limits->lent ? p->map_rows : 0);

	for (int i = 0; i < p->stages; i++) {
		const struct stage *s = &p->stage[i];
		int before = ops, rc = stage_emit(p, s, w, &ops, err);
		int words = fixed + w->list.n + w->blocks.n + w->thresholds.n;

		if (!rc && ops > JB_MAX_OPS)
			rc = limit_error(p, s->layer, "engine operations", ops, JB_MAX_OPS, err);
		if (!rc && words > have)
			rc = limit_error(p, s->layer, "model memory words (up to this layer)",
					 words, have, err);
		if (!rc && JB_LIST_FIRST + w->list.n > limits_own_words(p->limits))
			rc = limit_error(p, s->layer, "model memory words for lists",
					 JB_LIST_FIRST + w->list.n, limits_own_words(p->limits),
					 err);
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

static void fill_in(const struct plan *p, const struct words *rows, struct words *w,
		    struct program *out)
{
	FIELD_SET(w->p, F_OPS, out->ops);
	FIELD_SET(w->p, F_STREAM_WORDS, w->n - (int)FIELD(w->p + JB_PROG_RESTART, R_ADDRESS));
	out->count = w->n;
	out->weight_rows = rows->n / resident_row_words(p->limits);
	out->sent = w->n + rows->n;
	add_words(w, rows->p, rows->n);
	out->words = w->p;
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
	struct words front = { 0 }, all = { 0 };
	struct streams w = { .threshold_rows = 0 };
	struct plan p;
	int rc;

	plan_make(m, limits, opt, &p);
	rc = plan_allocate(&p, err);
	if (!rc)
		rc = front_emit(&p, &front, err);
	if (!rc)
		rc = emit_stages(&p, &front, &w, &made, err);
	if (!rc) {
		program_join(&front, &w, &all);
		if (!all.failed)
			fill_in(&p, &w.rows, &all, &made);
		if (all.failed)
			rc = err_set(err, BNN_E_MEMORY, "out of memory for the program");
	}
	if (!rc)
		*out = made;
	else
		free(all.p);
	free(front.p);
	streams_free(&w);
	return rc;
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
	int block_rows = cam->groups * cam->rows_a_group, rows_a_unit = ceil_div(cam->lanes, mw);

	for (int r = 0; r < cam->rows; r++)
		for (int c = 0; c < cam->cols; c++)
			for (int k = 0; k < cam->classes; k++) {
				int group = r * (cam->groups / cam->rows) + c / cam->lanes;
				int lane = c % cam->lanes, block = k / cam->outputs;
				int row = block * block_rows + group * cam->rows_a_group +
					  k % cam->outputs * rows_a_unit + lane / mw;
				uint32_t sum = words[row * mw + lane % mw], before = 0;

				if (group > 0)
					before = words[(row - cam->rows_a_group) * mw + lane % mw];
				*out++ = 2 * (int32_t)(sum - before) - cam->offset;
			}
}
