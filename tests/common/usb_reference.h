/* SPDX-License-Identifier: MIT
 * A full-speed device in C, bit by bit as hardware is: it samples the wires four times a bit and answers
 * GET_DESCRIPTOR, SET_ADDRESS and SET_CONFIGURATION; endpoint 1 sends back what it was sent. On request it
 * breaks one rule of the bus: what the host model must notice. */
#ifndef USB_REFERENCE_H
#define USB_REFERENCE_H

#include "usb_packets.h"

enum reference_fault {
	REF_GOOD,
	REF_WRONG_CRC,
	REF_NO_STUFFING,   /* of its data packets: seven ones in a row */
	REF_WRONG_PID,     /* the complement */
	REF_LATE,          /* answers after 10 bits */
	REF_AFTER_TIMEOUT, /* answers after 40 bits */
	REF_EARLY,         /* answers after 1 bit */
	REF_SHORT_END,     /* one bit of SE0 */
	REF_HOLDS,         /* drives for 20 bits more behind its end */
	REF_BABBLE,        /* 80 bytes in a data packet */
	REF_STUCK_TOGGLE,  /* an ACK does not change the toggle, the data go on */
	REF_ALWAYS_DATA,   /* answers OUT with a data packet */
	REF_FOREIGN,       /* answers every address */
	REF_SILENT         /* never answers */
};

enum { REF_RING = 4096, REF_LEVELS = 2048 };

struct usb_reference {
	enum reference_fault fault;
	bool deaf; /* NAKs OUT */
	bool unplugged;
	/* wires */
	struct usb_pins pins;
	uint8_t levels[REF_LEVELS], sending[REF_LEVELS];
	int count, phase, wait, at, clock, send_count;
	unsigned se0, frames;
	bool old_dp, receiving;
	/* protocol */
	int address, new_address, token, endpoint, stage_at, in_count;
	uint8_t setup[8];
	bool control_toggle, out_toggle, in_toggle, acknowledge;
	/* endpoint 1: bytes received and bytes whose sending was acknowledged, counted for ever */
	uint8_t ring[REF_RING];
	unsigned received, sent;
};

extern const uint8_t reference_descriptor[18];

void reference_begin(struct usb_reference *d, enum reference_fault fault);
struct usb_device_model reference_model(struct usb_reference *d);

#endif
