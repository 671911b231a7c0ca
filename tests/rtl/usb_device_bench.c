/* SPDX-License-Identifier: MIT */
#include "usb_bench.h"

#include <string.h>

static bool far_take(void *state, int rx)
{
	struct far *f = state;

	if (rx < 0 || f->deaf || (f->stall && usb_random(&f->seed, 100) < f->stall))
		return false;
	f->in[f->in_count++ % RING] = (uint8_t)rx;
	if (f->loop)
		f->out[f->out_count++ % RING] = (uint8_t)rx;
	return true;
}

static int far_offer(void *state)
{
	struct far *f = state;

	return f->out_sent < f->out_count ? f->out[f->out_sent % RING] : -1;
}

static void far_sent(void *state)
{
	struct far *f = state;

	f->out_sent++;
}

void bench_open(struct bench *b, const struct usb_host_options *options, bool configured)
{
	struct usb_bench_stream stream = { &b->far, far_take, far_offer, far_sent };
	struct usb_bus_options bus = { .host = { .ppm = 0 } };
	struct usb_device_model model;

	if (options)
		bus.host = *options;
	memset(b, 0, sizeof(*b));
	b->device = usb_bench_new(&stream);
	ck_assert_ptr_nonnull(b->device);
	model = usb_bench_model(b->device);
	b->port = usb_bus_port_open(&model, &bus);
	ck_assert_ptr_nonnull(b->port);
	ck_assert_int_eq(b->port->ops->reset(b->port), 0);
	if (configured)
		ck_assert_int_eq(bench_control(b, 0x00, 9, 1, 0, NULL, 0, NULL), USB_DONE);
}

void bench_close(struct bench *b)
{
	const struct usb_host_stats *s = &bench_host(b)->stats;

	ck_assert_msg(s->violations == 0, "%llu violations, first: %s",
		      (unsigned long long)s->violations, s->first_violation);
	ck_assert_msg(s->worst_turnaround <= 6.5 && s->least_turnaround >= 2,
		      "turnaround %.2f to %.2f bits", s->least_turnaround, s->worst_turnaround);
	b->port->ops->close(b->port);
	usb_bench_free(b->device);
}

struct usb_host *bench_host(struct bench *b)
{
	return usb_bus_port_host(b->port);
}

int bench_wait(struct bench *b, struct usb_transfer *t)
{
	unsigned passed = 0;

	while (passed < TIMEOUT_US) {
		struct usb_transfer *done = b->port->ops->reap(b->port);

		if (done == t)
			return t->status;
		ck_assert_ptr_null(done);
		passed += b->port->ops->run(b->port, TIMEOUT_US - passed);
	}
	b->port->ops->cancel(b->port, t);
	ck_assert_ptr_eq(b->port->ops->reap(b->port), t);
	return t->status;
}

int bench_control(struct bench *b, uint8_t type, uint8_t request, uint16_t value, uint16_t index,
		  void *data, uint16_t length, size_t *actual)
{
	struct usb_transfer t = { .setup = { type, request, (uint8_t)value, (uint8_t)(value >> 8),
					     (uint8_t)index, (uint8_t)(index >> 8), (uint8_t)length,
					     (uint8_t)(length >> 8) },
				  .data = data,
				  .length = length };
	int status;

	b->port->ops->submit(b->port, &t);
	status = bench_wait(b, &t);
	if (actual)
		*actual = t.actual;
	return status;
}

int bench_bulk(struct bench *b, uint8_t endpoint, void *data, size_t length, bool zero_packet,
	       size_t *actual)
{
	struct usb_transfer t = {
		.endpoint = endpoint, .data = data, .length = length, .zero_packet = zero_packet
	};
	int status;

	b->port->ops->submit(b->port, &t);
	status = bench_wait(b, &t);
	if (actual)
		*actual = t.actual;
	return status;
}
