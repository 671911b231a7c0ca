/* SPDX-License-Identifier: MIT */
#include "usb_bus_port.h"

#include <stdlib.h>
#include <string.h>

enum {
	QUEUES = 2 * USB_ENDPOINTS, /* number * 2 + 1 for IN; endpoint 0 is queue 0 */
	FIRST_ADDRESS = 5,
	NAK_PAUSE = 3,   /* transactions of others before a NAKed endpoint is asked again */
	NAK_IDLE_US = 4, /* on an otherwise idle bus */
	FRAME_US = 1000,
	ADDRESS_LIMIT_US = 50000, /* the standard's, for a status stage */
	REQUEST_TO_HOST = 0x80,
	SET_ADDRESS = 5,
	SET_CONFIGURATION = 9,
	SET_INTERFACE = 11,
	CLEAR_FEATURE = 1
};

enum stage { STAGE_SETUP, STAGE_DATA, STAGE_STATUS };

struct queue {
	struct usb_transfer *first, **last;
	enum stage stage; /* of a control transfer under way */
	int pause;        /* transactions to wait after a NAK */
};

struct bus_port {
	struct usb_port port;
	struct usb_host host;
	struct usb_bus_options options;
	struct queue queue[QUEUES];
	struct usb_transfer *ended, **ended_last;
	int next; /* queue that is looked at first */
	bool attached;
};

static struct bus_port *of(struct usb_port *p)
{
	return (struct bus_port *)p;
}

static int queue_of(uint8_t endpoint)
{
	int number = endpoint & 0xF;

	return number ? 2 * number + (endpoint >> 7) : 0;
}

/* ---- queues ------------------------------------------------------------------------------- */

static void append(struct usb_transfer ***last, struct usb_transfer *t)
{
	t->next = NULL;
	**last = t;
	*last = &t->next;
}

/* Takes t out of its queue and gives it the status. */
static void end_transfer(struct bus_port *b, struct usb_transfer *t, int status)
{
	struct queue *q = &b->queue[queue_of(t->endpoint)];
	struct usb_transfer **at = &q->first;

	while (*at && *at != t)
		at = &(*at)->next;
	if (!*at)
		return;
	if (at == &q->first)
		q->stage = STAGE_SETUP;
	*at = t->next;
	if (q->last == &t->next)
		q->last = at;
	t->status = status;
	append(&b->ended_last, t);
}

static void end_all(struct bus_port *b, int status)
{
	for (int i = 0; i < QUEUES; i++)
		while (b->queue[i].first)
			end_transfer(b, b->queue[i].first, status);
}

static void bus_submit(struct usb_port *p, struct usb_transfer *t)
{
	struct bus_port *b = of(p);
	struct queue *q = &b->queue[queue_of(t->endpoint)];

	t->status = USB_PENDING;
	t->actual = 0;
	append(&q->last, t);
	q->pause = 0;
	if (!b->attached)
		end_transfer(b, t, USB_GONE);
}

static void bus_cancel(struct usb_port *p, struct usb_transfer *t)
{
	end_transfer(of(p), t, USB_CANCELLED);
}

static struct usb_transfer *bus_reap(struct usb_port *p)
{
	struct bus_port *b = of(p);
	struct usb_transfer *t = b->ended;

	if (t) {
		b->ended = t->next;
		if (!b->ended)
			b->ended_last = &b->ended;
	}
	return t;
}

/* ---- transactions -------------------------------------------------------------------------- */

/* One OUT packet of t; sets *done when it was the last. */
static enum usb_result out_packet(struct bus_port *b, struct usb_transfer *t, bool *done)
{
	size_t left = t->length - t->actual;
	int count = left < USB_MAX_DATA ? (int)left : USB_MAX_DATA;
	enum usb_result r = usb_host_out(&b->host, t->endpoint & 0xF, t->data + t->actual, count);

	if (r == RESULT_OK) {
		t->actual += (size_t)count;
		*done = t->actual == t->length && (count < USB_MAX_DATA || !t->zero_packet);
	}
	return r;
}

/* One IN packet; *overrun when the device sent more than there is room for. */
static enum usb_result in_packet(struct bus_port *b, struct usb_transfer *t, bool *done,
				 bool *overrun)
{
	uint8_t data[USB_MAX_DATA];
	size_t room = t->length - t->actual;
	int count;
	enum usb_result r = usb_host_in(&b->host, t->endpoint & 0xF, data, &count);

	if (r != RESULT_OK)
		return r;
	*overrun = (size_t)count > room;
	if (*overrun)
		count = (int)room;
	if (count > 0)
		memcpy(t->data + t->actual, data, (size_t)count);
	t->actual += (size_t)count;
	*done = count < USB_MAX_DATA || t->actual == t->length;
	return r;
}

/* Requests that make toggles begin again. */
static void follow_request(struct bus_port *b, const uint8_t setup[8])
{
	unsigned request = (unsigned)setup[0] << 8 | setup[1];
	uint8_t endpoint = setup[4];

	if (request == (0x0000 | SET_CONFIGURATION) || request == (0x0100 | SET_INTERFACE)) {
		for (int i = 1; i < USB_ENDPOINTS; i++)
			b->host.toggle_out[i] = b->host.toggle_in[i] = 0;
	} else if (request == (0x0200 | CLEAR_FEATURE) && setup[2] == 0) {
		b->port.ops->clear_toggle(&b->port, endpoint);
	}
}

static enum usb_result control_step(struct bus_port *b, struct queue *q, struct usb_transfer *t,
				    bool *done, bool *overrun)
{
	bool to_host = t->setup[0] & REQUEST_TO_HOST, last = false;
	uint8_t nothing[USB_MAX_DATA];
	enum usb_result r;
	int count;

	switch (q->stage) {
	case STAGE_SETUP:
		if (b->options.setup)
			b->options.setup(b->options.user, t->setup);
		r = usb_host_setup(&b->host, t->setup);
		if (r == RESULT_OK)
			q->stage = t->length > 0 ? STAGE_DATA : STAGE_STATUS;
		return r;
	case STAGE_DATA:
		r = to_host ? in_packet(b, t, &last, overrun) : out_packet(b, t, &last);
		if (r == RESULT_OK && last) {
			q->stage = STAGE_STATUS;
			b->host.toggle_out[0] = b->host.toggle_in[0] = 1;
		}
		return r;
	default:
		/* The status stage goes the other way, and IN without data. */
		r = to_host && t->length > 0 ? usb_host_out(&b->host, 0, nothing, 0)
					     : usb_host_in(&b->host, 0, nothing, &count);
		*done = r == RESULT_OK;
		if (*done)
			follow_request(b, t->setup);
		return r;
	}
}

/* One transaction of a queue's first transfer. */
static void serve(struct bus_port *b, int index)
{
	struct queue *q = &b->queue[index];
	struct usb_transfer *t = q->first;
	bool done = false, overrun = false;
	enum usb_result r;

	r = index == 0  ? control_step(b, q, t, &done, &overrun)
	    : index & 1 ? in_packet(b, t, &done, &overrun)
			: out_packet(b, t, &done);
	if (overrun)
		end_transfer(b, t, USB_OVERRUN);
	else if (done)
		end_transfer(b, t, USB_DONE);
	else if (r == RESULT_NAK)
		q->pause = NAK_PAUSE;
	else if (r == RESULT_STALL)
		end_transfer(b, t, USB_STALLED);
	else if (r == RESULT_ERROR)
		end_transfer(b, t, b->host.wires.pins.pull ? USB_BROKEN : USB_GONE);
}

/* The queue whose turn it is, -1 when all are empty or wait after a NAK. */
static int choose(struct bus_port *b)
{
	int found = b->queue[0].first && b->queue[0].pause == 0 ? 0 : -1; /* control first */

	for (int i = 0; i < QUEUES && found < 0; i++) {
		int index = (b->next + i) % QUEUES;
		struct queue *q = &b->queue[index];

		if (q->first && q->pause == 0)
			found = index;
	}
	for (int i = 0; i < QUEUES; i++)
		if (b->queue[i].pause > 0)
			b->queue[i].pause--;
	if (found > 0)
		b->next = (found + 1) % QUEUES;
	return found;
}

static unsigned bus_run(struct usb_port *p, unsigned microseconds)
{
	struct bus_port *b = of(p);
	double start = usb_host_time(&b->host), passed = 0;

	if (!b->attached)
		return 0;
	while (passed < microseconds && !b->ended) {
		int index = choose(b);
		double left = microseconds - passed;

		if (index >= 0)
			serve(b, index);
		else
			usb_host_idle(&b->host, left < NAK_IDLE_US ? left : NAK_IDLE_US);
		if (!b->host.wires.pins.pull)
			p->ops->attach(p, false);
		passed = usb_host_time(&b->host) - start;
	}
	return passed < 1 ? 1 : (unsigned)passed;
}

/* ---- reset, attach, the rest --------------------------------------------------------------- */

static int bus_reset(struct usb_port *p)
{
	struct bus_port *b = of(p);
	const uint8_t set_address[8] = { 0, SET_ADDRESS, FIRST_ADDRESS };
	uint8_t nothing[USB_MAX_DATA];
	int count;
	enum usb_result r;
	double limit;

	end_all(b, USB_CANCELLED);
	if (!b->attached)
		return -1;
	usb_host_reset(&b->host);
	if (usb_host_setup(&b->host, set_address) != RESULT_OK)
		return -1;
	limit = usb_host_time(&b->host) + ADDRESS_LIMIT_US;
	do
		r = usb_host_in(&b->host, 0, nothing, &count);
	while (r == RESULT_NAK && usb_host_time(&b->host) < limit);
	if (r != RESULT_OK)
		return -1;
	b->host.address = FIRST_ADDRESS;
	usb_host_idle(&b->host, 2 * FRAME_US); /* the time the standard gives a device */
	return 0;
}

static int bus_attach(struct usb_port *p, bool attached)
{
	struct bus_port *b = of(p);

	b->attached = attached;
	if (attached)
		return bus_reset(p);
	end_all(b, USB_GONE);
	return 0;
}

static void bus_clear_toggle(struct usb_port *p, uint8_t endpoint)
{
	struct usb_host *h = &of(p)->host;
	uint8_t *toggles = endpoint & 0x80 ? h->toggle_in : h->toggle_out;

	toggles[endpoint & 0xF] = 0;
	h->again_in[endpoint & 0xF] = h->again_in[endpoint & 0xF] && !(endpoint & 0x80);
}

static void bus_close(struct usb_port *p)
{
	free(of(p));
}

static const struct usb_port_ops bus_ops = { .reset = bus_reset,
					     .attach = bus_attach,
					     .submit = bus_submit,
					     .cancel = bus_cancel,
					     .reap = bus_reap,
					     .run = bus_run,
					     .clear_toggle = bus_clear_toggle,
					     .close = bus_close };

struct usb_port *usb_bus_port_open(const struct usb_device_model *device,
				   const struct usb_bus_options *options)
{
	static const struct usb_bus_options plain;
	struct bus_port *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->port.ops = &bus_ops;
	b->options = options ? *options : plain;
	b->attached = true;
	b->ended_last = &b->ended;
	for (int i = 0; i < QUEUES; i++)
		b->queue[i].last = &b->queue[i].first;
	usb_host_begin(&b->host, device, &b->options.host);
	return &b->port;
}

struct usb_host *usb_bus_port_host(struct usb_port *p)
{
	return &of(p)->host;
}
