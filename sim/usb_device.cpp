// SPDX-License-Identifier: MIT
#include "usb_device.h"

#include <new>

#include "Vusb_device.h"
#include "verilated.h"

struct usb_bench {
	VerilatedContext context;
	Vusb_device top{ &context };
	struct usb_bench_stream stream;
};

static void edge(struct usb_bench *b)
{
	b->top.clk = 1;
	b->top.eval();
	b->top.clk = 0;
	b->top.eval();
}

static void clock_pins(void *state, bool dp, bool dm, struct usb_pins *out)
{
	struct usb_bench *b = static_cast<struct usb_bench *>(state);
	Vusb_device &t = b->top;
	int byte;

	t.dp_in = dp;
	t.dm_in = dm;
	t.rx_ready = b->stream.take(b->stream.state, t.rx_valid ? t.rx_data : -1);
	byte = b->stream.offer(b->stream.state);
	t.tx_valid = byte >= 0;
	t.tx_data = t.tx_valid ? byte : 0;
	if (t.tx_valid && t.tx_ready)
		b->stream.sent(b->stream.state);
	edge(b);
	out->dp = t.dp_out;
	out->dm = t.dm_out;
	out->drive = t.oe;
	out->pull = t.pull;
}

static void reset(struct usb_bench *b)
{
	b->top.rst = 1;
	for (int i = 0; i < 4; i++)
		edge(b);
	b->top.rst = 0;
}

struct usb_bench *usb_bench_new(const struct usb_bench_stream *stream)
{
	struct usb_bench *b = new (std::nothrow) usb_bench;

	if (!b)
		return nullptr;
	b->stream = *stream;
	b->top.attach = 1;
	reset(b);
	return b;
}

void usb_bench_free(struct usb_bench *b)
{
	delete b;
}

struct usb_device_model usb_bench_model(struct usb_bench *b)
{
	return { b, clock_pins };
}

void usb_bench_attach(struct usb_bench *b, bool attach)
{
	b->top.attach = attach;
}

bool usb_bench_configured(const struct usb_bench *b)
{
	return b->top.configured;
}

bool usb_bench_suspended(const struct usb_bench *b)
{
	return b->top.suspended;
}
