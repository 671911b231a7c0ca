// SPDX-License-Identifier: MIT
// front_scan: pixels in, all K*K values of each window position out (jets, or the raw pixels).
//
//   value dy*K + dx of a channel = kernel dx along the row of (kernel dy down each column of pixels)
//
// Walks the padded image row by row, column by column, channel by channel. A step (one channel of a column):
//   READ   line memory: the K-1 pixels above            TAKE  the pixel (px_valid/px_ready)
//   WRITE  the line, moved up by one pixel              WORK  K phases, one a vertical kernel dy, of
//          2K-2 cycles: K-1 left neighbours of the vertical jet from memory into `past`, meanwhile the
//          new one is made and then replaces the oldest in memory; then K horizontal kernels, one a
//          cycle, while the next phase begins.
// K = 1 runs as K = 3 and keeps only the newest pixel. `same`: row 0 fills the lines, the oldest neighbours
// that are left of column 0 take its value, columns and rows beyond the last repeat it (K/2 steps more).
//
// Fed by pixels; feeds the stores of front_select: st_we, st_buffer, st_index = channel*32 + (raw ?
// row*K + column : dy*K + dx), st_data; st_end after the last value of a position, which carries
// st_new_row (its first position of an output row). Only positions that are outputs are written; such a one
// waits in READ while full[its buffer]. They use the two buffers in turn.
// A step takes 3 + K*(2K-2) cycles (K = 1 as 3); st_end comes 6 cycles after the last one of a position.
// Parameters: KMAX 3 or 5; CMAX 1 or 3; SIDE largest image side, 128, or 64 with KMAX 3; SW bits of a value, signed
// (8 + 2*(KMAX-1) + 1). rst: idle. Not handled: images narrower than K. Compared by tests/rtl/test_front.c with
// ref_jet, ref_bconv.
`default_nettype none

module front_scan #(
	parameter KMAX = 5,
	parameter CMAX = 3,
	parameter SIDE = 128,
	parameter SW = 2*KMAX + 7
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
	// store
	output wire          st_we,
	output reg           st_buffer,
	output wire [6:0]    st_index,
	output wire [SW-1:0] st_data,
	output reg           st_end,
	output reg           st_new_row,
	input  wire [1:0]    full
);
	localparam IDLE = 3'd0, READ = 3'd1, TAKE = 3'd2, WRITE = 3'd3, WORK = 3'd4;
	localparam LW = 8*(KMAX-1);          // a line word: the K-1 newest pixels of a column, newest low
	localparam VW = KMAX + 8;            // vertical jet
	localparam XW = $clog2(SIDE);
	localparam AW = XW + ((CMAX == 3) ? 2 : 1); // line memory, neighbours in its upper part
	localparam LATENCY = (KMAX == 5) ? 3 : 2;
	localparam VERTICAL_J = LATENCY - 1;
	localparam NW = (KMAX == 5) ? 3 : 2; // counts to 2K-3
	localparam RW = (KMAX == 5) ? 2 : 1; // counts to K/2
	localparam SEEN = KMAX - 1;

	// ---- place in the padded image and in the step
	reg  [2:0]    state;
	reg  [NW-1:0] j, d;
	reg  [1:0]    ch, ring;
	reg  [RW-1:0] col_rep, row_rep;
	reg  [6:0]    x, y;
	reg  [SEEN-1:0] col_seen, row_seen;  // [i]: more than i columns, rows so far
	reg           col_odd, row_odd;      // stride 2: not an output
	reg           new_row, buffer;
	reg           x_end, y_end, step_end, column_end;
	wire          k5 = (KMAX == 5) && k[2];
	wire          one = (k == 3'd1);
	wire [NW-1:0] side_m1, j_max, n_middle; // K-1, last cycle of a phase, last even kernel
	wire [RW-1:0] pad;
	wire [SEEN-1:0] lead;                   // bit i: the first output comes after i+1 columns or rows
	wire          fill;                     // a neighbour that arrives is left of column 0, or the first
	generate
		if (KMAX == 5) begin : g_five
			assign side_m1 = k5 ? 3'd4 : 3'd2;
			assign j_max = k5 ? 3'd7 : 3'd3;
			assign n_middle = k5 ? 3'd2 : 3'd1;
			assign pad = (same && !one) ? (k5 ? 2'd2 : 2'd1) : 2'd0;
			assign lead = same ? (k5 ? 4'b0010 : 4'b0001) : (k5 ? 4'b1000 : 4'b0010);
			assign fill = (j == 3'd1) || !(k5 && j == 3'd2 ? col_seen[3] :
				k5 && j == 3'd3 ? col_seen[2] : col_seen[1]);
		end else begin : g_three
			assign side_m1 = 2'd2;
			assign j_max = 2'd3;
			assign n_middle = 2'd1;
			assign pad = same && !one;
			assign lead = same ? 2'b01 : 2'b10;
			assign fill = !j[1] || !col_seen[1];
		end
	endgenerate

	wire [1:0]    ch_end = (CMAX == 3 && rgb) ? 2'd2 : 2'd0;
	wire          col_in = one || (col_seen & lead) != {SEEN{1'b0}};
	wire          row_in = one || (row_seen & lead) != {SEEN{1'b0}};
	wire          output_now = col_in && row_in && !col_odd && !row_odd;
	reg           emit;                  // the same, stable from the second cycle of a step on
	wire          beyond = (col_rep != {RW{1'b0}}), below = (row_rep != {RW{1'b0}});
	wire          work = (state == WORK);
	wire          j_end = (j == j_max);
	wire          d_end = (d == side_m1);
	wire          phase_end = work && j_end;
	wire          hold = (ch == 2'd0) && output_now && full[buffer];
	assign px_ready = (state == TAKE) && !beyond && !below;
	wire          take = (state == TAKE) && (px_valid || beyond || below);

	always @(posedge clk) begin
		emit <= output_now;
		// known a cycle ahead
		step_end <= work && j == j_max - 1'b1 && d_end;
		column_end <= work && j == j_max - 1'b1 && d_end && ch == ch_end;
		x_end <= (x == cols_m1) && (col_rep == pad);
		y_end <= (y == rows_m1) && (row_rep == pad);
		case (state)
		READ: if (!hold) state <= TAKE;
		TAKE: if (take) state <= WRITE;
		WRITE: state <= WORK;
		WORK: if (step_end)
			state <= (column_end && x_end && y_end) ? IDLE : READ;
		default: ;
		endcase
		j <= (!work || j_end) ? {NW{1'b0}} : j + 1'b1;
		if (phase_end)
			d <= step_end ? {NW{1'b0}} : d + 1'b1;
		if (step_end)
			ch <= column_end ? 2'd0 : ch + 2'd1;
		if (column_end) begin
			ring <= ring + 2'd1;
			buffer <= buffer ^ emit;
			if (emit)
				new_row <= 1'b0;
			col_seen <= {col_seen[SEEN-2:0], 1'b1};
			col_odd <= stride2 && col_in && !col_odd;
			if (x != cols_m1)
				x <= x + 7'd1;
			else
				col_rep <= col_rep + 1'b1;
		end
		if (column_end && x_end) begin
			x <= 7'd0;
			col_rep <= {RW{1'b0}};
			col_seen <= {SEEN{1'b0}};
			col_odd <= 1'b0;
			new_row <= 1'b1;
			row_seen <= {row_seen[SEEN-2:0], 1'b1};
			row_odd <= stride2 && row_in && !row_odd;
			if (y != rows_m1)
				y <= y + 7'd1;
			else
				row_rep <= row_rep + 1'b1;
		end
		if (state == IDLE) begin
			d <= {NW{1'b0}};
			{ch, x, y, col_odd, row_odd, buffer} <= 19'd0;
			{col_rep, row_rep} <= {2*RW{1'b0}};
			{col_seen, row_seen} <= {2*SEEN{1'b0}};
			new_row <= 1'b1;
			if (start)
				state <= READ;
		end
		if (rst)
			state <= IDLE;
	end

	// ---- line memory, and the left neighbours of each channel and vertical kernel
	wire [1:0]    slot_mask = k5 ? 2'd3 : 2'd1;
	wire [1:0]    slot = (ring + (j_end ? 2'd0 : j[1:0])) & slot_mask;
	wire [XW+1:0] line_addr = {ch, x[XW-1:0]};
	wire [4:0]    beside = {{(3-NW){1'b0}}, d, slot};
	wire [XW+1:0] past_addr = {2'b11, ch, beside[XW-3:0]};
	wire unused_top = &{1'b0, beside[4], x[6]}; // SIDE 64
	wire [XW+1:0] addr = work ? past_addr : line_addr;
	wire [LW-1:0] line, line_data, past_data;
	wire [LW-1:0] wdata = work ? past_data : line_data;
	wire          line_we = (work && j_end) || (state == WRITE && !beyond);
	wire [AW-1:0] a;
	generate
		if (CMAX == 3) begin : g_rgb
			assign a = addr;
		end else begin : g_gray
			wire unused = &{1'b0, addr[XW+1:XW]};
			assign a = {work, addr[XW-1:0]};
		end
	endgenerate
	ram_1r1w #(.WIDTH(LW), .DEPTH(1 << AW)) u_line (
		.clk(clk), .we(line_we), .waddr(a), .wdata(wdata), .raddr(a), .rdata(line)
	);

	// ---- column of pixels, newest low; raw: the top one moves out, a row a phase
	reg  [8*KMAX-1:0] column;
	always @(posedge clk)
		if (take)
			column <= {line, below ? line[7:0] : px_data};
		else if (raw && phase_end)
			column <= {column[8*KMAX-9:0], column[7:0]};
	assign line_data[7:0] = column[7:0];
	assign line_data[LW-1:8] = (y == 7'd0) ? {(KMAX-2){column[7:0]}} : column[LW-1:8];

	// ---- vertical kernel d
	wire [9*KMAX-1:0] column_wide;
	wire [VW-1:0]     vertical;
	genvar i;
	generate
		for (i = 0; i < KMAX; i = i + 1) begin : g_pixel
			assign column_wide[9*i +: 9] = {1'b0, column[8*i +: 8]};
		end
	endgenerate
	jet_axis #(.K(KMAX), .W(9)) u_vertical (
		.clk(clk), .k5(k5), .raw(raw), .num({{(3-NW){1'b0}}, d}), .x(column_wide), .en(work && j == VERTICAL_J),
		.out(vertical)
	);

	// ---- left neighbours: past[0] newest. While they arrive, those left of column 0 take the first valid one.
	reg  [VW*(KMAX-1)-1:0] past;
	reg  [NW-1:0] n;                      // horizontal kernels under way: the n-th
	reg        run, run_emit, run_last, run_beyond;
	wire       n_end = (n == side_m1);
	wire       load = work && j != {NW{1'b0}} && j <= side_m1;
	wire [VW-1:0] newest = run_beyond ? past[VW-1:0] : vertical;
	always @(posedge clk)
		if (load)
			past <= fill ? {(KMAX-1){line[VW-1:0]}} : {past[VW*(KMAX-2)-1:0], line[VW-1:0]};
		else if (raw && run)
			past <= {past[VW*(KMAX-2)-1:0], newest};
	assign past_data = {{(LW-VW){1'b0}}, (KMAX == 5) ? newest : vertical};

	// ---- horizontal kernels 0, 2, (4,) 1, (3)
	wire [2:0] n_wide = {{(3-NW){1'b0}}, n};
	reg  [2:0] num;
	always @*
		case (n_wide)
		3'd0: num = 3'd0;
		3'd1: num = 3'd2;
		3'd2: num = k5 ? 3'd4 : 3'd1;
		3'd3: num = 3'd1;
		default: num = 3'd3;
		endcase
	jet_axis #(.K(KMAX), .W(VW)) u_horizontal (
		.clk(clk), .k5(k5), .raw(raw), .num(num), .x({past, newest}), .en(1'b1), .out(st_data)
	);
	always @(posedge clk) begin
		n <= run ? n + 1'b1 : {NW{1'b0}};
		if (run && n_end)
			run <= 1'b0;
		if (work && j == side_m1) begin
			run <= 1'b1;
			run_emit <= emit && (!one || d_end);
			run_last <= d_end;
			run_beyond <= beyond;
			st_new_row <= new_row;
		end
		if (rst)
			run <= 1'b0;
	end

	// ---- to the store; the end of a position is told equally late for either KMAX
	reg  [LATENCY-1:0] valid, turn, last; // value; followed by the first odd kernel; last of its channel
	reg  [1:0] st_ch;
	reg  [4:0] st_value;
	assign st_index = {st_ch, st_value};
	assign st_we = valid[LATENCY-1];
	wire   channel_end = st_we && last[LATENCY-1];
	wire   position_end = channel_end && st_ch == ch_end;
	wire   ending;
	assign busy = (state != IDLE) || run || (valid != {LATENCY{1'b0}}) || ending || st_end;
	generate
		if (LATENCY == 3) begin : g_late
			assign ending = position_end;
		end else begin : g_early
			reg told;
			always @(posedge clk)
				told <= position_end && !rst;
			assign ending = told;
		end
	endgenerate
	always @(posedge clk) begin
		valid <= {valid[LATENCY-2:0], run && run_emit && (!one || n_end)};
		turn <= {turn[LATENCY-2:0], n == n_middle};
		last <= {last[LATENCY-2:0], n_end && run_last};
		if (channel_end) begin
			st_value <= 5'd0;
			st_ch <= (st_ch == ch_end) ? 2'd0 : st_ch + 2'd1;
		end else if (st_we)
			st_value <= st_value + (raw ? 5'd1 : !turn[LATENCY-1] ? 5'd2 : k5 ? 5'd29 : 5'd31);
		st_end <= ending;
		if (st_end)
			st_buffer <= ~st_buffer;
		if (rst) begin
			valid <= {LATENCY{1'b0}};
			st_end <= 1'b0;
		end
		if (start)
			{st_ch, st_value, st_buffer} <= 8'd0;
	end
endmodule

`default_nettype wire
