// SPDX-License-Identifier: MIT
// front_scan: pixels in, K*K values of each window position out (jets, or the raw pixels).
//
// Walks the padded image: row y (same: pad rows more at the bottom, replayed from the line memory), column x
// (same: first and last column pad times more), channel. K-1 line memories give the column of K pixels; a
// row before the first repeats it. jet_axis makes the column's jets, then, one vertical jet d at a time,
// jet_axis makes the row's jets from it and its K-1 left neighbours: value d*K + dx of the channel.
//   index written = channel*32 + (raw ? row*K + col : dy*K + dx)
//
// Fed by pixels (px_valid/px_ready), feeds front_select's stores: st_we/st_addr/st_data, then `full` of
// the buffer; a position waits until its buffer is not full. Only positions that are outputs are written.
// Cycles a position: C + (1 + repeats)*C*(3 + K*max(K,3)), see sw/src/cycles_front.c.
// Parameters: KMAX 3 or 5, CMAX 1 or 3, SW bits of a stored value (signed; 13 for K 3, 17 for K 5).
// Reset/restart: before the first pixel. Compared by tests/rtl/test_front.c with ref_jet and ref_bconv.
`default_nettype none

module front_scan #(
	parameter KMAX = 5,
	parameter CMAX = 3,
	parameter SW = 18
) (
	input  wire          clk,
	input  wire          rst,
	input  wire          start,
	output reg           busy,
	output reg           touched,     // a pixel was taken
	// configuration
	input  wire [6:0]    rows_m1,
	input  wire [6:0]    cols_m1,
	input  wire          rgb,
	input  wire [2:0]    k,
	input  wire          raw,
	input  wire          same,
	input  wire          stride2,
	input  wire [6:0]    out_rows_m1,
	input  wire [6:0]    out_cols_m1,
	// pixels
	input  wire          px_valid,
	output wire          px_ready,
	input  wire [7:0]    px_data,
	// store
	output reg           st_we,
	output reg  [7:0]    st_addr,     // {buffer, channel, value}
	output reg  [SW-1:0] st_data,
	output reg           st_last,     // last value of its position
	input  wire [1:0]    full
);
	localparam IDLE = 3'd0, TAKE = 3'd1, READ = 3'd2, COLUMN = 3'd3, SLOT = 3'd4, NEXT = 3'd5;
	localparam LINES = 128*CMAX;
	localparam LAW = $clog2(LINES);
	localparam VW = 9 + KMAX - 1;    // vertical jet, signed
	localparam HW = VW + KMAX - 1;

	reg [2:0] state;
	reg [7:0] y, x, v;          // row; real column; padded column
	reg [1:0] ch;
	reg [2:0] rep, d, j;
	reg [LAW-1:0] line_addr, line_base;
	reg [7:0] pix [0:3];
	reg       buffer;

	wire [2:0] pad = same ? (k == 3'd5 ? 3'd2 : k == 3'd3 ? 3'd1 : 3'd0) : 3'd0;
	wire [1:0] ch_end = rgb ? 2'd2 : 2'd0;
	wire [2:0] k_m1 = k - 3'd1;
	wire [2:0] slot_end = (k == 3'd5) ? 3'd4 : 3'd2;
	wire replay = (y > {1'b0, rows_m1});
	wire first_col = (x == 8'd0);
	wire last_col = (x == {1'b0, cols_m1});
	wire [2:0] rep_end = (first_col ? pad : 3'd0) + (last_col ? pad : 3'd0);
	wire [7:0] row_end = {1'b0, rows_m1} + {5'd0, pad};

	// Output place of the window whose last column is v.
	wire [8:0] out_r = {1'b0, y} - {6'd0, same ? pad : k_m1};
	wire [8:0] out_c = {1'b0, v} - {6'd0, k_m1};
	wire [8:0] limit_r = stride2 ? {1'b0, out_rows_m1, 1'b0} : {2'd0, out_rows_m1};
	wire [8:0] limit_c = stride2 ? {1'b0, out_cols_m1, 1'b0} : {2'd0, out_cols_m1};
	wire emit_now = !out_r[8] && !out_c[8] && out_r <= limit_r && out_c <= limit_c &&
		!(stride2 && (out_r[0] || out_c[0]));
	reg  emit;

	assign px_ready = (state == TAKE) && !replay;

	// ---- line memories: newest row in the low byte
	localparam LB = 8*(KMAX-1);
	wire [LB-1:0] lines;
	wire [7:0] pixel = replay ? lines[7:0] : pix[ch];
	reg  line_we;
	reg  [LB-1:0] line_data;
	reg  [LAW-1:0] line_waddr;
	ram_1r1w #(.WIDTH(LB), .DEPTH(LINES)) u_lines (
		.clk(clk), .we(line_we), .waddr(line_waddr), .wdata(line_data), .raddr(line_addr),
		.rdata(lines)
	);
	wire [LB-1:0] above = (y == 8'd0) ? {(KMAX-1){pixel}} : lines;

	// ---- vertical jets of the column; [0] is the top
	wire [9*3-1:0] col3 = {{1'b0, pixel}, {1'b0, above[7:0]}, {1'b0, above[15:8]}};
	localparam VW3 = 9 + 2;
	wire [3*VW3-1:0] vert3;
	jet_axis #(.W(9), .K(3)) u_vert3 (.clk(clk), .en(state == COLUMN), .x(col3), .out(vert3));
	reg  [8*KMAX-1:0] column;   // raw pixels, [0] top of the K wanted
	wire [KMAX*VW-1:0] vertical; // jet or raw pixel of row d
	genvar i;
	generate
		if (KMAX == 5) begin : g_v5
			wire [9*5-1:0] col5 = {{1'b0, pixel}, {1'b0, above[7:0]}, {1'b0, above[15:8]},
				{1'b0, above[23:16]}, {1'b0, above[31:24]}};
			wire [5*VW-1:0] vert5;
			jet_axis #(.W(9), .K(5)) u_vert5 (
				.clk(clk), .en(state == COLUMN), .x(col5), .out(vert5)
			);
			always @(posedge clk)
				if (state == COLUMN)
					column <= (k == 3'd5) ? {pixel, above[7:0], above[15:8], above[23:16], above[31:24]} :
						(k == 3'd3) ? {16'd0, pixel, above[7:0], above[15:8]} : {32'd0, pixel};
			for (i = 0; i < 5; i = i + 1) begin : g_sel
				wire [VW-1:0] three = (i < 3) ?
					{{(VW-VW3){vert3[VW3*(i % 3) + VW3-1]}}, vert3[VW3*(i % 3) +: VW3]} : {VW{1'b0}};
				assign vertical[VW*i +: VW] = raw ? {{(VW-8){1'b0}}, column[8*i +: 8]} :
					(k == 3'd5) ? vert5[VW*i +: VW] : three;
			end
		end else begin : g_v3
			always @(posedge clk)
				if (state == COLUMN)
					column <= (k == 3'd3) ? {pixel, above[7:0], above[15:8]} : {16'd0, pixel};
			for (i = 0; i < 3; i = i + 1) begin : g_sel
				assign vertical[VW*i +: VW] = raw ? {{(VW-8){1'b0}}, column[8*i +: 8]} :
					vert3[VW*i +: VW];
			end
		end
	endgenerate

	// ---- row of vertical jets: K-1 left neighbours of {channel, d}; newest in the low bits
	localparam PB = VW*(KMAX-1);
	wire [PB-1:0] past;
	reg  [4:0] past_addr;
	wire [VW-1:0] newest = vertical[VW*d +: VW];
	reg  past_we;
	reg  [4:0] past_waddr;
	reg  [PB-1:0] past_data;
	ram_1r1w #(.WIDTH(PB), .DEPTH(32)) u_past (
		.clk(clk), .we(past_we), .waddr(past_waddr), .wdata(past_data), .raddr(past_addr),
		.rdata(past)
	);
	wire [3*VW-1:0] row3 = {newest, past[VW-1:0], past[2*VW-1:VW]};
	wire [3*(VW+2)-1:0] horiz3;
	wire make = (state == SLOT) && (j == 3'd1);
	jet_axis #(.W(VW), .K(3)) u_horiz3 (.clk(clk), .en(make), .x(row3), .out(horiz3));
	reg [KMAX*VW-1:0] window;  // raw values, [0] left
	wire [KMAX*HW-1:0] horizontal;
	generate
		if (KMAX == 5) begin : g_h5
			wire [5*VW-1:0] row5 = {newest, past[VW-1:0], past[2*VW-1:VW], past[3*VW-1:2*VW],
				past[4*VW-1:3*VW]};
			wire [5*HW-1:0] horiz5;
			jet_axis #(.W(VW), .K(5)) u_horiz5 (.clk(clk), .en(make), .x(row5), .out(horiz5));
			always @(posedge clk)
				if (make)
					window <= (k == 3'd5) ? row5 : (k == 3'd3) ? {{2*VW{1'b0}}, row3} :
						{{4*VW{1'b0}}, newest};
			for (i = 0; i < 5; i = i + 1) begin : g_sel
				wire [HW-1:0] three = (i < 3) ?
					{{(HW-VW-2){horiz3[(VW+2)*(i % 3) + VW+1]}}, horiz3[(VW+2)*(i % 3) +: VW+2]} :
					{HW{1'b0}};
				assign horizontal[HW*i +: HW] =
					raw ? {{(HW-VW){1'b0}}, window[VW*i +: VW]} :
					(k == 3'd5) ? horiz5[HW*i +: HW] : three;
			end
		end else begin : g_h3
			always @(posedge clk)
				if (make)
					window <= (k == 3'd3) ? row3 : {{2*VW{1'b0}}, newest};
			for (i = 0; i < 3; i = i + 1) begin : g_sel
				assign horizontal[HW*i +: HW] =
					raw ? {{(HW-VW){1'b0}}, window[VW*i +: VW]} : horiz3[HW*i +: HW];
			end
		end
	endgenerate

	// ---- values to the store, one a cycle, while the next slot is prepared
	reg       out_run, out_last, out_buffer;
	reg [2:0] out_j;
	reg [1:0] out_ch;
	reg [4:0] out_index;
	wire [HW-1:0] value = horizontal[HW*out_j +: HW];

	wire d_end = (d == k_m1);
	wire wait_store = (ch == 2'd0) && emit_now && full[buffer];

	always @(posedge clk) begin
		line_we <= 1'b0;
		past_we <= 1'b0;
		st_we <= out_run;
		st_addr <= {out_buffer, out_ch, out_index};
		st_data <= {{(SW-HW){value[HW-1]}}, value};
		st_last <= out_run && out_last && (out_j == k_m1);
		if (out_run) begin
			out_j <= out_j + 3'd1;
			out_index <= out_index + 5'd1;
			if (out_j == k_m1)
				out_run <= 1'b0;
		end

		case (state)
		TAKE: if (replay || px_valid) begin
			pix[ch] <= px_data;
			touched <= 1'b1;
			ch <= ch + 2'd1;
			if (ch == ch_end) begin
				ch <= 2'd0;
				state <= READ;
				line_addr <= line_base;
			end
		end
		READ: begin
			// the line memory is read in this cycle
			if (!wait_store)
				state <= COLUMN;
			if (ch == 2'd0)
				emit <= emit_now;
		end
		COLUMN: begin
			state <= SLOT;
			d <= 3'd0;
			j <= 3'd0;
			past_addr <= {ch, 3'd0};
			if (rep == rep_end) begin
				line_we <= 1'b1;
				line_waddr <= line_addr;
				line_data <= {above[LB-9:0], pixel};
			end
		end
		SLOT: begin
			j <= j + 3'd1;
			if (make) begin
				past_we <= 1'b1;
				past_waddr <= past_addr;
				past_data <= {past[PB-VW-1:0], newest};
			end
			if (make && emit) begin
				out_run <= 1'b1;
				out_buffer <= buffer;
				out_j <= 3'd0;
				out_ch <= ch;
				out_last <= d_end && (ch == ch_end);
				if (d == 3'd0)
					out_index <= 5'd0;
			end
			if (j == slot_end) begin
				j <= 3'd0;
				d <= d + 3'd1;
				past_addr <= {ch, d + 3'd1};
				if (d_end)
					state <= NEXT;
			end
		end
		NEXT: begin
			// next channel, repetition, column, row
			ch <= (ch == ch_end) ? 2'd0 : ch + 2'd1;
			line_addr <= (ch == ch_end) ? line_base : line_addr + 1'b1;
			state <= READ;
			if (ch == ch_end) begin
				v <= v + 8'd1;
				rep <= rep + 3'd1;
				if (emit)
					buffer <= ~buffer;
				if (rep == rep_end) begin
					rep <= 3'd0;
					x <= x + 8'd1;
					line_base <= line_addr + 1'b1;
					state <= TAKE;
					if (last_col) begin
						x <= 8'd0;
						v <= 8'd0;
						line_base <= {LAW{1'b0}};
						y <= y + 8'd1;
						if (y == row_end) begin
							state <= IDLE;
							busy <= 1'b0;
						end
					end
				end
			end
		end
		default: ;
		endcase

		if (start) begin
			state <= TAKE;
			busy <= 1'b1;
			touched <= 1'b0;
			y <= 8'd0;
			x <= 8'd0;
			v <= 8'd0;
			ch <= 2'd0;
			rep <= 3'd0;
			line_base <= {LAW{1'b0}};
			buffer <= 1'b0;
			out_run <= 1'b0;
		end
		if (rst) begin
			state <= IDLE;
			busy <= 1'b0;
			out_run <= 1'b0;
		end
	end
endmodule

`default_nettype wire
