/* SPDX-License-Identifier: MIT */
#include "usb_host.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	DEFAULT_RESET_US = 100,
	DEFAULT_TRIES = 3,
	BITS_A_US = 12,
	TOKEN_BITS = 32 + 3 + USB_END_BITS, /* three stuffed */
	HANDSHAKE_BITS = 16 + USB_END_BITS,
	/* 64 bytes with a stuffed bit after every six. */
	FULL_DATA_BITS = 8 + (8 * (3 + USB_MAX_DATA)) * 7 / 6 + USB_END_BITS,
	OVERSIZE_LEVELS = USB_PACKET_LEVELS + 700 /* room for babble */
};

void usb_host_begin(struct usb_host *h, const struct usb_device_model *device,
		    const struct usb_host_options *options)
{
	memset(h, 0, sizeof(*h));
	h->options = *options;
	if (!h->options.tries)
		h->options.tries = DEFAULT_TRIES;
	if (!h->options.reset_us)
		h->options.reset_us = DEFAULT_RESET_US;
	if (!(h->options.gap > 0))
		h->options.gap = 1;
	h->stats.least_turnaround = INFINITY;
	usb_wires_begin(&h->wires, device, options->ppm, options->jitter, options->seed);
	usb_wires_hold(&h->wires, USB_J, BITS_A_US);
	h->frame_start = usb_wires_time(&h->wires);
}

double usb_host_time(const struct usb_host *h)
{
	return usb_wires_time(&h->wires) / BITS_A_US;
}

static void violation(struct usb_host *h, const char *what)
{
	if (h->stats.violations++ == 0)
		snprintf(h->stats.first_violation, sizeof(h->stats.first_violation), "%s", what);
}

/* ---- frames ------------------------------------------------------------------------------ */

static void send_frame(struct usb_host *h)
{
	uint8_t levels[USB_PACKET_LEVELS];
	double now = usb_wires_time(&h->wires), due = h->frame_start + USB_FRAME_BITS;

	if (now < due)
		usb_wires_hold(&h->wires, USB_J, due - now);
	else if (now > due + 1)
		h->stats.late_frames++;
	h->frame_start = due;
	h->frame++;
	h->stats.frames++;
	usb_wires_send(&h->wires, levels, usb_encode_sof(levels, (int)h->frame));
	usb_wires_hold(&h->wires, USB_J, 3);
}

static double frame_left(const struct usb_host *h)
{
	return h->frame_start + USB_FRAME_BITS - usb_wires_time(&h->wires);
}

void usb_host_idle(struct usb_host *h, double microseconds)
{
	double end = usb_wires_time(&h->wires) + microseconds * BITS_A_US;

	while (h->frame_start + USB_FRAME_BITS <= end)
		send_frame(h);
	if (usb_wires_time(&h->wires) < end)
		usb_wires_hold(&h->wires, USB_J, end - usb_wires_time(&h->wires));
}

void usb_host_reset(struct usb_host *h)
{
	usb_wires_hold(&h->wires, USB_SE0, (double)h->options.reset_us * BITS_A_US);
	usb_wires_hold(&h->wires, USB_J, 10.0 * BITS_A_US);
	h->frame_start = usb_wires_time(&h->wires);
	h->address = 0;
	memset(h->toggle_out, 0, sizeof(h->toggle_out));
	memset(h->toggle_in, 0, sizeof(h->toggle_in));
	memset(h->again_in, 0, sizeof(h->again_in));
}

void usb_host_suspend(struct usb_host *h, double microseconds)
{
	usb_wires_hold(&h->wires, USB_J, microseconds * BITS_A_US);
	h->frame_start = usb_wires_time(&h->wires);
}

void usb_host_resume(struct usb_host *h, double microseconds)
{
	usb_wires_hold(&h->wires, USB_K, microseconds * BITS_A_US);
	usb_wires_hold(&h->wires, USB_SE0, 2 * 8); /* a low-speed end of packet */
	usb_wires_hold(&h->wires, USB_J, 3);
	h->frame_start = usb_wires_time(&h->wires);
}

/* ---- packets ------------------------------------------------------------------------------- */

static void gap(struct usb_host *h)
{
	usb_wires_hold(&h->wires, USB_J, 2 + h->options.gap * usb_chance(&h->wires.seed));
}

/* Sends a packet with what faults make of it; true when it is whole. */
static bool send(struct usb_host *h, uint8_t *levels, int count)
{
	uint8_t whole[OVERSIZE_LEVELS];
	int sent;

	memcpy(whole, levels, (size_t)count);
	sent = usb_fault_send(&h->options.faults, &h->wires.seed, levels, count, OVERSIZE_LEVELS);
	usb_wires_send(&h->wires, levels, sent);
	return sent == count && memcmp(whole, levels, (size_t)count) == 0;
}

/* Where a second one changes nothing. */
static bool send_once_or_twice(struct usb_host *h, uint8_t *levels, int count)
{
	if (usb_fault(h->options.faults.twice, &h->wires.seed)) {
		usb_wires_send(&h->wires, levels, count);
		gap(h);
	}
	return send(h, levels, count);
}

/* What is wrong with an answer apart from its bits, or NULL. */
static const char *misbehaved(const struct usb_answer *a)
{
	if (a->turnaround < USB_LEAST_TURNAROUND)
		return "an answer less than 2 bits after the host's packet";
	if (a->turnaround > USB_WORST_TURNAROUND)
		return "an answer more than 7.5 bits after the host's packet";
	return a->held ? "the wires are held behind the end of a packet" : NULL;
}

/* The device's answer; false when there is none that counts. */
static bool receive(struct usb_host *h, struct usb_packet *p)
{
	struct usb_answer *a = &h->answer;
	const char *wrong;

	if (h->wires.talked)
		violation(h, "the device drives the wires out of turn");
	h->wires.talked = false;
	usb_wires_receive(&h->wires, a);
	if (a->count > 0) {
		h->stats.worst_turnaround = fmax(h->stats.worst_turnaround, a->turnaround);
		h->stats.least_turnaround = fmin(h->stats.least_turnaround, a->turnaround);
		wrong = usb_decode(a, p);
		if (!wrong)
			wrong = misbehaved(a);
		if (wrong)
			violation(h, wrong);
	}
	usb_fault_receive(&h->options.faults, &h->wires.seed, a);
	return a->count > 0 && usb_decode(a, p) == NULL;
}

/* A transaction that is none of the device's business: it must keep quiet. */
static void foreign(struct usb_host *h)
{
	uint8_t levels[USB_PACKET_LEVELS];
	struct usb_answer *a = &h->answer;
	static const enum usb_pid pids[] = { PID_OUT, PID_IN, PID_SETUP };
	enum usb_pid pid = pids[usb_random(&h->wires.seed, 3)];
	bool other = usb_random(&h->wires.seed, 2) != 0;
	int address = other ? (h->address + 1 + (int)usb_random(&h->wires.seed, 126)) & 0x7F
			    : h->address;
	int endpoint = other ? (int)usb_random(&h->wires.seed, 3)
			     : 2 + (int)usb_random(&h->wires.seed, 14);
	uint8_t data[USB_MAX_DATA];

	usb_wires_send(&h->wires, levels, usb_encode_token(levels, pid, address, endpoint));
	if (pid != PID_IN) {
		gap(h);
		for (int i = 0; i < USB_MAX_DATA; i++)
			data[i] = (uint8_t)usb_random(&h->wires.seed, 256);
		usb_wires_send(&h->wires, levels,
			       usb_encode_data(levels,
					       usb_random(&h->wires.seed, 2) ? PID_DATA0
									     : PID_DATA1,
					       data, pid == PID_SETUP ? 8 : USB_MAX_DATA));
	}
	usb_wires_receive(&h->wires, a);
	if (a->count > 0)
		violation(h, "an answer to another device's packet");
	gap(h);
}

/* Bits of a transaction whose data packet has that many, when the device is as slow as it may be. */
static double longest(const struct usb_host *h, int data_bits)
{
	return TOKEN_BITS + data_bits + HANDSHAKE_BITS + USB_WORST_TURNAROUND +
	       2 * (2 + h->options.gap);
}

/* Before each transaction: the frame, when this one does not fit any more, and the token. */
static void begin_transaction(struct usb_host *h, enum usb_pid pid, int endpoint, int data_bits)
{
	uint8_t levels[OVERSIZE_LEVELS];
	int count;

	if (usb_fault(h->options.faults.foreign, &h->wires.seed))
		foreign(h);
	if (frame_left(h) < longest(h, data_bits))
		send_frame(h);
	h->stats.transactions++;
	gap(h);
	count = usb_encode_token(levels, pid, h->address, endpoint);
	if (pid == PID_IN)
		send(h, levels, count);
	else
		send_once_or_twice(h, levels, count);
}

/* ---- transactions --------------------------------------------------------------------------- */

/* Token and data, until there is an answer. */
static enum usb_result send_data(struct usb_host *h, enum usb_pid token, int endpoint,
				 enum usb_pid pid, const uint8_t *data, int count)
{
	uint8_t levels[OVERSIZE_LEVELS];
	struct usb_packet p;

	for (int i = 0; i < h->options.tries; i++) {
		int bits = usb_encode_data(levels, pid, data, count);

		begin_transaction(h, token, endpoint, bits);
		gap(h);
		send(h, levels, bits);
		if (!receive(h, &p)) {
			h->stats.repetitions++;
			continue;
		}
		switch (p.pid) {
		case PID_ACK: return RESULT_OK;
		case PID_NAK: h->stats.naks++; return RESULT_NAK;
		case PID_STALL: h->stats.stalls++; return RESULT_STALL;
		default: violation(h, "data where a handshake was due"); return RESULT_ERROR;
		}
	}
	return RESULT_ERROR;
}

enum usb_result usb_host_setup(struct usb_host *h, const uint8_t setup[8])
{
	enum usb_result r = send_data(h, PID_SETUP, 0, PID_DATA0, setup, 8);

	if (r == RESULT_NAK || r == RESULT_STALL)
		violation(h, "a SETUP that was not acknowledged");
	h->toggle_out[0] = h->toggle_in[0] = 1;
	return r;
}

enum usb_result usb_host_out(struct usb_host *h, int endpoint, const uint8_t *data, int count)
{
	uint8_t *toggle = &h->toggle_out[endpoint];
	enum usb_result r =
		send_data(h, PID_OUT, endpoint, *toggle ? PID_DATA1 : PID_DATA0, data, count);

	if (r == RESULT_OK) {
		*toggle ^= 1;
		h->stats.bytes_out += endpoint ? (uint64_t)count : 0;
	}
	return r;
}

/* Data arrived: acknowledged, and taken unless it is a repetition. */
static enum usb_result take_data(struct usb_host *h, int endpoint, const struct usb_packet *p,
				 uint8_t *data, int *count)
{
	uint8_t levels[OVERSIZE_LEVELS];
	uint8_t *toggle = &h->toggle_in[endpoint];
	bool again = (p->pid == PID_DATA1) != (*toggle != 0);

	if (again && !h->again_in[endpoint])
		violation(h, "a data toggle out of order");
	gap(h);
	h->again_in[endpoint] =
		usb_fault(h->options.faults.lost_ack, &h->wires.seed) ||
		!send_once_or_twice(h, levels, usb_encode_handshake(levels, PID_ACK));
	if (again) {
		h->stats.duplicates++;
		return RESULT_NAK;
	}
	*toggle ^= 1;
	*count = p->count;
	memcpy(data, p->data, (size_t)p->count);
	h->stats.bytes_in += endpoint ? (uint64_t)p->count : 0;
	return RESULT_OK;
}

enum usb_result usb_host_in(struct usb_host *h, int endpoint, uint8_t *data, int *count)
{
	struct usb_packet p;

	*count = 0;
	for (int i = 0; i < h->options.tries; i++) {
		begin_transaction(h, PID_IN, endpoint, FULL_DATA_BITS);
		if (!receive(h, &p)) {
			h->stats.repetitions++;
			continue;
		}
		switch (p.pid) {
		case PID_DATA0:
		case PID_DATA1: return take_data(h, endpoint, &p, data, count);
		case PID_NAK: h->stats.naks++; return RESULT_NAK;
		case PID_STALL: h->stats.stalls++; return RESULT_STALL;
		default: violation(h, "an ACK where data was due"); return RESULT_ERROR;
		}
	}
	return RESULT_ERROR;
}
