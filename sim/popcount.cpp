// SPDX-License-Identifier: MIT
#include "popcount.h"

#include <new>

#include "Vpopcount.h"
#include "verilated.h"

struct popcount_sim {
	VerilatedContext context;
	Vpopcount top{ &context };
};

struct popcount_sim *popcount_sim_open(void)
{
	return new (std::nothrow) popcount_sim;
}

void popcount_sim_close(struct popcount_sim *s)
{
	delete s;
}

unsigned popcount_sim_clock(struct popcount_sim *s, bool enable, uint32_t x, uint32_t w)
{
	Vpopcount &t = s->top;

	t.enable = enable;
	t.x = x;
	t.w = w;
	t.clk = 0;
	t.eval();
	unsigned count = t.count;
	t.clk = 1;
	t.eval();
	return count;
}
