// SPDX-License-Identifier: MIT
#include "front.h"

#include <new>

#include "Vfront.h"
#include "verilated.h"

struct front_sim {
	VerilatedContext context;
	Vfront top{ &context };
};

#if G_MW == 1
static uint32_t word(IData row, int)
{
	return row;
}
#elif G_MW == 2
static uint32_t word(QData row, int i)
{
	return (uint32_t)(row >> 32 * i);
}
#else
template <std::size_t N> static uint32_t word(const VlWide<N> &row, int i)
{
	return row[i];
}
#endif

struct front_sim *front_sim_open(void)
{
	return new (std::nothrow) front_sim;
}

void front_sim_close(struct front_sim *s)
{
	delete s;
}

void front_sim_clock(struct front_sim *s, const struct front_in *in, struct front_out *out)
{
	Vfront &t = s->top;

	t.rst = in->rst;
	t.cfg_we = in->cfg_we;
	t.cfg_sel = in->cfg_sel;
	t.cfg_addr = in->cfg_addr;
	t.cfg_data = in->cfg_data;
	t.start = in->start;
	t.start_buf = in->start_buf;
	t.drop = in->drop;
	t.px_valid = in->px_valid;
	t.px_data = in->px_data;
	t.fm_ready = in->fm_ready;
	t.clk = 0;
	t.eval();
	out->px_ready = t.px_ready;
	out->done = t.done;
	out->busy = t.busy;
	out->cycles = t.cycles;
	out->image_bytes = t.image_bytes;
	out->map0 = t.map0;
	out->map1 = t.map1;
	out->classes = t.classes;
	out->ops = t.ops;
	out->fm_valid = t.fm_valid;
	out->fm_addr = t.fm_addr;
	out->fm_be = t.fm_be;
	for (int i = 0; i < G_MW; i++)
		out->fm_data[i] = word(t.fm_data, i);
	t.clk = 1;
	t.eval();
}
