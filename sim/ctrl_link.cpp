// SPDX-License-Identifier: MIT
#include "ctrl_link.h"

#include <new>

#include "Vctrl_link.h"
#include "verilated.h"

struct ctrl_sim {
	VerilatedContext context;
	Vctrl_link top{ &context };
};

// A map row of one, two or more words has three types of port.
static inline void set_row(IData &port, const uint32_t *words)
{
	port = words[0];
}

static inline void set_row(QData &port, const uint32_t *words)
{
	port = words[0] | (QData)words[1] << 32;
}

template <std::size_t N> static inline void set_row(VlWide<N> &port, const uint32_t *words)
{
	for (std::size_t i = 0; i < N; i++)
		port[i] = words[i];
}

struct ctrl_sim *ctrl_sim_open(void)
{
	return new (std::nothrow) ctrl_sim;
}

void ctrl_sim_close(struct ctrl_sim *s)
{
	delete s;
}

static void apply(Vctrl_link &t, const struct ctrl_in *in)
{
	t.rst = in->rst;
	t.rx_data = in->rx_data;
	t.rx_valid = in->rx_valid;
	t.tx_ready = in->tx_ready;
	t.px_ready = in->px_ready;
	t.front_done = in->front_done;
	t.front_busy = in->front_busy;
	t.front_cycles = in->front_cycles;
	t.image_bytes = in->image_bytes;
	t.map0 = in->map0;
	t.map1 = in->map1;
	t.classes = in->classes;
	t.ops = in->ops;
	t.boot_done = in->boot_done;
	t.engine_ready = in->engine_ready;
	t.engine_paused = in->engine_paused;
	t.engine_done = in->engine_done;
	t.engine_ops_done = in->engine_ops_done;
	t.res_we = in->res_we;
	t.op_we = in->op_we;
	t.res_index = in->res_index;
	t.res_class = in->res_class;
	t.op_index = in->op_index;
	t.res_score = in->res_score;
	t.engine_cycles = in->engine_cycles;
	t.mm_data = in->mm_data;
	t.dbg_gnt = in->dbg_gnt;
	set_row(t.dbg_data, in->dbg_data);
}

static void sample(const Vctrl_link &t, struct ctrl_out *out)
{
	out->rx_ready = t.rx_ready;
	out->tx_valid = t.tx_valid;
	out->tx_data = t.tx_data;
	out->led = t.led;
	out->front_start = t.front_start;
	out->front_buf = t.front_buf;
	out->front_drop = t.front_drop;
	out->px_valid = t.px_valid;
	out->boot = t.boot;
	out->stop = t.stop;
	out->engine_start = t.engine_start;
	out->engine_drop = t.engine_drop;
	out->engine_pause_en = t.engine_pause_en;
	out->engine_resume = t.engine_resume;
	out->engine_base = t.engine_base;
	out->model_side = t.model_side;
	out->ct_req = t.ct_req;
	out->ct_we = t.ct_we;
	out->ct_addr = t.ct_addr;
	out->ct_wdata = t.ct_wdata;
	out->row_we = t.row_we;
	out->row_addr = t.row_addr;
	for (int i = 0; i < 9; i++)
		out->row_data[i] = t.row_data[i];
	out->dbg_req = t.dbg_req;
	out->dbg_addr = t.dbg_addr;
}

void ctrl_sim_clock(struct ctrl_sim *s, const struct ctrl_in *in, struct ctrl_out *out)
{
	apply(s->top, in);
	s->top.clk = 0;
	s->top.eval();
	sample(s->top, out);
	s->top.clk = 1;
	s->top.eval();
}
