// SPDX-License-Identifier: MIT
// head: class scores and argmax.
//
//   score[j*O+u] = 2 * sum over positions p of A[u][p] + B[u]
//   class = lowest index with the largest score (signed)
//
// B is the threshold word where that has 32 bits (the score wraps); of TW < 32 bits it is the word, less 2^TW
// unless its two upper bits are 0: -3 * 2^(TW-2) to 2^(TW-2) - 1, as sums of matches ask for negative ones.
// A holds the sums over all position groups of the map (one group in a dense head): mac_unit keeps adding.
// Handshake: row_valid with a and thr for row j; rows come at least O + 3 cycles apart (mac_ctrl paces them).
// Each gives O scores in order: res_we/res_index/res_score, one a cycle, the first 3 cycles later (O 1: 2);
// with O 1 res_score stays until the next row's.
// scores at or beyond `classes` are dropped. res_class is final when busy falls.
// Parameters: O, P, AW as engine.v, TW bits of a threshold word (AW or 32). Reset: `start` begins an image. Equals
// ref_dense/ref_cam + ref_argmax; compared by tests/chain.
`default_nettype none

module head #(
	parameter O = 1,
	parameter P = 2,
	parameter AW = 16,
	parameter TW = 32
) (
	input  wire              clk,
	input  wire              rst,
	input  wire              start,       // image begins
	input  wire [6:0]        classes,
	input  wire              row_valid,   // at i+8
	input  wire [O*P*AW-1:0] a,           // [u][p]
	input  wire [O*TW-1:0]   thr,
	output reg               res_we,
	output wire [5:0]        res_index,
	output wire [31:0]       res_score,
	output reg  [5:0]        res_class,
	output wire              busy
);
	// ---- one unit after the other
	wire            unit_valid;
	wire [P*AW-1:0] unit_a;
	wire [TW-1:0]   unit_thr;
	generate
		if (O == 1) begin : g_one
			assign unit_valid = row_valid;
			assign unit_a = a;
			assign unit_thr = thr;
		end else begin : g_units
			localparam CW = 4;
			localparam UNITS = O;
			reg [O*P*AW-1:0] rest_a;
			reg [O*TW-1:0]   rest_thr;
			reg [CW-1:0]     left;
			assign unit_valid = (left != {CW{1'b0}});
			assign unit_a = rest_a[P*AW-1:0];
			assign unit_thr = rest_thr[TW-1:0];
			always @(posedge clk) begin
				if (unit_valid)
					left <= left - 1'b1;
				rest_a <= rest_a >> (P*AW);
				rest_thr <= rest_thr >> TW;
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

	// Bits of a score: all values of a narrow bias fit.
	localparam SW = (TW == 32) ? 32 : AW + $clog2(P) + 3;
	reg  [SW-1:0] sum;
	wire [SW-1:0] unit_bias;
	integer i;
	always @* begin
		sum = {SW{1'b0}};
		for (i = 0; i < P; i = i + 1)
			sum = sum + {{(SW-AW){1'b0}}, unit_a[AW*i +: AW]};
	end
	generate
		if (TW == 32) begin : g_whole
			assign unit_bias = unit_thr;
		end else begin : g_narrow
			assign unit_bias = {{(SW-TW){unit_thr[TW-1:TW-2] != 2'd0}}, unit_thr};
		end
	endgenerate

	reg [SW-1:0] part, part_bias, score;
	reg          part_valid, score_valid;
	generate
		if (P == 1) begin : g_direct
			always @* begin
				part = sum;
				part_bias = unit_bias;
				part_valid = unit_valid;
			end
		end else begin : g_registered
			always @(posedge clk) begin
				part <= sum;
				part_bias <= unit_bias;
				part_valid <= unit_valid && !rst;
			end
		end
	endgenerate

	reg signed [SW-1:0] best;
	reg [6:0] index;
	wire unused = &{1'b0, part[SW-1]}; // wraps
	wire better = (index == 7'd0) || ($signed(score) > best);
	assign res_index = index[5:0] - 6'd1;
	assign busy = row_valid || unit_valid || part_valid || score_valid;

	wire [SW-1:0] given;
	assign res_score = {{(32-SW){given[SW-1]}}, given};
	generate
		if (O == 1) begin : g_kept
			assign given = score;
		end else begin : g_streamed
			reg [SW-1:0] score_q;
			always @(posedge clk)
				score_q <= score;
			assign given = score_q;
		end
	endgenerate
	always @(posedge clk) begin
		if (part_valid)
			score <= {part[SW-2:0], 1'b0} + part_bias;
		score_valid <= part_valid && !rst;
		res_we <= score_valid && (index < classes) && !rst;
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
