// SPDX-License-Identifier: MIT
// front: first layer on 8-bit pixels, as they arrive: jets or bconv, threshold, optional 2x2 OR pool.
//
//   z[o] = sum over terms of +-(jet or raw pixel of the window), bit = z >= threshold[o]
//   px -> front_scan (line memory; all K*K values of a window from shared passes) -> stores
//      -> front_select (F outputs a group) -> front_bits (pool, words) -> front_writer -> map memory
// F = 16 is the wide form: wide_scan takes a pixel a clock, wide_select all channels of a position at once.
//
// Configuration: cfg words of sections 0 descriptor, 1 codes, 2 thresholds (docs/protocol.md), written by the
// loader while no image is under way; cfg_addr is the word's index in its section. `start` begins an image
// into map buffer start_buf; its pixels follow on px_valid/px_ready; `done` pulses after the last map word
// was taken. `drop` gives up the image: idle in the next cycle. fm_* are held until fm_ready; a word may wait
// 32/F - 2 cycles without costing time. No image buffer: a position is computed when its last pixel
// arrives, one is selected while the next is computed.
// cycles: from the cycle of the first pixel taken to `done`. A position takes the longer of
//   scan    channels*(3 + K*(2K-2)): 15 a channel for K = 3 (and 1), 43 for K = 5
//   select  ceil(outputs/F)*terms + (groups that fill the last map word) + 2
// or in the wide form
//   scan    channels; a column at either end of a row K/2 times more for `same`
//   select  ceil(outputs/F)*steps + (groups that fill the last map word); steps: jets 1 (K = 5: 3), raw 2 (K = 5: 5)
// exactly: cycles_front (sw/src/cycles_front.c) for px_valid and fm_ready always high. `same` scans K/2 columns
// and rows more. Outputs that an odd pool drops are selected, not written.
// Parameters: F outputs a group (1, 2, 4, 8, 16); KMAX 3 or 5; CMAX 1 or 3; SIDE largest image side, 128, or 64
// with KMAX 3; MW words a map row (1, 2, 4); CODE_ROWS codes of a unit; OUT_MAX outputs, a multiple of 32; MAP_AW
// address bits.
// Reset: idle. Not handled: sizes outside 8..128, wrong pixel counts (control checks).
// Equals ref_jet/ref_bconv, ref_threshold, ref_pool (sw/src/ref.h); compared by tests/rtl/test_front.c.
`default_nettype none
`include "jetbnn_defs.vh"

module front #(
	parameter F = 2,
	parameter KMAX = 5,
	parameter CMAX = 3,
	parameter SIDE = 128,
	parameter MW = 1,
	parameter CODE_ROWS = 1024,
	parameter OUT_MAX = 512,
	parameter MAP_AW = 16
) (
	input  wire              clk,
	input  wire              rst,
	input  wire              cfg_we,
	input  wire [1:0]        cfg_sel,
	input  wire [15:0]       cfg_addr,
	input  wire [31:0]       cfg_data,
	input  wire              start,
	input  wire              start_buf,
	input  wire              drop,
	input  wire              px_valid,
	output wire              px_ready,
	input  wire [7:0]        px_data,
	output reg               done,
	output reg               busy,
	output reg  [31:0]       cycles,
	output wire              fm_valid,
	input  wire              fm_ready,
	output wire [MAP_AW-1:0] fm_addr,
	output wire [MW*32-1:0]  fm_data,
	output wire [MW*4-1:0]   fm_be,
	output reg  [15:0]       image_bytes,
	output reg  [15:0]       map0,
	output reg  [15:0]       map1,
	output reg  [6:0]        classes,
	output reg  [7:0]        ops
);
	localparam WIDE = `JB_FRONT_WIDE;
	localparam SW = 2*KMAX + 7;
	localparam GROUPS = OUT_MAX/F;
	localparam GAW = $clog2(GROUPS);
	localparam TERMW = $clog2(KMAX*KMAX*CMAX);

	generate
		if (F != 1 && F != 2 && F != 4 && F != 8 && F != WIDE) begin : g_bad_f
			front_F_must_be_1_2_4_8_or_16 bad ();
		end
		if ((KMAX != 3 && KMAX != 5) || (CMAX != 1 && CMAX != 3)) begin : g_bad_k
			front_KMAX_must_be_3_or_5_and_CMAX_1_or_3 bad ();
		end
		if (SIDE != 128 && (SIDE != 64 || KMAX != 3)) begin : g_bad_side
			front_SIDE_must_be_128_or_with_KMAX_3_64 bad ();
		end
		if (OUT_MAX % 32 != 0) begin : g_bad_outputs
			front_OUT_MAX_must_be_a_multiple_of_32 bad ();
		end
	endgenerate

	// ---- descriptor
	reg [6:0] rows_m1, cols_m1;
	reg [TERMW-1:0] terms_m1;
	reg       rgb, raw, same, stride2, pool;
	reg [2:0] k;
	reg [GAW-1:0] groups_m1;
	always @(posedge clk)
		if (cfg_we && cfg_sel == 2'd0) case (cfg_addr[3:0])
		`JB_F_ROWS_WORD: begin
			rows_m1 <= cfg_data[`JB_F_ROWS_LSB +: 7];
			cols_m1 <= cfg_data[`JB_F_COLS_LSB +: 7];
			rgb <= cfg_data[`JB_F_CHANNELS_MSB];
			k <= cfg_data[`JB_F_K_MSB:`JB_F_K_LSB];
			raw <= cfg_data[`JB_F_RAW_LSB];
			same <= cfg_data[`JB_F_SAME_LSB];
			stride2 <= cfg_data[`JB_F_STRIDE2_LSB];
			pool <= cfg_data[`JB_F_POOL_LSB];
		end
		`JB_F_GROUPS_WORD: groups_m1 <= cfg_data[`JB_F_GROUPS_LSB +: GAW];
		`JB_F_TERMS_WORD: terms_m1 <= cfg_data[`JB_F_TERMS_LSB +: TERMW];
		`JB_F_MAP0_WORD: begin
			map0 <= cfg_data[`JB_F_MAP0_MSB:`JB_F_MAP0_LSB];
			map1 <= cfg_data[`JB_F_MAP1_MSB:`JB_F_MAP1_LSB];
		end
		`JB_F_BYTES_WORD: image_bytes <= cfg_data[`JB_F_BYTES_MSB:`JB_F_BYTES_LSB];
		`JB_F_CLASSES_WORD: begin
			classes <= cfg_data[`JB_F_CLASSES_MSB:`JB_F_CLASSES_LSB];
			ops <= cfg_data[`JB_F_OPS_MSB:`JB_F_OPS_LSB];
		end
		default: ;
		endcase

	wire stop = rst || drop;
	wire restart = stop || start;
	wire scan_busy, select_busy, bits_busy, go;
	wire start_1, new_row_1, shift_4, word_4, end_4; // stages of front_select
	wire word_valid, word_end, word_row, word_ready;
	wire code_we = cfg_we && cfg_sel == 2'd1;
	wire thr_we = cfg_we && cfg_sel == 2'd2;
	wire [F-1:0]   bits_4;
	wire [31:0]    word;
	wire [15:0]    base = start_buf ? map1 : map0;
	wire unused = &{1'b0, base};

	generate
		if (F < WIDE) begin : g_serial
			wire          st_we, st_buffer, st_end, st_new_row;
			wire [6:0]    st_index;
			wire [SW-1:0] st_data;
			wire [1:0]    full;
			front_scan #(.KMAX(KMAX), .CMAX(CMAX), .SIDE(SIDE), .SW(SW)) u_scan (
				.clk(clk), .rst(stop), .start(start), .busy(scan_busy), .rows_m1(rows_m1),
				.cols_m1(cols_m1), .rgb(rgb), .k(k), .raw(raw), .same(same), .stride2(stride2),
				.px_valid(px_valid), .px_ready(px_ready), .px_data(px_data), .st_we(st_we),
				.st_buffer(st_buffer), .st_index(st_index), .st_data(st_data), .st_end(st_end),
				.st_new_row(st_new_row), .full(full)
			);
			front_select #(.F(F), .KMAX(KMAX), .SW(SW), .CODE_ROWS(CODE_ROWS), .GROUPS(GROUPS),
				.TERMW(TERMW)) u_select (
				.clk(clk), .rst(restart), .go(go), .busy(select_busy), .code_we(code_we),
				.thr_we(thr_we), .cfg_addr(cfg_addr), .cfg_data(cfg_data),
				.groups_m1(groups_m1), .terms_m1(terms_m1), .st_we(st_we), .st_buffer(st_buffer),
				.st_index(st_index), .st_data(st_data), .st_end(st_end), .st_new_row(st_new_row),
				.full(full), .start_1(start_1), .new_row_1(new_row_1), .shift_4(shift_4),
				.word_4(word_4), .end_4(end_4), .bits_4(bits_4)
			);
		end else begin : g_wide
			wire valid, new_row, take;
			wire unused_terms = &{1'b0, terms_m1};
			localparam VALUE = SW - 1;           // bits of a value: pixels are centred
			wire [CMAX*KMAX*KMAX*VALUE-1:0] values;
			wide_scan #(.KMAX(KMAX), .CMAX(CMAX), .SIDE(SIDE), .SW(VALUE)) u_scan (
				.clk(clk), .rst(stop), .start(start), .busy(scan_busy), .rows_m1(rows_m1),
				.cols_m1(cols_m1), .rgb(rgb), .k(k), .raw(raw), .same(same), .stride2(stride2),
				.px_valid(px_valid), .px_ready(px_ready), .px_data(px_data), .valid(valid),
				.new_row(new_row), .take(take), .values(values)
			);
			wide_select #(.F(F), .KMAX(KMAX), .CMAX(CMAX), .SW(VALUE), .CODE_ROWS(CODE_ROWS),
				.GROUPS(GROUPS)) u_select (
				.clk(clk), .rst(restart), .go(go), .busy(select_busy), .raw(raw), .rgb(rgb),
				.code_we(code_we), .thr_we(thr_we), .cfg_addr(cfg_addr), .cfg_data(cfg_data),
				.groups_m1(groups_m1), .steps_m1(terms_m1[2:0]), .valid(valid), .new_row(new_row),
				.take(take), .values(values), .start_7(start_1), .new_row_7(new_row_1),
				.shift_8(shift_4), .word_8(word_4), .end_8(end_4), .bits_8(bits_4)
			);
		end
	endgenerate
	front_bits #(.F(F), .WORDS(OUT_MAX/32), .SIDE(SIDE)) u_bits (
		.clk(clk), .rst(restart), .pool(pool), .go(go), .busy(bits_busy), .start_1(start_1),
		.new_row_1(new_row_1), .shift_4(shift_4),
		.word_4(word_4), .end_4(end_4), .bits_4(bits_4), .word_valid(word_valid),
		.word_end(word_end), .word_row(word_row), .word_ready(word_ready), .word(word)
	);
	front_writer #(.MW(MW), .MAP_AW(MAP_AW)) u_writer (
		.clk(clk), .start(start), .base(base[MAP_AW-1:0]), .word_valid(word_valid),
		.word_end(word_end), .word_row(word_row), .word_ready(word_ready), .word(word),
		.fm_valid(fm_valid), .fm_ready(fm_ready), .fm_addr(fm_addr), .fm_data(fm_data),
		.fm_be(fm_be)
	);

	reg  counting;                 // a pixel was taken
	reg  idle;
	wire first = px_valid && px_ready;
	wire finish = busy && idle;
	always @(posedge clk) begin
		idle <= !scan_busy && !select_busy && !bits_busy && !start;
		done <= finish && !stop;
		if (first)
			counting <= 1'b1;
		if (counting || first)
			cycles <= cycles + 32'd1;
		if (finish || restart)
			counting <= 1'b0;
		if (start)
			cycles <= 32'd0;
		busy <= (busy && !finish || start) && !stop;
	end
endmodule

`default_nettype wire
