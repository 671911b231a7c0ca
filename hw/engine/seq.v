// SPDX-License-Identifier: MIT
// seq: runs the operations of an image one after the other.
//
// IDLE -start-> DESC (8 descriptor words to op_regs) -> RUN (fetch.go; for shared jets each block's
// parameters are copied to jet_hidden first) -> all parts idle -> next operation, PAUSE, or SCAN (scores).
// `ready` only when the loader holds two blocks, so that an image's cycles do not depend on what was before.
// `cycles` counts from the cycle after start, pauses not included; with op_we it is the cycle count up to the
// end of operation op_index. Closed form in sw/src/cycles.c.
// Handshakes: start when ready; resume when paused; op_we, done are pulses.
// Parameters: O outputs in parallel. Reset/abort (rst): idle, descriptor slot 0.
// Compared by tests/chain (layers and cycles).
`default_nettype none
`include "jetbnn_defs.vh"

module seq #(
	parameter O = 1
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
	// descriptor
	output reg         slot,
	output wire        desc_read,
	output wire [3:0]  desc_index,
	output reg         op_reg_we,
	output reg  [2:0]  op_reg_index,
	input  wire [1:0]  op_code,
	input  wire        op_last,
	// parts
	output wire        go,
	output wire        op_start,      // operation registers are complete
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
	output wire        scan,
	input  wire        scan_done,
	output reg         done           // cycles is final
);
	localparam IDLE = 3'd0, DESC = 3'd1, GO = 3'd2, RUN = 3'd3, PAUSE = 3'd4, SCAN = 3'd5;
	reg [2:0]  state;
	reg [3:0]  count;
	reg        pausing;

	assign ready = (state == IDLE) && boot_done && (full == 2'b11);
	assign busy = (state != IDLE);
	assign paused = (state == PAUSE);
	assign desc_read = (state == DESC);
	assign desc_index = count;
	assign go = (state == GO);
	assign op_start = go;

	wire op_end = (state == RUN) && finished && !parts_busy;
	assign scan = op_end && op_last;

	// Parameters of a shared-jet block: 32 words through the thresholds' read port.
	reg       copied, copy_run;
	reg [5:0] copy;
	wire sjet = (op_code == `JB_OP_SJET);
	assign copying = copy_run;
	assign copy_row = copy[4:0] >> $clog2(O);
	assign block_ok = !sjet || copied;

	always @(posedge clk) begin
		param_we <= copy_run && !rst;
		param_index <= copy[4:0];
		if (copy_run) begin
			copy <= copy + 6'd1;
			if (copy == 6'd31) begin
				copy_run <= 1'b0;
				copied <= 1'b1;
			end
		end else if (state == RUN && sjet && block_wait && half_full && !copied &&
			!pipe_busy && !jet_busy) begin
			copy_run <= 1'b1;
			copy <= 6'd0;
		end
		if (!block_wait || go)
			copied <= 1'b0;
		if (rst || go)
			copy_run <= 1'b0;
	end

	always @(posedge clk) begin
		op_reg_we <= desc_read && !count[3];
		op_reg_index <= count[2:0];
		op_we <= 1'b0;
		done <= (state == SCAN) && scan_done && !rst;
		if (state != IDLE && state != PAUSE)
			cycles <= cycles + 32'd1;
		case (state)
		IDLE: if (start) begin
			state <= DESC;
			count <= 4'd0;
			pausing <= pause_en;
			ops_done <= 7'd0;
			cycles <= 32'd0;
		end
		DESC: begin
			count <= count + 4'd1;
			if (count[3])
				state <= GO;
		end
		GO: state <= RUN;
		RUN: if (op_end) begin
			slot <= ~slot;
			ops_done <= ops_done + 7'd1;
			count <= 4'd0;
			state <= op_last ? SCAN : pausing ? PAUSE : DESC;
			if (!op_last) begin
				op_we <= 1'b1;
				op_index <= ops_done[5:0];
			end
		end
		PAUSE: if (resume) state <= DESC;
		SCAN: if (scan_done) begin
			state <= IDLE;
			op_we <= 1'b1;
			op_index <= ops_done[5:0] - 6'd1;
		end
		default: state <= IDLE;
		endcase
		if (rst) begin
			state <= IDLE;
			slot <= 1'b0;
		end
	end
endmodule

`default_nettype wire
