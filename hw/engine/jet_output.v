// SPDX-License-Identifier: MIT
// jet_output: thresholds of a shared-jet item, realigned to output columns, four items to a word.
//
//   bit = (v + offset < 0) ^ !odd        (see jet_params)
//   output column c = x - delay: position p of an output item group is position p - back of the
//   item group that completes it, or p - back + PC of the one before; back = -delay mod PC
//
// Fed by the last jet_horizontal, feeds the engine's write-back. `v`, `offset`, `odd`, `valid`,
// `last` and `full` belong together; out_valid follows 2 clocks after an item with full. out_words
// hold in that clock only. One item a clock, no stall.
// Parameters: P positions of an output group, PC positions of an item, 1 to P, powers of two; ZW
// bits of v, signed. Reset clears out_valid only: what precedes a row is never used.
// Equals ref_threshold (sw/src/ref.h); compared by tests/rtl/test_jet_hidden.c.
`default_nettype none

module jet_output #(
	parameter P = 2,
	parameter PC = P,
	parameter ZW = 19
) (
	input  wire               clk,
	input  wire               rst,
	input  wire [1:0]         delay,     // delay[1:0] of the layer
	input  wire               valid,
	input  wire               last,      // q = 3
	input  wire               full,      // q = 3 of the last PC positions of an output group
	input  wire [9*PC*ZW-1:0] v,         // [s*PC+p]
	input  wire [9*ZW-1:0]    offset,
	input  wire [8:0]         odd,
	output reg                out_valid,
	output wire [P*32-1:0]    out_words  // position p, bit o = 9*q + s
);
	reg              hit_valid, hit_last, hit_full;
	reg  [9*PC-1:0]  hit;
	wire [9*PC-1:0]  lined;
	reg  [4*9*PC-1:0] word;   // items q = 3..0, the oldest on top
	wire [PC*32-1:0] part;

	genvar s, p, r;
	generate
		for (s = 0; s < 9; s = s + 1) begin : g_out
			for (p = 0; p < PC; p = p + 1) begin : g_pos
				localparam L = s*PC + p;
				wire [ZW:0] sum = {v[ZW*L + ZW-1], v[ZW*L +: ZW]}
					+ {offset[ZW*s + ZW-1], offset[ZW*s +: ZW]};

				always @(posedge clk)
					hit[L] <= sum[ZW] ^ ~odd[s];

				for (r = 0; r < 4; r = r + 1) begin : g_item
					if (9*r + s < 32) begin : g_used
						assign part[32*p + 9*r + s] = word[9*PC*(3-r) + L];
					end else begin : g_spare
						wire unused = &{1'b0, word[9*PC*(3-r) + L]};
					end
				end
			end
		end

		if (PC == 1) begin : g_straight
			wire unused = &{1'b0, delay};

			assign lined = hit;
		end else begin : g_line
			localparam H = PC - 1;               // positions kept, 1..PC-1
			localparam BACK_4 = (PC == 8) ? 3 : H;
			localparam BACK_2 = (PC > 2) ? 1 : 0;
			localparam SPAN = PC + BACK_4;
			wire [9*H-1:0] fresh;
			reg  [4*9*H-1:0] past;               // item by item
			wire back_1 = delay[0];
			wire back_2 = delay[1] && PC > 2;

			for (s = 0; s < 9; s = s + 1) begin : g_shift
				// Positions from 1 on: the group before, then this one.
				wire [SPAN-1:0] span = {hit[PC*s +: SPAN-H], past[H*(27+s) +: H]};

				assign fresh[H*s +: H] = hit[PC*s + 1 +: H];
				assign lined[PC*s +: PC] = back_1 ? span[0 +: PC]
					: back_2 ? span[BACK_2 +: PC] : span[BACK_4 +: PC];
			end
			always @(posedge clk)
				if (hit_valid)
					past <= {past[3*9*H-1:0], fresh};
		end

		if (PC == P) begin : g_whole
			wire unused = &{1'b0, hit_last};

			assign out_words = part;
		end else begin : g_parts
			reg [(P-PC)*32-1:0] earlier;   // parts of the output group, the latest on top
			reg                 part_valid;
			wire [P*32-1:0]     all = {part, earlier};

			always @(posedge clk) begin
				part_valid <= hit_valid & hit_last;
				if (part_valid)
					earlier <= all[P*32-1:PC*32];
			end
			assign out_words = all;
		end
	endgenerate

	always @(posedge clk) begin
		hit_valid <= valid;
		hit_last <= last;
		hit_full <= full;
		if (hit_valid)
			word <= {word[3*9*PC-1:0], lined};
		out_valid <= hit_valid & hit_full;
		if (rst) begin
			hit_valid <= 1'b0;
			out_valid <= 1'b0;
		end
	end
endmodule

`default_nettype wire
