// SPDX-License-Identifier: MIT
#include "map_mem.h"

#include <new>

#include "Vmap_mem.h"
#include "verilated.h"

struct map_mem_sim {
	VerilatedContext context;
	Vmap_mem top{ &context };
};

// A row of one word is a 32-bit value, of two words a 64-bit value.
#if G_MW == 1
static void put(IData &port, const uint32_t *words)
{
	port = words[0];
}

static uint32_t get(IData port, int)
{
	return port;
}
#else
static void put(QData &port, const uint32_t *words)
{
	port = words[0] | (QData)words[1] << 32;
}

static uint32_t get(QData port, int i)
{
	return (uint32_t)(port >> 32 * i);
}
#endif

struct map_mem_sim *map_mem_sim_open(void)
{
	return new (std::nothrow) map_mem_sim;
}

void map_mem_sim_close(struct map_mem_sim *s)
{
	delete s;
}

void map_mem_sim_clock(struct map_mem_sim *s, struct map_mem_io *io)
{
	Vmap_mem &t = s->top;

	t.rst = 0;
	t.mr_req = io->engine_read;
	t.mr_addr = io->engine_addr;
	t.mr_step = io->step;
	t.mw_req = io->engine.req;
	t.mw_addr = io->engine.addr;
	put(t.mw_data, io->engine.data);
	t.mw_be = io->engine.be;
	t.ml_req = io->program.req;
	t.ml_now = io->program_now;
	t.ml_we = io->program.be != 0;
	t.ml_addr = io->program.addr;
	t.ml_wdata = io->program.data[0];
	t.fm_valid = io->front.req;
	t.fm_addr = io->front.addr;
	put(t.fm_data, io->front.data);
	t.fm_be = io->front.be;
	t.dbg_req = io->debug_read;
	t.dbg_addr = io->debug_addr;
	t.clk = 0;
	t.eval();
	io->engine.taken = t.mw_gnt;
	io->program.taken = t.ml_gnt;
	io->front.taken = t.fm_valid && t.fm_ready;
	io->debug_taken = t.dbg_gnt;
	for (int i = 0; i < G_MW; i++) {
		io->read_data[i] = get(t.mr_data, i);
		io->second_data[i] = get(t.mr_data_2, i);
	}
	t.clk = 1;
	t.eval();
}
