// SPDX-License-Identifier: MIT
// seq: runs the operations of an image one after the other.
//
// IDLE -start-> GO (walk begins the next operation; for shared jets each block's parameters are copied to
// jet_hidden first) -> RUN until all parts are idle -> next operation or PAUSE, or IDLE behind the last.
// `ready` only when the loader holds two blocks, so that an image's cycles do not depend on what was before.
// `cycles` counts from the cycle after start, pauses not included; with op_we it is the cycle count up to the
// end of operation op_index. Closed form in sw/src/cycles_engine.c.
// Handshakes: start when ready; resume when paused; op_we, done are pulses.
// Parameters: O outputs in parallel; JETS 1: shared jets. Reset/abort (rst): idle.
// Compared by tests/chain (layers and cycles).
`default_nettype none
`include "jetbnn_defs.vh"

module seq #(
	parameter O = 1,
	parameter JETS = 1
) (
	input  wire        clk,
	input  wire        rst,
	input  wire        boot_done,
	input  wire [1:0]  full,
	// control
	input  wire        start,
	output wire        ready,
	output wire        busy,
	input  wire        pause_en,
	input  wire        resume,
	output wire        paused,
	output reg  [6:0]  ops_done,
	output reg  [31:0] cycles,
	output reg         op_we,
	output reg  [5:0]  op_index,
	input  wire        op_sjet,
	input  wire        op_last,
	// parts
	output wire        go,
	input  wire        finished,
	input  wire        parts_busy,
	input  wire        pipe_busy,     // rows on their way to jet_hidden
	input  wire        jet_busy,
	input  wire        block_wait,
	input  wire        half_full,
	output wire        block_ok,
	output wire        copying,
	output wire [4:0]  copy_row,      // threshold row read for the copy
	output reg         param_we,
	output reg  [4:0]  param_index,
	output reg         done           // cycles is final
);
	localparam IDLE = 2'd0, GO = 2'd1, RUN = 2'd2, PAUSE = 2'd3;
	reg [1:0]  state;
	reg        pausing;

	assign ready = (state == IDLE) && boot_done && (full == 2'b11);
	assign busy = (state != IDLE);
	assign paused = (state == PAUSE);
	assign go = (state == GO);

	wire op_done = (state == RUN) && finished && !parts_busy;

	// Parameters of a shared-jet block: 32 words through the thresholds' read port.
	generate
		if (JETS != 0) begin : g_copy
			reg       copied, copy_run;
			reg [5:0] copy;
			assign copying = copy_run;
			assign copy_row = copy[4:0] >> $clog2(O);
			assign block_ok = !op_sjet || copied;
			always @(posedge clk) begin
				param_we <= copy_run && !rst;
				param_index <= copy[4:0];
				if (copy_run) begin
					copy <= copy + 6'd1;
					if (copy == 6'd31) begin
						copy_run <= 1'b0;
						copied <= 1'b1;
					end
				end else if (op_sjet && block_wait && half_full && !copied && !pipe_busy && !jet_busy) begin
					copy_run <= 1'b1;
					copy <= 6'd0;
				end
				if (!block_wait)
					copied <= 1'b0;
				if (rst || go)
					copy_run <= 1'b0;
			end
		end else begin : g_no_copy
			assign copying = 1'b0;
			assign copy_row = 5'd0;
			assign block_ok = 1'b1;
			always @* begin
				param_we = 1'b0;
				param_index = 5'd0;
			end
			wire unused = &{1'b0, O[0], op_sjet, pipe_busy, jet_busy, block_wait, half_full};
		end
	endgenerate

	always @(posedge clk) begin
		op_we <= op_done && !rst;
		done <= op_done && op_last && !rst;
		if (busy && !paused)
			cycles <= cycles + 32'd1;
		case (state)
		IDLE: if (start) begin
			state <= GO;
			pausing <= pause_en;
			ops_done <= 7'd0;
			cycles <= 32'd0;
		end
		GO: state <= RUN;
		RUN: if (op_done) begin
			ops_done <= ops_done + 7'd1;
			op_index <= ops_done[5:0];
			state <= op_last ? IDLE : pausing ? PAUSE : GO;
		end
		PAUSE: if (resume) state <= GO;
		endcase
		if (rst)
			state <= IDLE;
	end
endmodule

`default_nettype wire
