// SPDX-License-Identifier: MIT
// place: where the next finished position group of the operation lies.
//
// Position groups finish in the order fetch begins them; this counts them at the result end.
//   valid[p] = position p of the group is below XLIM;  x_end: last group of its row;
//   second: lower row of a pooled pair;  first/last: first/last group of the block.
// `start` (one cycle, operation registers stable) sets the first place; `advance` moves on by a group.
// Parameters: P positions (2, 4, 8). All outputs are registered or one comparison away. Reset: by start.
// Used by writeback and head; compared by tests/chain.
`default_nettype none

module place #(
	parameter P = 2
) (
	input  wire         clk,
	input  wire         start,
	input  wire         advance,
	input  wire [7:0]   op_xlim,
	input  wire [7:0]   op_rows,     // rows of results: computed rows (pooled: both of a pair)
	input  wire         op_pairs,
	output wire [P-1:0] valid,
	output wire         x_end,
	output reg          second,
	output reg          odd_row,
	output wire         first,
	output wire         last
);
	localparam [8:0] STEP = P[8:0];
	reg [8:0] left;      // columns of the row not yet done
	reg [7:0] rows_left;
	reg       x_start, y_start;

	genvar p;
	generate
		for (p = 0; p < P; p = p + 1) begin : g_valid
			assign valid[p] = (left > p);
		end
	endgenerate
	wire pair_end = !op_pairs || second;
	assign x_end = (left <= STEP);
	assign first = x_start && y_start && !second;
	assign last = x_end && pair_end && (rows_left <= (op_pairs ? 8'd2 : 8'd1));

	always @(posedge clk) begin
		if (advance) begin
			second <= op_pairs && !second;
			if (pair_end) begin
				left <= left - STEP;
				x_start <= 1'b0;
				if (x_end) begin
					left <= {1'b0, op_xlim};
					x_start <= 1'b1;
					y_start <= 1'b0;
					odd_row <= ~odd_row;
					rows_left <= rows_left - (op_pairs ? 8'd2 : 8'd1);
				end
			end
		end
		if (start || (advance && last)) begin
			left <= {1'b0, op_xlim};
			rows_left <= op_rows;
			x_start <= 1'b1;
			y_start <= 1'b1;
			odd_row <= 1'b0;
			second <= 1'b0;
		end
	end
endmodule

`default_nettype wire
