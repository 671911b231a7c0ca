// SPDX-License-Identifier: MIT
// front_bits: output bits, through the 2x2 OR pool if it is fused, into 32-bit map words.
//
// Pool: the words of the positions of a 2x2 square are OR-ed in a memory of a word a {column pair, word};
// only those of the lower right position go on. Groups enter the word from the top, bit 0 first. With F
// to 8 the memory holds half words: the lower half is OR-ed when the upper one begins, on its way down, the upper one
// at the end; else whole words.
// Fed by front_select (tags of stages 1 and 4), feeds front_writer: word with word_valid/word_ready,
// word_row (first word of an image row) and word_end (last word of its position).
// A word that waits for word_ready while the next one is complete stops front_select (`go` low). With F of 16 `go`
// is a register, for it moves thousands of others, and a second word has room behind the one that waits.
// Parameters: F bits a group, up to 16; WORDS words of a position; SIDE largest image side: SIDE/2 column pairs.
// rst: no word; the next row is even. Equals ref_pool on packed words; compared by tests/rtl/test_front.c.
`default_nettype none

module front_bits #(
	parameter F = 2,
	parameter WORDS = 4,
	parameter SIDE = 128,
	parameter WAW = (WORDS > 1) ? $clog2(WORDS) : 1
) (
	input  wire           clk,
	input  wire           rst,
	input  wire           pool,
	output wire           go,
	output wire           busy,
	// groups
	input  wire           start_1,
	input  wire           new_row_1,
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
	localparam PW = $clog2(SIDE) - 1;

	// ---- the word that is gathered; its place in the square changes when the next position is at stage 3
	reg           start_2, row_2; // stage 2 begins a position, a row
	reg           row_next;       // the next word begins a row
	reg           col_odd, row_odd;
	reg [PW-1:0]  pair;
	reg           whole, whole_end;
	reg [WAW-1:0] index;          // of the word in its position
	reg [31:0]    gather;
	wire          full = whole && (!pool || (col_odd && row_odd));
	wire          leaves = word_valid && word_ready;
	wire          enters; // the word in `gather` leaves it
	assign busy = full || word_valid;

	// ---- pool
	wire        merge = pool && (col_odd || row_odd);
	wire [31:0] pooled;  // the word, when it is whole
	wire [31:0] shifted; // with another group
	// The word behind that at the output, where there is room for one.
	wire        spare_valid;
	wire [33:0] spare;
	generate
		if (F <= 8) begin : g_halves
			assign go = !(full && word_valid);
			assign enters = full && !word_valid;
			assign {spare_valid, spare} = 35'd0;
			localparam CW = $clog2(32/F);
			localparam HALF_END = 16/F - 1;
			reg           upper;          // the upper half is gathered
			reg  [CW-1:0] count;          // groups in the word
			reg           half, half_new; // the lower half is there and not yet OR-ed; since this cycle
			wire          half_end = shift_4 && (count == HALF_END[CW-1:0]);
			wire          keep = whole || half_new;
			wire [15:0]   kept;
			wire [15:0]   latest = gather[31:16] | (kept & {16{merge}});
			wire [15:0]   moved = gather[31:16] | (kept & {16{merge && half}});
			assign pooled = {latest, gather[15:0]};
			assign shifted = {bits_4, moved, gather[15:F]};
			// Not read in the cycle of a write.
			front_ram #(.WIDTH(16), .DEPTH(SIDE << WAW)) u_pool (
				.clk(clk), .we(keep), .waddr({pair, index, upper}), .wdata(latest),
				.re(go && !keep), .raddr({pair, index, upper}), .rdata(kept)
			);
			always @(posedge clk) begin
				if (go) begin
					if (shift_4)
						count <= count + 1'b1;
					half_new <= half_end;
					half <= half_end || (half && !shift_4);
					if (whole || (half && shift_4))
						upper <= !whole;
				end
				if (rst) begin
					{half, half_new, upper} <= 3'd0;
					count <= {CW{1'b0}};
				end
			end
		end else begin : g_words
			wire [31:0] kept;
			reg         run, second;
			reg  [33:0] second_word;
			assign go = run;
			assign enters = full && run;
			assign spare_valid = second;
			assign spare = second_word;
			always @(posedge clk) begin
				if (enters)
					second_word <= {whole_end, row_next, pooled};
				// `enters` finds room: one word at most is there while `run`.
				second <= !leaves && (second || (enters && word_valid));
				run <= leaves || !(second || (enters && word_valid));
				if (rst) begin
					second <= 1'b0;
					run <= 1'b1;
				end
			end
			assign pooled = gather | (kept & {32{merge}});
			assign shifted = {bits_4, gather[31:F]};
			front_ram #(.WIDTH(32), .DEPTH(SIDE/2 << WAW)) u_pool (
				.clk(clk), .we(whole), .waddr({pair, index}), .wdata(pooled), .re(go),
				.raddr({pair, index}), .rdata(kept)
			);
		end
	endgenerate

	always @(posedge clk) begin
		if (go) begin
			start_2 <= start_1;
			row_2 <= start_1 && new_row_1;
			if (start_2) begin
				col_odd <= !row_2 && !col_odd;
				row_odd <= row_odd ^ row_2;
				pair <= row_2 ? {PW{1'b0}} : pair + {{(PW-1){1'b0}}, col_odd};
			end
			if (shift_4)
				gather <= shifted;
			whole <= shift_4 && word_4;
			whole_end <= end_4;
			if (whole)
				index <= whole_end ? {WAW{1'b0}} : index + 1'b1;
		end
		if (leaves || !word_valid) begin
			{word_end, word_row, word} <= spare_valid ? spare : {whole_end, row_next, pooled};
			word_valid <= spare_valid || enters;
		end
		if (enters)
			row_next <= 1'b0;
		if (go && row_2)
			row_next <= 1'b1;
		if (rst) begin
			row_odd <= 1'b1;
			{start_2, row_2, whole, word_valid} <= 4'd0;
			index <= {WAW{1'b0}};
		end
	end
endmodule

`default_nettype wire
