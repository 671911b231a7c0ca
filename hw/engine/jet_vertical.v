// SPDX-License-Identifier: MIT
// jet_vertical: one vertical two-tap pass over 9 outputs at P positions.
//
//   out(y) = in(y) + in(y-1)   neg[s] = 0, the pass S = [1 1]
//   out(y) = in(y) - in(y-1)   neg[s] = 1, minus the pass D = [1 -1]
//   out(y) = in(y)             en = 0 (neg is 0 then)
//
// One of the chain in jet_hidden: fed by jet_accumulate or the pass before, feeds the next one.
// Minus D saves an inverter a bit; jet_params turns the threshold's comparison to make up for it.
// Timing: `in`, `valid`, `addr` belong together and out follows one clock later; `en` and `neg`
// come one clock before them, `read_addr` (the same address) two. The row above is kept in a line
// memory, read two clocks ahead and overwritten with the present row; an address must not come
// again within two clocks (a row has at least eight items). One item a clock, no stalls.
// Parameters: P positions; W bits of `in`, two's complement if IN_SIGNED, else unsigned; DEPTH
// items of the longest row. Out is signed, W+1 bits (W+2 behind an unsigned input), no overflow.
// Reset: none; the first row of a block reads the leftovers of an earlier one (not used).
// Equals one pass of ref_jet_kernel (sw/src/ref.h); compared by tests/rtl/test_jet_hidden.c.
`default_nettype none

module jet_vertical #(
	parameter P = 2,
	parameter W = 10,
	parameter IN_SIGNED = 0,
	parameter DEPTH = 264,
	parameter ADDR = $clog2(DEPTH),
	parameter OUT = (IN_SIGNED != 0) ? W + 1 : W + 2
) (
	input  wire               clk,
	input  wire [ADDR-1:0]    read_addr,
	input  wire               valid,
	input  wire [ADDR-1:0]    addr,
	input  wire               en,
	input  wire [8:0]         neg,
	input  wire [9*P*W-1:0]   in,      // [s*P+p]
	output reg  [9*P*OUT-1:0] out
);
	wire [9*P*W-1:0] above;
	reg  [8:0]       carry;   // neg, beside `in`

	always @(posedge clk)
		carry <= neg;

	ram_1r1w #(.WIDTH(9*P*W), .DEPTH(DEPTH), .ADDR(ADDR)) line (
		.clk(clk),
		.we(valid), .waddr(addr), .wdata(in),
		.raddr(read_addr), .rdata(above)
	);

	genvar s, p;
	generate
		for (s = 0; s < 9; s = s + 1) begin : g_out
			for (p = 0; p < P; p = p + 1) begin : g_pos
				localparam L = s*P + p;
				wire [W-1:0] a = in[W*L +: W];
				wire [W-1:0] b = above[W*L +: W];
				wire sa = (IN_SIGNED != 0) ? a[W-1] : 1'b0;
				wire sb = (IN_SIGNED != 0) ? b[W-1] : 1'b0;
				wire [OUT-1:0] now = {{OUT-W{sa}}, a};
				reg  [OUT-1:0] was;

				always @(posedge clk) begin
					was <= ({{OUT-W{sb}}, b} & {OUT{en}}) ^ {OUT{neg[s]}};
					out[OUT*L +: OUT] <= now + was + {{OUT-1{1'b0}}, carry[s]};
				end
			end
		end
	endgenerate
endmodule

`default_nettype wire
