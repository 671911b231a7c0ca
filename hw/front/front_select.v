// SPDX-License-Identifier: MIT
// front_select: F units that turn the values of a position into output bits, F a group.
//
//   z[o] = sum over terms t of (neg ? -1 : +1) * store[code index];  bit = (z >= threshold[o]), o = q*F + unit
//
// Group q takes TERMS cycles, then the groups that its last map word lacks take one cycle each (their bits
// are 0): a position takes GROUPS*TERMS + padding + 2 cycles. The stores have two buffers: front_scan fills one
// (st_*, st_end) while the other is read; full[buffer] is high from st_end until its last value was read.
// Fed by front_scan and the cfg bus (code_we, thr_we, word index cfg_addr); feeds front_bits: bits_4 with
// shift_4 (a group is complete), word_4 (it completes a map word), end_4 (and the position); start_1, new_row_1:
// the first group of a position (of an output row) enters stage 1. Everything moves while `go`.
// Parameters: F units (1, 2, 4, 8); KMAX, SW of front_scan; CODE_ROWS, GROUPS memory sizes;
// TERMW bits of a term's number.
// rst: nothing to do. Equals ref_jet, ref_sjet, ref_bconv + ref_threshold; compared by tests/rtl/test_front.c.
`default_nettype none

module front_select #(
	parameter F = 2,
	parameter KMAX = 5,
	parameter SW = 17,
	parameter CODE_ROWS = 1024,
	parameter GROUPS = 64,
	parameter TERMW = 7,
	parameter GAW = $clog2(GROUPS)
) (
	input  wire           clk,
	input  wire           rst,
	input  wire           go,
	output wire           busy,
	// configuration
	input  wire           code_we,
	input  wire           thr_we,
	input  wire [15:0]    cfg_addr,
	input  wire [31:0]    cfg_data,
	input  wire [GAW-1:0] groups_m1,
	input  wire [TERMW-1:0] terms_m1,
	// store
	input  wire           st_we,
	input  wire           st_buffer,
	input  wire [6:0]     st_index,
	input  wire [SW-1:0]  st_data,
	input  wire           st_end,
	input  wire           st_new_row,
	output reg  [1:0]     full,
	// bits
	output wire           start_1,
	output wire           new_row_1,
	output reg            shift_4,
	output reg            word_4,
	output reg            end_4,
	output wire [F-1:0]   bits_4
);
	localparam CAW = $clog2(CODE_ROWS);
	localparam FAW = (F == 8) ? 3 : (F == 4) ? 2 : (F == 2) ? 1 : 0;
	localparam SAW = 5 - FAW;           // group within a map word
	localparam TW = (KMAX == 5) ? 19 : 15; // threshold: |z| < 2^(TW-1)
	localparam EARLY = (KMAX == 5);     // long sums, and devices that are to run faster

	// ---- walk: a code row a cycle, then the padding
	reg           run, pad, rest, buffer;
	reg  [1:0]    new_row;
	reg  [CAW-1:0] row;
	reg  [TERMW-1:0] term;
	reg  [GAW-1:0] group;
	reg           start_0;
	reg  [GAW-1:0] group_1, group_2; // the group in stage 1, 2
	wire          term_end = (term == terms_m1);
	wire          group_end = run && term_end;
	wire          all_end = group_end && group == groups_m1;
	wire          word_end = (group[SAW-1:0] == {SAW{1'b1}});
	wire          end_0 = (all_end || pad) && word_end;
	// tags of the stages: first and last row of a group, padding, last group of a word, of the position
	reg first_1, first_2, first_3, last_1, last_2, last_3, pad_1, pad_2, pad_3, pad_4;
	reg word_1, word_2, word_3, end_1, end_2, end_3, buffer_1, start_s1;
	assign start_1 = start_s1;
	assign new_row_1 = new_row[buffer_1];
	assign busy = full != 2'b00 || run || pad || last_1 || last_2 || last_3 || shift_4;

	always @(posedge clk) begin
		if (go) begin
			start_0 <= 1'b0;
			rest <= end_0;
			if (!run && !pad && !rest && full[buffer]) begin
				run <= 1'b1;
				start_0 <= 1'b1;
			end
			if (all_end)
				run <= 1'b0;
			if (all_end && !word_end)
				pad <= 1'b1;
			if (pad && word_end)
				pad <= 1'b0;
			if (end_0)
				buffer <= ~buffer;
			row <= run ? row + 1'b1 : {CAW{1'b0}};
			term <= (run && !term_end) ? term + 1'b1 : {TERMW{1'b0}};
			group <= !(run || pad) ? {GAW{1'b0}} : (group_end || pad) ? group + 1'b1 : group;

			start_s1 <= start_0;
			{first_3, first_2, first_1} <= {first_2, first_1, term == {TERMW{1'b0}}};
			{shift_4, last_3, last_2, last_1} <= {last_3, last_2, last_1, group_end || pad};
			{pad_4, pad_3, pad_2, pad_1} <= {pad_3, pad_2, pad_1, pad};
			{word_4, word_3, word_2, word_1} <= {word_3, word_2, word_1, word_end};
			{end_4, end_3, end_2, end_1} <= {end_3, end_2, end_1, end_0};
			buffer_1 <= buffer;
			group_1 <= group;
			if (end_1)
				full[buffer_1] <= 1'b0;
			if (last_2)
				group_2 <= end_2 ? {GAW{1'b0}} : group_2 + 1'b1;
		end
		if (st_end) begin
			full[st_buffer] <= 1'b1;
			new_row[st_buffer] <= st_new_row;
		end
		if (rst) begin
			{run, pad, rest, buffer, start_0, start_s1} <= 6'd0;
			{last_1, last_2, last_3, shift_4} <= 4'd0;
			full <= 2'b00;
			group_2 <= {GAW{1'b0}};
		end
	end

	// ---- units
	wire [F-1:0] fires_4;
	assign bits_4 = fires_4 & {F{!pad_4}};

	// thresholds: any i32, limited to what no sum reaches; a register keeps this out of the loader's path
	reg           thr_we_q;
	reg  [GAW+FAW-1:0] thr_addr;
	reg  [TW-1:0] thr;
	wire          in_range = (cfg_data[31:TW-1] == {(33-TW){cfg_data[31]}});
	always @(posedge clk) begin
		thr_we_q <= thr_we;
		thr_addr <= cfg_addr[GAW+FAW-1:0];
		thr <= in_range ? cfg_data[TW-1:0] : {cfg_data[31], {(TW-1){!cfg_data[31]}}};
	end

	// codes: a memory for every word of a row
	localparam WORDS = (F + 3)/4;
	localparam CW = 8*F/WORDS;
	wire [8*F-1:0] codes_1;
	wire [15:0] code_addr = (WORDS == 2) ? {1'b0, cfg_addr[15:1]} : cfg_addr;
	wire unused = &{1'b0, cfg_addr, code_addr};
	genvar u;
	generate
		for (u = 0; u < WORDS; u = u + 1) begin : g_code
			localparam W = u;
			front_ram #(.WIDTH(CW), .DEPTH(CODE_ROWS)) u_codes (
				.clk(clk), .we(code_we && (WORDS == 1 || cfg_addr[0] == W[0])),
				.waddr(code_addr[CAW-1:0]), .wdata(cfg_data[CW-1:0]), .re(go), .raddr(row),
				.rdata(codes_1[CW*u +: CW])
			);
		end
		for (u = 0; u < F; u = u + 1) begin : g_unit
			localparam U = u;
			wire mine;
			if (F == 1) begin : g_only
				assign mine = 1'b1;
			end else begin : g_turn
				assign mine = (thr_addr[FAW-1:0] == U[FAW-1:0]);
			end
			front_unit #(.SW(SW), .GROUPS(GROUPS), .TW(TW), .EARLY(EARLY)) u_unit (
				.clk(clk), .go(go), .thr_we(thr_we_q && mine),
				.thr_waddr(thr_addr[FAW +: GAW]), .thr_wdata(thr), .st_we(st_we),
				.st_addr({st_buffer, st_index}), .st_data(st_data), .code_1(codes_1[8*u +: 8]),
				.buffer_1(buffer_1), .group_1(group_1), .group_2(group_2), .first_3(first_3), .fires_4(fires_4[u])
			);
		end
	endgenerate
endmodule

`default_nettype wire
