// SPDX-License-Identifier: MIT
// op_regs: registers of the operation under way, from the words of its header (docs/protocol.md, group op).
//
// `we` stores the word number `index` of the header. Outputs are the fields, stable between writes.
// Fed by walk, feeds every part of the engine. No reset: written before use.
// Parameters: none. Compared by tests/chain.
`default_nettype none
`include "jetbnn_defs.vh"

module op_regs (
	input  wire        clk,
	input  wire        we,
	input  wire [1:0]  index,
	input  wire [31:0] word,
	output reg  [1:0]  code,
	output reg         last,
	output reg         head,
	output reg         cam,
	output reg         pairs,
	output reg         halve,
	output reg         acc_in,
	output reg         acc_out,
	output reg         jet_k5,
	output reg  [1:0]  lane,
	output reg  [5:0]  nrow_m1,
	output reg  [4:0]  out_step,
	output reg  [2:0]  tail,
	output reg         tail_one,
	output reg  [2:0]  jet_delay,
	output reg  [7:0]  rows,
	output reg  [7:0]  cols,
	output reg  [7:0]  xlim,
	output reg  [7:0]  ylim,
	output reg         drop_rows,
	output reg  [5:0]  in_step
);
	wire unused = &{1'b0, word[31]}; // spare

	always @(posedge clk)
		if (we) case (index)
		2'd0: begin
			code <= word[`JB_O_CODE_MSB:`JB_O_CODE_LSB];
			last <= word[`JB_O_LAST_LSB];
			head <= word[`JB_O_HEAD_LSB];
			cam <= word[`JB_O_CAM_LSB];
			pairs <= word[`JB_O_PAIRS_LSB];
			halve <= word[`JB_O_HALVE_LSB];
			acc_in <= word[`JB_O_ACC_IN_LSB];
			acc_out <= word[`JB_O_ACC_OUT_LSB];
			jet_k5 <= word[`JB_O_JET_K5_LSB];
			lane <= word[`JB_O_LANE_MSB:`JB_O_LANE_LSB];
			nrow_m1 <= word[`JB_O_NROW_MSB:`JB_O_NROW_LSB];
			out_step <= word[`JB_O_OUT_STEP_MSB:`JB_O_OUT_STEP_LSB];
			tail <= word[`JB_O_TAIL_MSB:`JB_O_TAIL_LSB];
			tail_one <= word[`JB_O_TAIL_ONE_LSB];
			jet_delay <= word[`JB_O_JET_DELAY_MSB:`JB_O_JET_DELAY_LSB];
		end
		2'd2: begin
			rows <= word[`JB_O_ROWS_MSB:`JB_O_ROWS_LSB];
			cols <= word[`JB_O_COLS_MSB:`JB_O_COLS_LSB];
		end
		2'd3: begin
			xlim <= word[`JB_O_XLIM_MSB:`JB_O_XLIM_LSB];
			ylim <= word[`JB_O_YLIM_MSB:`JB_O_YLIM_LSB];
			drop_rows <= word[`JB_O_DROP_ROWS_LSB];
			in_step <= word[`JB_O_IN_STEP_MSB:`JB_O_IN_STEP_LSB];
		end
		default: ; // word 1: bases, taken by walk and writeback
		endcase
endmodule

`default_nettype wire
