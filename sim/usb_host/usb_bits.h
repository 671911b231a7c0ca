/* SPDX-License-Identifier: MIT
 * The two wires: a host that drives and samples them bit by bit against a simulated device. */
#ifndef JB_USB_BITS_H
#define JB_USB_BITS_H

#include <stddef.h>
#include <stdint.h>

#include "usb_pins.h"

enum usb_level { USB_SE0, USB_J, USB_K, USB_SE1 };

enum {
	USB_CLOCKS_A_BIT = 4,
	USB_MAX_LEVELS = 8192, /* of one packet received, a babbling device's included */
	USB_ANSWER_BITS = 18,  /* without an answer: there is none */
	USB_RELEASE_BITS = 3   /* a device lets go this long after its SE0 */
};

struct usb_wires {
	struct usb_device_model device;
	struct usb_pins pins; /* what the device drives now */
	double bit;           /* host's bit time in device clocks */
	double jitter;        /* an edge lies up to this many device clocks off */
	double skew;          /* probability that a clock sees the wires in the middle of an edge */
	double edge;          /* device time at which the present level ends, without jitter */
	uint64_t clocks;      /* device time */
	uint64_t seed;
	enum usb_level level; /* driven by the host */
	bool talked;          /* the device has driven the wires when it was not its turn */
};

/* What came back. */
struct usb_answer {
	int count; /* levels, one a bit, SYNC first, without the end; 0: no answer */
	uint8_t level[USB_MAX_LEVELS]; /* enum usb_level */
	double turnaround;             /* bits from the host's SE0 to the first edge */
	double end;                    /* bits of SE0 at its end; 0: there was none */
	bool held;                     /* the device did not let go of the wires behind the end */
};

/* Random number below n, n > 0, and one in 0..1. */
uint32_t usb_random(uint64_t *seed, uint32_t n);
double usb_chance(uint64_t *seed);

/* ppm: how much slower the host's clock is than the device's, -2500 to 2500; jitter in device clocks. */
void usb_wires_begin(struct usb_wires *w, const struct usb_device_model *device, double ppm,
		     double jitter, uint64_t seed);
/* Holds the wires at a level for some bits; idle is USB_J, with the driver off. */
void usb_wires_hold(struct usb_wires *w, enum usb_level level, double bits);
/* Sends levels, one a bit, then lets go. */
void usb_wires_send(struct usb_wires *w, const uint8_t *levels, int count);
/* Waits for a packet and its end. */
void usb_wires_receive(struct usb_wires *w, struct usb_answer *a);
/* Host time in bits. */
double usb_wires_time(const struct usb_wires *w);

#endif
