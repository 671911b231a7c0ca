/* SPDX-License-Identifier: MIT
 * An accelerator behind a transport: open and close, what it tells about itself. */
#include <stdlib.h>

#include "device_link.h"

static int identify(struct link_device *d, struct bnn_err *err)
{
	uint32_t words[JB_ID_WORDS];
	int rc = link_ask_block(&d->link, "identify", JB_T_IDENTIFY, words, JB_ID_WORDS, err);

	return rc ? rc : limits_parse(words, &d->limits, err);
}

static void link_device_close(void *state)
{
	struct link_device *d = state;

	link_close(&d->link);
	for (int v = 0; v < VARIANTS; v++)
		program_free(&d->program[v]);
	jobs_clear(&d->jobs);
	free(d);
}

int device_link_open(const struct transport *t, const char *arg, const struct bnn_open_options *opt,
		     void **state, struct bnn_err *err)
{
	struct link_device *d = calloc(1, sizeof(*d));
	int rc;

	if (!d)
		return err_set(err, BNN_E_MEMORY, "out of memory for the device");
	d->loaded = NOTHING;
	d->tries = opt && opt->send_once ? 1 : LINK_TRIES;
	rc = link_open(&d->link, t, arg, opt, err);
	d->link.event = device_event;
	d->link.context = d;
	if (!rc)
		rc = device_reset(d, err); /* an earlier host may have left images in flight */
	if (!rc)
		rc = identify(d, err);
	if (rc) {
		link_device_close(d);
		return rc;
	}
	*state = d;
	return BNN_OK;
}

const struct device_ops device_link_ops = { device_link_load, device_submit, device_poll,
					    device_layers, link_device_close };

struct link_device *device_link_of(const bnn_device *d)
{
	return d->ops == &device_link_ops ? d->state : NULL;
}

const struct device_limits *device_limits(const bnn_device *d)
{
	const struct link_device *l = device_link_of(d);

	return l ? &l->limits : NULL;
}

const struct program *device_program(const bnn_device *d)
{
	const struct link_device *l = device_link_of(d);

	return l && l->loaded != NOTHING ? &l->program[l->loaded] : NULL;
}

uint32_t device_resent(const bnn_device *d)
{
	const struct link_device *l = device_link_of(d);

	return l ? l->link.resent : 0;
}

int device_counters(bnn_device *dev, struct device_counters *out, struct bnn_err *err)
{
	struct link_device *d = device_link_of(dev);
	struct link_answer a;
	int rc;

	if (!d)
		return err_set(err, BNN_E_ARG, "device %s has no counters", dev->name);
	rc = link_ask(&d->link, "counters", JB_T_COUNTERS, NULL, 0, &a, err);
	if (rc)
		return rc;
	out->ops = a.length >= 4 * JB_CNT_OP_FIRST ? (int)link_u32(a.payload, JB_CNT_OPS) : -1;
	if (out->ops < 0 || out->ops > JB_CNT_MAX_OPS ||
	    a.length != 4 * (size_t)(JB_CNT_OP_FIRST + out->ops))
		return err_set(err, BNN_E_DEVICE, "counters block of %zu bytes does not fit itself",
			       a.length);
	out->images = link_u32(a.payload, JB_CNT_IMAGES);
	out->crc_errors = link_u32(a.payload, JB_CNT_CRC_ERRORS);
	out->resyncs = link_u32(a.payload, JB_CNT_RESYNCS);
	out->front_stall = link_u32(a.payload, JB_CNT_FRONT_STALL);
	for (int i = 0; i < out->ops; i++)
		out->op[i] = link_u32(a.payload, JB_CNT_OP_FIRST + i);
	return BNN_OK;
}
