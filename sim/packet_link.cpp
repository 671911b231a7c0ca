// SPDX-License-Identifier: MIT
#include "packet_link.h"

#include <new>

#include "Vpacket_link.h"
#include "verilated.h"

struct link_sim {
	VerilatedContext context;
	Vpacket_link top{ &context };
};

struct link_sim *link_sim_open(void)
{
	return new (std::nothrow) link_sim;
}

void link_sim_close(struct link_sim *s)
{
	delete s;
}

static void apply(Vpacket_link &t, const struct link_in *in)
{
	t.rst = in->rst;
	t.rx_data = in->rx_data;
	t.rx_valid = in->rx_valid;
	t.head_ready = in->head_ready;
	t.p_ready = in->p_ready;
	t.tail_ready = in->tail_ready;
	t.lend_init = in->lend_init;
	t.lend_step = in->lend_step;
	t.lend_bit = in->lend_bit;
	t.lend_close = in->lend_close;
	t.start = in->start;
	t.send_kind = in->kind;
	t.send_sequence = in->sequence;
	t.send_length = in->length;
	t.send_valid = in->send_valid;
	t.send_end = in->send_end;
	t.send_data = in->send_data;
	t.tx_ready = in->tx_ready;
}

void link_sim_clock(struct link_sim *s, const struct link_in *in, struct link_out *out)
{
	Vpacket_link &t = s->top;

	apply(t, in);
	t.clk = 0;
	t.eval();
	out->rx_ready = t.rx_ready;
	out->head = t.head;
	out->pause = t.pause;
	out->version_ok = t.version_ok;
	out->field = t.field;
	out->p_valid = t.p_valid;
	out->tail = t.tail;
	out->crc_ok = t.crc_ok;
	out->timed_out = t.timed_out;
	out->rx_busy = t.rx_busy;
	out->resync = t.resync;
	out->match = t.match;
	out->kind = t.kind;
	out->length = t.length;
	out->send_ready = t.send_ready;
	out->tx_busy = t.tx_busy;
	out->tx_valid = t.tx_valid;
	out->tx_data = t.tx_data;
	t.clk = 1;
	t.eval();
}
