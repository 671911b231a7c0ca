// SPDX-License-Identifier: MIT
// jet_hidden: from pointwise popcounts to the bits of a shared-jet layer (OP_SJET).
//
//   A[o][y][x] = sum over word groups g of in_sums,      o = row*9*O + u*9 + s < 32
//   z[o][r][c] = sum over i,j < K of J[i][j] * A[o][r+i][c+j-pad],  J = jet kernel dy*K + dx of o
//   bit o of the word of column c = (z >= T[o]),  y virtual rows (padding rows arrive as beats)
//
// The popcount tree delivers a beat per (y, position group k, g, row) in this order; write-back
// takes P words per output group. K-1 two-tap passes an axis: jet_accumulate, four jet_vertical,
// four jet_horizontal, jet_output; for K = 3 the first two passes of an axis are switched off.
// Columns: for same padding (delay = K-1-pad = 1, 2) group k starts at x = (k-1)*P, for valid
// (delay 2, 4) at k*P; column c is known when x = c + delay has arrived, so output group m leaves
// with group k = m + ceil(delay/P) (+1 for same). A row has at least two groups. Row y gives output
// row y-K+1. Inside, a group is P/PC item groups of PC positions (jet_accumulate).
// Handshake: valid only, no stalls. One beat a clock; with O > 1 or PC < P the last steps of
// position groups start at least N = 4*P/PC clocks apart (precisely: jet_accumulate), which N <= 4
// leaves to the engine's step time. in_first, in_last mark g = 0, G-1; in_x_first the first group
// of a row; in_y_first all beats of the first row of a block: old contents do not matter.
// k5 and delay are stable from the first beat until busy falls. Parameter words are written while
// busy is low, at least 2 clocks before the first beat with in_last.
// Latency from the last beat of the position group that completes an output group to out_valid:
// O = 1 and PC = P: 12 clocks. Else 14 - NROW + n, where item n = 4*floor(((P-1+delay) mod P)/PC)+3
// completes it, if rows come in consecutive clocks (O = 2: one less if they do not).
// busy is high from a beat with in_last until the last out_valid. out_words hold with out_valid.
// Parameters: O units 1, 2, 4, 8; P positions 2, 4, 8; PC positions a clock, 1, 2, .. P: area goes
// with PC; COLS largest computed (stride 1) output columns; AW bits of A, 7..16.
// Widths: A unsigned; each pass one bit more, signed; z AW+9 bits.
// Reset drops everything in flight. Not handled: stride, pooling, masking of columns right of the
// image (write-back does it).
// Equals ref_sjet and ref_threshold (sw/src/ref.h); compared by tests/rtl/test_jet_hidden.c.
`default_nettype none

module jet_hidden #(
	parameter O = 1,
	parameter P = 2,
	parameter PC = P,
	parameter COLS = 128,
	parameter AW = 10
) (
	input  wire               clk,
	input  wire               rst,
	input  wire               k5,          // K = 5, else 3
	input  wire [2:0]         delay,       // 1, 2 or 4 columns
	input  wire               param_we,
	input  wire [4:0]         param_index, // o
	input  wire [31:0]        param_data,  // dy[31:29], dx[28:26], T[25:0] signed
	input  wire               in_valid,
	input  wire [1:0]         in_row,
	input  wire               in_first,
	input  wire               in_last,
	input  wire               in_x_first,
	input  wire               in_y_first,
	input  wire [O*9*P*6-1:0] in_sums,     // [(u*9+s)*P+p], 6 bits, unsigned
	output wire               out_valid,
	output wire [P*32-1:0]    out_words,
	output wire               busy
);
	localparam LANES = 9*PC;
	localparam PARTS = P/PC;
	localparam GROUPS = ((COLS + P - 1)/P + 2)*PARTS;  // item groups of the longest row
	localparam DEPTH = 4*GROUPS;
	localparam ADDR = $clog2(DEPTH);
	localparam ZW = AW + 9;
	localparam STAGES = 12;  // values, beside line memory 1, 8 passes, comparison, output

	generate
		if ((O != 1 && O != 2 && O != 4 && O != 8) || (P != 2 && P != 4 && P != 8)
				|| (PC != 1 && PC != 2 && PC != 4 && PC != 8) || PC > P
				|| COLS < 1 || GROUPS > 256 || AW < 7 || AW > 16) begin : g_illegal
			jet_hidden_illegal_parameter stop ();
		end
	endgenerate

	wire             pre_valid, pre_x_first, pre_y_first, waiting;
	wire [1:0]       pre_q;
	wire [LANES*AW-1:0] value;

	jet_accumulate #(.O(O), .P(P), .PC(PC), .AW(AW)) accumulate (
		.clk(clk), .rst(rst),
		.in_valid(in_valid), .in_row(in_row), .in_first(in_first), .in_last(in_last),
		.in_x_first(in_x_first), .in_y_first(in_y_first), .in_sums(in_sums),
		.pre_valid(pre_valid), .pre_q(pre_q),
		.pre_x_first(pre_x_first), .pre_y_first(pre_y_first),
		.waiting(waiting), .value(value)
	);

	// Place of the item that enters: virtual row, item group of the row, and its line address.
	reg  [2:0]      row;     // of the item before; stops at 7
	reg  [7:0]      group;   // of the item before
	wire            opens = pre_x_first && pre_q == 2'd0;
	wire [2:0]      pre_row = !opens ? row : pre_y_first ? 3'd0 : row + {2'd0, row != 3'd7};
	wire [7:0]      pre_group = pre_x_first ? 8'd0 : group + {7'd0, pre_q == 2'd0};
	wire [ADDR-1:0] pre_addr = {pre_group[ADDR-3:0], pre_q};

	// Item groups before the one that completes the first of a row, and rows before output row 0.
	localparam [3:0] MARGIN = PARTS[3:0];
	wire            same = delay[0] | (k5 & delay[1]);
	wire [3:0]      wait_for = (PC == 1) ? {1'b0, delay} : (PC == 2 && delay[2]) ? 4'd2 : 4'd1;
	wire [3:0]      lead = wait_for + (same ? MARGIN : 4'd0);
	wire [2:0]      rows = k5 ? 3'd4 : 3'd2;
	wire [3:0]      end_part = pre_group[3:0] - lead + 4'd1;
	wire            ends = (end_part & (MARGIN - 4'd1)) == 4'd0;
	wire            full = pre_q == 2'd3 && pre_row >= rows && pre_group >= {4'd0, lead} && ends;

	always @(posedge clk)
		if (pre_valid) begin
			row <= pre_row;
			group <= pre_group;
		end

	// What travels with an item; index = stage, 0 beside `value`.
	reg  [STAGES-1:0]   valid;
	reg  [10*2-1:0]     q;
	reg  [9:0]          complete;
	reg  [5*ADDR-1:0]   addr;
	reg  [LANES*AW-1:0] v0;

	always @(posedge clk) begin
		valid <= {valid[STAGES-2:0], pre_valid};
		q <= {q[17:0], pre_q};
		complete <= {complete[8:0], full};
		addr <= {addr[4*ADDR-1:0], pre_addr};
		v0 <= value;
		if (rst)
			valid <= {STAGES{1'b0}};
	end

	wire [8*9-1:0]  neg;
	wire [9*ZW-1:0] offset;
	wire [8:0]      odd;

	jet_params #(.ZW(ZW)) params (
		.clk(clk),
		.param_we(param_we), .param_index(param_index), .param_data(param_data),
		.q({q[17:8], q[5:0], pre_q}), .neg(neg), .offset(offset), .odd(odd)
	);

	wire [LANES*(AW+2)-1:0] v1;
	wire [LANES*(AW+3)-1:0] v2;
	wire [LANES*(AW+4)-1:0] v3;
	wire [LANES*(AW+5)-1:0] v4;
	wire [LANES*(AW+6)-1:0] h1;
	wire [LANES*(AW+7)-1:0] h2;
	wire [LANES*(AW+8)-1:0] h3;
	wire [LANES*ZW-1:0]     h4;

	jet_vertical #(.P(PC), .W(AW), .IN_SIGNED(0), .DEPTH(DEPTH)) vertical1 (
		.clk(clk), .read_addr(pre_addr), .valid(valid[1]), .addr(addr[ADDR +: ADDR]),
		.en(k5), .neg(neg[0 +: 9]), .in(v0), .out(v1)
	);
	jet_vertical #(.P(PC), .W(AW+2), .IN_SIGNED(1), .DEPTH(DEPTH)) vertical2 (
		.clk(clk), .read_addr(addr[0 +: ADDR]), .valid(valid[2]),
		.addr(addr[2*ADDR +: ADDR]),
		.en(k5), .neg(neg[9 +: 9]), .in(v1), .out(v2)
	);
	jet_vertical #(.P(PC), .W(AW+3), .IN_SIGNED(1), .DEPTH(DEPTH)) vertical3 (
		.clk(clk), .read_addr(addr[ADDR +: ADDR]), .valid(valid[3]),
		.addr(addr[3*ADDR +: ADDR]),
		.en(1'b1), .neg(neg[18 +: 9]), .in(v2), .out(v3)
	);
	jet_vertical #(.P(PC), .W(AW+4), .IN_SIGNED(1), .DEPTH(DEPTH)) vertical4 (
		.clk(clk), .read_addr(addr[2*ADDR +: ADDR]), .valid(valid[4]),
		.addr(addr[4*ADDR +: ADDR]),
		.en(1'b1), .neg(neg[27 +: 9]), .in(v3), .out(v4)
	);
	jet_horizontal #(.P(PC), .W(AW+5)) horizontal1 (
		.clk(clk), .valid(valid[5]), .en(k5), .neg(neg[36 +: 9]), .in(v4), .out(h1)
	);
	jet_horizontal #(.P(PC), .W(AW+6)) horizontal2 (
		.clk(clk), .valid(valid[6]), .en(k5), .neg(neg[45 +: 9]), .in(h1), .out(h2)
	);
	jet_horizontal #(.P(PC), .W(AW+7)) horizontal3 (
		.clk(clk), .valid(valid[7]), .en(1'b1), .neg(neg[54 +: 9]), .in(h2), .out(h3)
	);
	jet_horizontal #(.P(PC), .W(AW+8)) horizontal4 (
		.clk(clk), .valid(valid[8]), .en(1'b1), .neg(neg[63 +: 9]), .in(h3), .out(h4)
	);

	jet_output #(.P(P), .PC(PC), .ZW(ZW)) result (
		.clk(clk), .rst(rst), .delay(delay[1:0]),
		.valid(valid[9]), .last(&q[19:18]), .full(complete[9]), .v(h4), .offset(offset), .odd(odd),
		.out_valid(out_valid), .out_words(out_words)
	);

	assign busy = pre_valid | waiting | (|valid);
endmodule

`default_nettype wire
