// SPDX-License-Identifier: MIT
// The Verilated accelerator of one lane configuration behind struct sim_model_ops. Compiled once for each
// with SIM_PREFIX (class), SIM_NAME (text) and SIM_SYMBOL (name of the table) set by the build.
#include "sim_model.h"

#include "clocked.h"

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)
#define HEADER2(prefix) TEXT(prefix.h)
#define HEADER(prefix) HEADER2(prefix)
#include HEADER(SIM_PREFIX)

namespace
{
// Clocks without link activity, image or byte after which nothing is under way. The longest wait inside
// the device that shows none of them is a few clocks between a packet and its answer.
const int QUIET_CLOCKS = 64;

class Model : public Clocked<SIM_PREFIX>
{
      public:
	explicit Model(const char *trace) : Clocked(trace)
	{
		top.rx_valid = 0;
		top.tx_ready = 0;
		reset();
	}

	uint8_t pins(bool eye, bool encoder)
	{
		top.eye = eye;
		top.encoder = encoder;
		return top.valve;
	}

	void run(sim_io &io, uint64_t max_clocks)
	{
		bool sending = io.in_count > 0;
		int idle = 0;

		for (uint64_t n = 0; n < max_clocks && io.out_count < io.out_size; n++) {
			bool gave = false, took = false;

			top.rx_valid = io.in_taken < io.in_count;
			top.rx_data = top.rx_valid ? io.in[io.in_taken] : 0;
			top.tx_ready = 1;
			settle();
			took = top.rx_valid && top.rx_ready;
			gave = top.tx_valid;
			if (took)
				io.in_taken++;
			if (gave)
				io.out[io.out_count++] = top.tx_data;
			idle = took || gave || (top.led & (LED_LINK | LED_IMAGE)) ? 0 : idle + 1;
			edge();
			if (sending && io.in_taken == io.in_count)
				break;
			if (!sending && io.out_count > 0 && !(top.led & LED_LINK))
				break;
			io.quiet = idle >= QUIET_CLOCKS;
			if (io.quiet)
				break;
		}
	}
};

using Shim = ModelShim<Model>;

uint8_t set_pins(void *state, bool eye, bool encoder)
{
	return static_cast<Model *>(state)->pins(eye, encoder);
}
} // namespace

extern "C" {
extern const struct sim_model_ops SIM_SYMBOL;
const struct sim_model_ops SIM_SYMBOL = { SIM_NAME,     Shim::create, Shim::destroy, Shim::run,
					  Shim::clocks, nullptr,      set_pins };
}
