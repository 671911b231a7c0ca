// SPDX-License-Identifier: MIT
#include "byte_cross.h"

#include <new>

#include "Vbyte_cross.h"
#include "verilated.h"

struct cross_sim {
	VerilatedContext context;
	Vbyte_cross top{ &context };
};

bool cross_sim_in(struct cross_sim *s, int byte)
{
	Vbyte_cross &t = s->top;
	bool taken;

	t.in_valid = byte >= 0;
	t.in_data = t.in_valid ? byte : 0;
	t.eval();
	taken = t.in_valid && t.in_ready;
	t.in_clk = 1;
	t.eval();
	t.in_clk = 0;
	t.eval();
	return taken;
}

int cross_sim_out(struct cross_sim *s, bool ready)
{
	Vbyte_cross &t = s->top;
	int byte;

	t.out_ready = ready;
	t.eval();
	byte = t.out_valid ? t.out_data : -1;
	t.out_clk = 1;
	t.eval();
	t.out_clk = 0;
	t.eval();
	return byte;
}

struct cross_sim *cross_sim_open(void)
{
	struct cross_sim *s = new (std::nothrow) cross_sim;

	if (!s)
		return nullptr;
	s->top.in_rst = s->top.out_rst = 1;
	cross_sim_in(s, -1);
	cross_sim_out(s, false);
	s->top.in_rst = s->top.out_rst = 0;
	return s;
}

void cross_sim_close(struct cross_sim *s)
{
	delete s;
}
