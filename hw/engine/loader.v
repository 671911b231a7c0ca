// SPDX-License-Identifier: MIT
// loader: reads the program from model memory and keeps the engine's memories full.
//
// After `boot` it passes front descriptor, codes and thresholds to the front end (cfg bus), then reads the
// engine stream over and over, once an image: descriptor and step table of each operation into the
// parameter memories (two slots in turn), then its blocks into the two halves of the weight and
// threshold memories in turn. It runs ahead of the engine by at most two blocks: `full[h]` says that half h
// holds the next block; `free` gives the halves back in order. Stream format: docs/protocol.md.
//
// Feeds: front (cfg_*), param_mem (pa_*/pb_*), weight_mem (w_*), threshold memory (thr_*). Fed by model_mem:
// mm_req/mm_addr held until mm_gnt, data in the next cycle.
// Throughput: one 32-bit word a cycle inside a section while mm_gnt is high, 2 cycles between sections;
// cycles per block are modelled in sw/src/cycles.c and must be equal.
// Handshake: boot, restart, free are one-cycle pulses; while `stop` is high the loader stays idle and
// empty. restart (abort of an image) begins the stream anew without the front part.
// Parameters: O outputs in parallel (1, 2, 4, 8); WROWS weight rows of a half (power of two);
// MODEL_AW address bits.
// Reset: idle, both halves empty. Not handled: a malformed stream (control checks its CRC-32).
// Compared with sw/src/cycles.c and the reference by tests/chain.
`default_nettype none
`include "jetbnn_defs.vh"

module loader #(
	parameter O = 1,
	parameter WROWS = 128,
	parameter MODEL_AW = 14,
	parameter WAW = $clog2(2*WROWS)
) (
	input  wire                clk,
	input  wire                rst,
	input  wire                boot,
	input  wire [MODEL_AW-1:0] boot_base,
	input  wire                stop,
	input  wire                restart,
	output reg                 boot_done,
	// model memory
	output wire                mm_req,
	output reg  [MODEL_AW-1:0] mm_addr,
	input  wire                mm_gnt,
	input  wire [31:0]         mm_data,
	// front-end configuration
	output wire                cfg_we,
	output wire [1:0]          cfg_sel,
	output wire [15:0]         cfg_addr,
	// all writes share one data word
	output reg  [31:0]         data,
	output wire                pa_we,
	output wire                pb_we,
	output wire [6:0]          p_addr,
	output wire [O-1:0]        thr_we,
	output wire [5:0]          thr_addr,
	output wire [O*9-1:0]      w_we,
	output wire [WAW-1:0]      w_addr,
	// halves
	output reg  [1:0]          full,
	input  wire                free,
	output reg  [6:0]          classes
);
	localparam S_IDLE = 4'd0, S_FDESC = 4'd1, S_FCODE = 4'd2, S_FTHR = 4'd3, S_OP = 4'd4,
		S_DESC = 4'd5, S_TABLE = 4'd6, S_BLOCK = 4'd7, S_THR = 4'd8, S_MASK = 4'd9,
		S_ROWS = 4'd10, S_END = 4'd11;
	localparam OLOG = $clog2(O);
	localparam UW = (O > 1) ? OLOG : 1;
	localparam LAST_O = O - 1;
	localparam [UW-1:0] LAST_UNIT = LAST_O[UW-1:0];

	reg [3:0]  state;
	reg [15:0] left;         // words of the section not yet requested
	reg [15:0] index;        // of the word written: its number in the section (thresholds: its row)
	reg [MODEL_AW-1:0] stream_base;
	reg [15:0] code_words, thr_words;
	reg        slot, half, free_half;
	reg [1:0]  op_code;
	reg        op_last;
	reg [5:0]  op_steps, step;
	reg [7:0]  op_nrow, op_nblk, block;
	reg [8:0]  mask, mask_left;
	reg [UW-1:0] unit;
	reg [7:0]  row;
	reg [WAW-2:0] wrow;

	wire walk = (state == S_ROWS);
	wire [8:0] slot_bit = mask_left & (~mask_left + 9'd1);
	wire [8:0] mask_next = mask_left & ~slot_bit;

	assign mm_req = (left != 16'd0) || walk;
	wire take = mm_req && mm_gnt;

	wire flush = rst || stop || boot || restart;

	// Where the requested word goes: one stage for the memory, one for the write.
	reg        d_valid, x_valid;
	reg [3:0]  d_state, x_state;
	reg [8:0]  d_slot, x_slot;
	reg [UW-1:0] d_unit, x_unit;
	reg        d_row_end, x_row_end;

	always @(posedge clk) begin
		d_valid <= take && !flush;
		d_state <= state;
		d_slot <= slot_bit;
		d_unit <= unit;
		d_row_end <= last_unit && (!walk || mask_next == 9'd0);
		x_valid <= d_valid && !flush;
		x_state <= d_state;
		x_slot <= d_slot;
		x_unit <= d_unit;
		x_row_end <= d_row_end;
		data <= mm_data;
	end

	assign cfg_we = x_valid && (x_state == S_FDESC || x_state == S_FCODE || x_state == S_FTHR);
	assign cfg_sel = (x_state == S_FDESC) ? 2'd0 : (x_state == S_FCODE) ? 2'd1 : 2'd2;
	assign cfg_addr = index;

	// Slot of 64 words: descriptor at 0, step table from 16 (first words in A, second words in B).
	wire in_table = (x_state == S_TABLE);
	assign pa_we = x_valid && (x_state == S_DESC || (in_table && !index[0]));
	assign pb_we = x_valid && in_table && index[0];
	assign p_addr = {slot, in_table ? 6'd16 + index[6:1] : index[5:0]};

	genvar u;
	generate
		for (u = 0; u < O; u = u + 1) begin : g_unit
			wire mine = (x_unit == u);
			assign thr_we[u] = x_valid && (x_state == S_THR) && mine;
			assign w_we[9*u +: 9] = (x_valid && (x_state == S_ROWS) && mine) ? x_slot : 9'd0;
		end
	endgenerate
	assign thr_addr = {half, index[4:0]};
	assign w_addr = {half, wrow};

	// Section ends: everything requested has been written.
	wire drained = (left == 16'd0) && !d_valid && !x_valid;
	wire last_unit = (O == 1) || (unit == LAST_UNIT);
	wire rows_end = (mask_next == 9'd0) && last_unit && (row == op_nrow);
	wire [15:0] thr_count = (op_code == `JB_OP_CONV) ? ({8'd0, op_nrow} << OLOG) :
		(op_code == `JB_OP_SJET) ? 16'd32 : 16'd0;

	always @(posedge clk) begin
		if (take) begin
			mm_addr <= mm_addr + 1'b1;
			if (!walk)
				left <= left - 16'd1;
		end
		if (x_valid) begin
			if (x_state == S_ROWS)
				wrow <= wrow + {{(WAW-2){1'b0}}, x_row_end};
			else
				index <= index + {15'd0, x_state != S_THR || x_row_end};
		end

		// Threshold words go round the units.
		if (take && state == S_THR)
			unit <= last_unit ? {UW{1'b0}} : unit + 1'b1;
		if (take && walk) begin
			mask_left <= (mask_next == 9'd0) ? mask : mask_next;
			if (mask_next == 9'd0) begin
				unit <= last_unit ? {UW{1'b0}} : unit + 1'b1;
				if (last_unit)
					row <= row + 8'd1;
			end
		end

		if (x_valid) begin
			if (x_state == S_FDESC) begin
				if (index == `JB_F_CODE_WORDS_WORD)
					code_words <= data[`JB_F_CODE_WORDS_MSB:`JB_F_CODE_WORDS_LSB];
				if (index == `JB_F_THR_WORDS_WORD)
					thr_words <= data[`JB_F_THR_WORDS_MSB:`JB_F_THR_WORDS_LSB];
				if (index == `JB_F_CLASSES_WORD)
					classes <= data[`JB_F_CLASSES_MSB:`JB_F_CLASSES_LSB];
			end
			if (x_state == S_DESC && index == `JB_O_CODE_WORD) begin
				op_code <= data[`JB_O_CODE_MSB:`JB_O_CODE_LSB];
				op_last <= data[`JB_O_LAST_LSB];
				op_steps <= data[`JB_O_STEPS_MSB:`JB_O_STEPS_LSB];
			end
			if (x_state == S_DESC && index == `JB_O_NROW_WORD) begin
				op_nrow <= data[`JB_O_NROW_MSB:`JB_O_NROW_LSB];
				op_nblk <= data[`JB_O_NBLK_MSB:`JB_O_NBLK_LSB];
			end
		end
		if (d_valid && d_state == S_MASK)
			mask <= mm_data[8:0];

		case (state)
		S_FDESC: if (drained) begin state <= S_FCODE; left <= code_words; index <= 16'd0; end
		S_FCODE: if (drained) begin state <= S_FTHR; left <= thr_words; index <= 16'd0; end
		S_FTHR: if (drained) begin
			stream_base <= mm_addr;
			boot_done <= 1'b1;
			state <= S_OP;
		end
		S_OP: if (!full[half]) begin
			state <= S_DESC;
			left <= `JB_OP_WORDS;
			index <= 16'd0;
		end
		S_DESC: if (drained) begin
			state <= S_TABLE;
			left <= {9'd0, op_steps, 1'b0} + 16'd2;
			index <= 16'd0;
			block <= 8'd1;
		end
		S_TABLE: if (drained) state <= S_BLOCK;
		S_BLOCK: if (!full[half]) begin
			state <= S_THR;
			left <= thr_count;
			index <= 16'd0;
			unit <= {UW{1'b0}};
			step <= 6'd0;
			wrow <= {(WAW-1){1'b0}};
		end
		S_THR: if (drained) begin
			state <= (op_code == `JB_OP_POOL) ? S_END : S_MASK;
			left <= (op_code == `JB_OP_POOL) ? 16'd0 : 16'd1;
		end
		S_MASK: if (d_valid && d_state == S_MASK) begin
			state <= S_ROWS;
			mask_left <= mm_data[8:0];
			row <= 8'd1;
			unit <= {UW{1'b0}};
		end
		S_ROWS: if (take && rows_end) begin
			state <= (step == op_steps) ? S_END : S_MASK;
			left <= (step == op_steps) ? 16'd0 : 16'd1;
			step <= step + 6'd1;
		end
		S_END: if (drained) begin
			full[half] <= 1'b1;
			half <= ~half;
			block <= block + 8'd1;
			state <= (block == op_nblk) ? S_OP : S_BLOCK;
			if (block == op_nblk) begin
				slot <= ~slot;
				if (op_last)
					mm_addr <= stream_base;
			end
		end
		default: ;
		endcase

		if (free) begin
			full[free_half] <= 1'b0;
			free_half <= ~free_half;
		end

		if (flush) begin
			state <= (rst || stop) ? S_IDLE : boot ? S_FDESC : S_OP;
			left <= (boot && !stop && !rst) ? `JB_PROG_FRONT_WORDS : 16'd0;
			index <= 16'd0;
			mm_addr <= boot ? boot_base : stream_base;
			full <= 2'b00;
			half <= 1'b0;
			free_half <= 1'b0;
			slot <= 1'b0;
			if (!restart || rst || stop || boot)
				boot_done <= 1'b0;
		end
	end
endmodule

`default_nettype wire
