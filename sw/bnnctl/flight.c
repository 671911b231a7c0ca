/* SPDX-License-Identifier: MIT
 * Images through a device, two in flight. */
#include "flight.h"

static int land_one(struct flight *f, struct bnn_err *err)
{
	struct bnn_result r;
	int rc = bnn_device_poll(f->device, &r, err);

	if (rc)
		return rc;
	f->flying--;
	f->result(f->context, &r);
	return BNN_OK;
}

int flight_send(struct flight *f, const uint8_t *pixels, uint32_t tag, struct bnn_err *err)
{
	int rc = f->flying == FLIGHT_IMAGES ? land_one(f, err) : BNN_OK;

	if (!rc)
		rc = bnn_device_submit(f->device, pixels, tag, err);
	if (!rc)
		f->flying++;
	return rc;
}

int flight_land(struct flight *f, struct bnn_err *err)
{
	int rc = BNN_OK;

	while (!rc && f->flying > 0)
		rc = land_one(f, err);
	return rc;
}
