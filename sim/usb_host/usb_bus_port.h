/* SPDX-License-Identifier: MIT
 * A port of a simulated host whose transfers go over the wires, bit by bit, into a Verilated device. */
#ifndef JB_USB_BUS_PORT_H
#define JB_USB_BUS_PORT_H

#include "usb_host.h"
#include "usb_port.h"

#ifdef __cplusplus
extern "C" {
#endif

struct usb_bus_options {
	struct usb_host_options host;
	/* Told of each request of the port's user before it goes out; may be NULL. */
	void (*setup)(void *user, const uint8_t setup[8]);
	void *user;
};

/* The device is plugged in, not yet reset. It must outlive the port, which ops->close frees. options: NULL
 * for a host without faults, offset and jitter. NULL when out of memory. */
struct usb_port *usb_bus_port_open(const struct usb_device_model *device,
				   const struct usb_bus_options *options);
/* The host behind the port: its statistics, and for tests its faults. */
struct usb_host *usb_bus_port_host(struct usb_port *p);

#ifdef __cplusplus
}
#endif
#endif
