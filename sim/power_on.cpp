// SPDX-License-Identifier: MIT
#include "power_on.h"

#include <new>

#include "Vpower_on.h"
#include "verilated.h"

struct power_sim {
	VerilatedContext context;
	Vpower_on top{ &context };
};

bool power_sim_clock(struct power_sim *s, bool ready)
{
	Vpower_on &t = s->top;
	bool rst;

	t.ready = ready;
	t.eval();
	rst = t.rst;
	t.clk = 1;
	t.eval();
	t.clk = 0;
	t.eval();
	return rst;
}

struct power_sim *power_sim_open(void)
{
	return new (std::nothrow) power_sim;
}

void power_sim_close(struct power_sim *s)
{
	delete s;
}
