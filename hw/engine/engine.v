// SPDX-License-Identifier: MIT
// engine: programmable binary layers: bconv, hidden jets, shared jets, OR pool, dense, class scores.
//
// Lanes: O outputs x P positions x 288 (3x3 slots of 32 channels). Weights are read once a cycle and meet P
// adjacent windows. Data path, in order:
//   model memory -> loader -> param_mem, mac_unit weights and thresholds
//   map memory -> fetch/window -> slots -> mac_unit (XNOR, popcount, accumulate, threshold)
//              -> writeback -> map memory, or jet_hidden -> writeback, or head -> scores
// seq runs the operations; place counts finished position groups.
//
// Handshakes: boot, start (only while ready), abort, resume are pulses. mr_* is always granted, data two
// cycles later; mw_* is held until mw_gnt. res_* gives the scores in order, then `done`.
// Cycles of every operation: sw/src/cycles.c, exact.
// Parameters: O 1, 2, 4, 8; P 2, 4, 8; WROWS rows of a weight half, power of two >= 16; AW accumulator bits
// 16..26; MODEL_AW, MAP_AW (<= 16) address bits; JETS 1: shared jets and pointwise slots built in; JET_COLS
// computed columns of a shared jet layer at most.
// Reset: idle, nothing loaded. Equals ref_run (sw/src/ref_run.c) behind the first layer; compared by
// tests/chain for random networks.
`default_nettype none
`include "jetbnn_defs.vh"

module engine #(
	parameter O = 1,
	parameter P = 2,
	parameter WROWS = 128,
	parameter AW = 16,
	parameter MODEL_AW = 14,
	parameter MAP_AW = 14,
	parameter JETS = 1,
	parameter JET_COLS = 128,
	parameter MW = P/2
) (
	input  wire                clk,
	input  wire                rst,
	// program
	input  wire                boot,
	input  wire [MODEL_AW-1:0] boot_base,
	input  wire                stop,
	output wire                boot_done,
	output wire                cfg_we,
	output wire [1:0]          cfg_sel,
	output wire [15:0]         cfg_addr,
	output wire [31:0]         cfg_data,
	output wire                mm_req,
	output wire [MODEL_AW-1:0] mm_addr,
	input  wire                mm_gnt,
	input  wire [31:0]         mm_data,
	// images
	input  wire                start,
	input  wire [MAP_AW-1:0]   start_base,
	output wire                ready,
	output wire                busy,
	/* verilator lint_off SYMRSVDWORD */ // a C++ function's name, but not a reserved word
	input  wire                abort,
	/* verilator lint_on SYMRSVDWORD */
	input  wire                pause_en,
	input  wire                resume,
	output wire                paused,
	output wire [6:0]          ops_done,
	// map memory
	output wire                mr_req,
	output wire [MAP_AW-1:0]   mr_addr,
	input  wire [MW*32-1:0]    mr_data,
	output wire                mw_req,
	output wire [MAP_AW-1:0]   mw_addr,
	output wire [MW*32-1:0]    mw_data,
	output wire [MW*4-1:0]     mw_be,
	input  wire                mw_gnt,
	// results
	output wire                res_we,
	output wire [5:0]          res_index,
	output wire [31:0]         res_score,
	output wire                done,
	output wire [5:0]          res_class,
	output wire [31:0]         cycles,
	output wire                op_we,
	output wire [5:0]          op_index
);
	localparam WAW = $clog2(2*WROWS);
	localparam POINTWISE = (JETS != 0);

	generate
		if ((O & (O-1)) != 0 || O < 1 || O > 8) begin : g_bad_o
			engine_O_must_be_1_2_4_or_8 bad ();
		end
		if (P != 2 && P != 4 && P != 8) begin : g_bad_p
			engine_P_must_be_2_4_or_8 bad ();
		end
		if (MAP_AW > 16 || AW < 16 || AW > 26) begin : g_bad_w
			engine_MAP_AW_or_AW_out_of_range bad ();
		end
	endgenerate

	wire kill = rst || abort || boot || stop;

	// ---- loader and parameter memories
	wire [31:0]    ld_data;
	wire           pa_we, pb_we;
	wire [6:0]     p_waddr;
	wire [O-1:0]   thr_we;
	wire [5:0]     thr_waddr;
	wire [O*9-1:0] w_we;
	wire [WAW-1:0] w_waddr;
	wire [1:0]     full;
	wire           free;
	wire [6:0]     classes;

	loader #(.O(O), .WROWS(WROWS), .MODEL_AW(MODEL_AW)) u_loader (
		.clk(clk), .rst(rst), .boot(boot), .boot_base(boot_base), .stop(stop), .restart(abort),
		.boot_done(boot_done), .mm_req(mm_req), .mm_addr(mm_addr), .mm_gnt(mm_gnt),
		.mm_data(mm_data), .cfg_we(cfg_we), .cfg_sel(cfg_sel), .cfg_addr(cfg_addr),
		.data(ld_data), .pa_we(pa_we), .pb_we(pb_we), .p_addr(p_waddr), .thr_we(thr_we),
		.thr_addr(thr_waddr), .w_we(w_we), .w_addr(w_waddr), .full(full), .free(free),
		.classes(classes)
	);
	assign cfg_data = ld_data;

	wire        slot, desc_read;
	wire [3:0]  desc_index;
	wire [5:0]  table_index;
	wire [6:0]  p_raddr = {slot, desc_read ? {2'd0, desc_index} : 6'd16 + table_index};
	wire [31:0] param_a;
	wire [15:0] param_b;

	ram_1r1w #(.WIDTH(32), .DEPTH(128)) u_param_a (
		.clk(clk), .we(pa_we), .waddr(p_waddr), .wdata(ld_data), .raddr(p_raddr), .rdata(param_a)
	);
	ram_1r1w #(.WIDTH(16), .DEPTH(128)) u_param_b (
		.clk(clk), .we(pb_we), .waddr(p_waddr), .wdata(ld_data[15:0]), .raddr(p_raddr),
		.rdata(param_b)
	);

	// ---- operation
	wire        op_reg_we;
	wire [2:0]  op_reg_index;
	wire [1:0]  op_code, op_lane;
	wire        op_last, op_head, op_cam, op_pool, op_stride2, op_acc_in, op_acc_out, op_in_front, op_k5;
	wire [5:0]  op_steps;
	wire [2:0]  op_delay;
	wire [15:0] op_in_base, op_out_base, op_plane;
	wire [7:0]  op_in_rows, op_in_cg, op_out_cg, op_xlim, op_nx, op_ny, op_nrow, op_nblk;
	wire [4:0]  op_in_g, op_out_g;
	wire [11:0] op_in_pitch, op_out_pitch;

	op_regs u_op (
		.clk(clk), .we(op_reg_we), .index(op_reg_index), .word(param_a), .code(op_code),
		.last(op_last), .head(op_head), .cam(op_cam), .pool(op_pool), .stride2(op_stride2),
		.acc_in(op_acc_in), .acc_out(op_acc_out), .in_front(op_in_front), .jet_k5(op_k5),
		.lane(op_lane), .steps(op_steps), .jet_delay(op_delay), .in_base(op_in_base),
		.out_base(op_out_base), .in_rows(op_in_rows), .in_cg(op_in_cg), .in_g(op_in_g),
		.in_pitch(op_in_pitch), .out_pitch(op_out_pitch), .out_g(op_out_g), .out_cg(op_out_cg),
		.xlim(op_xlim), .nx(op_nx), .ny(op_ny), .nrow(op_nrow), .nblk(op_nblk),
		.cam_pitch(op_plane)
	);

	wire unused_bits = &{1'b0, op_in_base, op_out_base, op_plane}; // addresses are MAP_AW wide

	wire is_pool = (op_code == `JB_OP_POOL);
	wire is_sjet = (op_code == `JB_OP_SJET);
	reg  [MAP_AW-1:0] image_base, base;
	always @(posedge clk) begin
		if (start)
			image_base <= start_base;
		base <= op_in_base[MAP_AW-1:0] + (op_in_front ? image_base : {MAP_AW{1'b0}});
	end

	wire go, op_start, finished, mac_busy, wb_busy, jet_busy, block_wait, half, block_ok, copying;
	wire param_we, scan, scan_done;
	wire [4:0] copy_row, param_index;
	reg  pool_words, pool_wait, head_busy;

	seq #(.O(O)) u_seq (
		.clk(clk), .rst(kill), .boot_done(boot_done), .full(full), .start(start), .ready(ready),
		.busy(busy), .pause_en(pause_en), .resume(resume), .paused(paused), .ops_done(ops_done),
		.cycles(cycles), .op_we(op_we), .op_index(op_index), .slot(slot),
		.desc_read(desc_read), .desc_index(desc_index), .op_reg_we(op_reg_we),
		.op_reg_index(op_reg_index), .op_code(op_code), .op_last(op_last), .go(go),
		.op_start(op_start), .finished(finished),
		.parts_busy(mac_busy || wb_busy || jet_busy || pool_wait || pool_words || head_busy),
		.pipe_busy(mac_busy), .jet_busy(jet_busy), .block_wait(block_wait),
		.half_full(full[half]), .block_ok(block_ok), .copying(copying), .copy_row(copy_row),
		.param_we(param_we), .param_index(param_index), .scan(scan), .scan_done(scan_done),
		.done(done)
	);

	// ---- windows
	wire        win_we, win_inside, win_last, swap, swap_d, soon;
	wire [1:0]  win_row, win_h, win_align;
	wire        tag_half, tag_double, tag_first, tag_last, tag_block_end, tag_x_first, tag_y_first;
	wire [8:0]  tag_mask;

	fetch #(.MAP_AW(MAP_AW)) u_fetch (
		.clk(clk), .rst(kill), .go(go), .finished(finished), .op_pool(is_pool), .op_pairs(op_pool),
		.op_double_row(is_pool || (op_stride2 && !is_sjet)), .op_steps(op_steps), .op_base(base),
		.op_rows(op_in_rows), .op_cg(op_in_cg), .op_g(op_in_g), .op_pitch(op_in_pitch),
		.op_nx(op_nx), .op_ny(op_ny), .op_nblk(op_nblk), .full(full),
		.half_reset(kill), .block_ok(block_ok), .block_wait(block_wait), .free(free), .half(half),
		.table_index(table_index), .table_a(param_a), .table_b(param_b), .mr_req(mr_req),
		.mr_addr(mr_addr), .win_we(win_we), .win_row(win_row), .win_h(win_h),
		.win_align(win_align), .win_inside(win_inside), .win_last(win_last), .tag_half(tag_half),
		.tag_mask(tag_mask), .tag_double(tag_double), .tag_first(tag_first), .tag_last(tag_last),
		.tag_block_end(tag_block_end), .tag_x_first(tag_x_first), .tag_y_first(tag_y_first),
		.swap(swap), .mac_soon(soon)
	);

	wire [3*(P+2)*32-1:0] cur;
	wire [P*9*32-1:0]     x;

	window #(.P(P)) u_window (
		.clk(clk), .win_we(win_we), .win_row(win_row), .win_h(win_h), .win_align(win_align),
		.win_inside(win_inside), .win_data(mr_data), .swap_d(swap_d), .cur(cur)
	);
	slots #(.P(P), .POINTWISE(POINTWISE)) u_slots (
		.clk(clk), .pointwise(is_sjet), .cur(cur), .x(x)
	);

	// ---- rows
	wire [WAW-1:0] w_raddr;
	wire [8:0]     mask;
	wire           valid_4, start_4, valid_5, start_5, first_5, last_5, x_first_5, y_first_5;
	wire           valid_7, first_7, twice_7, half_7, valid_8, start_8, end_8, valid_9, end_9;

	mac_ctrl #(.O(O), .WROWS(WROWS), .POINTWISE(POINTWISE)) u_ctrl (
		.clk(clk), .rst(kill), .op_nrow(op_nrow), .op_paced(op_cam), .op_acc_in(op_acc_in),
		.op_acc_out(op_acc_out), .win_last(win_last), .swap(swap), .swap_d(swap_d), .soon(soon),
		.tag_half(tag_half), .tag_mask(tag_mask | {9{is_sjet}}), .tag_double(tag_double), .tag_first(tag_first),
		.tag_last(tag_last), .tag_block_end(tag_block_end), .tag_x_first(tag_x_first),
		.tag_y_first(tag_y_first), .w_raddr(w_raddr), .mask(mask), .valid_4(valid_4),
		.start_4(start_4), .valid_5(valid_5), .start_5(start_5), .first_5(first_5),
		.last_5(last_5), .x_first_5(x_first_5), .y_first_5(y_first_5), .valid_7(valid_7),
		.first_7(first_7), .twice_7(twice_7), .half_7(half_7), .valid_8(valid_8),
		.start_8(start_8), .end_8(end_8), .valid_9(valid_9), .end_9(end_9), .free(free),
		.busy(mac_busy)
	);

	reg [4:0] acc_row, thr_row;
	reg [1:0] jet_row;
	always @(posedge clk) begin
		if (valid_5)
			acc_row <= start_5 ? 5'd0 : acc_row + 5'd1;
		thr_row <= acc_row;
		if (valid_4)
			jet_row <= start_4 ? 2'd0 : jet_row + 2'd1;
	end

	wire [O*P*9*6-1:0] counts;
	wire [O*P*AW-1:0]  a;
	wire [O*32-1:0]    thr;
	wire [O*P-1:0]     bits;
	genvar u;
	generate
		for (u = 0; u < O; u = u + 1) begin : g_unit
			mac_unit #(.P(P), .WROWS(WROWS), .AW(AW)) u_mac (
				.clk(clk), .w_we(w_we[9*u +: 9]), .w_waddr(w_waddr), .thr_we(thr_we[u]),
				.thr_waddr(thr_waddr), .wdata(ld_data), .w_raddr(w_raddr), .mask(mask), .x(x),
				.acc_raddr(acc_row), .acc_we(valid_7), .first(first_7),
				.twice(twice_7),
				.thr_raddr(copying ? {half, copy_row} : {half_7, thr_row}),
				.counts(counts[54*P*u +: 54*P]), .a(a[P*AW*u +: P*AW]),
				.thr(thr[32*u +: 32]), .bits(bits[P*u +: P])
			);
		end
	endgenerate

	// ---- shared jets
	wire             jet_words_valid;
	wire [P*32-1:0]  jet_words;
	generate
		if (JETS != 0) begin : g_jets
			wire [31:0] param;
			if (O == 1) begin : g_param
				assign param = thr;
			end else begin : g_params
				assign param = thr[{param_index[$clog2(O)-1:0], 5'd0} +: 32];
			end
			jet_hidden #(.O(O), .P(P), .COLS(JET_COLS)) u_jets (
				.clk(clk), .rst(kill), .k5(op_k5), .delay(op_delay), .param_we(param_we),
				.param_index(param_index), .param_data(param),
				.in_valid(valid_5 && is_sjet), .in_row(jet_row), .in_first(first_5),
				.in_last(last_5), .in_x_first(x_first_5), .in_y_first(y_first_5),
				.in_sums(counts), .out_valid(jet_words_valid), .out_words(jet_words),
				.busy(jet_busy)
			);
		end else begin : g_no_jets
			assign jet_words_valid = 1'b0;
			assign jet_words = {P*32{1'b0}};
			assign jet_busy = 1'b0;
			wire unused = &{1'b0, JET_COLS[0], counts, x_first_5, y_first_5, first_5, last_5, valid_5, start_5, jet_row, param_we, param_index, op_delay,
				op_k5};
		end
	endgenerate

	// ---- OR pool: the window itself, two cycles behind the swap
	wire [P*32-1:0] pooled;
	genvar p;
	generate
		for (p = 0; p < P; p = p + 2) begin : g_pool
			assign pooled[32*p +: 32] = cur[32*p +: 32] | cur[32*(p+1) +: 32] |
				cur[32*(P+2 + p) +: 32] | cur[32*(P+2 + p+1) +: 32];
			assign pooled[32*(p+1) +: 32] = 32'd0;
		end
	endgenerate
	always @(posedge clk) begin
		pool_wait <= swap && is_pool && !kill;
		pool_words <= pool_wait && !kill;
	end

	// ---- results
	wire [P-1:0] valid;
	wire x_end, second, odd_row, first, last, wb_advance, head_advance;
	wire row8 = valid_8 && (op_code == `JB_OP_CONV);
	wire row9 = valid_9 && (op_code == `JB_OP_CONV) && !op_head;

	place #(.P(P)) u_place (
		.clk(clk), .start(op_start), .advance(op_head ? head_advance : wb_advance),
		.op_xlim(op_xlim), .op_rows(is_sjet ? op_ny - (op_k5 ? 8'd4 : 8'd2) : op_ny),
		.op_pairs(op_pool), .valid(valid), .x_end(x_end), .second(second), .odd_row(odd_row),
		.first(first), .last(last)
	);

	writeback #(.O(O), .P(P), .AW(AW), .MAP_AW(MAP_AW)) u_writeback (
		.clk(clk), .rst(kill), .start(op_start), .op_pairs(op_pool),
		.op_halve(op_stride2 || is_pool), .op_drop_rows(is_sjet && op_stride2), .op_cam(op_cam),
		.op_lane(op_lane), .op_base(op_out_base[MAP_AW-1:0]), .op_pitch(op_out_pitch),
		.op_g(op_out_g), .op_cg(op_out_cg), .op_plane(op_plane[MAP_AW-1:0]), .valid(valid), .x_end(x_end),
		.second(second), .odd_row(odd_row), .first(first), .last(last), .advance(wb_advance),
		.row_valid(row9), .row_end(end_9), .row_bits(bits),
		.words_valid(jet_words_valid || pool_words), .words(is_pool ? pooled : jet_words),
		.cam_valid(row8 && op_cam), .cam_end(end_8), .cam_a(a), .mw_req(mw_req),
		.mw_addr(mw_addr), .mw_data(mw_data), .mw_be(mw_be), .mw_gnt(mw_gnt), .busy(wb_busy)
	);

	reg [2:0] head_tail;
	always @(posedge clk) begin
		head_tail <= kill ? 3'd0 : {head_tail[1:0], row8 && op_head};
		head_busy <= (row8 || head_tail != 3'd0) && op_head && !kill;
	end

	head #(.O(O), .P(P), .AW(AW)) u_head (
		.clk(clk), .rst(kill), .start(start), .classes(classes),
		.row_valid(row8 && op_head), .row_start(start_8), .row_end(end_8), .a(a), .thr(thr),
		.valid(valid), .first(first), .last(last), .advance(head_advance), .scan(scan),
		.res_we(res_we), .res_index(res_index), .res_score(res_score), .res_class(res_class),
		.done(scan_done)
	);
endmodule

`default_nettype wire
