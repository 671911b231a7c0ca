/* SPDX-License-Identifier: MIT
 * The port of the C model: queues, bulk endpoints, faults. */
#include <stdlib.h>
#include <string.h>

#include "jetbnn_defs.h"
#include "usb_soft.h"

enum {
	TIMEOUT_US = 100000, /* idle bus time after which the device gives up half a packet */
	NOISE_BYTES = 40
};

static void queue_init(struct soft_queue *q)
{
	q->head = NULL;
	q->tail = &q->head;
}

static void queue_put(struct soft_queue *q, struct usb_transfer *t)
{
	t->next = NULL;
	*q->tail = t;
	q->tail = &t->next;
}

static struct usb_transfer *queue_take(struct soft_queue *q)
{
	struct usb_transfer *t = q->head;

	if (t) {
		q->head = t->next;
		if (!q->head)
			q->tail = &q->head;
	}
	return t;
}

/* Ends the first transfer of a queue. */
static void end(struct soft *s, int queue, int status)
{
	struct usb_transfer *t = queue_take(&s->queue[queue]);

	t->status = status;
	queue_put(&s->done, t);
}

static void end_all(struct soft *s, int status)
{
	for (int q = 0; q < SOFT_QUEUES; q++)
		while (s->queue[q].head)
			end(s, q, status);
}

static void forget(struct soft *s)
{
	s->address = s->configuration = 0;
	s->halted[SOFT_OUT] = s->halted[SOFT_IN] = false;
	s->empty_due = s->in_answer = false;
	s->held = 0;
}

void soft_empty(struct soft *s)
{
	uint8_t lost[256];

	while (s->opt.device->read(s->device, lost, sizeof(lost), 1) > 0)
		;
	s->halted[SOFT_OUT] = s->halted[SOFT_IN] = s->opt.fault == SOFT_STALL_ALL;
	s->empty_due = s->in_answer = false;
	s->held = 0;
}

static int soft_reset(struct usb_port *p)
{
	struct soft *s = (struct soft *)p;

	end_all(s, USB_CANCELLED);
	forget(s);
	if (!s->attached || s->opt.fault == SOFT_NO_ANSWER)
		return -1;
	s->address = 1;
	return 0;
}

static int soft_attach(struct usb_port *p, bool attached)
{
	struct soft *s = (struct soft *)p;
	struct bnn_err err;

	if (s->attached) {
		end_all(s, USB_GONE);
		s->opt.device->close(s->device);
		s->attached = false;
	}
	if (!attached)
		return 0;
	if (s->opt.device->open(s->opt.device_arg, NULL, &s->device, &err))
		return -1;
	s->attached = true;
	s->bytes = 0;
	soft_describe(s);
	return soft_reset(p);
}

static int queue_of(const struct usb_transfer *t)
{
	if (t->endpoint == JB_USB_EP_OUT)
		return SOFT_OUT;
	if (t->endpoint == JB_USB_EP_IN)
		return SOFT_IN;
	return (t->endpoint & 0x7F) == 0 ? SOFT_CONTROL : -1;
}

static void soft_submit(struct usb_port *p, struct usb_transfer *t)
{
	struct soft *s = (struct soft *)p;
	int q = queue_of(t);

	t->actual = 0;
	t->status = USB_PENDING;
	if (s->attached && q >= 0) {
		queue_put(&s->queue[q], t);
		return;
	}
	t->status = s->attached ? USB_BROKEN : USB_GONE;
	queue_put(&s->done, t);
}

static void soft_cancel(struct usb_port *p, struct usb_transfer *t)
{
	struct soft *s = (struct soft *)p;
	int q = queue_of(t);
	struct soft_queue rest;

	if (t->status != USB_PENDING || q < 0)
		return;
	queue_init(&rest);
	for (struct usb_transfer *u = queue_take(&s->queue[q]); u; u = queue_take(&s->queue[q])) {
		if (u != t)
			queue_put(&rest, u);
	}
	while (rest.head)
		queue_put(&s->queue[q], queue_take(&rest));
	t->status = USB_CANCELLED;
	queue_put(&s->done, t);
}

static struct usb_transfer *soft_reap(struct usb_port *p)
{
	return queue_take(&((struct soft *)p)->done);
}

static void control(struct soft *s)
{
	struct usb_transfer *t = s->queue[SOFT_CONTROL].head;

	end(s, SOFT_CONTROL, soft_control(s, t->setup, t->data, &t->actual));
}

/* Moves OUT packets. True when something happened. */
static bool bulk_out(struct soft *s)
{
	struct usb_transfer *t = s->queue[SOFT_OUT].head;
	long n;

	if (s->opt.fault == SOFT_STUCK)
		return false;
	if (s->opt.fault == SOFT_STALL_OUT) {
		s->opt.fault = SOFT_NO_FAULT;
		s->halted[SOFT_OUT] = true;
	}
	if (s->halted[SOFT_OUT]) {
		end(s, SOFT_OUT, USB_STALLED);
		return true;
	}
	n = t->length > t->actual
		    ? s->opt.device->write(s->device, t->data + t->actual, t->length - t->actual)
		    : 0;
	if (n < 0) {
		end(s, SOFT_OUT, USB_BROKEN);
		return true;
	}
	t->actual += (size_t)n;
	s->bytes += (size_t)n;
	if (t->actual == t->length)
		end(s, SOFT_OUT, USB_DONE);
	return n > 0 || t->actual == t->length;
}

static uint8_t noise(struct soft *s)
{
	s->noise = s->noise * 1664525 + 1013904223;
	return (uint8_t)(s->noise >> 24);
}

/* The next IN packet, -1: NAK. */
static int in_packet(struct soft *s, uint8_t packet[JB_USB_PACKET])
{
	enum usb_soft_fault fault = s->opt.fault;
	size_t most = fault == SOFT_SHORT ? 7 : JB_USB_PACKET;
	size_t start = fault == SOFT_GARBAGE && !s->in_answer ? NOISE_BYTES : 0;
	long n = s->held;

	if (n > 0) {
		s->held = 0;
		memcpy(packet, s->held_packet, (size_t)n);
		return (int)n;
	}
	if (fault == SOFT_BABBLE) {
		for (int i = 0; i < JB_USB_PACKET; i++)
			packet[i] = noise(s);
		return JB_USB_PACKET;
	}
	n = s->opt.device->read(s->device, packet + start, most - start, 0);
	if (n <= 0)
		return -1;
	for (size_t i = 0; i < start; i++)
		packet[i] = noise(s);
	n += (long)start;
	return (int)(fault == SOFT_CUT ? n - 1 : n);
}

/* Moves one IN packet. True when something happened. */
static bool bulk_in(struct soft *s)
{
	struct usb_transfer *t = s->queue[SOFT_IN].head;
	uint8_t packet[JB_USB_PACKET];
	size_t room = t->length - t->actual, size;
	int n;

	if (s->halted[SOFT_IN]) {
		end(s, SOFT_IN, USB_STALLED);
		return true;
	}
	if (s->opt.fault == SOFT_SILENT)
		return false;
	n = in_packet(s, packet);
	if (n < 0 && !s->empty_due)
		return false;
	if (n >= 0 && s->opt.fault == SOFT_STALL_IN) {
		s->opt.fault = SOFT_NO_FAULT;
		s->halted[SOFT_IN] = true;
		s->held = n;
		memcpy(s->held_packet, packet, (size_t)n);
		end(s, SOFT_IN, USB_STALLED);
		return true;
	}
	size = n < 0 ? 0 : (size_t)n;
	s->empty_due = s->in_answer = size == JB_USB_PACKET;
	if (size > room || s->opt.fault == SOFT_OVERRUN) {
		memcpy(t->data + t->actual, packet, size < room ? size : room);
		t->actual += size < room ? size : room;
		end(s, SOFT_IN, USB_OVERRUN);
		return true;
	}
	memcpy(t->data + t->actual, packet, size);
	t->actual += size;
	s->bytes += size;
	if (size < JB_USB_PACKET || t->actual == t->length)
		end(s, SOFT_IN, USB_DONE);
	return true;
}

static bool step(struct soft *s, int queue)
{
	if (!s->queue[queue].head)
		return false;
	if (s->opt.fault == SOFT_NO_ANSWER || (queue != SOFT_CONTROL && !s->configuration)) {
		end(s, queue, USB_BROKEN);
		return true;
	}
	if (queue == SOFT_CONTROL) {
		control(s);
		return true;
	}
	return queue == SOFT_OUT ? bulk_out(s) : bulk_in(s);
}

static unsigned soft_run(struct usb_port *p, unsigned microseconds)
{
	struct soft *s = (struct soft *)p;
	bool moved = true;

	if (!s->attached)
		return 0;
	while (moved && !s->done.head) {
		moved = step(s, SOFT_CONTROL);
		moved = step(s, SOFT_OUT) || moved;
		moved = step(s, SOFT_IN) || moved;
	}
	if (s->done.head) {
		s->idle_us = 0;
		return 1;
	}
	s->idle_us += microseconds;
	if (s->idle_us >= TIMEOUT_US) {
		uint8_t none;

		s->opt.device->read(s->device, &none, 0, 1);
		s->idle_us = 0;
	}
	return microseconds;
}

static void soft_clear_toggle(struct usb_port *p, uint8_t endpoint)
{
	(void)p;
	(void)endpoint;
}

static void soft_close(struct usb_port *p)
{
	soft_attach(p, false);
	free(p);
}

struct usb_port *usb_soft_port_open(const struct usb_soft_options *opt)
{
	static const struct usb_port_ops ops = { soft_reset,        soft_attach, soft_submit,
						 soft_cancel,       soft_reap,   soft_run,
						 soft_clear_toggle, soft_close };
	struct soft *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->port.ops = &ops;
	s->opt = *opt;
	for (int q = 0; q < SOFT_QUEUES; q++)
		queue_init(&s->queue[q]);
	queue_init(&s->done);
	return &s->port;
}

void usb_soft_port_set_fault(struct usb_port *port, enum usb_soft_fault fault)
{
	struct soft *s = (struct soft *)port;

	s->opt.fault = fault;
	if (fault == SOFT_STALL_ALL)
		s->halted[SOFT_OUT] = s->halted[SOFT_IN] = true;
}

size_t usb_soft_port_bytes(const struct usb_port *port)
{
	return ((const struct soft *)port)->bytes;
}
