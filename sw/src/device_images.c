/* SPDX-License-Identifier: MIT
 * An accelerator behind a transport: images and their results. Two may be in flight. An image that
 * was damaged on the way is sent again; when an answer does not come, the device is reset and all
 * that is in flight is sent again, link_device.tries times in all at most. */
#include <stdlib.h>
#include <string.h>

#include "device_link.h"
#include "ref.h"

#define IN_FLIGHT 2
#define MAX_STRAYS 256 /* packets in a row that belong to no image in flight */

static struct job *find_job(struct link_device *d, uint16_t sequence)
{
	for (int i = 0; i < d->jobs.count; i++)
		if (d->jobs.item[i].state == JOB_SENT && d->jobs.item[i].sequence == sequence)
			return &d->jobs.item[i];
	return NULL;
}

/* False when the block is not one of this model. */
static bool take_result(const struct link_device *d, const struct packet *p, struct bnn_result *out)
{
	if (p->length != 4 * (JB_RES_SCORES + d->classes) ||
	    link_u32(p->payload, JB_RES_CLASSES) != (uint32_t)d->classes ||
	    link_u32(p->payload, JB_RES_CLASS) >= (uint32_t)d->classes)
		return false;
	out->classes = d->classes;
	out->index = (int)link_u32(p->payload, JB_RES_CLASS);
	for (int c = 0; c < d->classes; c++)
		out->scores[c] = (int32_t)link_u32(p->payload, JB_RES_SCORES + c);
	out->margin = ref_margin(out->scores, out->classes);
	out->cycles = link_u32(p->payload, JB_RES_ENGINE_CYCLES);
	out->front_cycles = link_u32(p->payload, JB_RES_FRONT_CYCLES);
	return true;
}

static void take_refusal(struct link_device *d, struct job *j, int reason)
{
	struct bnn_err why;

	if (link_damaged(reason)) {
		j->state = JOB_RESEND;
		return;
	}
	if (reason == JB_R_NO_MODEL) /* it was reset behind our back: the next image loads again */
		d->loaded = NOTHING;
	link_refused("image", reason, &why);
	job_fail(j, &why);
}

/* Only notes what came: it may be called in the middle of sending. */
void device_event(void *context, const struct packet *p)
{
	struct link_device *d = context;
	struct job *j = find_job(d, p->sequence);
	struct bnn_err why;

	if (!j)
		return;
	d->strays = 0;
	switch (p->type) {
	case JB_FLAG_ANSWER | JB_T_PAUSED:
		d->paused = p->length == 4 ? (int)link_u32(p->payload, 0) : -1;
		break;
	case JB_FLAG_ANSWER | JB_T_REJECT:
		take_refusal(d, j, p->length > 0 ? p->payload[0] : 0);
		break;
	case JB_FLAG_ANSWER | JB_T_IMAGE:
		if (take_result(d, p, &j->result)) {
			j->state = JOB_DONE;
			break;
		}
		err_set(&why, BNN_E_DEVICE, "result of %d bytes does not fit the model", p->length);
		job_fail(j, &why);
		break;
	default: break;
	}
}

static void fail_all(struct link_device *d, const struct bnn_err *why)
{
	for (int i = 0; i < d->jobs.count; i++)
		if (d->jobs.item[i].state != JOB_DONE)
			job_fail(&d->jobs.item[i], why);
}

int device_reset(struct link_device *d, struct bnn_err *err)
{
	struct link_answer a;

	return link_ask(&d->link, "reset", JB_T_RESET, NULL, 0, &a, err);
}

/* An answer is overdue. */
static void recover(struct link_device *d)
{
	struct bnn_err why;

	if (device_reset(d, &why)) {
		fail_all(d, &why);
		return;
	}
	for (int i = 0; i < d->jobs.count; i++)
		if (d->jobs.item[i].state == JOB_SENT)
			d->jobs.item[i].state = JOB_RESEND;
}

/* state is SENT before the first byte leaves: a refusal may come before the last one does. */
static int send_job(struct link_device *d, struct job *j, uint8_t flags, struct bnn_err *err)
{
	j->state = JOB_SENT;
	j->sequence = (uint16_t)(d->link.sequence + 1);
	j->tries++;
	return link_send(&d->link, JB_T_IMAGE, flags, j->pixels, d->image_bytes, err);
}

int device_send_image(struct link_device *d, const uint8_t *pixels, uint32_t tag, uint8_t flags,
		      struct bnn_err *err)
{
	struct job *j = jobs_add(&d->jobs);
	int rc;

	if (j)
		j->pixels = malloc(d->image_bytes);
	if (!j || !j->pixels) {
		if (j)
			jobs_remove(&d->jobs, d->jobs.count - 1);
		return err_set(err, BNN_E_MEMORY, "out of memory for the image");
	}
	memcpy(j->pixels, pixels, d->image_bytes);
	j->result.tag = tag;
	rc = send_job(d, j, flags, err);
	if (rc && rc != BNN_E_TIMEOUT)
		jobs_remove(&d->jobs, d->jobs.count - 1);
	return rc;
}

static void resend(struct link_device *d, struct job *j)
{
	struct bnn_err why;

	d->link.resent++;
	if (j->tries >= d->tries) {
		err_set(&why, BNN_E_LINK, "an image was damaged or lost %d times", j->tries);
		job_fail(j, &why);
	} else if (send_job(d, j, 0, &why)) {
		if (why.code == BNN_E_TIMEOUT)
			recover(d);
		else
			fail_all(d, &why);
	}
}

/* Brings some image in flight on. */
static void advance(struct link_device *d)
{
	struct bnn_err why;

	for (int i = 0; i < d->jobs.count; i++)
		if (d->jobs.item[i].state == JOB_RESEND) {
			resend(d, &d->jobs.item[i]);
			return;
		}
	switch (link_wait(&d->link, &why)) {
	case BNN_OK:
		if (d->strays++ < MAX_STRAYS)
			break;
		d->strays = 0;
		recover(d);
		break;
	case BNN_E_TIMEOUT: recover(d); break;
	default: fail_all(d, &why); break;
	}
}

void device_finish(struct link_device *d)
{
	while (jobs_in_flight(&d->jobs) > 0)
		advance(d);
}

int device_submit(void *state, const uint8_t *pixels, uint32_t tag, struct bnn_err *err)
{
	struct link_device *d = state;
	int rc = device_use(d, PLAIN, err);

	if (rc)
		return rc;
	while (jobs_in_flight(&d->jobs) >= IN_FLIGHT)
		advance(d);
	rc = device_send_image(d, pixels, tag, 0, err);
	if (rc != BNN_E_TIMEOUT)
		return rc;
	recover(d);
	return BNN_OK;
}

int device_poll(void *state, struct bnn_result *out, struct bnn_err *err)
{
	struct link_device *d = state;
	struct job *j;
	int rc;

	if (d->jobs.count == 0)
		return err_set(err, BNN_E_ARG, "no image is in flight");
	while (d->jobs.item[0].state != JOB_DONE)
		advance(d);
	j = &d->jobs.item[0];
	rc = j->rc;
	*out = j->result;
	if (rc)
		err_set(err, rc, "%s", j->why.text);
	jobs_remove(&d->jobs, 0);
	return rc;
}
