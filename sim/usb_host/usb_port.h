/* SPDX-License-Identifier: MIT
 * One port of a simulated USB host with a device in it: transfers as an operating system's kernel queues
 * them. Two kinds: usb_bus_port (bit by bit into the Verilated core) and usb_soft_port (a fast C model of
 * the device, for the host library's error paths). The fronts (umockdev, usbip, device "sim:usb") use
 * nothing else. Not thread-safe: the caller holds a lock where it has threads. */
#ifndef JB_USB_PORT_H
#define JB_USB_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum usb_status {
	USB_PENDING = 1, /* queued or under way */
	USB_DONE = 0,
	USB_STALLED = -1,   /* STALL handshake */
	USB_CANCELLED = -2, /* cancel or flush; actual counts what was moved before */
	USB_GONE = -3,      /* unplugged */
	USB_BROKEN = -4,    /* three times no valid answer */
	USB_OVERRUN = -5    /* the device sent more than asked for */
};

/* A transfer, allocated and owned by the submitter, who leaves it alone until reap gives it back. */
struct usb_transfer {
	uint8_t endpoint; /* 0x00: control, direction in setup[0]; else address with direction bit */
	uint8_t setup[8];
	uint8_t *data;
	size_t length;
	bool zero_packet; /* OUT: end with an empty packet when length is a multiple of the packet size */
	int status;       /* enum usb_status */
	size_t actual; /* data bytes moved, without the setup packet */
	void *user;
	struct usb_transfer *next; /* for the port */
};

struct usb_port;

struct usb_port_ops {
	/* Bus reset, then a new address by SET_ADDRESS; the device is left unconfigured. 0, or -1 when
	 * no device answers. Transfers in flight end as USB_CANCELLED. */
	int (*reset)(struct usb_port *p);
	/* Plugs the device in (reset follows) or pulls it out: transfers in flight end as USB_GONE. */
	int (*attach)(struct usb_port *p, bool attached);
	/* Queues t; several may be queued, each endpoint works in order. On a port without a device it
	 * ends as USB_GONE. */
	void (*submit)(struct usb_port *p, struct usb_transfer *t);
	/* Ends t as USB_CANCELLED unless it has ended already. Reap still gives it back. */
	void (*cancel)(struct usb_port *p, struct usb_transfer *t);
	/* The transfer that ended first and was not yet given back, or NULL. Takes no bus time. */
	struct usb_transfer *(*reap)(struct usb_port *p);
	/* Bus time passes: at most `microseconds`, less when a transfer ends. Returns those passed; 0
	 * when the device is gone. */
	unsigned (*run)(struct usb_port *p, unsigned microseconds);
	/* The host's data toggle of an endpoint becomes DATA0 (after CLEAR_FEATURE, SET_CONFIGURATION
	 * and SET_INTERFACE, which the port sees in control transfers by itself; for fronts that hide
	 * the request). */
	void (*clear_toggle)(struct usb_port *p, uint8_t endpoint);
	void (*close)(struct usb_port *p);
};

struct usb_port {
	const struct usb_port_ops *ops;
};

#ifdef __cplusplus
}
#endif
#endif
