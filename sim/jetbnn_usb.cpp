// SPDX-License-Identifier: MIT
#include "jetbnn_usb.h"

#include <memory>
#include <new>

#include "Vjb_usb.h"
#include "verilated.h"
#include "verilated_fst_c.h"

// LED outputs of hw/jetbnn.v
static const int LED_LINK = 4, LED_IMAGE = 2;

struct jetbnn_usb {
	VerilatedContext context;
	Vjb_usb top{ &context };
	std::unique_ptr<VerilatedFstC> fst;
	uint64_t clocks = 0;

	void dump()
	{
		if (fst)
			fst->dump(context.time());
	}

	// Half a clock of USB; where the accelerator has its own clock, a whole one of that.
	void half(bool level)
	{
		top.clk = level;
		top.eval();
		dump();
		context.timeInc(1);
#ifdef SIM_CROSS
		for (int high = 1; high >= 0; high--) {
			top.core_clk = high;
			top.eval();
			dump();
			context.timeInc(1);
		}
#endif
	}

	void edge()
	{
		half(true);
		half(false);
		clocks++;
	}
};

static void clock_pins(void *state, bool dp, bool dm, struct usb_pins *out)
{
	struct jetbnn_usb *j = static_cast<struct jetbnn_usb *>(state);

	j->top.dp_in = dp;
	j->top.dm_in = dm;
	j->edge();
	out->dp = j->top.dp_out;
	out->dm = j->top.dm_out;
	out->drive = j->top.oe;
	out->pull = j->top.pull;
}

struct jetbnn_usb *jetbnn_usb_new(const char *trace)
{
	struct jetbnn_usb *j = new (std::nothrow) jetbnn_usb;

	if (!j)
		return nullptr;
	if (trace) {
		j->context.traceEverOn(true);
		j->fst = std::make_unique<VerilatedFstC>();
		j->top.trace(j->fst.get(), 99);
		j->fst->open(trace);
	}
	j->top.attach = 1;
	j->top.uart_rx = 1;
	j->top.rst = j->top.core_rst = 1;
	for (int i = 0; i < 4; i++)
		j->edge();
	j->top.rst = j->top.core_rst = 0;
	return j;
}

void jetbnn_usb_free(struct jetbnn_usb *j)
{
	if (!j)
		return;
	j->top.final();
	if (j->fst)
		j->fst->close();
	delete j;
}

struct usb_device_model jetbnn_usb_pins(struct jetbnn_usb *j)
{
	return { j, clock_pins };
}

uint64_t jetbnn_usb_clocks(const struct jetbnn_usb *j)
{
	return j->clocks;
}

bool jetbnn_usb_active(const struct jetbnn_usb *j)
{
	return j->top.led & (LED_LINK | LED_IMAGE);
}
