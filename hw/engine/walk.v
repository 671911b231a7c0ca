// SPDX-License-Identifier: MIT
// walk: walks the list of an operation and brings the windows (docs/protocol.md, groups op and list).
//
// For every block of the operation: reads the header, waits for the block's weights, then carries out the list
// once a position group. A READ asks for the map row at the position plus its offset (with two reads a cycle, see
// map_mem.v, for the column group behind it too); rows and column groups outside the map give zeros ("-1" padding). A
// STEP ends a window: it is complete 2 cycles later and mac_ctrl takes it with `swap`, with the tags of that cycle.
//
// An entry takes one cycle. The first entry behind a STEP (E_HOLD) or MOVE is fetched once the window before
// is taken, or certain to be within 3 cycles (mac_soon): its first data comes 5 cycles later.
// A MOVE that goes back to the list's beginning takes 3 cycles. Closed form: sw/src/cycles_engine.c.
// Fed by model memory (word two cycles after wm_gnt), loader (full, op_end), seq (go); feeds op_regs, map
// memory (mr_*, data two cycles later), window.v (win_*), mac_ctrl (tags), writeback (header of the first block).
// Handshake: `restart` makes the program's first operation the next; `go` (while finished) begins the next
// one; `finished` is high when its last window was taken.
// Parameters: MODEL_AW, MAP_AW address bits (<= 16); LIST_GAP 0: the next header stands right behind MOVE_Y,
// 1: at the multiple of LIST_ALIGN words behind that word's own. Reset/abort: idle.
`default_nettype none
`include "jetbnn_defs.vh"

module walk #(
	parameter MODEL_AW = 14,
	parameter MAP_AW = 14,
	parameter LIST_GAP = 0
) (
	input  wire                clk,
	input  wire                rst,
	input  wire                restart,
	input  wire                go,
	output wire                finished,
	input  wire [MAP_AW-1:0]   image_base,
	// model memory
	output wire                wm_req,
	output reg  [MODEL_AW-1:0] wm_addr,
	input  wire                wm_gnt,
	input  wire [31:0]         mm_data,
	// operation
	output wire                op_we,
	output reg  [1:0]          op_index,
	output reg                 first_block,
	input  wire                op_head,
	input  wire                op_cam,
	input  wire                op_acc_in,
	input  wire                op_acc_out,
	input  wire [7:0]          op_rows,
	input  wire [7:0]          op_cols,
	// blocks
	input  wire [1:0]          full,
	input  wire [1:0]          op_end,
	input  wire                free,         // a block's rows are all through
	input  wire                block_ok,     // the block's other preparations are made
	output wire                block_wait,   // waiting to begin a block
	output reg                 half,         // half of the block under way or next
	// map memory
	output reg                 mr_req,
	output reg  [MAP_AW-1:0]   mr_addr,
	// window writes, aligned with mr_data
	output reg                 win_we,
	output reg  [1:0]          win_row,
	output reg  [1:0]          win_h,
	output reg  [1:0]          win_align,
	output reg                 win_inside,
	output reg                 win_inside_2, // of the column group behind
	// tags of the window that is complete or arriving
	output reg                 complete,     // the window is complete in the next cycle
	output reg                 tag_half,
	output reg  [8:0]          tag_mask,
	output reg                 tag_double,
	output reg                 tag_start,    // first step of its positions
	output reg                 tag_first,    // and the accumulators begin
	output reg                 tag_last,
	output reg                 tag_or,
	output reg                 tag_write,
	output reg                 tag_tail,
	output reg                 tag_block_end,
	output reg                 tag_paced,
	output reg                 tag_x_first,
	output reg                 tag_y_first,
	// mac control
	input  wire                swap,         // the complete window was taken
	input  wire                mac_soon      // a complete window is taken within 3 cycles
);
	localparam S_IDLE = 2'd0, S_HEADER = 2'd1, S_BLOCK = 2'd2, S_LIST = 2'd3;
	localparam FIRST = `JB_LIST_FIRST/`JB_LIST_ALIGN;
	localparam [MODEL_AW-4:0] FIRST_OP = FIRST[MODEL_AW-4:0];

	reg [1:0]          state;
	reg [MODEL_AW-4:0] op_at;      // the header's address / LIST_ALIGN
	reg                e_coming, h_coming; // an entry, a word of the header was granted: mm_data in the next cycle
	reg                e_valid, h_valid;   // mm_data is it
	reg                arm;        // the next word is the STEP behind which it is to hold
	reg                hold;
	reg [1:0]          steps_out;  // windows begun and not yet taken, behind a STEP
	reg [1:0]          blocks_out; // blocks begun and not yet freed

	// ---- words of the header and entries of the list
	wire window_free = (steps_out == 2'd0) || (steps_out == 2'd1 && mac_soon);
	wire in_header = (state == S_HEADER) && !wm_addr[2];
	// Behind a STEP: when that is carried out. Where it was asked for before its hold was known, nothing follows it.
	wire step_ahead = holds && e_coming;
	wire in_list = (state == S_LIST) && !step_ahead &&
		(!hold || (window_free && !e_coming && !e_valid));
	assign wm_req = in_header || in_list;
	wire grant = wm_req && wm_gnt;

	wire [2:0] kind = mm_data[`JB_E_KIND_MSB:`JB_E_KIND_LSB];
	wire is_read = e_valid && mm_data[`JB_E_READ_LSB];
	wire is_step = e_valid && (kind == `JB_ENTRY_STEP);
	wire is_x = e_valid && (kind == `JB_ENTRY_MOVE_X);
	wire is_y = e_valid && (kind == `JB_ENTRY_MOVE_Y);
	wire holds = e_valid && mm_data[`JB_E_HOLD_LSB]; // 0 in a STEP or MOVE

	reg [7:0] nx, ny;              // groups of the row, rows of the block left behind this one
	reg       x_start, y_start;
	wire x_end = (nx == 8'd0);
	wire y_end = (ny == 8'd0);
	wire back = (is_x && !x_end) || (is_y && !y_end);
	wire block_end = is_y && y_end;

	wire header = h_valid;
	assign op_we = header;
	wire base_word = header && (op_index == 2'd1);

	wire begin_block = (state == S_BLOCK) && full[half] && !blocks_out[1] && block_ok;
	assign block_wait = (state == S_BLOCK);
	assign finished = (state == S_IDLE) && (steps_out == 2'd0);

	wire unused = &{1'b0, mm_data[11:10]}; // offsets only, longer than some addresses

	// ---- position, and the sums that READ, MOVE and the header's base make of it
	reg [MAP_AW-1:0] at;
	reg [7:0]        row, cg;
	reg [8:0]        row_sum, cg_sum, cg_sum_2; // two's complement
	reg              moved, row_ended;

	always @(posedge clk) begin
		mr_req <= is_read && !rst;
		mr_addr <= at + mm_data[MAP_AW-1:0];
		row_sum <= {1'b0, row} + {{5{mm_data[`JB_E_ROW_MSB]}}, mm_data[`JB_E_ROW_MSB:`JB_E_ROW_LSB]};
		cg_sum <= {1'b0, cg} + {{5{mm_data[`JB_E_CG_MSB]}}, mm_data[`JB_E_CG_MSB:`JB_E_CG_LSB]};
		cg_sum_2 <= {1'b0, cg} + {{5{mm_data[`JB_E_CG_MSB]}}, mm_data[`JB_E_CG_MSB:`JB_E_CG_LSB]} + 9'd1;
		moved <= base_word || (is_x && !x_end) || is_y;
		row_ended <= is_y;
		if (moved)
			at <= mr_addr;
		if (header && op_index == 2'd0) begin
			at <= mm_data[`JB_O_IN_FRONT_LSB] ? image_base : {MAP_AW{1'b0}};
			row <= 8'd0;
			cg <= 8'd0;
		end
		if (state == S_LIST && moved) begin
			row <= row_ended ? row_sum[7:0] : row;
			cg <= row_ended ? 8'd0 : cg_sum[7:0];
		end
	end

	// ---- reads on their way: mr_req, memory's request register, data
	reg       req_d, inside_d, inside_2_d;
	wire      row_inside = !row_sum[8] && (row_sum[7:0] < op_rows);
	reg [1:0] row_q, h_q, align_q, row_d, h_d, align_d;
	always @(posedge clk) begin
		row_q <= mm_data[`JB_E_SLOT_ROW_MSB:`JB_E_SLOT_ROW_LSB];
		h_q <= mm_data[`JB_E_SLOT_CG_MSB:`JB_E_SLOT_CG_LSB];
		align_q <= mm_data[`JB_E_ALIGN_MSB:`JB_E_ALIGN_LSB];
		align_d <= align_q;
		win_align <= align_d;
		req_d <= mr_req && !rst;
		inside_d <= row_inside && !cg_sum[8] && (cg_sum[7:0] < op_cols);
		inside_2_d <= row_inside && !cg_sum_2[8] && (cg_sum_2[7:0] < op_cols);
		row_d <= row_q;
		h_d <= h_q;
		win_we <= req_d && !rst;
		win_inside <= inside_d;
		win_inside_2 <= inside_2_d;
		win_row <= row_d;
		win_h <= h_d;
	end

	// ---- tags
	wire group_last = x_end && y_end;
	always @(posedge clk) begin
		complete <= is_step && !rst;
		if (is_step) begin
			tag_half <= half;
			tag_mask <= mm_data[`JB_E_MASK_MSB:`JB_E_MASK_LSB];
			tag_double <= mm_data[`JB_E_DOUBLE_LSB];
			tag_start <= mm_data[`JB_E_FIRST_LSB];
			tag_first <= mm_data[`JB_E_FIRST_LSB] && !op_acc_in &&
				(!op_head || (x_start && y_start));
			tag_last <= mm_data[`JB_E_LAST_LSB] && !op_acc_out &&
				(!op_head || op_cam || group_last);
			tag_or <= mm_data[`JB_E_OR_LSB];
			tag_write <= mm_data[`JB_E_WRITE_LSB];
			tag_tail <= x_end;
			tag_block_end <= mm_data[`JB_E_WRITE_LSB] && group_last;
			tag_paced <= mm_data[`JB_E_LAST_LSB] && (op_cam || (op_head && group_last));
			tag_x_first <= x_start;
			tag_y_first <= y_start;
		end
	end

	always @(posedge clk) begin
		h_coming <= in_header && wm_gnt && !rst;
		h_valid <= h_coming && !rst;
		e_coming <= in_list && wm_gnt && !back && !block_end && !rst;
		e_valid <= e_coming && !back && !block_end && !rst;
		if (grant)
			wm_addr <= wm_addr + 1'b1;
		arm <= (holds || arm) && !grant && !step_ahead && !rst;
		if (grant)
			hold <= holds || arm;
		if (back || step_ahead)
			hold <= 1'b1;
		if (header)
			op_index <= op_index + 2'd1;

		if (is_x) begin
			x_start <= 1'b0;
			nx <= nx - 8'd1;
		end
		if (is_y) begin
			x_start <= 1'b1;
			y_start <= 1'b0;
			nx <= mm_data[`JB_E_NX_MSB:`JB_E_NX_LSB];
			ny <= ny - 8'd1;
		end
		if (header && op_index == 2'd2) begin
			nx <= mm_data[`JB_O_NX_MSB:`JB_O_NX_LSB];
			ny <= mm_data[`JB_O_NY_MSB:`JB_O_NY_LSB];
		end
		if (back)
			wm_addr <= {op_at, 3'd4};
		if (header && op_index == 2'd3)
			state <= S_BLOCK;
		if (begin_block) begin
			state <= S_LIST;
			first_block <= 1'b0;
			x_start <= 1'b1;
			y_start <= 1'b1;
			hold <= 1'b1;
		end
		if (block_end) begin
			half <= ~half;
			state <= op_end[half] ? S_IDLE : S_HEADER;
			wm_addr <= {op_at, 3'd0};
			if (op_end[half])
				op_at <= wm_addr[MODEL_AW-1:3] + {{(MODEL_AW-4){1'b0}}, LIST_GAP != 0};
		end
		if (go) begin
			state <= S_HEADER;
			wm_addr <= {op_at, 3'd0};
			first_block <= 1'b1;
		end
		steps_out <= steps_out + {1'b0, is_step} - {1'b0, swap};
		blocks_out <= blocks_out + {1'b0, begin_block} - {1'b0, free};

		if (restart)
			op_at <= FIRST_OP;
		if (rst) begin
			state <= S_IDLE;
			half <= 1'b0;
			steps_out <= 2'd0;
			blocks_out <= 2'd0;
			op_index <= 2'd0;
		end
	end
endmodule

`default_nettype wire
