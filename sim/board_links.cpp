// SPDX-License-Identifier: MIT
#include "board_links.h"

#include <new>

#include "Vboard_links.h"
#include "verilated.h"

struct links_sim {
	VerilatedContext context;
	Vboard_links top{ &context };
	int core_clocks;
	links_line *line;
	void *state;
};

// Inputs of a clock of the accelerator: the bytes handed back.
static void core_inputs(Vboard_links &t)
{
	t.tx_valid = t.rx_valid;
	t.tx_data = t.rx_data;
	t.eval();
	t.rx_ready = t.tx_ready;
	t.eval();
}

static void clock_pins(void *state, bool dp, bool dm, struct usb_pins *out)
{
	struct links_sim *s = static_cast<struct links_sim *>(state);
	Vboard_links &t = s->top;

	t.dp_in = dp;
	t.dm_in = dm;
	t.uart_rx = t.rst || s->line(s->state, t.uart_tx);
	t.eval();
	for (int i = 0; i < s->core_clocks; i++) {
		core_inputs(t);
		t.clk = i == 0;
		t.core_clk = 1;
		t.eval();
		t.core_clk = 0;
		t.clk = 0;
		t.eval();
	}
	out->dp = t.dp_out;
	out->dm = t.dm_out;
	out->drive = t.oe;
	out->pull = t.pull;
}

struct links_sim *links_sim_open(int core_clocks, links_line *line, void *state)
{
	struct links_sim *s = new (std::nothrow) links_sim;
	struct usb_pins pins;

	if (!s)
		return nullptr;
	s->core_clocks = core_clocks;
	s->line = line;
	s->state = state;
	s->top.attach = 1;
	s->top.rst = s->top.core_rst = 1;
	for (int i = 0; i < 8; i++)
		clock_pins(s, false, false, &pins);
	s->top.rst = s->top.core_rst = 0;
	return s;
}

void links_sim_close(struct links_sim *s)
{
	delete s;
}

struct usb_device_model links_sim_usb(struct links_sim *s)
{
	return { s, clock_pins };
}

bool links_sim_configured(const struct links_sim *s)
{
	return s->top.configured;
}
