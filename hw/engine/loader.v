// SPDX-License-Identifier: MIT
// loader: carries out the runs of the program's stream (docs/protocol.md, group run).
//
// After `boot` it starts at word 0 of the program: front descriptor, codes and thresholds go to the front end
// (cfg bus), RUN_BOOT raises boot_done, then it reads the block section over and over, once an image, into
// the two halves of the weight and threshold memories in turn. It runs ahead of the engine by at most two
// blocks: full[h] says that half h holds a block, op_end[h] that it is its operation's last; `free`
// gives the halves back in order.
//
// RESIDENT 1: the weights lie in their memory already and the thresholds come before RUN_BOOT, so a block is
// its RUN_BLOCK alone, which says where both begin: w_base and t_base of its half.
//
// PARTS 2: a word of weights is written in two cycles, its low half and then its high half (w_data), so that it takes
// two cycles of the stream.
//
// Feeds: front (cfg_*), weight memory (w_*), threshold memory (thr_*): one data word for all but that. Fed by
// model_mem: mm_req/mm_addr held until mm_gnt, the word on mm_data two cycles later; for a word in map memory ml_req
// and ml_gnt, the word on map_data two cycles later: mm_late is high then.
// Throughput: one word a cycle while mm_gnt is high, and 3 cycles a run header.
// Handshake: boot, restart, free are one-cycle pulses; while `stop` is high the loader stays idle and
// empty. restart (abort of an image) starts at PROG_RESTART: the block section from its beginning.
// Parameters: O outputs in parallel (1, 2, 4, 8); MODEL_AW address bits, OWN_AW of words that are not in map memory;
// RESIDENT, PARTS, WAW and TAW (weight and threshold address bits) as engine.v.
// Reset: idle, both halves empty. Not handled: a malformed stream (control checks its CRC-32).
// Compared with sw/src/cycles_engine.c and the reference by tests/chain.
`default_nettype none
`include "jetbnn_defs.vh"

module loader #(
	parameter O = 1,
	parameter MODEL_AW = 14,
	parameter OWN_AW = MODEL_AW,
	parameter RESIDENT = 0,
	parameter PARTS = 1,
	parameter WAW = 8,
	parameter TAW = 6
) (
	input  wire                clk,
	input  wire                rst,
	input  wire                boot,
	input  wire                stop,
	input  wire                restart,
	output reg                 boot_done,
	// model memory
	output wire                mm_req,
	output reg  [MODEL_AW-1:0] mm_addr,
	input  wire                mm_gnt,
	output wire                ml_req,
	input  wire                ml_gnt,
	input  wire [31:0]         mm_data,
	input  wire                mm_late,
	input  wire [31:0]         map_data,
	// front-end configuration
	output wire                cfg_we,
	output wire [1:0]          cfg_sel,
	output wire [15:0]         cfg_addr,
	// all writes share one data word
	output wire [31:0]         data,      // the latest word of either memory
	output wire [O-1:0]        thr_we,
	output wire [TAW-1:0]      thr_addr,
	output wire [O*9-1:0]      w_we,
	output wire [WAW-1:0]      w_addr,
	output wire [32/PARTS-1:0] w_data,
	// halves
	output reg  [1:0]          full,
	output reg  [1:0]          op_end,
	output wire [2*WAW-1:0]    w_base,    // RESIDENT: first rows of their blocks
	output wire [2*TAW-1:0]    t_base,
	input  wire                free
);
	localparam S_IDLE = 3'd0, S_HEAD = 3'd1, S_WAIT = 3'd2, S_TAKE = 3'd3, S_BODY = 3'd4;

	localparam [MODEL_AW-1:0] RESTART = `JB_PROG_RESTART;

	reg [2:0]  state;
	reg [13:0] left;      // words of the run not yet requested, - 1
	reg [13:0] row;       // of the word written
	reg [2:0]  kind;
	reg [3:0]  slot;
	reg [2:0]  unit;
	reg        half, free_half;

	wire own; // mm_addr is in model memory
	generate
		if (MODEL_AW > OWN_AW) begin : g_lent
			assign own = (mm_addr[MODEL_AW-1:OWN_AW] == {(MODEL_AW-OWN_AW){1'b0}});
			assign data = mm_late ? map_data : mm_data;
		end else begin : g_own
			assign own = 1'b1;
			assign data = mm_data;
			wire unused = &{1'b0, mm_late, map_data};
		end
	endgenerate
	wire   gap;      // a word of weights takes the cycle behind it too
	wire   next_row; // the last cycle of a written word
	wire   ask = (state == S_BODY && !gap) || (state == S_HEAD && !full[half]);
	assign mm_req = ask && own;
	assign ml_req = ask && !own;
	wire take = (mm_req && mm_gnt) || (ml_req && ml_gnt);
	wire flush = rst || stop || boot || restart;

	// A requested word comes two cycles later and is written at once.
	reg d_valid, x_valid;
	always @(posedge clk) begin
		d_valid <= take && (state == S_BODY) && !flush;
		x_valid <= d_valid && !flush;
	end

	wire [2:0] new_kind = data[`JB_R_KIND_MSB:`JB_R_KIND_LSB];
	wire is_jump = (new_kind == `JB_RUN_JUMP);
	wire is_block = (new_kind == `JB_RUN_BLOCK);
	wire is_boot = (new_kind == `JB_RUN_BOOT);

	always @(posedge clk) begin
		if (take)
			mm_addr <= mm_addr + 1'b1;
		if (next_row)
			row <= row + 14'd1;
		if (take && state == S_BODY)
			left <= left - 14'd1;

		case (state)
		S_HEAD: if (take)
			state <= S_WAIT;
		S_WAIT: state <= S_TAKE;
		S_TAKE: begin
			state <= (is_jump || is_block || is_boot) ? S_HEAD : S_BODY;
			kind <= new_kind;
			slot <= data[`JB_R_SLOT_MSB:`JB_R_SLOT_LSB];
			unit <= data[`JB_R_UNIT_MSB:`JB_R_UNIT_LSB];
			left <= data[`JB_R_COUNT_MSB:`JB_R_COUNT_LSB] - 14'd1;
			row <= {6'd0, data[`JB_R_ROW_MSB:`JB_R_ROW_LSB]};
			if (is_jump)
				mm_addr <= data[`JB_R_ADDRESS_LSB +: MODEL_AW];
			if (is_block) begin
				full[half] <= 1'b1;
				op_end[half] <= data[`JB_R_OP_END_LSB];
				half <= ~half;
			end
			if (is_boot)
				boot_done <= 1'b1;
		end
		S_BODY: if (take && left == 14'd0)
			state <= S_HEAD;
		default: ;
		endcase

		if (free) begin
			full[free_half] <= 1'b0;
			free_half <= ~free_half;
		end

		if (flush) begin
			state <= (rst || stop) ? S_IDLE : S_HEAD;
			mm_addr <= boot ? {MODEL_AW{1'b0}} : RESTART;
			full <= 2'b00;
			half <= 1'b0;
			free_half <= 1'b0;
			if (rst || stop || boot)
				boot_done <= 1'b0;
		end
	end

	assign cfg_we = x_valid && (kind == `JB_RUN_FRONT);
	assign cfg_sel = slot[1:0];
	assign cfg_addr = {2'd0, row};

	wire w_valid; // a word of weights, or its second half
	genvar u, s;
	generate
		if (RESIDENT != 0) begin : g_bases
			reg [WAW-1:0] w_first [0:1];
			reg [TAW-1:0] t_first [0:1];
			always @(posedge clk)
				if (state == S_TAKE && is_block) begin
					w_first[half] <= data[`JB_R_ADDRESS_LSB +: WAW];
					t_first[half] <= data[`JB_R_ROW_LSB +: TAW];
				end
			assign w_base = {w_first[1], w_first[0]};
			assign t_base = {t_first[1], t_first[0]};
			assign thr_addr = row[TAW-1:0];
			assign w_addr = {WAW{1'b0}};
			assign w_data = {32/PARTS{1'b0}};
			assign gap = 1'b0;
			assign next_row = x_valid;
			assign w_valid = 1'b0;
		end else begin : g_halves
			assign w_base = {2*WAW{1'b0}};
			assign t_base = {2*TAW{1'b0}};
			assign thr_addr = {half, row[TAW-2:0]};
			if (PARTS == 1) begin : g_word
				assign w_addr = {half, row[WAW-2:0]};
				assign w_data = data;
				assign gap = 1'b0;
				assign next_row = x_valid;
				assign w_valid = x_valid;
			end else begin : g_part
				wire       weights = (kind == `JB_RUN_WEIGHTS);
				reg        second;
				reg [15:0] high;
				always @(posedge clk) begin
					second <= x_valid && weights && !flush;
					high <= data[31:16];
				end
				assign gap = d_valid && weights;
				assign next_row = weights ? second : x_valid;
				assign w_valid = x_valid || second;
				assign w_addr = {half, row[WAW-3:0], second};
				assign w_data = second ? high : data[15:0];
			end
		end
		for (u = 0; u < O; u = u + 1) begin : g_unit
			wire mine = x_valid && (O == 1 || unit == u);
			assign thr_we[u] = mine && (kind == `JB_RUN_THRESHOLDS);
			for (s = 0; s < 9; s = s + 1) begin : g_slot
				assign w_we[9*u + s] = w_valid && (O == 1 || unit == u) && (kind == `JB_RUN_WEIGHTS) && (slot == s);
			end
		end
	endgenerate
endmodule

`default_nettype wire
