// SPDX-License-Identifier: MIT
// front_bits: output bits, through the 2x2 OR pool if it is fused, into 32-bit map words.
//
// Pool: the bits of the positions of a 2x2 square are OR-ed in a memory of F bits a {column pair, group};
// only those of the lower right position go on. Groups enter the word from the top, bit 0 first.
// Fed by front_select (tags of stages 1, 2 and 4), feeds front_writer: word with word_valid/word_ready,
// word_row (first word of an image row) and word_end (last word of its position).
// A word that waits for word_ready while the next one is complete stops front_select (`go` low).
// Parameters: F bits a group; GROUPS groups of a position; 64 column pairs.
// rst: no word; the next row is even. Equals ref_pool on packed words; compared by tests/rtl/test_front.c.
`default_nettype none

module front_bits #(
	parameter F = 2,
	parameter GROUPS = 64,
	parameter GAW = $clog2(GROUPS)
) (
	input  wire           clk,
	input  wire           rst,
	input  wire           pool,
	output wire           go,
	output wire           busy,
	// groups
	input  wire           start_1,
	input  wire           new_row_1,
	input  wire [GAW-1:0] group_2,
	input  wire [GAW-1:0] group_4,
	input  wire           shift_4,
	input  wire           word_4,
	input  wire           end_4,
	input  wire [F-1:0]   bits_4,
	// words
	output reg            word_valid,
	output reg            word_end,
	output reg            word_row,
	input  wire           word_ready,
	output reg  [31:0]    word
);
	// ---- place of the position in its square
	reg       col_odd, row_odd;
	reg [5:0] pair;
	reg       row_2;              // stage 2 begins a row
	reg       row_next;           // the next word does
	always @(posedge clk) begin
		if (go) begin
			row_2 <= start_1 && new_row_1;
			if (start_1) begin
				col_odd <= !new_row_1 && !col_odd;
				row_odd <= row_odd ^ new_row_1;
				pair <= new_row_1 ? 6'd0 : pair + {5'd0, col_odd};
			end
		end
		if (rst) begin
			row_odd <= 1'b1;
			row_2 <= 1'b0;
		end
	end

	// ---- pool
	wire [F-1:0] kept;            // of stage 3
	reg  [F-1:0] kept_4;
	wire [F-1:0] pooled = bits_4 | (kept_4 & {F{pool && (col_odd || row_odd)}});
	front_ram #(.WIDTH(F), .DEPTH(64 << GAW)) u_pool (
		.clk(clk), .we(go && shift_4), .waddr({pair, group_4}), .wdata(pooled), .re(go),
		.raddr({pair, group_2}), .rdata(kept)
	);

	// ---- words
	wire      emit = !pool || (col_odd && row_odd);
	reg       full, full_end;     // gather holds a word
	reg [31:0] gather;
	assign go = !(full && word_valid);
	assign busy = full || word_valid;
	always @(posedge clk) begin
		if (go) begin
			kept_4 <= kept;
			if (shift_4)
				gather <= {pooled, gather[31:F]};
			full <= shift_4 && word_4 && emit;
			full_end <= end_4;
		end
		if (full && !word_valid) begin
			word <= gather;
			word_end <= full_end;
			word_row <= row_next;
			word_valid <= 1'b1;
			row_next <= 1'b0;
		end
		if (go && row_2)
			row_next <= 1'b1;
		if (word_valid && word_ready)
			word_valid <= 1'b0;
		if (rst) begin
			full <= 1'b0;
			word_valid <= 1'b0;
		end
	end
endmodule

`default_nettype wire
