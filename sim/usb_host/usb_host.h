/* SPDX-License-Identifier: MIT
 * A full-speed USB host: transactions with handshakes, toggles and repetition, frames, reset, suspend. */
#ifndef JB_USB_HOST_H
#define JB_USB_HOST_H

#include "usb_faults.h"
#include "usb_packets.h"

enum { USB_FRAME_BITS = 12000, USB_ENDPOINTS = 16 };
/* Bits from the host's SE0 to the device's first edge, the cable included. */
#define USB_LEAST_TURNAROUND 2.0
#define USB_WORST_TURNAROUND 7.5

struct usb_host_options {
	double ppm;    /* how much slower the host's clock is than the device's: -2500 to 2500 */
	double jitter; /* of the host's edges, device clocks: 0 to 0.3 */
	double gap;    /* bits between packets are 2 to 2 + gap at random; 0: up to 3 */
	uint64_t seed;
	unsigned reset_us; /* length of a bus reset; 0: 100, where the standard asks for 10,000 */
	int tries;         /* of a transaction without a valid answer; 0: 3, as hosts do */
	struct usb_faults faults;
};

struct usb_host_stats {
	uint64_t frames, transactions, naks, stalls, repetitions, duplicates;
	uint64_t bytes_out, bytes_in; /* acknowledged data of endpoints other than 0 */
	uint64_t late_frames; /* begun late because the last transaction was longer than planned */
	uint64_t violations;  /* what the device sent against the rules */
	char first_violation[96];
	double worst_turnaround, least_turnaround; /* bits; the standard asks for 2 to 7.5 */
};

struct usb_host {
	struct usb_wires wires;
	struct usb_host_options options;
	struct usb_host_stats stats;
	struct usb_answer answer;
	int address;
	uint8_t toggle_out[USB_ENDPOINTS], toggle_in[USB_ENDPOINTS];
	bool again_in[USB_ENDPOINTS]; /* the device may not have seen the last ACK: it may repeat */
	double frame_start;           /* host time, bits */
	unsigned frame;
};

/* How a transaction ended. */
enum usb_result {
	RESULT_OK, /* ACK, or data */
	RESULT_NAK,
	RESULT_STALL,
	RESULT_ERROR /* no valid answer, `tries` times */
};

/* The device is powered and the wires idle; no reset yet. */
void usb_host_begin(struct usb_host *h, const struct usb_device_model *device,
		    const struct usb_host_options *options);
/* Bus reset; address 0 and all toggles DATA0 afterwards. */
void usb_host_reset(struct usb_host *h);
/* Idle bus without frames. */
void usb_host_suspend(struct usb_host *h, double microseconds);
/* K for `microseconds` (20,000 on a real bus), then frames again. */
void usb_host_resume(struct usb_host *h, double microseconds);
/* Idle bus with frames until `microseconds` have passed. */
void usb_host_idle(struct usb_host *h, double microseconds);
/* Microseconds since usb_host_begin. */
double usb_host_time(const struct usb_host *h);

/* Transactions; frames are inserted where they are due. IN: *count is what arrived, 0 when it was a
 * repetition that the host has already (RESULT_NAK then). data has room for USB_MAX_DATA. */
enum usb_result usb_host_setup(struct usb_host *h, const uint8_t setup[8]);
enum usb_result usb_host_out(struct usb_host *h, int endpoint, const uint8_t *data, int count);
enum usb_result usb_host_in(struct usb_host *h, int endpoint, uint8_t *data, int *count);

#endif
