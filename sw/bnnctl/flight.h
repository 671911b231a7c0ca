/* SPDX-License-Identifier: MIT
 * Images through a device, two in flight, results in order. */
#ifndef BNNCTL_FLIGHT_H
#define BNNCTL_FLIGHT_H

#include <stdint.h>

#include "bnn.h"

#define FLIGHT_IMAGES 2

struct flight {
	bnn_device *device;
	/* Called for every result; its tag is the one of flight_send. */
	void (*result)(void *context, const struct bnn_result *r);
	void *context;
	int flying;
};

/* Sends an image; waits for the oldest first when two are in flight. Errors: those of
 * bnn_device_submit and bnn_device_poll. */
int flight_send(struct flight *f, const uint8_t *pixels, uint32_t tag, struct bnn_err *err);
/* Waits for all. */
int flight_land(struct flight *f, struct bnn_err *err);

#endif
