// SPDX-License-Identifier: MIT
#include "jet_hidden.h"

#include <new>

#include "Vjet_hidden.h"
#include "verilated.h"

struct jet_sim {
	VerilatedContext context;
	Vjet_hidden top{ &context };
};

// P = 2 has its words in one 64-bit value, wider ones in arrays of 32 bits.
static inline uint32_t word(QData words, int i)
{
	return (uint32_t)(words >> 32 * i);
}

template <std::size_t N> static uint32_t word(const VlWide<N> &words, int i)
{
	return words[i];
}

template <std::size_t N> static void set_counts(VlWide<N> &port, const uint8_t *counts)
{
	for (std::size_t i = 0; i < N; i++)
		port[i] = 0;
	for (int i = 0; i < G_O * 9 * G_P; i++) {
		int bit = 6 * i;
		uint64_t value = (uint64_t)counts[i] << bit % 32;

		port[bit / 32] |= (uint32_t)value;
		if (value >> 32)
			port[bit / 32 + 1] |= (uint32_t)(value >> 32);
	}
}

struct jet_sim *jet_sim_open(void)
{
	return new (std::nothrow) jet_sim;
}

void jet_sim_close(struct jet_sim *s)
{
	delete s;
}

void jet_sim_clock(struct jet_sim *s, const struct jet_in *in, struct jet_out *out)
{
	Vjet_hidden &t = s->top;

	t.rst = in->rst;
	t.k5 = in->k5;
	t.delay = in->delay;
	t.param_we = in->param_we;
	t.param_index = in->param_index;
	t.param_data = in->param_data;
	t.in_valid = in->valid;
	t.in_row = in->row;
	t.in_first = in->first;
	t.in_last = in->last;
	t.in_x_first = in->x_first;
	t.in_y_first = in->y_first;
	if (in->valid)
		set_counts(t.in_sums, in->sums);
	t.clk = 0;
	t.eval();
	out->valid = t.out_valid;
	out->busy = t.busy;
	for (int p = 0; p < G_P; p++)
		out->words[p] = word(t.out_words, p);
	t.clk = 1;
	t.eval();
}
