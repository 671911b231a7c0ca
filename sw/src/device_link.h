/* SPDX-License-Identifier: MIT
 * An accelerator behind a transport: parts of the driver among themselves. */
#ifndef JB_DEVICE_LINK_H
#define JB_DEVICE_LINK_H

#include "device.h"
#include "jobs.h"
#include "link.h"

/* Programs of a model: the plain one, and one that keeps the class map of a cam head. */
enum variant { NOTHING = -1, PLAIN, WITH_CAM, VARIANTS };

struct link_device {
	struct link link;
	struct device_limits limits;
	struct program program[VARIANTS]; /* without words: not there */
	struct bnn_err no_cam;            /* why WITH_CAM is not there */
	enum variant loaded;
	size_t image_bytes;
	int classes;
	struct jobs jobs;
	int tries;    /* of an image */
	int strays;   /* packets in a row without a job */
	uint8_t safe; /* levels of the outputs when they were configured last */
	int paused;   /* operations done at the last PAUSED, -1: none */
};

/* device_link.c: what is behind a device, NULL for one without a transport (cpu). */
struct link_device *device_link_of(const bnn_device *d);

/* device_load.c */
int device_link_load(void *state, const bnn_model *m, struct bnn_err *err);
/* Makes the device run a program of the present model. Errors: BNN_E_ARG (no model), those of
 * loading. No image may be in flight. */
int device_use(struct link_device *d, enum variant v, struct bnn_err *err);

/* device_images.c */
int device_submit(void *state, const uint8_t *pixels, uint32_t tag, struct bnn_err *err);
int device_poll(void *state, struct bnn_result *out, struct bnn_err *err);
/* Waits until no image is in flight; their results stay. */
void device_finish(struct link_device *d);
/* Packets that are no answer to a request. */
void device_event(void *context, const struct packet *p);
/* Adds a job with a copy of the pixels and sends it. Errors: BNN_E_MEMORY, those of link_send; the
 * job stays only at BNN_E_TIMEOUT. */
int device_send_image(struct link_device *d, const uint8_t *pixels, uint32_t tag, uint8_t flags,
		      struct bnn_err *err);
/* Aborts what is in flight on the device. Errors: BNN_E_TIMEOUT, BNN_E_LINK. */
int device_reset(struct link_device *d, struct bnn_err *err);

/* device_layers.c */
int device_layers(void *state, const uint8_t *pixels, struct bnn_layers *out, struct bnn_err *err);

#endif
