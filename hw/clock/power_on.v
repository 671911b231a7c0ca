// SPDX-License-Identifier: MIT
// power_on: reset of one clock after configuration and while the board is not ready.
//
//   rst = 1 until ready has been high for LENGTH clocks without a break; ready low: rst = 1 again
//
// ready is asynchronous (PLL lock, a button that is not pressed): two flip-flops against metastability.
// clk may still be missing or too slow while ready is low. The count also covers the first
// microseconds after configuration, in which block RAMs of iCE40 UltraPlus do not show their contents.
// Latency: rst falls LENGTH + 3 clocks after ready has risen and rises 4 after it has fallen.
// LENGTH: a power of two, 2..2**20.
// Own state comes from configuration: the only initial values besides tables.
// Used by the board tops; test tests/rtl/test_power_on.c.
`default_nettype none

module power_on #(
	parameter LENGTH = 1024
) (
	input  wire clk,
	input  wire ready,
	output reg  rst
);
	localparam BITS = $clog2(LENGTH);

	reg [1:0]    seen;
	reg [BITS:0] count;     // the top bit: done

	initial begin
		seen = 2'b00;
		count = 0;
		rst = 1'b1;
	end

	always @(posedge clk) begin
		seen <= {seen[0], ready};
		if (!seen[1])
			count <= 0;
		else if (!count[BITS])
			count <= count + 1'b1;
		rst <= !count[BITS];
	end
endmodule

`default_nettype wire
