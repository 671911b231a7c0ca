// SPDX-License-Identifier: MIT
#include "eject.h"

#include <new>

#include "Veject.h"
#include "verilated.h"

struct eject_sim {
	VerilatedContext context;
	Veject top{ &context };
};

struct eject_out eject_sim_clock(struct eject_sim *s, const struct eject_in *in)
{
	Veject &t = s->top;
	struct eject_out out;

	t.rst = in->rst;
	t.eye = in->eye;
	t.encoder = in->encoder;
	t.word = in->word;
	t.word_valid = in->word_valid;
	t.word_first = in->word_first;
	t.configure = in->configure;
	t.alive = in->alive;
	t.start = in->start;
	t.push = in->push;
	t.push_number = in->push_number;
	t.drop = in->drop;
	t.changed = in->changed;
	t.res_we = in->res_we;
	t.res_score = in->res_score;
	t.done = in->done;
	t.res_class = in->res_class;
	t.run_number = in->run_number;
	t.state_word = in->state_word;
	t.state_index = in->state_index;
	t.clk = 0;
	t.eval();
	out.valve = t.valve;
	out.state_bit = t.state_bit;
	t.clk = 1;
	t.eval();
	return out;
}

struct eject_sim *eject_sim_open(void)
{
	return new (std::nothrow) eject_sim;
}

void eject_sim_close(struct eject_sim *s)
{
	delete s;
}
