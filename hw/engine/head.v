// SPDX-License-Identifier: MIT
// head: class scores and argmax.
//
//   score[j*O+u] = 2 * sum over positions p of A[u][p] + B[u]   (32 bits, wraps)
//   class = lowest index with the largest score (signed)
//
// A holds the sums over all position groups of the map (one group in a dense head): mac_unit keeps adding.
// Handshake: row_valid with a and thr for row j; rows come at least O + 3 cycles apart (mac_ctrl paces them).
// Each gives O scores in order: res_we/res_index/res_score, one a cycle, the first 3 cycles later (O 1: 2);
// scores at or beyond `classes` are dropped. res_class is final when busy falls.
// Parameters: O, P, AW as engine.v. Reset: `start` begins an image. Equals ref_dense/ref_cam + ref_argmax;
// compared by tests/chain.
`default_nettype none

module head #(
	parameter O = 1,
	parameter P = 2,
	parameter AW = 16
) (
	input  wire              clk,
	input  wire              rst,
	input  wire              start,       // image begins
	input  wire [6:0]        classes,
	input  wire              row_valid,   // at i+8
	input  wire [O*P*AW-1:0] a,           // [u][p]
	input  wire [O*32-1:0]   thr,
	output reg               res_we,
	output wire [5:0]        res_index,
	output wire [31:0]       res_score,
	output reg  [5:0]        res_class,
	output wire              busy
);
	// ---- one unit after the other
	wire            unit_valid;
	wire [P*AW-1:0] unit_a;
	wire [31:0]     unit_thr;
	generate
		if (O == 1) begin : g_one
			assign unit_valid = row_valid;
			assign unit_a = a;
			assign unit_thr = thr;
		end else begin : g_units
			localparam CW = 4;
			localparam UNITS = O;
			reg [O*P*AW-1:0] rest_a;
			reg [O*32-1:0]   rest_thr;
			reg [CW-1:0]     left;
			assign unit_valid = (left != {CW{1'b0}});
			assign unit_a = rest_a[P*AW-1:0];
			assign unit_thr = rest_thr[31:0];
			always @(posedge clk) begin
				if (unit_valid)
					left <= left - 1'b1;
				rest_a <= rest_a >> (P*AW);
				rest_thr <= rest_thr >> 32;
				if (row_valid) begin
					left <= UNITS[CW-1:0];
					rest_a <= a;
					rest_thr <= thr;
				end
				if (rst)
					left <= {CW{1'b0}};
			end
		end
	endgenerate

	reg [31:0] sum;
	integer i;
	always @* begin
		sum = 32'd0;
		for (i = 0; i < P; i = i + 1)
			sum = sum + {{(32-AW){1'b0}}, unit_a[AW*i +: AW]};
	end

	reg [31:0] part, part_thr, score;
	reg        part_valid, score_valid;
	generate
		if (P == 1) begin : g_direct
			always @* begin
				part = sum;
				part_thr = unit_thr;
				part_valid = unit_valid;
			end
		end else begin : g_registered
			always @(posedge clk) begin
				part <= sum;
				part_thr <= unit_thr;
				part_valid <= unit_valid && !rst;
			end
		end
	endgenerate

	reg signed [31:0] best;
	reg [6:0] index;
	wire unused = &{1'b0, part[31]}; // wraps
	wire better = (index == 7'd0) || ($signed(score) > best);
	assign res_index = index[5:0] - 6'd1;
	assign busy = row_valid || unit_valid || part_valid || score_valid;

	reg [31:0] given;
	assign res_score = given;
	always @(posedge clk) begin
		score <= {part[30:0], 1'b0} + part_thr;
		score_valid <= part_valid && !rst;
		res_we <= score_valid && (index < classes) && !rst;
		given <= score;
		if (score_valid && index < classes) begin
			index <= index + 7'd1;
			if (better) begin
				best <= score;
				res_class <= index[5:0];
			end
		end
		if (start)
			index <= 7'd0;
	end
endmodule

`default_nettype wire
