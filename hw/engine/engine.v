// SPDX-License-Identifier: MIT
// engine: programmable binary layers: bconv, hidden jets, shared jets, OR pool, dense, class scores.
//
// Lanes: O outputs x P positions x 288 (3x3 slots of 32 channels), or 144 with PARTS 2. Weights are read once a cycle
// and meet P adjacent windows. Data path, in order:
//   model memory -> loader -> mac_unit weights and thresholds (RESIDENT: control writes the weights, row_*)
//   model memory -> walk -> map memory -> window -> slots -> mac_unit (XNOR, popcount, accumulate,
//   threshold) -> writeback -> map memory, or jet_hidden -> writeback, or head -> scores
// seq runs the operations; walk carries out the list of one, mac_ctrl the rows of a window.
//
// Handshakes: boot, start (only while ready), abort, resume are pulses. mr_* is always granted, data two
// cycles later, mr_data_2 that of mr_addr + mr_step (RESIDENT); mw_* is held until mw_gnt. res_* gives the scores in
// order, then `done`. Cycles of every operation: sw/src/cycles.c, exact.
// Parameters: O 1, 2, 4, 8; P 1, 2, 4, 8 (shared jets: from 2); RESIDENT 0: weights stream through two halves of WROWS
// rows, blocks have 32 outputs at most; 1 (O from 2, no shared jets): WROWS rows hold the weights of the program,
// blocks have 32 rows of outputs at most, map memory has two ports for reads and one for writes; PARTS 1, 2 (P to 4,
// RESIDENT 0, no shared jets): 2 reads a row's weights in two halves, so that their memory is half as wide; WROWS
// power of two >= 16; AW accumulator bits 16..26; MODEL_AW, MAP_AW (<= 16) address bits, OWN_AW of program words that
// are not in map memory; JETS 1: shared jets and pointwise slots built in; JET_COLS computed columns of a shared jet
// layer at most.
// Reset: idle, nothing loaded. Equals ref_run (sw/src/ref_run.c) behind the first layer; compared by
// tests/chain for random networks.
`default_nettype none
`include "jetbnn_defs.vh"

module engine #(
	parameter O = 1,
	parameter P = 2,
	parameter WROWS = 128,
	parameter RESIDENT = 0,
	parameter PARTS = 1,
	parameter AW = 16,
	parameter MODEL_AW = 14,
	parameter OWN_AW = MODEL_AW,
	parameter MAP_AW = 14,
	parameter JETS = 1,
	parameter JET_COLS = 128,
	parameter MW = (P > 1) ? P/2 : 1,
	parameter WAW = $clog2((RESIDENT != 0) ? WROWS : 2*WROWS*PARTS)
) (
	input  wire                clk,
	input  wire                rst,
	// program
	input  wire                boot,
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
	output wire                ml_req,      // a word in map memory
	output wire [MODEL_AW-1:0] ml_addr,
	input  wire                ml_gnt,
	input  wire                mm_late,     // it is on mr_data
	// weight rows of a program that is being loaded (RESIDENT), and where the running one stands
	input  wire [O-1:0]        row_we,
	input  wire [WAW-1:0]      row_addr,
	input  wire [9*32-1:0]     row_data,
	input  wire                side,
	// images
	input  wire [6:0]          classes,     // of the front descriptor
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
	output wire [5:0]          mr_step,
	input  wire [MW*32-1:0]    mr_data,
	input  wire [MW*32-1:0]    mr_data_2,
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
	localparam TAW = (RESIDENT != 0) ? $clog2(`JB_THRESHOLD_ROWS) : 6;
	// Weights meet eight windows: registers behind their memory and that of the thresholds, addresses a cycle ahead.
	localparam AHEAD = (RESIDENT != 0 || (P == 8 && JETS == 0)) ? 1 : 0;
	localparam LATE = (JETS != 0 || AHEAD != 0) ? 1 : 0;
	localparam LW = 32/PARTS; // lanes of a slot
	localparam TW = (JETS != 0) ? 32 : AW; // bits of a threshold or bias

	generate
		if ((O & (O-1)) != 0 || O < 1 || O > 8) begin : g_bad_o
			engine_O_must_be_1_2_4_or_8 bad ();
		end
		if (P != 1 && P != 2 && P != 4 && P != 8) begin : g_bad_p
			engine_P_must_be_1_2_4_or_8 bad ();
		end
		if (P == 1 && JETS != 0) begin : g_bad_jets
			engine_JETS_needs_P_2_or_more bad ();
		end
		if (RESIDENT != 0 && (O == 1 || JETS != 0)) begin : g_bad_resident
			engine_RESIDENT_needs_O_2_or_more_and_JETS_0 bad ();
		end
		if (PARTS != 1 && (PARTS != 2 || RESIDENT != 0 || JETS != 0 || P == 8)) begin : g_bad_parts
			engine_PARTS_2_needs_RESIDENT_0_JETS_0_and_P_to_4 bad ();
		end
		if (MAP_AW > 16 || AW < 16 || AW > 26) begin : g_bad_w
			engine_MAP_AW_or_AW_out_of_range bad ();
		end
	endgenerate

	wire kill = rst || abort || boot || stop;

	// ---- loader
	wire [31:0]    ld_data;
	wire [LW-1:0]  w_data;
	wire [O-1:0]   thr_we;
	wire [TAW-1:0] thr_waddr;
	wire [O*9-1:0] w_we;
	wire [WAW-1:0] w_waddr;
	wire [2*WAW-1:0] w_base;
	wire [2*TAW-1:0] t_base;
	wire [1:0]     full, op_end;
	wire           free, ld_req, ld_gnt, wm_req, wm_gnt;
	wire [MODEL_AW-1:0] ld_addr, wm_addr;

	loader #(.O(O), .MODEL_AW(MODEL_AW), .OWN_AW(OWN_AW), .RESIDENT(RESIDENT), .PARTS(PARTS), .WAW(WAW), .TAW(TAW)) u_loader (
		.clk(clk), .rst(rst), .boot(boot), .stop(stop), .restart(abort), .boot_done(boot_done),
		.mm_req(ld_req), .mm_addr(ld_addr), .mm_gnt(ld_gnt), .mm_data(mm_data), .ml_req(ml_req),
		.ml_gnt(ml_gnt), .mm_late(mm_late),
		.map_data(mr_data[31:0]), .cfg_we(cfg_we),
		.cfg_sel(cfg_sel), .cfg_addr(cfg_addr), .data(ld_data), .thr_we(thr_we),
		.thr_addr(thr_waddr), .w_we(w_we), .w_addr(w_waddr), .w_data(w_data), .full(full), .op_end(op_end),
		.w_base(w_base), .t_base(t_base), .free(free)
	);
	assign cfg_data = ld_data;

	// ---- model memory: the list comes before the weights
	assign mm_req = wm_req || ld_req;
	assign mm_addr = wm_req ? wm_addr : ld_addr;
	assign wm_gnt = mm_gnt && wm_req;
	assign ld_gnt = mm_gnt && !wm_req;
	assign ml_addr = ld_addr;

	// ---- operation
	wire        op_we_word, first_block;
	wire [1:0]  op_word, op_code, op_lane;
	wire        op_last, op_head, op_cam, op_pairs, op_halve, op_acc_in, op_acc_out, op_k5;
	wire        op_tail_one, op_drop_rows;
	wire [5:0]  op_nrow_m1;
	wire [4:0]  op_out_step;
	wire [2:0]  op_tail, op_delay;
	wire [7:0]  op_rows, op_cols, op_xlim, op_ylim;

	op_regs u_op (
		.clk(clk), .we(op_we_word), .index(op_word), .word(mm_data), .code(op_code),
		.last(op_last), .head(op_head), .cam(op_cam), .pairs(op_pairs), .halve(op_halve),
		.acc_in(op_acc_in), .acc_out(op_acc_out), .jet_k5(op_k5), .lane(op_lane),
		.nrow_m1(op_nrow_m1), .out_step(op_out_step), .tail(op_tail), .tail_one(op_tail_one),
		.jet_delay(op_delay), .rows(op_rows), .cols(op_cols), .xlim(op_xlim),
		.ylim(op_ylim), .drop_rows(op_drop_rows), .in_step(mr_step)
	);

	wire is_conv = (op_code == `JB_OP_CONV);
	wire is_pool = (op_code == `JB_OP_POOL);
	wire is_sjet = (JETS != 0) && (op_code == `JB_OP_SJET);
	reg  [MAP_AW-1:0] image_base;
	always @(posedge clk)
		if (start)
			image_base <= start_base;

	wire go, finished, mac_busy, wb_busy, jet_busy, block_wait, half, block_ok, copying, head_busy;
	wire param_we;
	wire [4:0] copy_row, param_index;
	reg  pool_words, pool_wait;

	seq #(.O(O), .JETS(JETS)) u_seq (
		.clk(clk), .rst(kill), .boot_done(boot_done), .full(full), .start(start), .ready(ready),
		.busy(busy), .pause_en(pause_en), .resume(resume), .paused(paused), .ops_done(ops_done),
		.cycles(cycles), .op_we(op_we), .op_index(op_index), .op_sjet(is_sjet),
		.op_last(op_last), .go(go), .finished(finished),
		.parts_busy(mac_busy || wb_busy || jet_busy || pool_wait || pool_words || head_busy),
		.pipe_busy(mac_busy), .jet_busy(jet_busy), .block_wait(block_wait),
		.half_full(full[half]), .block_ok(block_ok), .copying(copying), .copy_row(copy_row),
		.param_we(param_we), .param_index(param_index), .done(done)
	);

	// ---- windows
	wire        win_we, win_inside, win_inside_2, complete, swap, swap_d, soon, turn;
	wire [1:0]  win_row, win_h, win_align;
	wire        tag_half, tag_double, tag_start, tag_first, tag_last, tag_or, tag_write, tag_tail;
	wire        tag_block_end, tag_paced, tag_x_first, tag_y_first;
	wire [8:0]  tag_mask;

	walk #(.MODEL_AW(MODEL_AW), .MAP_AW(MAP_AW), .LIST_GAP(RESIDENT)) u_walk (
		.clk(clk), .rst(kill), .restart(start), .go(go), .finished(finished),
		.image_base(image_base), .wm_req(wm_req), .wm_addr(wm_addr), .wm_gnt(wm_gnt),
		.mm_data(mm_data), .op_we(op_we_word), .op_index(op_word), .first_block(first_block),
		.op_head(op_head), .op_cam(op_cam), .op_acc_in(op_acc_in), .op_acc_out(op_acc_out),
		.op_rows(op_rows), .op_cols(op_cols), .full(full), .op_end(op_end), .free(free),
		.block_ok(block_ok), .block_wait(block_wait), .half(half), .mr_req(mr_req),
		.mr_addr(mr_addr), .win_we(win_we), .win_row(win_row), .win_h(win_h),
		.win_align(win_align), .win_inside(win_inside), .win_inside_2(win_inside_2), .complete(complete),
		.tag_half(tag_half), .tag_mask(tag_mask), .tag_double(tag_double),
		.tag_start(tag_start), .tag_first(tag_first), .tag_last(tag_last), .tag_or(tag_or),
		.tag_write(tag_write), .tag_tail(tag_tail), .tag_block_end(tag_block_end),
		.tag_paced(tag_paced), .tag_x_first(tag_x_first), .tag_y_first(tag_y_first),
		.swap(swap), .mac_soon(soon)
	);

	wire [3*(P+2)*32-1:0] cur;
	wire [P*9*LW-1:0]     x;

	window #(.P(P), .TWICE(RESIDENT), .PARTS(PARTS)) u_window (
		.clk(clk), .win_we(win_we), .win_row(win_row), .win_h(win_h), .win_align(win_align),
		.win_inside(win_inside), .win_data(mr_data), .win_inside_2(win_inside_2), .win_data_2(mr_data_2),
		.swap_d(swap_d), .turn(turn), .cur(cur)
	);
	slots #(.P(P), .LW(LW), .POINTWISE(LATE)) u_slots (
		.clk(clk), .pointwise(is_sjet), .cur(cur), .x(x)
	);

	// ---- rows
	wire [WAW-1:0] w_raddr;
	wire [8:0]     mask;
	wire           valid_4, start_4, valid_5, start_5, first_5, last_5, x_first_5, y_first_5;
	wire           result_row, once_7, twice_7, half_7, block_7, tail_1, block_1;
	wire [P-1:0]   keep_7;
	wire           half_4, valid_7, valid_9, or_9, tail_9, end_9, write_9, block_9;

	// Positions inside the map: all but those behind the end of a row's last group.
	wire [P-1:0] inside_tail;
	genvar p;
	generate
		for (p = 0; p < P; p = p + 1) begin : g_inside
			assign inside_tail[p] = (p == 0) || (op_tail >= p);
		end
	endgenerate

	mac_ctrl #(.O(O), .P(P), .LATE(LATE), .AHEAD(AHEAD), .RESIDENT(RESIDENT), .PARTS(PARTS), .WAW(WAW)) u_ctrl (
		.clk(clk), .rst(kill), .op_nrow_m1(op_nrow_m1), .complete(complete), .swap(swap),
		.swap_d(swap_d), .soon(soon), .tag_half(tag_half), .tag_mask(tag_mask | {9{is_sjet}}),
		.tag_double(tag_double), .tag_start(tag_start), .tag_first(tag_first),
		.tag_last(tag_last), .tag_or(tag_or), .tag_write(tag_write), .tag_tail(tag_tail),
		.tag_block_end(tag_block_end), .tag_paced(tag_paced), .tag_x_first(tag_x_first),
		.tag_y_first(tag_y_first), .inside_tail(inside_tail), .base(w_base), .side(side),
		.w_raddr(w_raddr), .mask(mask), .turn(turn), .valid_4(valid_4), .half_4(half_4),
		.start_4(start_4), .valid_5(valid_5), .start_5(start_5), .first_5(first_5),
		.last_5(last_5), .x_first_5(x_first_5), .y_first_5(y_first_5), .row_8(result_row),
		.once_7(once_7), .twice_7(twice_7), .half_7(half_7), .keep_7(keep_7),
		.block_7(block_7), .valid_7(valid_7), .tail_1(tail_1), .block_1(block_1),
		.valid_9(valid_9), .or_9(or_9), .tail_9(tail_9), .end_9(end_9), .write_9(write_9),
		.block_9(block_9), .free(free), .busy(mac_busy)
	);

	wire [O*P*9*6-1:0] counts;
	wire [O*P*AW-1:0]  a;
	wire [O*TW-1:0]    thr;
	wire [O*P-1:0]     bits;
	wire [4:0]         row_8;
	mac_array #(.O(O), .P(P), .PARTS(PARTS), .AW(AW), .TW(TW), .RESIDENT(RESIDENT), .AHEAD(AHEAD), .WAW(WAW),
		.TAW(TAW)) u_array (
		.clk(clk), .w_we(w_we), .w_waddr(w_waddr), .w_data(w_data), .thr_we(thr_we),
		.thr_waddr(thr_waddr), .thr_data(ld_data[TW-1:0]), .t_base(t_base), .row_we(row_we),
		.row_addr(row_addr), .row_data(row_data), .copying(copying), .half(half), .copy_row(copy_row),
		.w_raddr(w_raddr), .mask(mask), .x(x), .half_4(half_4), .valid_5(valid_5), .start_5(start_5),
		.once_7(once_7), .twice_7(twice_7), .half_7(half_7), .keep_7(keep_7),
		.valid_row_8(result_row), .counts(counts), .a(a), .thr(thr), .bits(bits), .row_8(row_8)
	);

	// ---- shared jets
	wire             jet_words_valid, jet_keep, jet_x_end, jet_last;
	wire [P*32-1:0]  jet_words;
	wire [P-1:0]     jet_inside;
	generate
		if (JETS != 0) begin : g_jets
			wire [31:0] param;
			reg         op_start;
			reg [1:0]   jet_row;
			always @(posedge clk) begin
				op_start <= op_we_word && (op_word == 2'd3) && first_block;
				if (valid_4)
					jet_row <= start_4 ? 2'd0 : jet_row + 2'd1;
			end
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
			place #(.P(P)) u_place (
				.clk(clk), .start(op_start), .advance(jet_words_valid), .op_xlim(op_xlim),
				.op_ylim(op_ylim), .op_drop_rows(op_drop_rows), .valid(jet_inside),
				.x_end(jet_x_end), .keep(jet_keep), .last(jet_last)
			);
		end else begin : g_no_jets
			assign jet_words_valid = 1'b0;
			assign jet_words = {P*32{1'b0}};
			assign jet_inside = {P{1'b1}};
			assign {jet_busy, jet_keep, jet_x_end, jet_last} = 4'b0100;
			wire unused = &{1'b0, JET_COLS[0], counts, x_first_5, y_first_5, first_5, last_5, start_5,
				start_4, valid_4, param_we, param_index, op_delay, op_k5, op_xlim, op_ylim,
				op_drop_rows};
		end
	endgenerate

	// ---- OR pool: the window itself, two cycles behind the swap
	localparam RIGHT = (P + 2)*32;
	wire [P*32-1:0] pooled;
	generate
		for (p = 0; p < P; p = p + 1) begin : g_pool
			if (p % 2 == 0) begin : g_even
				assign pooled[32*p +: 32] = cur[32*p +: 32] | cur[32*(p+1) +: 32] |
					cur[RIGHT + 32*p +: 32] | cur[RIGHT + 32*(p+1) +: 32];
			end else begin : g_odd
				assign pooled[32*p +: 32] = 32'd0;
			end
		end
	endgenerate
	always @(posedge clk) begin
		pool_wait <= swap && is_pool && !kill;
		pool_words <= pool_wait && !kill;
	end

	// ---- results
	reg  cam_8, head_8; // registers: they reach all sums
	always @(posedge clk) begin
		cam_8 <= valid_7 && is_conv && op_cam && !kill;
		head_8 <= valid_7 && is_conv && op_head && block_7 && !kill;
	end
	wire bits_9 = valid_9 && is_conv && !op_head;
	wire tail_now = pool_words ? tail_1 : tail_9;

	writeback #(.O(O), .P(P), .RESIDENT(RESIDENT), .AW(AW), .MAP_AW(MAP_AW)) u_writeback (
		.clk(clk), .rst(kill), .base_we(op_we_word && (op_word == 2'd1) && first_block),
		.base(mm_data[`JB_O_OUT_BASE_LSB +: MAP_AW]), .op_pairs(op_pairs), .op_halve(op_halve),
		.op_lane(op_lane), .op_step(op_out_step), .op_tail_one(op_tail_one),
		.row_8(row_8), .row_valid(bits_9), .row_or(or_9), .row_bits(bits), .row_end(end_9),
		.row_write(write_9),
		.words_valid(jet_words_valid || pool_words), .words(is_pool ? pooled : jet_words),
		.words_keep(is_pool || jet_keep),
		.valid(is_sjet ? jet_inside : inside_tail | {P{!tail_now}}),
		.tail(is_sjet ? jet_x_end : tail_now),
		.block_end(is_sjet ? jet_last : pool_words ? block_1 : block_9),
		.cam_valid(cam_8), .cam_a(a), .mw_req(mw_req), .mw_addr(mw_addr),
		.mw_data(mw_data), .mw_be(mw_be), .mw_gnt(mw_gnt), .busy(wb_busy)
	);

	head #(.O(O), .P(P), .AW(AW), .TW(TW)) u_head (
		.clk(clk), .rst(kill), .start(start), .classes(classes),
		.row_valid(head_8), .a(a), .thr(thr), .res_we(res_we),
		.res_index(res_index), .res_score(res_score), .res_class(res_class), .busy(head_busy)
	);
endmodule

`default_nettype wire
