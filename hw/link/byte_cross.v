// SPDX-License-Identifier: MIT
// byte_cross: a byte stream from one clock to another, for boards whose engine runs faster than USB.
//
// in_* in in_clk, out_* in out_clk: valid/ready, out_data stable until taken. A byte is held still while a
// toggle says that it is there, and another that it was taken (two flip-flops each against
// metastability), so only single bits cross. Either clock may be the faster one, by any ratio.
// Latency: 2 to 3 clocks of out_clk; a byte per 3 clocks of out_clk and 3 of in_clk at worst: 10 Mbyte/s
// for 48 and 96 MHz, full-speed USB brings 1.2.
// Reset: each side by its own rst, both before the first byte; a byte under way is lost.
// Test: tests/rtl/test_byte_cross.c.
`default_nettype none

module byte_cross (
	input  wire       in_clk,
	input  wire       in_rst,
	input  wire [7:0] in_data,
	input  wire       in_valid,
	output wire       in_ready,
	input  wire       out_clk,
	input  wire       out_rst,
	output wire [7:0] out_data,
	output wire       out_valid,
	input  wire       out_ready
);
	reg       given, taken;         // toggles, each of its own side
	reg [1:0] given_seen, taken_seen;
	reg [7:0] held;

	assign in_ready = (given == taken_seen[1]);
	always @(posedge in_clk)
		if (in_rst) begin
			given <= 1'b0;
			taken_seen <= 2'b00;
		end else begin
			taken_seen <= {taken_seen[0], taken};
			if (in_valid && in_ready) begin
				given <= !given;
				held <= in_data;
			end
		end

	assign out_valid = (taken != given_seen[1]);
	assign out_data = held;
	always @(posedge out_clk)
		if (out_rst) begin
			taken <= 1'b0;
			given_seen <= 2'b00;
		end else begin
			given_seen <= {given_seen[0], given};
			if (out_valid && out_ready)
				taken <= !taken;
		end
endmodule

`default_nettype wire
