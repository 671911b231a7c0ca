// SPDX-License-Identifier: MIT
// uart_tx: bytes to a serial line, 8N1, least significant bit first.
//
// valid/ready: ready is high for the last clock of a stop bit and while idle, so bytes follow each other without
// a gap: 10 * DIV clocks a byte. line comes from a flip-flop, high when idle.
// Parameters as in uart_rx. Latency: the start bit begins the clock after the byte is taken.
// Reset: line high at once, what is under way is cut off. Test tests/rtl/test_uart.c.
`default_nettype none
`include "jetbnn_defs.vh"

module uart_tx #(
	parameter CLOCK_HZ = 48000000,
	parameter BAUD = `JB_UART_BAUD
) (
	input  wire       clk,
	input  wire       rst,
	input  wire [7:0] data,
	input  wire       valid,
	output wire       ready,
	output wire       line
);
	localparam DIV = (CLOCK_HZ + BAUD/2) / BAUD;
	localparam OFF = (CLOCK_HZ > DIV*BAUD) ? CLOCK_HZ - DIV*BAUD : DIV*BAUD - CLOCK_HZ;
	localparam W = $clog2(DIV);
	localparam [31:0] WHOLE = DIV - 1;

	generate
		if (DIV < 4 || DIV > 256 || OFF > CLOCK_HZ/100) begin : g_bad_rate
			uart_tx_BAUD_not_met_by_CLOCK_HZ bad ();
		end
	endgenerate

	reg [8:0]   shift;      // right end: the line
	reg [3:0]   bits;       // to come after this one
	reg [W-1:0] left;       // clocks of this bit to come

	wire over = (left == {W{1'b0}});
	wire done = (bits == 4'd0);
	assign ready = over && done;
	assign line = shift[0];
	wire take = valid && ready;

	always @(posedge clk) begin
		if (take)
			shift <= {data, 1'b0};
		else if (over)
			shift <= {1'b1, shift[8:1]};
		if (take)
			bits <= 4'd9;
		else if (over && !done)
			bits <= bits - 4'd1;
		if (take || (over && !done))
			left <= WHOLE[W-1:0];
		else if (!over)
			left <= left - 1'b1;

		if (rst) begin
			shift <= 9'h1FF;
			bits <= 4'd0;
			left <= {W{1'b0}};
		end
	end
endmodule

`default_nettype wire
