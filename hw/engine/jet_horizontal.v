// SPDX-License-Identifier: MIT
// jet_horizontal: one horizontal two-tap pass over 9 outputs at P adjacent positions.
//
//   out(x) = in(x) + in(x-1)   neg[s] = 0, the pass S = [1 1]
//   out(x) = in(x) - in(x-1)   neg[s] = 1, minus the pass D = [1 -1]
//   out(x) = in(x)             en = 0 (neg is 0 then)
//
// One of the chain in jet_hidden: fed by the last vertical or the pass before, feeds the next one
// or jet_output. The items q = 0..3 of a position group come in turn, so the position left of a
// group is the last position of the item four back. Minus D as in jet_vertical.
// Timing: `in`, `valid`, `en`, `neg` belong together, out follows one clock later. No stalls.
// Parameters: P positions; W bits of `in`, signed. Out is signed, W+1 bits, never overflows.
// Reset: none; the first positions of a row see leftovers of the row before (not used).
// Equals one pass of ref_jet_kernel (sw/src/ref.h); compared by tests/rtl/test_jet_hidden.c.
`default_nettype none

module jet_horizontal #(
	parameter P = 2,
	parameter W = 15
) (
	input  wire                 clk,
	input  wire                 valid,
	input  wire                 en,
	input  wire [8:0]           neg,
	input  wire [9*P*W-1:0]     in,      // [s*P+p]
	output reg  [9*P*(W+1)-1:0] out
);
	genvar s, p;
	generate
		for (s = 0; s < 9; s = s + 1) begin : g_out
			reg  [4*W-1:0] last;
			wire [(P+1)*W-1:0] row = {in[P*W*s +: P*W], last[3*W +: W]};

			always @(posedge clk)
				if (valid)
					last <= {last[3*W-1:0], row[P*W +: W]};

			for (p = 0; p < P; p = p + 1) begin : g_pos
				localparam L = s*P + p;
				wire [W-1:0] a = row[W*(p+1) +: W];
				wire [W-1:0] b = row[W*p +: W];
				wire [W:0] was = ({b[W-1], b} & {W+1{en}}) ^ {W+1{neg[s]}};

				always @(posedge clk)
					out[(W+1)*L +: W+1] <= {a[W-1], a} + was + {{W{1'b0}}, neg[s]};
			end
		end
	endgenerate
endmodule

`default_nettype wire
