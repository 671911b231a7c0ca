/* SPDX-License-Identifier: MIT
 * Numbers: FTDI's application notes on the vendor requests, as libftdi sends them. */
#include "usb_bridge_port.h"

#include <stdlib.h>
#include <string.h>

#include "jetbnn_defs.h"

enum {
	PACKET = 512,
	STATUS = 2, /* bytes of modem and line status before the data of every IN packet */
	CHANNEL = 2,
	EP_IN = 0x83,
	EP_OUT = 0x04,
	SLOW_US = 16000, /* latency after a reset */
	/* standard requests */
	GET_DESCRIPTOR = 6,
	GET_CONFIGURATION = 8,
	SET_CONFIGURATION = 9,
	/* vendor requests */
	VENDOR_OUT = 0x40,
	FTDI_RESET = 0,
	FTDI_FLOW = 2,
	FTDI_BAUD = 3,
	FTDI_FORMAT = 4,
	FTDI_LATENCY = 9,
	FTDI_BITMODE = 11,
	PURGE_RECEIVED = 1,
	/* JB_UART_BAUD of 120 MHz / 10: divisor 4; bit 9 of the index chooses that clock */
	DIVISOR = 12000000 / JB_UART_BAUD,
	FAST_CLOCK = 2
};

static const uint8_t device_descriptor[18] = { 18, 1,    0,    2, 0, 0, 0, 64, 0x03,
					       4,  0x10, 0x60, 0, 7, 1, 2, 3,  1 };
static const uint8_t config_descriptor[55] = {
	9, 2, 55, 0, 2, 1,   0,   0x80, 250,                                                 /* */
	9, 4, 0,  0, 2, 255, 255, 255,  2,   7, 5, 0x81, 2, 0, 2, 0, 7, 5, 0x02, 2, 0, 2, 0, /* A */
	9, 4, 1,  0, 2, 255, 255, 255,  2,   7, 5, 0x83, 2, 0, 2, 0, 7, 5, 0x04, 2, 0, 2, 0  /* B */
};

struct bridge {
	struct usb_port port;
	const char *serial;
	const struct transport *device;
	void *state;
	bool attached, rate_good, format_good, flow_good;
	uint8_t configuration;
	unsigned latency_us, idle_us;
	struct usb_transfer *queue, **last, *done, **done_last;
};

static void put(struct usb_transfer ***last, struct usb_transfer *t)
{
	t->next = NULL;
	**last = t;
	*last = &t->next;
}

/* Takes t out of the queue. */
static void end(struct bridge *b, struct usb_transfer *t, int status)
{
	struct usb_transfer **at = &b->queue;

	while (*at && *at != t)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = t->next;
	if (b->last == &t->next)
		b->last = at;
	t->status = status;
	put(&b->done_last, t);
}

static void end_all(struct bridge *b, int status)
{
	while (b->queue)
		end(b, b->queue, status);
}

static bool talks(const struct bridge *b)
{
	return b->rate_good && b->format_good && b->flow_good;
}

static void purge(struct bridge *b)
{
	uint8_t lost[256];

	while (b->device->read(b->state, lost, sizeof(lost), 0) > 0)
		;
}

/* A vendor request for channel B. */
static int vendor(struct bridge *b, const uint8_t *setup)
{
	unsigned value = setup[2] | (unsigned)setup[3] << 8;

	switch (setup[1]) {
	case FTDI_RESET:
		if (value == 0)
			b->latency_us = SLOW_US;
		if (value != PURGE_RECEIVED + 1)
			purge(b);
		return USB_DONE;
	case FTDI_BAUD: b->rate_good = value == DIVISOR && setup[5] == FAST_CLOCK; return USB_DONE;
	case FTDI_FLOW: b->flow_good = setup[5] == 0; return USB_DONE;
	case FTDI_FORMAT: b->format_good = value == 8; return USB_DONE;
	case FTDI_LATENCY: b->latency_us = 1000 * value; return USB_DONE;
	case FTDI_BITMODE: return USB_DONE;
	default: return USB_STALLED;
	}
}

static size_t text_descriptor(const char *text, uint8_t out[256])
{
	size_t n = strlen(text);

	memset(out, 0, 256);
	for (size_t i = 0; i < n && i < 126; i++)
		out[2 + 2 * i] = (uint8_t)text[i];
	out[0] = (uint8_t)(2 + 2 * n);
	out[1] = 3;
	return 2 + 2 * n;
}

static size_t descriptor(const struct bridge *b, int type, int index, uint8_t out[256])
{
	static const uint8_t languages[4] = { 4, 3, 9, 4 };
	static const char *const texts[] = { "FTDI", "Dual RS232-HS" };

	switch (type) {
	case 1: memcpy(out, device_descriptor, sizeof(device_descriptor)); return out[0];
	case 2:
		memcpy(out, config_descriptor, sizeof(config_descriptor));
		return sizeof(config_descriptor);
	case 3:
		if (index == 0)
			memcpy(out, languages, sizeof(languages));
		return index == 0   ? sizeof(languages)
		       : index <= 2 ? text_descriptor(texts[index - 1], out)
				    : text_descriptor(b->serial, out);
	default: return 0;
	}
}

static int control(struct bridge *b, struct usb_transfer *t)
{
	const uint8_t *setup = t->setup;
	uint8_t answer[256];
	size_t n = 0;

	if (setup[0] == VENDOR_OUT)
		return setup[4] == CHANNEL ? vendor(b, setup) : USB_STALLED;
	if (setup[1] == SET_CONFIGURATION) {
		b->configuration = setup[2];
		return USB_DONE;
	}
	if (setup[1] == GET_DESCRIPTOR)
		n = descriptor(b, setup[3], setup[2], answer);
	if (setup[1] == GET_CONFIGURATION)
		answer[n++] = b->configuration;
	t->actual = n < t->length ? n : t->length;
	if (t->actual > 0)
		memcpy(t->data, answer, t->actual);
	return n > 0 ? USB_DONE : USB_STALLED;
}

/* USB_PENDING: not all was taken. */
static int bulk_out(struct bridge *b, struct usb_transfer *t)
{
	long n = (long)(t->length - t->actual);

	if (talks(b))
		n = b->device->write(b->state, t->data + t->actual, (size_t)n);
	if (n < 0)
		return USB_BROKEN;
	t->actual += (size_t)n;
	return t->actual == t->length ? USB_DONE : USB_PENDING;
}

/* Full packets at once, one that is not full when the latency has passed. */
static int bulk_in(struct bridge *b, struct usb_transfer *t)
{
	static const uint8_t status[STATUS] = { 0x32, 0x60 };
	uint8_t data[PACKET - STATUS];
	long n;

	if (t->length - t->actual < PACKET)
		return USB_DONE;
	if (b->idle_us < b->latency_us)
		return USB_PENDING;
	n = b->device->read(b->state, data, sizeof(data), 0);
	if (n < 0)
		return USB_BROKEN;
	if (!talks(b))
		n = 0;
	memcpy(t->data + t->actual, status, STATUS);
	memcpy(t->data + t->actual + STATUS, data, (size_t)n);
	t->actual += STATUS + (size_t)n;
	if (n == sizeof(data))
		return bulk_in(b, t);
	b->idle_us = 0;
	return USB_DONE;
}

static unsigned bridge_run(struct usb_port *p, unsigned microseconds)
{
	struct bridge *b = (struct bridge *)p;
	struct usb_transfer *next;

	if (!b->attached)
		return 0;
	b->idle_us += microseconds;
	for (struct usb_transfer *t = b->queue; t; t = next) {
		int status = USB_BROKEN;

		next = t->next;
		if ((t->endpoint & 0x7F) == 0)
			status = control(b, t);
		else if (t->endpoint == EP_OUT)
			status = bulk_out(b, t);
		else if (t->endpoint == EP_IN)
			status = bulk_in(b, t);
		if (status != USB_PENDING)
			end(b, t, status);
	}
	return b->done ? 1 : microseconds;
}

static int bridge_reset(struct usb_port *p)
{
	struct bridge *b = (struct bridge *)p;

	end_all(b, USB_CANCELLED);
	b->configuration = 0;
	b->rate_good = b->format_good = false;
	b->flow_good = true;
	b->latency_us = SLOW_US;
	return b->attached ? 0 : -1;
}

static int bridge_attach(struct usb_port *p, bool attached)
{
	struct bridge *b = (struct bridge *)p;
	struct bnn_err err;

	if (b->attached) {
		end_all(b, USB_GONE);
		b->device->close(b->state);
		b->attached = false;
	}
	if (!attached)
		return 0;
	if (b->device->open(NULL, NULL, &b->state, &err))
		return -1;
	b->attached = true;
	return bridge_reset(p);
}

static void bridge_submit(struct usb_port *p, struct usb_transfer *t)
{
	struct bridge *b = (struct bridge *)p;

	t->actual = 0;
	t->status = USB_PENDING;
	put(&b->last, t);
	if (!b->attached)
		end(b, t, USB_GONE);
}

static void bridge_cancel(struct usb_port *p, struct usb_transfer *t)
{
	end((struct bridge *)p, t, USB_CANCELLED);
}

static struct usb_transfer *bridge_reap(struct usb_port *p)
{
	struct bridge *b = (struct bridge *)p;
	struct usb_transfer *t = b->done;

	if (t)
		b->done = t->next;
	if (!b->done)
		b->done_last = &b->done;
	return t;
}

static void bridge_clear_toggle(struct usb_port *p, uint8_t endpoint)
{
	(void)p;
	(void)endpoint;
}

static void bridge_close(struct usb_port *p)
{
	bridge_attach(p, false);
	free(p);
}

struct usb_port *usb_bridge_port_open(const char *serial, const struct transport *device)
{
	static const struct usb_port_ops ops = { bridge_reset,        bridge_attach, bridge_submit,
						 bridge_cancel,       bridge_reap,   bridge_run,
						 bridge_clear_toggle, bridge_close };
	struct bridge *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->port.ops = &ops;
	b->serial = serial;
	b->device = device;
	b->last = &b->queue;
	b->done_last = &b->done;
	return &b->port;
}
