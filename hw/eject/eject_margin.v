// SPDX-License-Identifier: MIT
// eject_margin: best score less second best of each image.
//
//   margin = max(scores) - second of the sorted scores, at most JB_OUT_MAX_MARGIN
//
// Scores come one a clock (res_we), done after or with the last one. `valid` pulses 3 clocks after done with
// margin, class and image number. `drop` forgets the scores so far.
// Reset: no score. Equals the margin of bnn_result (sw/src/net_infer.c), compared by tests/rtl/test_eject.c.
`default_nettype none
`include "jetbnn_defs.vh"

module eject_margin (
	input  wire        clk,
	input  wire        rst,
	input  wire        res_we,
	input  wire [31:0] res_score,
	input  wire        done,
	input  wire [5:0]  res_class,
	input  wire [1:0]  run_number,
	input  wire        drop,
	output reg         valid,
	output reg  [27:0] margin,
	output reg  [5:0]  class_,
	output reg  [1:0]  number
);
	localparam [31:0] LEAST = 32'h80000000;
	localparam [27:0] MOST = `JB_OUT_MAX_MARGIN;

	reg        we, ending, ended;
	reg [31:0] score, best, second;
	wire [31:0] gap = best - second;

	always @(posedge clk) begin
		we <= res_we;
		score <= res_score;
		ending <= done;
		ended <= ending;
		valid <= ended;

		if (we) begin
			if ($signed(score) > $signed(best)) begin
				best <= score;
				second <= best;
			end else if ($signed(score) > $signed(second)) begin
				second <= score;
			end
		end
		if (done) begin
			class_ <= res_class;
			number <= run_number;
		end
		if (ended)
			margin <= (gap[31:28] != 4'd0) ? MOST : gap[27:0];
		if (rst || drop || ended) begin
			best <= LEAST;
			second <= LEAST;
		end
		if (rst || drop) begin
			we <= 1'b0;
			ending <= 1'b0;
			ended <= 1'b0;
			valid <= 1'b0;
		end
	end
endmodule

`default_nettype wire
