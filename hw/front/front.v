// SPDX-License-Identifier: MIT
// front: first layer on 8-bit pixels, as they arrive: jets or bconv, threshold, optional 2x2 OR pool.
//
//   z[o] = sum over terms of +-(jet or raw pixel of the window), bit = z >= threshold[o]
//   px -> front_scan (line memories, all K*K values of the window from shared two-tap passes)
//      -> front_select (F outputs a cycle) -> front_words -> front_writer -> map memory
//
// Configuration: cfg words of sections 0 descriptor, 1 codes, 2 thresholds (docs/protocol.md), written by
// the loader while no image is under way. `start` begins an image into map buffer start_buf; pixels follow
// on px_valid/px_ready; `done` pulses when the last map word was taken. `drop` gives up the image: idle in the
// next cycle. No image buffer: a position is computed when its last pixel arrives.
// Throughput: a position every max(C + (1+repeats)*C*(3+K*max(K,3)), groups*T + 1) cycles; exact law in
// sw/src/cycles_front.c for px_valid held high. cycles: first pixel taken to done.
// Parameters: F outputs a cycle (1, 2, 4, 8); KMAX 3 or 5; CMAX 1 or 3; MW map words a row (1, 2, 4);
// CODE_ROWS, OUT_MAX memory sizes; MAP_AW address bits.
// Reset: idle. Not handled: sizes outside 8..128, wrong pixel counts (control checks).
// Equals ref_jet/ref_bconv, ref_threshold, ref_pool (sw/src/ref.h); compared by tests/rtl/test_front.c.
`default_nettype none
`include "jetbnn_defs.vh"

module front #(
	parameter F = 2,
	parameter KMAX = 5,
	parameter CMAX = 3,
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
	localparam SW = (KMAX == 5) ? 18 : 14;

	generate
		if (F != 1 && F != 2 && F != 4 && F != 8) begin : g_bad_f
			front_F_must_be_1_2_4_or_8 bad ();
		end
		if ((KMAX != 3 && KMAX != 5) || (CMAX != 1 && CMAX != 3)) begin : g_bad_k
			front_KMAX_must_be_3_or_5_and_CMAX_1_or_3 bad ();
		end
	endgenerate

	// ---- descriptor
	reg [6:0] rows_m1, cols_m1, out_rows_m1, out_cols_m1, terms_m1;
	reg       rgb, raw, same, stride2, pool;
	reg [2:0] k;
	reg [9:0] groups_m1;
	reg [4:0] map_g;
	reg [11:0] map_pitch;
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
		`JB_F_OUT_ROWS_WORD: begin
			out_rows_m1 <= cfg_data[`JB_F_OUT_ROWS_LSB +: 7];
			out_cols_m1 <= cfg_data[`JB_F_OUT_COLS_LSB +: 7];
			groups_m1 <= cfg_data[`JB_F_GROUPS_MSB:`JB_F_GROUPS_LSB];
		end
		`JB_F_TERMS_WORD: terms_m1 <= cfg_data[`JB_F_TERMS_MSB:`JB_F_TERMS_LSB];
		`JB_F_MAP0_WORD: begin
			map0 <= cfg_data[`JB_F_MAP0_MSB:`JB_F_MAP0_LSB];
			map1 <= cfg_data[`JB_F_MAP1_MSB:`JB_F_MAP1_LSB];
		end
		`JB_F_MAP_G_WORD: begin
			map_g <= cfg_data[`JB_F_MAP_G_MSB:`JB_F_MAP_G_LSB];
			map_pitch <= cfg_data[`JB_F_MAP_PITCH_MSB:`JB_F_MAP_PITCH_LSB];
		end
		`JB_F_BYTES_WORD: image_bytes <= cfg_data[`JB_F_BYTES_MSB:`JB_F_BYTES_LSB];
		`JB_F_CLASSES_WORD: begin
			classes <= cfg_data[`JB_F_CLASSES_MSB:`JB_F_CLASSES_LSB];
			ops <= cfg_data[`JB_F_OPS_MSB:`JB_F_OPS_LSB];
		end
		default: ;
		endcase

	wire stop = rst || drop;
	wire written, touched, scan_busy, st_we, st_last, bits_valid, bits_last, room, word_valid, word_ready;
	wire [7:0]    st_addr;
	wire [SW-1:0] st_data;
	wire [1:0]    full;
	wire [F-1:0]  bits;
	wire [31:0]   word;
	wire [15:0]   base = start_buf ? map1 : map0;
	wire unused = &{1'b0, base, cfg_addr};

	front_scan #(.KMAX(KMAX), .CMAX(CMAX), .SW(SW)) u_scan (
		.clk(clk), .rst(stop), .start(start), .busy(scan_busy), .touched(touched),
		.rows_m1(rows_m1), .cols_m1(cols_m1), .rgb(rgb), .k(k), .raw(raw), .same(same),
		.stride2(stride2), .out_rows_m1(out_rows_m1), .out_cols_m1(out_cols_m1),
		.px_valid(px_valid), .px_ready(px_ready), .px_data(px_data), .st_we(st_we),
		.st_addr(st_addr), .st_data(st_data), .st_last(st_last), .full(full)
	);
	front_select #(.F(F), .SW(SW), .CODE_ROWS(CODE_ROWS), .OUT_MAX(OUT_MAX)) u_select (
		.clk(clk), .rst(stop || start), .room(room), .code_we(cfg_we && cfg_sel == 2'd1),
		.thr_we(cfg_we && cfg_sel == 2'd2), .cfg_begin(cfg_we && cfg_sel == 2'd0),
		.cfg_data(cfg_data), .groups_m1(groups_m1), .terms_m1(terms_m1), .st_we(st_we),
		.st_addr(st_addr), .st_data(st_data), .st_last(st_last), .full(full),
		.bits_valid(bits_valid), .bits_last(bits_last), .bits(bits)
	);
	front_words #(.F(F), .OUT_MAX(OUT_MAX)) u_words (
		.clk(clk), .rst(stop || start), .bits_valid(bits_valid), .bits_last(bits_last),
		.bits(bits), .room(room), .word_valid(word_valid), .word_ready(word_ready), .word(word)
	);
	front_writer #(.MW(MW), .OUT_MAX(OUT_MAX), .MAP_AW(MAP_AW)) u_writer (
		.clk(clk), .rst(stop), .start(start), .base(base[MAP_AW-1:0]), .pool(pool),
		.rows_m1(out_rows_m1), .cols_m1(out_cols_m1), .g_words(map_g), .pitch(map_pitch),
		.word_valid(word_valid), .word_ready(word_ready), .word(word), .fm_valid(fm_valid),
		.fm_ready(fm_ready), .fm_addr(fm_addr), .fm_data(fm_data), .fm_be(fm_be), .done(written)
	);

	// Rows below the last output are taken all the same: the image ends with both.
	reg all_written;
	wire finish = busy && all_written && !scan_busy;
	always @(posedge clk) begin
		done <= finish && !stop;
		if (written)
			all_written <= 1'b1;
		if (finish)
			busy <= 1'b0;
		if (busy && touched && !finish)
			cycles <= cycles + 32'd1;
		if (start) begin
			busy <= 1'b1;
			all_written <= 1'b0;
			cycles <= 32'd0;
		end
		if (stop)
			busy <= 1'b0;
	end
endmodule

`default_nettype wire
