/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "backend.h"
#include "jetbnn_usb.h"
#include "usb_bus_port.h"

static struct usb_port *open_bus(void **device)
{
	struct jetbnn_usb *j = jetbnn_usb_new(NULL);
	struct usb_device_model pins;
	struct usb_port *port;

	if (!j)
		return NULL;
	pins = jetbnn_usb_pins(j);
	port = usb_bus_port_open(&pins, NULL);
	if (!port)
		jetbnn_usb_free(j);
	*device = j;
	return port;
}

static bool close_bus(struct usb_port *port, void *device)
{
	const struct usb_host_stats s = usb_bus_port_host(port)->stats;

	fprintf(stderr,
		"bus: %" PRIu64 " clocks, %" PRIu64 " frames, %" PRIu64 " transactions, %" PRIu64
		" NAKs, %" PRIu64 " repetitions, %" PRIu64 " bytes out, %" PRIu64 " in\n",
		jetbnn_usb_clocks(device), s.frames, s.transactions, s.naks, s.repetitions,
		s.bytes_out, s.bytes_in);
	if (s.violations)
		fprintf(stderr, "bus: %" PRIu64 " violations of the device, the first: %s\n",
			s.violations, s.first_violation);
	port->ops->close(port);
	jetbnn_usb_free(device);
	return !s.violations;
}

const struct backend backends[] = {
	{ "bus", "bit by bit into the Verilated device with its accelerator", open_bus, close_bus },
	{ 0 },
};
