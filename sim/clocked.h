// SPDX-License-Identifier: MIT
// A Verilated top of one clock with its trace: what the shims of the simulated accelerators share.
#ifndef JB_SIM_CLOCKED_H
#define JB_SIM_CLOCKED_H

#include <cstdint>
#include <memory>

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

#endif
