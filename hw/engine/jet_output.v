// SPDX-License-Identifier: MIT
// jet_output: thresholds of a shared-jet item, realigned to output columns, four items to a word.
//
//   bit = (v + offset < 0) ^ !odd        (see jet_params)
//   output column c = x - delay, so the word of column m*P+p takes position p + delay mod P of the
//   group that completes it, or that position of the group before if it would be negative
//
// Fed by the last jet_horizontal, feeds the engine's write-back. `v`, `offset`, `odd`, `valid` and
// `full` belong together; out_valid follows 2 clocks after an item with full.
// out_words stay until the next item, at least one clock; no stall. One item a clock.
// Parameters: P positions 2, 4, 8; ZW bits of v, signed. Reset clears out_valid only: the group
// before the first of a row is never used.
// Equals ref_threshold (sw/src/ref.h); compared by tests/rtl/test_jet_hidden.c.
`default_nettype none

module jet_output #(
	parameter P = 2,
	parameter ZW = 19
) (
	input  wire              clk,
	input  wire              rst,
	input  wire [1:0]        delay,     // delay[1:0] of the layer
	input  wire              valid,
	input  wire              full,      // q = 3 of a group that completes an output group
	input  wire [9*P*ZW-1:0] v,         // [s*P+p]
	input  wire [9*ZW-1:0]   offset,
	input  wire [8:0]        odd,
	output reg               out_valid,
	output wire [P*32-1:0]   out_words  // position p, bit o = 9*q + s
);
	localparam BACK_4 = (P == 8) ? 3 : P - 1;
	localparam BACK_2 = (P > 2) ? 1 : 0;
	localparam SPAN = P + BACK_4;
	wire            back_1 = delay[0];
	wire            back_2 = delay[1] && P > 2;
	reg             hit_valid, hit_full;
	reg  [9*P-1:0]  hit;
	reg  [4*9*(P-1)-1:0] past;  // hits of the group before at positions 1.., item by item
	wire [9*(P-1)-1:0] fresh;
	wire [9*P-1:0]  lined;
	reg  [4*9*P-1:0] word;    // items q = 3..0, the oldest on top

	genvar s, p, r;
	generate
		for (s = 0; s < 9; s = s + 1) begin : g_out
			for (p = 0; p < P; p = p + 1) begin : g_pos
				localparam L = s*P + p;
				wire [ZW:0] sum = {v[ZW*L + ZW-1], v[ZW*L +: ZW]}
					+ {offset[ZW*s + ZW-1], offset[ZW*s +: ZW]};

				always @(posedge clk)
					hit[L] <= sum[ZW] ^ ~odd[s];
			end

			// Positions from 1 on: the group before, then this one.
			wire [SPAN-1:0] span = {hit[P*s +: SPAN-P+1], past[(P-1)*(27+s) +: P-1]};

			assign fresh[(P-1)*s +: P-1] = hit[P*s + 1 +: P-1];
			assign lined[P*s +: P] = back_1 ? span[0 +: P] : back_2 ? span[BACK_2 +: P]
				: span[BACK_4 +: P];

			for (p = 0; p < P; p = p + 1) begin : g_word
				for (r = 0; r < 4; r = r + 1) begin : g_item
					if (9*r + s < 32) begin : g_used
						assign out_words[32*p + 9*r + s] = word[9*P*(3-r) + P*s + p];
					end else begin : g_spare
						wire unused = &{1'b0, word[9*P*(3-r) + P*s + p]};
					end
				end
			end
		end
	endgenerate

	always @(posedge clk) begin
		hit_valid <= valid;
		hit_full <= full;
		if (hit_valid) begin
			past <= {past[3*9*(P-1)-1:0], fresh};
			word <= {word[3*9*P-1:0], lined};
		end
		out_valid <= hit_valid & hit_full;
		if (rst) begin
			hit_valid <= 1'b0;
			out_valid <= 1'b0;
		end
	end
endmodule

`default_nettype wire
