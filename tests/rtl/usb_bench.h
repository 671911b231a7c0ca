/* SPDX-License-Identifier: MIT
 * A usb_device on the simulated host's port, and the accelerator's side of its byte streams. */
#ifndef USB_BENCH_H
#define USB_BENCH_H

#include "check_main.h"
#include "usb_bus_port.h"
#include "usb_device.h"

enum { RING = 1 << 16, TIMEOUT_US = 50000 };

/* Far side of the streams: bytes received go to `in`, bytes of `out` are sent. */
struct far {
	uint8_t in[RING], out[RING];
	uint32_t in_count, out_count, out_sent; /* all counted for ever, taken modulo RING */
	bool loop;                              /* what comes in goes out */
	bool deaf;                              /* takes nothing */
	unsigned stall; /* percent of the clocks in which it takes nothing */
	uint64_t seed;
};

struct bench {
	struct usb_bench *device;
	struct usb_port *port;
	struct far far;
};

/* After reset and SET_ADDRESS; with `configured` also SET_CONFIGURATION(1). */
void bench_open(struct bench *b, const struct usb_host_options *options, bool configured);
/* Checks that the device broke no rule of the bus. */
void bench_close(struct bench *b);
/* A control transfer; returns the status, *actual (may be NULL) the bytes moved. */
int bench_control(struct bench *b, uint8_t type, uint8_t request, uint16_t value, uint16_t index,
		  void *data, uint16_t length, size_t *actual);
int bench_bulk(struct bench *b, uint8_t endpoint, void *data, size_t length, bool zero_packet,
	       size_t *actual);
/* Runs the bus until t has ended. */
int bench_wait(struct bench *b, struct usb_transfer *t);
struct usb_host *bench_host(struct bench *b);

/* Cases of tests/rtl/usb_device_faults.c. */
TCase *usb_fault_cases(void);

#endif
