// SPDX-License-Identifier: MIT
// wide_scan: pixels in, one a clock, all K*K values of all channels of each window position out at once.
//
//   value [dy][dx] of a channel = kernel dx along the row of (kernel dy down each column of pixels - 128)
//
// Walks the padded image row by row, column by column, channel by channel, a step a clock:
//   0 step, takes the pixel  1 line memory read  2 column of K pixels; the line goes back, moved up by one
//   then wide_kernels: K kernels down the column, and along the row of the last K results of the channel
//   (a chain of registers) K kernels of each; at the end the results of the last CMAX steps stand side by side.
// `same`: the first and last columns come K/2 times more, as repeated results of the column before, the last
// row too; row 0 fills the lines. So an output is K-1 columns behind its row's begin in either padding.
// K = 1 runs as K = 3 and keeps only the newest pixel.
//
// Handshakes: px_valid/px_ready. valid: `values` is a position; it stands in registers of its own until `take`. While
// it does, the next position stands at the last stage, and with it everything (`move` low): a register, so that
// `take` does not reach thousands of others. values = CMAX slots of KMAX*KMAX values, value dy*KMAX+dx low
// first; the last slot is the last channel (gray: slots before it mean nothing). new_row: first position of an
// output row.
// Latency: valid comes 3 + 2*(latency of wide_kernels) cycles after the position's last pixel. At most one position
// every two cycles.
// Parameters: KMAX 3 or 5; CMAX 1 or 3; SIDE largest image side; SW bits of a value, signed.
// rst: idle. Not handled: images narrower than K. Compared by tests/rtl/test_front.c with ref_jet, ref_bconv.
`default_nettype none

module wide_scan #(
	parameter KMAX = 5,
	parameter CMAX = 3,
	parameter SIDE = 128,
	parameter SW = 2*KMAX + 6
) (
	input  wire          clk,
	input  wire          rst,
	input  wire          start,
	output wire          busy,
	// configuration
	input  wire [6:0]    rows_m1,
	input  wire [6:0]    cols_m1,
	input  wire          rgb,
	input  wire [2:0]    k,
	input  wire          raw,
	input  wire          same,
	input  wire          stride2,
	// pixels
	input  wire          px_valid,
	output wire          px_ready,
	input  wire [7:0]    px_data,
	// position
	output reg           valid,
	output reg           new_row,
	input  wire          take,
	output reg  [CMAX*KMAX*KMAX*SW-1:0] values
);
	localparam LW = 8*(KMAX-1);          // a line word: the K-1 newest pixels of a column, newest low
	localparam VW = KMAX + 7;            // vertical jet
	localparam XW = $clog2(SIDE);
	localparam LATENCY = (KMAX == 5) ? 3 : 2;
	localparam V = 2 + LATENCY;          // stage of the vertical jets
	localparam H = V + LATENCY;          // stage of the values
	localparam SEEN = KMAX - 1;
	localparam RW = (KMAX == 5) ? 2 : 1; // counts to K/2

	reg  move;
	wire k5 = (KMAX == 5) && k[2];
	wire one = (k == 3'd1);

	// ---- place in the padded image
	reg            run;
	reg  [1:0]     ch;
	reg  [6:0]     x, y;
	reg  [RW-1:0]  col_rep, row_rep;     // how often the column, the row came before
	reg  [SEEN-1:0] col_seen, row_seen;  // [i]: more than i columns, rows so far
	reg            col_odd, row_odd;     // stride 2: not an output
	reg            first_out;            // no output of this row so far
	wire [RW-1:0]  pad;
	wire [SEEN-1:0] lead_col, lead_row;  // bit i: the first output comes after i+1 columns or rows
	generate
		if (KMAX == 5) begin : g_five
			assign pad = (same && !one) ? (k5 ? 2'd2 : 2'd1) : 2'd0;
			assign lead_col = k5 ? 4'b1000 : 4'b0010;
			assign lead_row = same ? (k5 ? 4'b0010 : 4'b0001) : lead_col;
		end else begin : g_three
			assign pad = same && !one;
			assign lead_col = 2'b10;
			assign lead_row = same ? 2'b01 : 2'b10;
		end
	endgenerate
	wire       col_in = one || (col_seen & lead_col) != {SEEN{1'b0}};
	wire       row_in = one || (row_seen & lead_row) != {SEEN{1'b0}};
	wire       channel_end = (ch == ((CMAX == 3 && rgb) ? 2'd2 : 2'd0));
	wire       repeated = (col_rep != {RW{1'b0}}), below = (row_rep != {RW{1'b0}});
	wire       x_last = (x == cols_m1);
	wire       again = (x == 7'd0 || x_last) && col_rep != pad;
	wire       row_end = x_last && !again;
	wire       emit = channel_end && col_in && row_in && !col_odd && !row_odd;
	assign px_ready = run && move && !repeated && !below;
	wire       step = run && move && (px_valid || repeated || below);
	reg        y_last, repeats_last;     // of the row: asked at its end, many columns behind a change

	always @(posedge clk) begin
		y_last <= (y == rows_m1);
		repeats_last <= (row_rep == pad);
		if (step)
			ch <= channel_end ? 2'd0 : ch + 2'd1;
		if (step && channel_end) begin
			col_rep <= again ? col_rep + 1'b1 : {RW{1'b0}};
			if (!again)
				x <= x_last ? 7'd0 : x + 7'd1;
			col_seen <= row_end ? {SEEN{1'b0}} : {col_seen[SEEN-2:0], 1'b1};
			col_odd <= stride2 && col_in && !col_odd && !row_end;
			first_out <= row_end || first_out && !emit;
			if (row_end) begin
				row_seen <= {row_seen[SEEN-2:0], 1'b1};
				row_odd <= stride2 && row_in && !row_odd;
				if (!y_last)
					y <= y + 7'd1;
				else if (!repeats_last)
					row_rep <= row_rep + 1'b1;
				else
					run <= 1'b0;
			end
		end
		if (start) begin
			run <= 1'b1;
			{ch, x, y, col_odd, row_odd, first_out} <= 19'd1;
			{col_rep, row_rep} <= {2*RW{1'b0}};
			{col_seen, row_seen} <= {2*SEEN{1'b0}};
		end
		if (rst)
			run <= 1'b0;
	end

	// ---- tags of the stages: step, output, first of its row, repeated column
	reg  [H:1] on, emits, firsts;
	reg  [V:1] repeats;
	always @(posedge clk) begin
		if (move) begin
			on <= {on[H-1:1], step};
			emits <= {emits[H-1:1], emit};
			firsts <= {firsts[H-1:1], first_out};
			repeats <= {repeats[V-1:1], repeated};
		end
		if (rst)
			on <= {H{1'b0}};
	end
	assign busy = run || valid || (on != {H{1'b0}});

	// ---- the position at the last stage, and the one that waits for `take`
	wire [CMAX*KMAX*KMAX*SW-1:0] latest;
	wire ready = on[H] && emits[H];
	wire ready_next = move ? on[H-1] && emits[H-1] : ready;
	wire valid_next = valid ? !take : ready;
	always @(posedge clk) begin
		if (!valid)
			{new_row, values} <= {firsts[H], latest};
		valid <= valid_next && !rst;
		move <= !(valid_next && ready_next) || rst;
	end

	// ---- stages 1 and 2: line memory and column of pixels, newest low
	localparam AW = XW + ((CMAX == 3) ? 2 : 0);
	wire [AW-1:0] line_at;
	generate
		if (CMAX == 3) begin : g_rgb
			assign line_at = {ch, x[XW-1:0]};
		end else begin : g_gray
			assign line_at = x[XW-1:0];
		end
	endgenerate
	wire unused_x = &{1'b0, x[6]};     // SIDE 64
	reg  [AW-1:0] line_1, line_2;
	reg  [7:0]    px_1;
	reg           below_1, top_1, top_2;
	reg  [8*KMAX-1:0] column;
	wire [LW-1:0] line;
	wire [LW-1:0] line_data = {top_2 ? {(KMAX-2){column[7:0]}} : column[LW-1:8], column[7:0]};
	front_ram #(.WIDTH(LW), .DEPTH(1 << AW)) u_line (
		.clk(clk), .we(move && on[2] && !repeats[2]), .waddr(line_2), .wdata(line_data), .re(move),
		.raddr(line_at), .rdata(line)
	);
	always @(posedge clk)
		if (move) begin
			{line_2, line_1} <= {line_1, line_at};
			{top_2, top_1} <= {top_1, y == 7'd0};
			below_1 <= below;
			px_1 <= px_data;
			column <= {line, below_1 ? line[7:0] : px_1};
		end

	// ---- down the column
	wire [8*KMAX-1:0]  centred;          // pixels - 128
	wire [VW*KMAX-1:0] vertical;
	genvar i, j;
	generate
		for (i = 0; i < KMAX; i = i + 1) begin : g_pixel
			assign centred[8*i +: 8] = {!column[8*i + 7], column[8*i +: 7]};
		end
	endgenerate
	wide_kernels #(.K(KMAX), .W(8)) u_vertical (
		.clk(clk), .move(move), .k5(k5), .raw(raw), .one(one), .x(centred), .out(vertical)
	);

	// ---- left neighbours: a delay of one column, CMAX steps (gray: 1), for each
	localparam CW = VW*KMAX;
	wire [CW*(KMAX-1)-1:0] left;         // results of the columns before, newest low
	wire [CW-1:0]          here = repeats[V] ? left[0 +: CW] : vertical;
	wire [CW*KMAX-1:0]     beside = {left, here};
	wire                   shift = move && on[V];
	generate
		for (i = 0; i < KMAX - 1; i = i + 1) begin : g_left
			reg [CW*CMAX-1:0] chain;
			if (CMAX == 3) begin : g_three
				always @(posedge clk)
					if (shift)
						chain <= {chain[0 +: 2*CW], beside[CW*i +: CW]};
				assign left[CW*i +: CW] = rgb ? chain[2*CW +: CW] : chain[0 +: CW];
			end else begin : g_single
				always @(posedge clk)
					if (shift)
						chain <= beside[CW*i +: CW];
				assign left[CW*i +: CW] = chain;
			end
		end
	endgenerate

	// ---- along the row
	localparam NW = SW*KMAX*KMAX;
	wire [NW-1:0] newest;
	generate
		for (i = 0; i < KMAX; i = i + 1) begin : g_row
			wire [VW*KMAX-1:0] row;
			for (j = 0; j < KMAX; j = j + 1) begin : g_column
				assign row[VW*j +: VW] = beside[CW*j + VW*i +: VW];
			end
			wide_kernels #(.K(KMAX), .W(VW)) u_horizontal (
				.clk(clk), .move(move), .k5(k5), .raw(raw), .one(one), .x(row),
				.out(newest[SW*KMAX*i +: SW*KMAX])
			);
		end
		if (CMAX == 3) begin : g_before
			reg [2*NW-1:0] earlier;       // of the two steps before
			always @(posedge clk)
				if (move && on[H])
					earlier <= {newest, earlier[NW +: NW]};
			assign latest = {newest, earlier};
		end else begin : g_alone
			assign latest = newest;
		end
	endgenerate
endmodule

`default_nettype wire
