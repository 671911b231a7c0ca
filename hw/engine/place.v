// SPDX-License-Identifier: MIT
// place: where the next result group of a shared-jet operation lies.
//
// jet_hidden gives its groups later than walk began them and fewer of them; this counts them.
//   valid[p] = position p of the group is below XLIM;  x_end: last group of its row;
//   keep: the row is written (op_drop_rows: even rows only);  last: last group of the block.
// `start` (one cycle, operation registers stable) sets the first place; `advance` moves on by a group.
// Parameters: P positions (2, 4, 8). All outputs are registered or one comparison away. Reset: by start.
// Used by writeback; compared by tests/chain.
`default_nettype none

module place #(
	parameter P = 2
) (
	input  wire         clk,
	input  wire         start,
	input  wire         advance,
	input  wire [7:0]   op_xlim,
	input  wire [7:0]   op_ylim,
	input  wire         op_drop_rows,
	output wire [P-1:0] valid,
	output wire         x_end,
	output wire         keep,
	output wire         last
);
	localparam [8:0] STEP = P[8:0];
	reg [8:0] left;      // columns of the row not yet done
	reg [7:0] rows_left;
	reg       odd_row;

	genvar p;
	generate
		for (p = 0; p < P; p = p + 1) begin : g_valid
			assign valid[p] = (left > p);
		end
	endgenerate
	assign x_end = (left <= STEP);
	assign keep = !(op_drop_rows && odd_row);
	assign last = x_end && (rows_left == 8'd1);

	always @(posedge clk) begin
		if (advance) begin
			left <= left - STEP;
			if (x_end) begin
				left <= {1'b0, op_xlim};
				odd_row <= ~odd_row;
				rows_left <= rows_left - 8'd1;
			end
		end
		if (start || (advance && last)) begin
			left <= {1'b0, op_xlim};
			rows_left <= op_ylim;
			odd_row <= 1'b0;
		end
	end
endmodule

`default_nettype wire
