// SPDX-License-Identifier: MIT
// A Verilated top of one clock with its trace: what the shims of the simulated accelerators share.
#ifndef JB_SIM_CLOCKED_H
#define JB_SIM_CLOCKED_H

#include <cstdint>
#include <memory>
#include <new>

#include "verilated.h"
#include "verilated_fst_c.h"

// LED outputs of hw/jetbnn.v
const int LED_LINK = 4, LED_IMAGE = 2;

template <class Top> class Clocked
{
      public:
	explicit Clocked(const char *trace)
	{
		if (!trace)
			return;
		context.traceEverOn(true);
		fst = std::make_unique<VerilatedFstC>();
		top.trace(fst.get(), 99);
		fst->open(trace);
	}

	~Clocked()
	{
		top.final();
		if (fst)
			fst->close();
	}

	// Four clocks of reset.
	void reset()
	{
		top.rst = 1;
		for (int i = 0; i < 4; i++) {
			settle();
			edge();
		}
		top.rst = 0;
	}

	// Combinational outputs follow the inputs of this clock.
	void settle()
	{
		top.clk = 0;
		top.eval();
		if (fst)
			fst->dump(10 * clocks);
	}

	void edge()
	{
		top.clk = 1;
		top.eval();
		if (fst)
			fst->dump(10 * clocks + 5);
		clocks++;
	}

	uint64_t clocks = 0;

      private:
	VerilatedContext context;

      protected:
	Top top{ &context };

      private:
	std::unique_ptr<VerilatedFstC> fst;
};

// The functions of struct sim_model_ops for a Model made of it.
template <class Model> struct ModelShim {
	static void *create(const char *trace)
	{
		return new (std::nothrow) Model(trace);
	}

	static void destroy(void *state)
	{
		delete static_cast<Model *>(state);
	}

	static void run(void *state, struct sim_io *io, uint64_t max_clocks)
	{
		io->in_taken = 0;
		io->out_count = 0;
		io->quiet = false;
		static_cast<Model *>(state)->run(*io, max_clocks);
	}

	static uint64_t clocks(void *state)
	{
		return static_cast<Model *>(state)->clocks;
	}
};

#endif
