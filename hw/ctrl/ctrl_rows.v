// SPDX-License-Identifier: MIT
// ctrl_rows: the weight rows of a program, from the words of LOAD to the engine's weight memory.
//
//   word 9*(O*r + u) + s of the rows -> slot s of unit u in row r:  row_we[u] when s = 8, row_data = nine slots
//
// Rows are staged beside the running program's as its words are in model memory (ctrl_load.v): one program from row 0
// up, the other from the last row down, row r of side 1 at ~r. Words of a unit come together in a chunk: nine each.
// `start` begins a program; `keep` holds what came for good, `back` goes back to the last keep (the chunk comes again).
// Latency: row_we one cycle behind the ninth word, which may come every 2 cycles.
// Parameters: O units (2, 4, 8); WAW address bits of the weight memory. Reset: by start.
// Not handled: more words than rows (control refuses them). Compared by tests/rtl/test_ctrl_link.c.
`default_nettype none

module ctrl_rows #(
	parameter O = 2,
	parameter WAW = 10
) (
	input  wire            clk,
	input  wire [31:0]     word,
	input  wire            valid,
	input  wire            start,
	input  wire            keep,
	input  wire            back,
	input  wire            side,       // of the running program
	output wire            whole,      // no unit has begun
	output wire [WAW:0]    rows,       // whole rows that came
	output reg  [O-1:0]    row_we,
	output reg  [WAW-1:0]  row_addr,
	output reg  [9*32-1:0] row_data
);
	localparam UL = $clog2(O);
	localparam [O-1:0] FIRST = 1;

	// Row and unit, kept ones and those of this chunk.
	reg [WAW+UL:0] at, kept;
	reg [3:0]      slot;
	wire           last = (slot == 4'd8);

	assign whole = (slot == 4'd0);
	assign rows = at[WAW+UL:UL];

	always @(posedge clk) begin
		row_we <= (valid && last) ? FIRST << at[UL-1:0] : {O{1'b0}};
		row_addr <= rows[WAW-1:0] ^ {WAW{!side}};
		if (valid) begin
			row_data <= {word, row_data[9*32-1:32]};
			slot <= last ? 4'd0 : slot + 4'd1;
			at <= at + {{(WAW+UL){1'b0}}, last};
		end
		if (keep)
			kept <= at;
		if (back) begin
			at <= kept;
			slot <= 4'd0;
		end
		if (start) begin
			at <= {(WAW+UL+1){1'b0}};
			kept <= {(WAW+UL+1){1'b0}};
			slot <= 4'd0;
		end
	end
endmodule

`default_nettype wire
