// SPDX-License-Identifier: MIT
// The Verilated accelerator behind its serial line (hw/jetbnn_uart.v), with the bridge at the other end, behind
// struct sim_model_ops. Compiled with SIM_PREFIX, SIM_NAME and SIM_SYMBOL as sim/jetbnn.cpp.
#include "sim_model.h"

#include "clocked.h"
#include "jetbnn_defs.h"
#include "pace.h"
#include "uart_line/uart_line.h"

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)
#define HEADER2(prefix) TEXT(prefix.h)
#define HEADER(prefix) HEADER2(prefix)
#include HEADER(SIM_PREFIX)

namespace
{
const double CLOCK_HZ = 48e6, BIT = CLOCK_HZ / JB_UART_BAUD;
// The bridge's clock is fast; its edges jitter.
const double RATE = 1.001, JITTER = 0.05;
// Clocks without anything on the line or under way in the device after which nothing more comes: two bytes.
const int QUIET_CLOCKS = (int)(2 * UART_FRAME_BITS * BIT);

class Model : public Clocked<SIM_PREFIX>
{
      public:
	explicit Model(const char *trace) : Clocked(trace)
	{
		uart_sender_begin(&sender, BIT / RATE, JITTER * BIT, 1);
		uart_receiver_begin(&receiver, BIT / RATE);
		top.uart_rx = 1;
		reset();
	}

	void run(sim_io &io, uint64_t max_clocks)
	{
		bool sending = io.in_count > 0;
		int idle = 0;

		for (uint64_t n = 0; n < max_clocks && io.out_count < io.out_size; n++) {
			int byte;

			send(io);
			top.uart_rx = uart_sender_step(&sender);
			settle();
			byte = uart_receiver_step(&receiver, top.uart_tx);
			if (byte >= 0)
				io.out[io.out_count++] = (uint8_t)byte;
			idle = busy() || io.in_taken < io.in_count ? 0 : idle + 1;
			if (!sending && io.out_count > 0 && !(top.led & LED_LINK) &&
			    receiver.count < 0)
				break;
			edge();
			if (sending && io.in_taken == io.in_count)
				break;
			io.quiet = idle >= QUIET_CLOCKS;
			if (io.quiet)
				break;
		}
	}

	void set_pace(uint32_t byte_ns)
	{
		double clocks_a_byte = byte_ns * CLOCK_HZ / 1e9;

		limit.byte = clocks_a_byte > UART_FRAME_BITS * BIT / RATE ? clocks_a_byte : 0;
	}

      private:
	void send(sim_io &io)
	{
		double at;

		if (io.in_taken == io.in_count || !uart_sender_free(&sender) ||
		    pace_allow(&limit, (double)clocks, 1, &at) == 0)
			return;
		uart_sender_put(&sender, io.in[io.in_taken++]);
		pace_sent(&limit, (double)clocks, 1);
	}

	bool busy() const
	{
		return !uart_sender_free(&sender) || receiver.count >= 0 ||
		       (top.led & (LED_LINK | LED_IMAGE));
	}

	uart_sender sender;
	uart_receiver receiver;
	struct pace limit = { 0, 0 };
};

using Shim = ModelShim<Model>;

void keep_pace(void *state, uint32_t byte_ns)
{
	static_cast<Model *>(state)->set_pace(byte_ns);
}
} // namespace

extern "C" {
extern const struct sim_model_ops SIM_SYMBOL;
const struct sim_model_ops SIM_SYMBOL = { SIM_NAME,     Shim::create, Shim::destroy, Shim::run,
					  Shim::clocks, keep_pace,    nullptr };
}
