// SPDX-License-Identifier: MIT
// front_words: bits to 32-bit map words, kept in a FIFO until front_writer has time.
//
// A position's groups of F bits fill words from bit 0 on; the last word of a position is zero filled.
// push: bits_valid (no stall); pop: word_valid/word_ready. `room` is low while a position of OUT_MAX outputs
// might not fit. Latency 2 from bits to word_valid. Parameters: F divides 32; OUT_MAX outputs.
// Reset: empty. Compared by tests/rtl/test_front.c.
`default_nettype none

module front_words #(
	parameter F = 2,
	parameter OUT_MAX = 512
) (
	input  wire         clk,
	input  wire         rst,
	input  wire         bits_valid,
	input  wire         bits_last,
	input  wire [F-1:0] bits,
	output wire         room,
	output reg          word_valid,
	input  wire         word_ready,
	output wire [31:0]  word
);
	localparam STEPS = 32/F;
	localparam SW = $clog2(STEPS);
	localparam WORDS = (OUT_MAX + 31)/32;
	localparam DEPTH = 1 << $clog2(2*WORDS + 4);
	localparam DAW = $clog2(DEPTH);
	localparam ROOM = DEPTH - WORDS - 3;

	reg [31:0]   gather;
	reg [SW-1:0] step;
	reg          push;
	reg [DAW:0]  wr, rd;
	wire [DAW:0] used = wr - rd;
	assign room = (used < ROOM[DAW:0]);

	integer i;
	always @(posedge clk) begin
		push <= bits_valid && (bits_last || step == {SW{1'b1}}) && !rst;
		if (bits_valid) begin
			step <= bits_last ? {SW{1'b0}} : step + 1'b1;
			if (step == {SW{1'b0}})
				gather <= {{(32-F){1'b0}}, bits};
			else
				for (i = 1; i < STEPS; i = i + 1)
					if (step == i[SW-1:0])
						gather[F*i +: F] <= bits;
		end
		if (push)
			wr <= wr + 1'b1;
		if (rst) begin
			step <= {SW{1'b0}};
			wr <= {DAW+1{1'b0}};
		end
	end

	// A word is shown two cycles after the pop before it: the memory is read in between.
	reg fetch;
	always @(posedge clk) begin
		fetch <= !fetch && !word_valid && (wr != rd);
		if (fetch)
			word_valid <= 1'b1;
		if (word_valid && word_ready) begin
			word_valid <= 1'b0;
			rd <= rd + 1'b1;
		end
		if (rst) begin
			fetch <= 1'b0;
			word_valid <= 1'b0;
			rd <= {DAW+1{1'b0}};
		end
	end
	ram_1r1w #(.WIDTH(32), .DEPTH(DEPTH)) u_fifo (
		.clk(clk), .we(push), .waddr(wr[DAW-1:0]), .wdata(gather), .raddr(rd[DAW-1:0]), .rdata(word)
	);
endmodule

`default_nettype wire
