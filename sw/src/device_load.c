/* SPDX-License-Identifier: MIT
 * An accelerator behind a transport: loading a model. A program is staged beside the running one and
 * becomes the running one at COMMIT; where both do not fit, the old one is unloaded first. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "bytes.h"
#include "cycles_front.h"
#include "device_link.h"
#include "fields.h"

#define CHUNK_WORDS (JB_PKT_MAX_LOAD / 4 - 1)
#define UNIT_CHUNK (CHUNK_WORDS / 9 * 9) /* whole units of weight rows */
#define PACE_MARGIN 1.02 /* pauses of the front end that its cycle model leaves out */

/* What a step of loading came to. */
enum outcome { LOAD_GOOD, LOAD_AGAIN, LOAD_FAILED };

/* Request whose refusal for `again` means: start the load again. */
static enum outcome step(struct link_device *d, uint8_t type, const uint8_t *payload, size_t length,
			 int again, int *reason, struct bnn_err *err)
{
	struct link_answer a;
	int rc = link_request(&d->link, type, payload, length, &a, err);

	*reason = rc ? 0 : a.reason;
	if (rc)
		return LOAD_FAILED;
	if (a.reason == 0)
		return LOAD_GOOD;
	link_refused("loading a model", a.reason, err);
	return a.reason == again ? LOAD_AGAIN : LOAD_FAILED;
}

static enum outcome begin(struct link_device *d, uint32_t words, uint32_t crc, struct bnn_err *err)
{
	uint8_t payload[8];
	int reason;
	enum outcome got;

	bytes_set_u32(payload, words);
	bytes_set_u32(payload + 4, crc);
	got = step(d, JB_T_LOAD_BEGIN, payload, sizeof(payload), 0, &reason, err);
	if (reason != JB_R_SPACE)
		return got;
	d->loaded = NOTHING;
	got = step(d, JB_T_UNLOAD, NULL, 0, 0, &reason, err);
	if (got != LOAD_GOOD)
		return got;
	return step(d, JB_T_LOAD_BEGIN, payload, sizeof(payload), 0, &reason, err);
}

/* Words from `at` to `end`, `most` in a packet. */
static enum outcome send_words(struct link_device *d, const uint8_t *bytes, int at, int end,
			       int most, struct bnn_err *err)
{
	uint8_t payload[JB_PKT_MAX_LOAD];
	int reason;

	for (; at < end; at += most) {
		int n = end - at < most ? end - at : most;
		uint32_t resent = d->link.resent;
		enum outcome got;

		bytes_set_u32(payload, (uint32_t)at);
		memcpy(payload + 4, bytes + 4 * (size_t)at, 4 * (size_t)n);
		got = step(d, JB_T_LOAD_DATA, payload, 4 + 4 * (size_t)n, JB_R_ORDER, &reason, err);
		if (got == LOAD_AGAIN && d->link.resent != resent)
			continue; /* it had arrived, but its answer was lost */
		if (got != LOAD_GOOD)
			return got;
	}
	return LOAD_GOOD;
}

/* True when the device says that it runs the program. */
static bool is_running(struct link_device *d, uint32_t crc)
{
	struct link_answer a;

	return !link_request(&d->link, JB_T_IDENTIFY, NULL, 0, &a, NULL) && !a.reason &&
	       a.length == 4 * JB_ID_WORDS && link_u32(a.payload, JB_ID_LOADED) == crc;
}

static enum outcome commit(struct link_device *d, uint32_t crc, struct bnn_err *err)
{
	int reason;
	enum outcome got = step(d, JB_T_LOAD_COMMIT, NULL, 0, JB_R_PROGRAM, &reason, err);

	/* nothing is staged any more: the commit had been done, but its answer was lost */
	if (reason == JB_R_ORDER)
		got = is_running(d, crc) ? LOAD_GOOD : LOAD_AGAIN;
	return got;
}

/* Images no faster than the front end takes them, where the link does not see to it. */
static void keep_pace(struct link_device *d, const struct program *p)
{
	uint32_t bytes = FIELD(p->words, F_BYTES);
	double cycles = cycles_front(p->words, &d->limits);

	if (d->link.transport->pace)
		d->link.transport->pace(d->link.state, (uint32_t)(PACE_MARGIN * cycles * 1e9 /
								  d->limits.clock_hz / bytes));
}

static int send_program(struct link_device *d, const struct program *p, struct bnn_err *err)
{
	size_t size = 4 * (size_t)p->sent;
	uint8_t *bytes = malloc(size);
	enum outcome got = LOAD_AGAIN;
	struct bnn_err why = { BNN_E_LINK, "" };
	uint32_t crc;

	if (!bytes)
		return err_set(err, BNN_E_MEMORY, "out of memory for the program");
	for (int i = 0; i < p->sent; i++)
		bytes_set_u32(bytes + 4 * (size_t)i, p->words[i]);
	crc = (uint32_t)crc32_z(0, bytes, 4 * (size_t)p->count);
	if (d->link.transport->pace)
		d->link.transport->pace(d->link.state, 0);
	for (int i = 0; i < LINK_TRIES && got == LOAD_AGAIN; i++) {
		got = begin(d, (uint32_t)p->count | (uint32_t)p->weight_rows << JB_LOAD_ROWS_LSB,
			    crc, &why);
		if (got == LOAD_GOOD)
			got = send_words(d, bytes, 0, p->count, CHUNK_WORDS, &why);
		if (got == LOAD_GOOD)
			got = send_words(d, bytes, p->count, p->sent, UNIT_CHUNK, &why);
		if (got == LOAD_GOOD)
			got = commit(d, crc, &why);
	}
	free(bytes);
	if (got == LOAD_GOOD) {
		keep_pace(d, p);
		return BNN_OK;
	}
	return err_set(err, why.code, "%s", why.text);
}

int device_use(struct link_device *d, enum variant v, struct bnn_err *err)
{
	int rc;

	if (!d->program[PLAIN].words)
		return err_set(err, BNN_E_ARG, "no model is loaded");
	if (v == WITH_CAM && !d->program[v].words)
		return err_set(err, d->no_cam.code, "%s", d->no_cam.text);
	if (d->loaded == v)
		return BNN_OK;
	rc = send_program(d, &d->program[v], err);
	if (!rc)
		d->loaded = v;
	return rc;
}

static int compile(struct link_device *d, const bnn_model *m, struct program made[VARIANTS],
		   struct bnn_err *no_cam, struct bnn_err *err)
{
	struct program_options keep = { .keep_cam = true };
	int rc = program_compile(m, &d->limits, NULL, &made[PLAIN], err);

	no_cam->code = BNN_E_ARG;
	no_cam->text[0] = 0;
	if (!rc && m->net.layer[m->net.count - 1].kind == NET_CAM)
		program_compile(m, &d->limits, &keep, &made[WITH_CAM], no_cam);
	return rc;
}

int device_link_load(void *state, const bnn_model *m, struct bnn_err *err)
{
	struct link_device *d = state;
	struct program made[VARIANTS] = { { .words = NULL } };
	struct bnn_err no_cam;
	int rc = compile(d, m, made, &no_cam, err);

	if (rc)
		return rc;
	device_finish(d);
	rc = send_program(d, &made[PLAIN], err);
	for (int v = 0; v < VARIANTS; v++) {
		program_free(rc ? &made[v] : &d->program[v]);
		if (!rc)
			d->program[v] = made[v];
	}
	if (rc)
		return rc;
	d->loaded = PLAIN;
	d->no_cam = no_cam;
	d->image_bytes = (size_t)m->net.rows * (size_t)m->net.cols * (size_t)m->net.channels;
	d->classes = bnn_model_classes(m);
	return BNN_OK;
}
