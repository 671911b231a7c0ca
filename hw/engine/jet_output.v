// SPDX-License-Identifier: MIT
// jet_output: thresholds of a shared-jet item, realigned to output columns, four items to a word.
//
//   bit = (v + offset < 0) ^ !odd        (see jet_params)
//   output column c = x - delay, so the word of column m*P+p takes position p + delay mod P of the
//   group that completes it, or that position of the group before if it would be negative
//
// Fed by the last jet_horizontal, feeds the engine's write-back. `v`, `offset`, `odd`, `valid`, `q`,
// `emit` belong together; out_valid follows the item q = 3 of a group with emit after 2 clocks.
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
	input  wire [2:0]        delay,
	input  wire              valid,
	input  wire              full,      // q = 3 of a group that completes an output group
	input  wire [9*P*ZW-1:0] v,         // [s*P+p]
	input  wire [9*ZW-1:0]   offset,
	input  wire [8:0]        odd,
	output reg               out_valid,
	output wire [P*32-1:0]   out_words  // position p, bit o = 9*q + s
);
	reg             hit_valid, hit_full;
	reg  [9*P-1:0]  hit;
	reg  [4*9*P-1:0] before;  // hits of the group before, item by item
	wire [9*P-1:0]  was = before[3*9*P +: 9*P];
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

			// Positions 0..2P-1: the group before, then this one.
			wire [2*P-1:0] span = {hit[P*s +: P], was[P*s +: P]};
			wire [P-1:0] one = span[1 +: P];

			if (P == 2) begin : g_two
				assign lined[P*s +: P] = delay[0] ? one : span[P +: P];
			end else if (P == 4) begin : g_four
				assign lined[P*s +: P] = delay[0] ? one
					: delay[1] ? span[2 +: P] : span[P +: P];
			end else begin : g_eight
				assign lined[P*s +: P] = delay[0] ? one
					: delay[1] ? span[2 +: P] : span[4 +: P];
			end

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
			before <= {before[3*9*P-1:0], hit};
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
