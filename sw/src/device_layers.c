/* SPDX-License-Identifier: MIT
 * An accelerator behind a transport: reading every map of an image. The image pauses before the
 * engine and after each operation; each map is read when it is complete. Whatever goes wrong on the
 * link, the image starts again from the beginning. */
#include <stdlib.h>
#include <string.h>

#include "device_link.h"

/* Something was damaged or lost: start again. Not an error of the library. */
#define AGAIN 1
/* Times the image is started: it takes many packets, and most losses mean another start. */
#define STARTS 16

static int read_rows(struct link_device *d, int base, int rows, uint32_t *to, struct bnn_err *err)
{
	int mw = d->limits.map_words, most = JB_PKT_MAX_READ_WORDS / mw;
	struct link_answer a;

	for (int at = 0; at < rows; at += most) {
		int n = rows - at < most ? rows - at : most;
		int row = base + at;
		uint8_t payload[4] = { (uint8_t)row, (uint8_t)(row >> 8), (uint8_t)n,
				       (uint8_t)(n >> 8) };
		int rc = link_request(&d->link, JB_T_READ_MAP, payload, sizeof(payload), &a, err);

		if (rc)
			return rc;
		if (a.reason) {
			link_refused("reading a map", a.reason, err);
			return a.reason == JB_R_BUSY ? AGAIN : BNN_E_DEVICE;
		}
		if (a.length != 4 * (size_t)(n * mw))
			return err_set(err, BNN_E_DEVICE, "%zu map bytes, expected %d", a.length,
				       4 * n * mw);
		for (int i = 0; i < n * mw; i++)
			*to++ = link_u32(a.payload, i);
	}
	return BNN_OK;
}

/* Reads rows into a new array. */
static int read_words(struct link_device *d, int base, int rows, uint32_t **words,
		      struct bnn_err *err)
{
	int rc;

	*words = malloc(sizeof(**words) * (size_t)rows * (size_t)d->limits.map_words);
	if (!*words)
		return err_set(err, BNN_E_MEMORY, "out of memory for a map");
	rc = read_rows(d, base, rows, *words, err);
	if (rc) {
		free(*words);
		*words = NULL;
	}
	return rc;
}

static int read_map(struct link_device *d, int layer, struct bnn_layers *out, struct bnn_err *err)
{
	const struct program_map *map = &d->program[d->loaded].map[layer];
	uint32_t *words;
	int rc = read_words(d, map->base, program_map_size(map), &words, err);

	if (rc)
		return rc;
	out->map[layer] = malloc((size_t)map->rows * (size_t)map->cols * (size_t)map->ch);
	if (out->map[layer]) {
		program_map_unpack(map, d->limits.map_words, words, out->map[layer]);
		out->rows[layer] = map->rows;
		out->cols[layer] = map->cols;
		out->channels[layer] = map->ch;
		out->count = layer + 1;
	} else {
		rc = err_set(err, BNN_E_MEMORY, "out of memory for a layer");
	}
	free(words);
	return rc;
}

static int read_cam(struct link_device *d, struct bnn_layers *out, struct bnn_err *err)
{
	const struct program_cam *cam = &d->program[d->loaded].cam;
	uint32_t *words;
	int rc;

	if (!cam->stored)
		return BNN_OK;
	rc = read_words(d, cam->base, program_cam_size(cam), &words, err);
	if (rc)
		return rc;
	out->cam = malloc(sizeof(*out->cam) * (size_t)cam->rows * (size_t)cam->cols *
			  (size_t)cam->classes);
	if (out->cam) {
		program_cam_unpack(cam, d->limits.map_words, words, out->cam);
		out->cam_rows = cam->rows;
		out->cam_cols = cam->cols;
	} else {
		rc = err_set(err, BNN_E_MEMORY, "out of memory for the class map");
	}
	free(words);
	return rc;
}

static struct job *last_job(struct link_device *d)
{
	return &d->jobs.item[d->jobs.count - 1];
}

/* Waits for PAUSED with `ops` operations done, or for the result. */
static int wait_pause(struct link_device *d, int ops, struct bnn_err *err)
{
	for (int i = 0; i < LINK_TRIES; i++) {
		int rc;

		if (last_job(d)->state == JOB_DONE || d->paused == ops)
			return last_job(d)->rc
				       ? err_set(err, last_job(d)->rc, "%s", last_job(d)->why.text)
				       : BNN_OK;
		if (last_job(d)->state == JOB_RESEND)
			return AGAIN;
		rc = link_wait(&d->link, err);
		if (rc)
			return rc == BNN_E_TIMEOUT ? AGAIN : rc;
	}
	return AGAIN;
}

/* A CONTINUE that was sent twice may have ended two pauses. */
static int go_on(struct link_device *d, struct bnn_err *err)
{
	uint32_t resent = d->link.resent;
	struct link_answer a;
	int rc = link_request(&d->link, JB_T_CONTINUE, NULL, 0, &a, err);

	if (rc)
		return rc;
	return d->link.resent != resent || a.reason ? AGAIN : BNN_OK;
}

static int run_paused(struct link_device *d, const uint8_t *pixels, struct bnn_layers *out,
		      struct bnn_err *err)
{
	const struct program *p = &d->program[d->loaded];
	int layer = 0;
	int rc = device_reset(d, err); /* the next image goes to buffer 0 */

	d->paused = -1;
	if (!rc)
		rc = device_send_image(d, pixels, 0, JB_FLAG_PAUSE, err);
	if (rc == BNN_E_TIMEOUT)
		return AGAIN;
	for (int ops = 0; !rc; ops++) {
		rc = wait_pause(d, ops, err);
		if (rc || last_job(d)->state == JOB_DONE)
			break;
		for (; !rc && layer < p->maps && p->map[layer].after == ops; layer++)
			rc = read_map(d, layer, out, err);
		if (!rc)
			rc = go_on(d, err);
	}
	if (!rc && layer < p->maps)
		rc = AGAIN;
	return rc ? rc : read_cam(d, out, err);
}

int device_layers(void *state, const uint8_t *pixels, struct bnn_layers *out, struct bnn_err *err)
{
	struct link_device *d = state;
	enum variant v = d->program[WITH_CAM].words || d->no_cam.text[0] ? WITH_CAM : PLAIN;
	int before, rc;

	device_finish(d);
	rc = device_use(d, v, err);
	if (rc)
		return rc;
	before = d->jobs.count;
	rc = AGAIN;
	for (int i = 0; i < STARTS && rc == AGAIN; i++) {
		memset(out, 0, sizeof(*out));
		rc = run_paused(d, pixels, out, err);
		if (!rc)
			out->result = last_job(d)->result;
		else
			bnn_layers_free(out);
		while (d->jobs.count > before)
			jobs_remove(&d->jobs, before);
	}
	if (rc == AGAIN)
		return err_set(err, BNN_E_LINK, "reading the layers failed %d times", STARTS);
	return rc;
}
