// SPDX-License-Identifier: MIT
// wide_select: F units that turn a whole position into output bits, F a group, all channels at once.
//
//   z[o] = sum over steps of the units' signed choices (wide_unit);  bit = (z >= threshold[o]), o = q*F + unit
//
// Group q takes STEPS cycles (jets: 1, K = 5: 3; raw: 2, K = 5: 5), then the groups that its last map word lacks
// take one cycle each (their bits are 0): a position takes GROUPS*STEPS + padding cycles, with none between
// positions. wide_scan holds a position on values/valid until take, which comes in the last cycle of the one
// before. Fed by it and by the cfg bus (code_we, thr_we, word index cfg_addr: a code word a unit, threshold
// words in the order of outputs); feeds front_bits as front_select does, start_7 one stage before the bits:
// bits_8 with shift_8 (a group is complete), word_8 (it completes a map word), end_8 (and the position).
// Everything moves while `go`. Code memory: a row is F codes of 18 bits, two units a memory of 36 bits; the code
// of an even unit waits for that of the odd one.
// Parameters: F units (16); KMAX, CMAX, SW of wide_scan; CODE_ROWS, GROUPS memory sizes; TERMW bits of a
// step's number at least 3.
// rst: nothing to do. Equals ref_jet, ref_sjet, ref_bconv + ref_threshold; compared by tests/rtl/test_front.c.
`default_nettype none

module wide_select #(
	parameter F = 16,
	parameter KMAX = 5,
	parameter CMAX = 3,
	parameter SW = 16,
	parameter CODE_ROWS = 512,
	parameter GROUPS = 32,
	parameter GAW = $clog2(GROUPS)
) (
	input  wire           clk,
	input  wire           rst,
	input  wire           go,
	output wire           busy,
	// configuration
	input  wire           raw,
	input  wire           rgb,
	input  wire           code_we,
	input  wire           thr_we,
	input  wire [15:0]    cfg_addr,
	input  wire [31:0]    cfg_data,
	input  wire [GAW-1:0] groups_m1,
	input  wire [2:0]     steps_m1,
	// position
	input  wire           valid,
	input  wire           new_row,
	output wire           take,
	input  wire [CMAX*KMAX*KMAX*SW-1:0] values,
	// bits
	output wire           start_7,
	output wire           new_row_7,
	output wire           shift_8,
	output wire           word_8,
	output wire           end_8,
	output wire [F-1:0]   bits_8
);
	localparam CAW = $clog2(CODE_ROWS);
	localparam FAW = $clog2(F);
	localparam SAW = 5 - FAW;           // group within a map word
	localparam TW = (KMAX == 5) ? 18 : 14; // threshold: |z| < 2^(TW-1)
	localparam PW = 11;

	// ---- walk: a code row a cycle, then the padding
	reg            held, row_begins, pad;
	reg            all_end; // the present group is the position's last: known a cycle ahead, as much waits for it
	reg  [CAW-1:0] row;
	reg  [2:0]     step;
	reg  [GAW-1:0] group;
	wire           step_end = pad || step == steps_m1;
	wire           groups_end = step_end && (pad || group == groups_m1);
	wire           word_end = (group[SAW-1:0] == {SAW{1'b1}});
	wire [2:0]     step_next = step_end ? 3'd0 : step + 3'd1;
	wire [GAW-1:0] group_next = step_end ? group + 1'b1 : group;
	wire           groups_end_next = groups_end || (step_next == steps_m1 && group_next == groups_m1);
	wire           begins = held && group == {GAW{1'b0}} && step == 3'd0;
	assign take = valid && (!held || (go && all_end));
	always @(posedge clk) begin
		if (held && go) begin
			row <= all_end ? {CAW{1'b0}} : row + 1'b1;
			step <= all_end ? 3'd0 : step_next;
			pad <= groups_end && !all_end;
			group <= all_end ? {GAW{1'b0}} : group_next;
			all_end <= !all_end && groups_end_next && group_next[SAW-1:0] == {SAW{1'b1}};
			held <= !all_end;
		end
		if (take) begin
			held <= 1'b1;
			row_begins <= new_row;
		end
		if (rst) begin
			{held, pad, all_end} <= 3'b000; // the first group never ends a word
			row <= {CAW{1'b0}};
			step <= 3'd0;
			group <= {GAW{1'b0}};
		end
	end

	// ---- raw values are three cycles longer on their way: so is the walk
	localparam LAST = 0, FIRST = 1, PAD = 2, WORD = 3, ALL = 4, START = 5, ROW = 6;
	localparam TAGS = 7;
	localparam WALK = CAW + GAW + TAGS;
	wire [WALK-1:0] walk = {row, group, begins && row_begins, begins, all_end, word_end, pad,
		step == 3'd0, step_end && held};
	reg  [WALK-1:0] late_1, late_2, late_3;
	wire [WALK-1:0] walk_0 = raw ? late_3 : walk;
	always @(posedge clk) begin
		if (go)
			{late_3, late_2, late_1} <= {late_2, late_1, walk};
		if (rst)
			{late_3[LAST], late_2[LAST], late_1[LAST]} <= 3'd0;
	end

	// ---- tags of the stages
	reg  [8:1]     last, first, padding, word, position_end, starts, rows;
	reg  [GAW-1:0] group_1, group_2, group_3, group_4, group_5;
	always @(posedge clk) begin
		if (go) begin
			last <= {last[7:1], walk_0[LAST]};
			first <= {first[7:1], walk_0[FIRST]};
			padding <= {padding[7:1], walk_0[PAD]};
			word <= {word[7:1], walk_0[WORD]};
			position_end <= {position_end[7:1], walk_0[ALL]};
			starts <= {starts[7:1], walk_0[START]};
			rows <= {rows[7:1], walk_0[ROW]};
			{group_5, group_4, group_3, group_2, group_1} <=
				{group_4, group_3, group_2, group_1, walk_0[TAGS +: GAW]};
		end
		if (rst)
			{last, starts} <= 16'd0;
	end
	assign start_7 = starts[7];
	assign new_row_7 = rows[7];
	assign shift_8 = last[8];
	assign word_8 = word[8];
	assign end_8 = position_end[8];
	assign busy = held || walk_0[LAST] || late_1[LAST] || late_2[LAST] || last != 8'd0;
	wire unused = &{1'b0, starts[8], rows[8], first[8], cfg_addr, cfg_data[31:18]};

	// ---- values of the step
	wire [CMAX*8*SW-1:0] slots_2;
	wire [CMAX*SW-1:0]   ninths_4;
	wire [4*PW-1:0]      fifth_2;
	wide_values #(.KMAX(KMAX), .CMAX(CMAX), .SW(SW), .PW(PW)) u_values (
		.clk(clk), .go(go), .raw(raw), .rgb(rgb), .load(take), .values(values), .step_0(step),
		.slots(slots_2), .ninths(ninths_4), .fifth(fifth_2)
	);

	// ---- codes
	wire [CAW-1:0]  row_0 = walk_0[TAGS+GAW +: CAW];
	wire [18*F-1:0] codes_1;
	reg  [17:0]     even;
	always @(posedge clk)
		if (code_we && !cfg_addr[0])
			even <= cfg_data[17:0];

	// ---- thresholds: any i32, limited to what no sum passes, negated
	localparam [TW-1:0] MOST = {1'b0, {(TW-1){1'b1}}};
	reg           thr_we_q;
	reg  [GAW+FAW-1:0] thr_addr;
	reg  [TW-1:0] thr;
	wire [TW-1:0] minus_thr = -thr;
	wire          in_range = (cfg_data[31:TW-1] == {(33-TW){cfg_data[31]}}) &&
		cfg_data[TW-1:0] != ~MOST;
	always @(posedge clk) begin
		thr_we_q <= thr_we;
		thr_addr <= cfg_addr[GAW+FAW-1:0];
		thr <= in_range ? cfg_data[TW-1:0] : cfg_data[31] ? -MOST : MOST;
	end

	// ---- units
	wire [F-1:0] fires_8;
	assign bits_8 = fires_8 & {F{!padding[8]}};
	genvar u;
	generate
		for (u = 0; u < F/2; u = u + 1) begin : g_code
			localparam U = u;
			front_ram #(.WIDTH(36), .DEPTH(CODE_ROWS)) u_codes (
				.clk(clk), .we(code_we && cfg_addr[0] && cfg_addr[FAW-1:1] == U[FAW-2:0]),
				.waddr(cfg_addr[FAW +: CAW]), .wdata({cfg_data[17:0], even}), .re(go), .raddr(row_0),
				.rdata(codes_1[36*u +: 36])
			);
		end
		for (u = 0; u < F; u = u + 1) begin : g_unit
			localparam U = u;
			wire [TW-1:0] read_6;
			reg  [TW-1:0] base_7;
			front_ram #(.WIDTH(TW), .DEPTH(GROUPS)) u_thresholds (
				.clk(clk), .we(thr_we_q && thr_addr[FAW-1:0] == U[FAW-1:0]), .waddr(thr_addr[FAW +: GAW]),
				.wdata(minus_thr), .re(go), .raddr(group_5), .rdata(read_6)
			);
			always @(posedge clk)
				if (go)
					base_7 <= read_6;
			wide_unit #(.CMAX(CMAX), .SW(SW), .PW(PW), .TW(TW)) u_unit (
				.clk(clk), .go(go), .code_1(codes_1[18*u +: 18]), .slots_2(slots_2), .fifth_2(fifth_2),
				.ninths_4(ninths_4), .first_7(first[7]), .base_7(base_7), .fires_8(fires_8[u])
			);
		end
	endgenerate
endmodule

`default_nettype wire
