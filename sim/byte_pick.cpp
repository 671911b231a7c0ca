// SPDX-License-Identifier: MIT
#include "byte_pick.h"

#include <new>

#include "Vbyte_pick.h"
#include "verilated.h"

struct pick_sim {
	VerilatedContext context;
	Vbyte_pick top{ &context };
};

struct pick_out pick_sim_clock(struct pick_sim *s, const struct pick_in *in)
{
	Vbyte_pick &t = s->top;
	struct pick_out out;

	t.first = in->first;
	t.a_rx_valid = in->link_byte[0] >= 0;
	t.a_rx_data = t.a_rx_valid ? in->link_byte[0] : 0;
	t.b_rx_valid = in->link_byte[1] >= 0;
	t.b_rx_data = t.b_rx_valid ? in->link_byte[1] : 0;
	t.a_tx_ready = in->link_ready[0];
	t.b_tx_ready = in->link_ready[1];
	t.tx_valid = in->core_byte;
	t.rx_ready = in->core_ready;
	t.eval();
	out.link_taken[0] = t.a_rx_valid && t.a_rx_ready;
	out.link_taken[1] = t.b_rx_valid && t.b_rx_ready;
	out.core_got = t.rx_valid && t.rx_ready ? t.rx_data : -1;
	out.core_taken = t.tx_valid && t.tx_ready;
	out.link_got[0] = t.a_tx_valid && t.a_tx_ready;
	out.link_got[1] = t.b_tx_valid && t.b_tx_ready;
	t.clk = 1;
	t.eval();
	t.clk = 0;
	t.eval();
	return out;
}

struct pick_sim *pick_sim_open(void)
{
	struct pick_sim *s = new (std::nothrow) pick_sim;
	const struct pick_in idle = { false, { -1, -1 }, { false, false }, false, false };

	if (!s)
		return nullptr;
	s->top.rst = 1;
	pick_sim_clock(s, &idle);
	s->top.rst = 0;
	return s;
}

void pick_sim_close(struct pick_sim *s)
{
	delete s;
}
