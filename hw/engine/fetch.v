// SPDX-License-Identifier: MIT
// fetch: walks blocks, position groups and steps of an operation and reads each step's window.
//
// Order: block -> row y (pooled operations: row pair) -> position group k (-> row of the pair) -> step.
// A step reads NR x NH map rows (column groups of MW = P/2 positions): 3 x 4, or 1 x 2 where only slot 0
// counts (1x1 and shared jets), or 2 x 2 for the OR pool, and leaves 2 free memory cycles (3 when the
// operation has one step) so that write-back and front end get on. Read address:
//   base + y*stride*pitch + 2k*G + S_OFFSET + r*pitch + h*G   (all by increments)
// A column group or row outside the map gives zeros ("-1" padding).
//
// Fed by op registers (stable while active), the step table (param_mem, 1 cycle), loader (full).
// Feeds map memory (mr_*, data two cycles later), window.v (win_*), mac control (step tags).
// Handshake: `go` starts an operation; `finished` is high when its last window was taken. A window is
// complete in the cycle after win_last; mac control takes it with `swap`, with the tags of that cycle.
// The reads of the next step begin as soon as the swap is certain to come before its first data
// (4 cycles after begin_step): at most one step is waiting then, and mac_soon says "within 3 cycles".
// Step period: max(rows of the step, reads + 2 or 3), as in sw/src/cycles.c.
// Parameters: MAP_AW address bits (<= 16). Reset/abort: idle.
`default_nettype none
`include "jetbnn_defs.vh"

module fetch #(
		parameter MAP_AW = 14
) (
	input  wire              clk,
	input  wire              rst,
	input  wire              go,
	output wire              finished,
	// operation
	input  wire              op_pool,      // 2x2 OR pool alone
	input  wire              op_pairs,     // row pairs: fused pool
	input  wire              op_double_row, // window rows step by 2
	input  wire [5:0]        op_steps,     // - 1
	input  wire [MAP_AW-1:0] op_base,
	input  wire [7:0]        op_rows,
	input  wire [7:0]        op_cg,
	input  wire [4:0]        op_g,
	input  wire [11:0]       op_pitch,
	input  wire [7:0]        op_nx,
	input  wire [7:0]        op_ny,
	input  wire [7:0]        op_nblk,
	// blocks
	input  wire [1:0]        full,
	input  wire              half_reset,   // image or program begins: half 0 is next
	input  wire              block_ok,     // the block's other preparations are made
	output wire              block_wait,   // waiting to begin a block
	input  wire              free,         // a block's rows were all read
	output reg               half,         // half of the block that is fetched or comes next
	// step table
	output wire [5:0]        table_index,
	input  wire [31:0]       table_a,
	input  wire [15:0]       table_b,
	// map memory
	output reg               mr_req,
	output reg  [MAP_AW-1:0] mr_addr,
	// window writes, aligned with mr_data
	output wire              win_we,
	output wire [1:0]        win_row,
	output wire [1:0]        win_h,
	output reg  [1:0]        win_align,
	output wire              win_inside,
	output wire              win_last,
	// tags of the window that is complete or arriving
	output reg               tag_half,
	output reg  [8:0]        tag_mask,
	output reg               tag_double,
	output reg               tag_first,
	output reg               tag_last,
	output reg               tag_block_end,
	output reg               tag_x_first,
	output reg               tag_y_first,
	// mac control
	input  wire              swap,         // the complete window was taken
	input  wire              mac_soon      // the rows before it end within 3 cycles
);
	reg active;
	reg [7:0] block, y, k;
	reg       dy;
	reg [5:0] s;
	reg [MAP_AW-1:0] block_base, row_base, k_base;
	reg [7:0] y_in;      // input row of the position group, without step offset
	reg [8:0] cg_in;     // its column group
	reg       stepping;  // the reads of a step are under way
	reg [1:0] r, h;
	reg [2:0] rest;      // free cycles behind the reads
	reg       resting;
	reg       table_valid; // table_a/b belong to s
	reg       at_block;    // the next step is the first of a block
	reg [1:0] align;
	reg [MAP_AW-1:0] row_addr;
	reg signed [8:0] row_now;
	reg signed [8:0] cg_start, cg_now;
	reg       small_window;
	// tags of the step whose reads are made
	reg [8:0] step_mask;
	reg       step_half, step_double, step_first, step_last, step_block_end, step_x_first, step_y_first;

	assign table_index = s;

	wire [MAP_AW-1:0] g_ext = {{(MAP_AW-5){1'b0}}, op_g};
	wire [MAP_AW-1:0] pitch_ext = {{(MAP_AW-12){1'b0}}, op_pitch};

	// ---- loop ends
	wire s_end = (s == op_steps);
	wire k_end = (k == op_nx - 8'd1);
	wire pair_end = !op_pairs || dy;
	wire y_end = op_pairs ? (y == op_ny - 8'd2) : (y == op_ny - 8'd1);
	wire b_end = (block == op_nblk - 8'd1);

	// A half counts as full only when its last but one block was given back.
	reg  [1:0] blocks_out;  // blocks begun and not yet freed
	reg  [1:0] steps_out;   // steps begun and not yet swapped
	wire block_go = full[half] && !blocks_out[1] && block_ok;
	assign block_wait = active && at_block && !stepping && !resting;
	wire begin_step = active && table_valid && !stepping && !resting &&
		(steps_out == 2'd0 || (steps_out == 2'd1 && mac_soon)) && (!at_block || block_go);

	wire one_slot = (table_a[`JB_S_MASK_MSB:`JB_S_MASK_LSB] == 9'd1);
	wire [1:0] r_max = op_pool ? 2'd1 : small_window ? 2'd0 : 2'd2;
	wire [1:0] h_max = (op_pool || small_window) ? 2'd1 : 2'd3;
	wire last_read = (r == r_max) && (h == h_max);

	wire [MAP_AW-1:0] dy_add = dy ? pitch_ext : {MAP_AW{1'b0}};
	wire [MAP_AW-1:0] s_offset = table_a[MAP_AW-1:0];
	wire unused = &{1'b0, table_a[31:28], table_a[15:0]}; // spare bits; offsets wrap at MAP_AW

	// ---- reads: request registers and their tags
	reg inside_q, last_q, first_q, we_q, we_d, inside_d, last_d, first_d;
	reg [1:0] row_q, h_q, row_d, h_d;
	wire row_ok = !row_now[8] && (row_now[7:0] < op_rows);
	wire cg_ok = !cg_now[8] && (cg_now[7:0] < op_cg);

	reg [MAP_AW-1:0] read_addr;

	always @(posedge clk) begin
		mr_req <= stepping && !rst;
		mr_addr <= read_addr;
		we_q <= stepping && !rst;
		inside_q <= row_ok && cg_ok;
		last_q <= last_read;
		first_q <= (r == 2'd0) && (h == 2'd0);
		row_q <= r;
		h_q <= h;
	end

	// The memory answers two cycles after mr_req.
	reg we_e, inside_e, last_e;
	reg [1:0] row_e, h_e;
	always @(posedge clk) begin
		we_d <= we_q && !rst;
		inside_d <= inside_q;
		last_d <= last_q;
		first_d <= first_q;
		row_d <= row_q;
		h_d <= h_q;
		we_e <= we_d && !rst;
		inside_e <= inside_d;
		last_e <= last_d;
		row_e <= row_d;
		h_e <= h_d;
		if (we_d && first_d) begin
			win_align <= align;
			tag_half <= step_half;
			tag_mask <= step_mask;
			tag_double <= step_double;
			tag_first <= step_first;
			tag_last <= step_last;
			tag_block_end <= step_block_end;
			tag_x_first <= step_x_first;
			tag_y_first <= step_y_first;
		end
	end
	assign win_we = we_e;
	assign win_inside = inside_e;
	assign win_row = row_e;
	assign win_h = h_e;
	assign win_last = we_e && last_e;

	assign finished = !active && !stepping && !resting && steps_out == 2'd0;

	always @(posedge clk) begin
		table_valid <= active && !begin_step && !go;

		if (stepping) begin
			h <= h + 2'd1;
			cg_now <= cg_now + 9'sd1;
			read_addr <= read_addr + g_ext;
			if (h == h_max) begin
				h <= 2'd0;
				r <= r + 2'd1;
				cg_now <= cg_start;
				row_now <= row_now + 9'sd1;
				row_addr <= row_addr + pitch_ext;
				read_addr <= row_addr + pitch_ext;
			end
			if (last_read) begin
				stepping <= 1'b0;
				resting <= 1'b1;
				rest <= (op_steps == 6'd0) ? 3'd2 : 3'd1;
			end
		end
		if (resting) begin
			rest <= rest - 3'd1;
			if (rest == 3'd1)
				resting <= 1'b0;
		end

		if (begin_step) begin
			stepping <= 1'b1;
			r <= 2'd0;
			h <= 2'd0;
			small_window <= one_slot;
			align <= table_a[`JB_S_ALIGN_MSB:`JB_S_ALIGN_LSB];
			row_addr <= k_base + dy_add + s_offset;
			read_addr <= k_base + dy_add + s_offset;
			row_now <= {1'b0, y_in} + {8'd0, dy} + {table_b[7], table_b[7:0]};
			cg_start <= cg_in + {table_b[15], table_b[15:8]};
			cg_now <= cg_in + {table_b[15], table_b[15:8]};
			step_half <= half;
			step_mask <= table_a[`JB_S_MASK_MSB:`JB_S_MASK_LSB];
			step_double <= table_a[`JB_S_DOUBLE_LSB];
			step_first <= (s == 6'd0);
			step_last <= s_end;
			step_block_end <= s_end && k_end && pair_end && y_end;
			step_x_first <= (k == 8'd0);
			step_y_first <= (y == 8'd0);
			at_block <= 1'b0;

			// next step
			s <= s_end ? 6'd0 : s + 6'd1;
			if (s_end) begin
				dy <= op_pairs && !dy;
				if (pair_end) begin
					k <= k + 8'd1;
					cg_in <= cg_in + 9'd2;
					k_base <= k_base + {g_ext[MAP_AW-2:0], 1'b0};
					if (k_end) begin
						k <= 8'd0;
						cg_in <= 9'd0;
						y <= y + (op_pairs ? 8'd2 : 8'd1);
						y_in <= y_in + ((op_pairs || op_double_row) ? 8'd2 : 8'd1);
						row_base <= row_base + row_step;
						k_base <= row_base + row_step;
						if (y_end) begin
							y <= 8'd0;
							y_in <= 8'd0;
							block <= block + 8'd1;
							at_block <= 1'b1;
							block_base <= next_block_base;
							row_base <= next_block_base;
							k_base <= next_block_base;
							if (b_end)
								active <= 1'b0;
						end
					end
				end
			end
		end

		if (begin_step && s_end && k_end && pair_end && y_end)
			half <= ~half;
		blocks_out <= blocks_out + {1'b0, begin_step && at_block} - {1'b0, free};
		steps_out <= steps_out + {1'b0, begin_step} - {1'b0, swap};

		if (go) begin
			active <= 1'b1;
			at_block <= 1'b1;
			block <= 8'd0;
			y <= 8'd0;
			y_in <= 8'd0;
			k <= 8'd0;
			cg_in <= 9'd0;
			dy <= 1'b0;
			s <= 6'd0;
			block_base <= op_base;
			row_base <= op_base;
			k_base <= op_base;
		end
		if (half_reset)
			half <= 1'b0;
		if (rst) begin
			active <= 1'b0;
			stepping <= 1'b0;
			resting <= 1'b0;
			at_block <= 1'b0;
			blocks_out <= 2'd0;
			steps_out <= 2'd0;
		end
	end

	// An OR pool takes its words one a block; other operations read the same map for every block.
	wire [MAP_AW-1:0] next_block_base = block_base + {{(MAP_AW-1){1'b0}}, op_pool};
	wire [MAP_AW-1:0] row_step = (op_pairs || op_double_row) ? {pitch_ext[MAP_AW-2:0], 1'b0} : pitch_ext;
endmodule

`default_nettype wire
