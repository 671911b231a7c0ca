/* SPDX-License-Identifier: MIT
 * A usb_port with our device in C behind it: the endpoints of hw/usb as a host sees them, and a byte-stream
 * device (any transport) behind the bulk pair. No bits, no cost of bus time; with switches for misbehaviour. */
#ifndef TESTS_USB_SOFT_PORT_H
#define TESTS_USB_SOFT_PORT_H

#include "transport.h"
#include "usb_port.h"

/* What the device does wrong, from the moment it is set. */
enum usb_soft_fault {
	SOFT_NO_FAULT,
	SOFT_STALL_IN,   /* the IN endpoint halts, once, when there is something to send */
	SOFT_STALL_OUT,  /* the OUT endpoint halts, once, at the next packet */
	SOFT_STALL_ALL,  /* both halt again after every clear */
	SOFT_NO_ANSWER,  /* no handshake from any endpoint */
	SOFT_SILENT,     /* IN is NAKed for ever */
	SOFT_STUCK,      /* OUT is NAKed for ever */
	SOFT_SHORT,      /* IN packets of at most 7 bytes */
	SOFT_OVERRUN,    /* IN packets longer than a packet may be */
	SOFT_GARBAGE,    /* noise before every answer */
	SOFT_BABBLE,     /* noise without end instead of answers */
	SOFT_CUT,        /* of every IN packet the last byte is lost */
	SOFT_NO_STRINGS, /* string requests stall */
	SOFT_NO_SERIAL, /* the descriptor names no serial number; takes effect at the next attach */
	SOFT_NO_BULK,   /* a configuration without endpoints; takes effect at the next attach */
	SOFT_BAD_CONFIG, /* a configuration cut short; takes effect at the next attach */
	SOFT_FAULTS
};

/* The numbers of descriptors and strings come from hw/defs; the serial number is the device's own. */
struct usb_soft_options {
	const char *serial;
	const struct transport *device; /* behind the bulk pair, opened at every attach */
	const char *device_arg;
	enum usb_soft_fault fault;
};

/* Nothing is plugged in yet. NULL when out of memory. opt is copied, what it points to stays. */
struct usb_port *usb_soft_port_open(const struct usb_soft_options *opt);
void usb_soft_port_set_fault(struct usb_port *port, enum usb_soft_fault fault);
/* Bytes over the bulk endpoints since the last attach. */
size_t usb_soft_port_bytes(const struct usb_port *port);

#endif
