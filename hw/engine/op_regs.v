// SPDX-License-Identifier: MIT
// op_regs: registers of the operation under way, from its eight descriptor words (docs/protocol.md, group op).
//
// `we` stores the word number `index` of the descriptor. Outputs are the fields, stable between writes.
// Fed by seq through param_mem, feeds every part of the engine. No reset: written before use.
// Parameters: none. Compared by tests/chain.
`default_nettype none
`include "jetbnn_defs.vh"

module op_regs (
	input  wire        clk,
	input  wire        we,
	input  wire [2:0]  index,
	input  wire [31:0] word,
	output reg  [1:0]  code,
	output reg         last,
	output reg         head,
	output reg         cam,
	output reg         pool,
	output reg         stride2,
	output reg         acc_in,
	output reg         acc_out,
	output reg         in_front,
	output reg         jet_k5,
	output reg  [1:0]  lane,
	output reg  [5:0]  steps,
	output reg  [2:0]  jet_delay,
	output reg  [15:0] in_base,
	output reg  [15:0] out_base,
	output reg  [7:0]  in_rows,
	output reg  [7:0]  in_cg,
	output reg  [4:0]  in_g,
	output reg  [11:0] in_pitch,
	output reg  [11:0] out_pitch,
	output reg  [4:0]  out_g,
	output reg  [7:0]  out_cg,
	output reg  [7:0]  xlim,
	output reg  [7:0]  nx,
	output reg  [7:0]  ny,
	output reg  [7:0]  nrow,
	output reg  [7:0]  nblk,
	output reg  [15:0] cam_pitch
);
	always @(posedge clk)
		if (we) case (index)
		3'd0: begin
			code <= word[`JB_O_CODE_MSB:`JB_O_CODE_LSB];
			last <= word[`JB_O_LAST_LSB];
			head <= word[`JB_O_HEAD_LSB];
			cam <= word[`JB_O_CAM_LSB];
			pool <= word[`JB_O_POOL_LSB];
			stride2 <= word[`JB_O_STRIDE2_LSB];
			acc_in <= word[`JB_O_ACC_IN_LSB];
			acc_out <= word[`JB_O_ACC_OUT_LSB];
			in_front <= word[`JB_O_IN_FRONT_LSB];
			jet_k5 <= word[`JB_O_JET_K5_LSB];
			lane <= word[`JB_O_LANE_MSB:`JB_O_LANE_LSB];
			steps <= word[`JB_O_STEPS_MSB:`JB_O_STEPS_LSB];
			jet_delay <= word[`JB_O_JET_DELAY_MSB:`JB_O_JET_DELAY_LSB];
		end
		3'd1: begin
			in_base <= word[`JB_O_IN_BASE_MSB:`JB_O_IN_BASE_LSB];
			out_base <= word[`JB_O_OUT_BASE_MSB:`JB_O_OUT_BASE_LSB];
		end
		3'd2: begin
			in_rows <= word[`JB_O_IN_ROWS_MSB:`JB_O_IN_ROWS_LSB];
			in_cg <= word[`JB_O_IN_CG_MSB:`JB_O_IN_CG_LSB];
			in_g <= word[`JB_O_IN_G_MSB:`JB_O_IN_G_LSB];
		end
		3'd3: begin
			in_pitch <= word[`JB_O_IN_PITCH_MSB:`JB_O_IN_PITCH_LSB];
			out_pitch <= word[`JB_O_OUT_PITCH_MSB:`JB_O_OUT_PITCH_LSB];
		end
		3'd4: begin
			out_g <= word[`JB_O_OUT_G_MSB:`JB_O_OUT_G_LSB];
			out_cg <= word[`JB_O_OUT_CG_MSB:`JB_O_OUT_CG_LSB];
			xlim <= word[`JB_O_XLIM_MSB:`JB_O_XLIM_LSB];
		end
		3'd5: begin
			nx <= word[`JB_O_NX_MSB:`JB_O_NX_LSB];
			ny <= word[`JB_O_NY_MSB:`JB_O_NY_LSB];
		end
		3'd6: begin
			nrow <= word[`JB_O_NROW_MSB:`JB_O_NROW_LSB];
			nblk <= word[`JB_O_NBLK_MSB:`JB_O_NBLK_LSB];
		end
		default:
			cam_pitch <= word[`JB_O_CAM_PITCH_MSB:`JB_O_CAM_PITCH_LSB];
		endcase
endmodule

`default_nettype wire
