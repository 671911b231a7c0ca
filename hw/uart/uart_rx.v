// SPDX-License-Identifier: MIT
// uart_rx: bytes from a serial line, 8N1, least significant bit first.
//
// Two flip-flops against metastability, then the majority of three clocks, so that a pulse of one clock is not
// seen. A falling edge begins a byte; each bit is sampled in its middle. A start bit that is high in its middle
// was noise. A byte whose stop bit is low (framing error) is dropped, and a line that stays low (break) gives
// nothing until it has been high: the CRC of the packet tells. The next start bit may come from the middle of
// the stop bit on, so bytes back to back may be up to 2.5 % too fast or too slow.
//
// valid is a pulse of one clock with data; nothing can hold a line back, so there is no ready (uart_fifo has).
// Latency: 4 clocks from the middle of the stop bit. Parameters: CLOCK_HZ, BAUD; their quotient, rounded, is
// the clocks a bit: 4..256, within 1 %. Reset: idle, what is under way is lost up to the next falling edge.
// Test tests/rtl/test_uart.c.
`default_nettype none
`include "jetbnn_defs.vh"

module uart_rx #(
	parameter CLOCK_HZ = 48000000,
	parameter BAUD = `JB_UART_BAUD
) (
	input  wire       clk,
	input  wire       rst,
	input  wire       line,
	output wire [7:0] data,
	output reg        valid
);
	localparam DIV = (CLOCK_HZ + BAUD/2) / BAUD;
	localparam OFF = (CLOCK_HZ > DIV*BAUD) ? CLOCK_HZ - DIV*BAUD : DIV*BAUD - CLOCK_HZ;
	localparam W = $clog2(DIV);
	// A byte begins a clock after its edge, so its first sample is a clock earlier.
	localparam [31:0] HALF = DIV/2 - 1, WHOLE = DIV - 1;

	generate
		if (DIV < 4 || DIV > 256 || OFF > CLOCK_HZ/100) begin : g_bad_rate
			uart_rx_BAUD_not_met_by_CLOCK_HZ bad ();
		end
	endgenerate

	reg [3:0]   seen;       // newest first
	reg         level, was;
	reg         active, starting;
	reg [8:0]   shift;      // the start bit arrives at the right end with the last data bit
	reg [W-1:0] left;       // clocks to the next sample

	wire sample = active && (left == {W{1'b0}});
	wire last = !shift[0];
	wire start = !active && was && !level;
	assign data = shift[8:1];

	always @(posedge clk) begin
		seen <= {seen[2:0], line};
		level <= (seen[1] && seen[2]) || (seen[2] && seen[3]) || (seen[1] && seen[3]);
		was <= level;

		if (!active)
			left <= HALF[W-1:0];
		else
			left <= sample ? WHOLE[W-1:0] : left - 1'b1;

		if (!active) begin
			active <= start;
			starting <= 1'b1;
		end else if (sample) begin
			starting <= 1'b0;
			if (starting ? level : last)
				active <= 1'b0;
		end

		if (start)
			shift <= 9'h1FF;
		else if (sample && !last)
			shift <= {level, shift[8:1]};
		valid <= sample && last && level;

		if (rst) begin
			active <= 1'b0;
			valid <= 1'b0;
		end
	end
endmodule

`default_nettype wire
