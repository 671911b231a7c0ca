// SPDX-License-Identifier: MIT
// mac_ctrl: takes complete windows, issues their weight rows and carries the row tags down the pipeline.
//
// A window is taken (`swap`) when it is complete and the rows before it are issued; its NROW rows then
// follow one a cycle (one every PACE cycles where class-map words are stored).
// Row addresses run on through the steps of a position group and start over at its first step.
// Pipeline, counted from i, the cycle of the weight address (swap + 1, or + 2 with POINTWISE):
//   i+1 weights and slots meet; i+5 slot counts; i+7 their sum, accumulator; i+8 result, threshold;
//   i+9 bits. Ports ending in _k are tags of the row at i+k.
// `free` (a block's rows are all through) comes 12 cycles after the block's last row.
// Parameters: O, WROWS as in engine.v; POINTWISE adds a cycle before the weights. Reset: empty.
// Compared by tests/chain; row counts as in sw/src/cycles.c.
`default_nettype none

module mac_ctrl #(
	parameter O = 1,
	parameter WROWS = 128,
	parameter POINTWISE = 1,
	parameter WAW = $clog2(2*WROWS)
) (
	input  wire           clk,
	input  wire           rst,
	// operation
	input  wire [7:0]     op_nrow,
	input  wire           op_paced,
	input  wire           op_acc_in,
	input  wire           op_acc_out,
	// window
	input  wire           win_last,
	output wire           swap,
	output reg            swap_d,
	output wire           soon,
	input  wire           tag_half,
	input  wire [8:0]     tag_mask,
	input  wire           tag_double,
	input  wire           tag_first,
	input  wire           tag_last,
	input  wire           tag_block_end,
	input  wire           tag_x_first,
	input  wire           tag_y_first,
	// rows
	output wire [WAW-1:0] w_raddr,
	output wire [8:0]     mask,          // at i+1
	output wire           valid_4,
	output wire           start_4,       // first row of its step
	output wire           valid_5,
	output wire           start_5,
	output wire           first_5,       // first and last step of the position group
	output wire           last_5,
	output wire           x_first_5,
	output wire           y_first_5,
	output wire           valid_7,
	output wire           first_7,
	output wire           twice_7,
	output wire           half_7,
	output wire           valid_8,       // result: last step
	output wire           start_8,
	output wire           end_8,         // last row of its step
	output wire           valid_9,
	output wire           end_9,
	output wire           free,
	output wire           busy
);
	localparam PACE_MINUS_1 = 2*O + 1;
	localparam [4:0] PACE_END = PACE_MINUS_1[4:0];

	reg win_full, row_valid;
	reg [7:0] rem;
	reg [4:0] pace;
	reg [WAW-2:0] waddr;
	reg half, first, twice, last, start, block_end, xf, yf;
	reg [8:0] step_mask;

	wire issue = row_valid && (pace == 5'd0);
	wire done = row_valid && (rem == 8'd0) && (!op_paced || pace == PACE_END);

	assign swap = win_full && (!row_valid || done);
	assign soon = !row_valid || (!op_paced && rem <= 8'd3);

	always @(posedge clk) begin
		swap_d <= swap;
		if (row_valid) begin
			start <= start && !issue;
			pace <= (!op_paced || pace == PACE_END) ? 5'd0 : pace + 5'd1;
			if (!op_paced || pace == PACE_END)
				rem <= rem - 8'd1;
			if (done)
				row_valid <= 1'b0;
		end
		if (issue)
			waddr <= waddr + 1'b1;
		if (swap) begin
			row_valid <= 1'b1;
			rem <= (op_nrow == 8'd0) ? 8'd0 : op_nrow - 8'd1;
			pace <= 5'd0;
			start <= 1'b1;
			half <= tag_half;
			step_mask <= tag_mask;
			twice <= tag_double;
			first <= tag_first && !op_acc_in;
			last <= tag_last && !op_acc_out;
			block_end <= tag_block_end;
			xf <= tag_x_first;
			yf <= tag_y_first;
			if (tag_first)
				waddr <= {(WAW-1){1'b0}};
		end
		if (win_last)
			win_full <= 1'b1;
		else if (swap)
			win_full <= 1'b0;
		if (rst) begin
			win_full <= 1'b0;
			row_valid <= 1'b0;
			swap_d <= 1'b0;
		end
	end

	// Align with the weights: a cycle later where slots has its register.
	localparam TW = 9;
	wire [TW-1:0] now = {half, first, twice, last, start, rem == 8'd0, block_end && rem == 8'd0, xf, yf};
	wire row0;
	wire [TW-1:0] tags0;
	generate
		if (POINTWISE != 0) begin : g_late
			reg row_q;
			reg [TW-1:0] tags_q;
			reg [WAW-1:0] addr_q;
			reg [8:0] mask_q, mask_qq;
			always @(posedge clk) begin
				row_q <= issue && !rst;
				tags_q <= now;
				addr_q <= {half, waddr};
				mask_q <= step_mask;
				mask_qq <= mask_q;
			end
			assign row0 = row_q;
			assign tags0 = tags_q;
			assign w_raddr = addr_q;
			assign mask = mask_qq;
		end else begin : g_now
			reg [8:0] mask_q;
			always @(posedge clk)
				mask_q <= step_mask;
			assign row0 = issue;
			assign tags0 = now;
			assign w_raddr = {half, waddr};
			assign mask = mask_q;
		end
	endgenerate

	reg [9:1] v, la, en;
	reg [8:1] st;
	reg [7:1] hf, fi, db;
	reg [12:1] be;
	reg [5:1] x5, y5;
	always @(posedge clk) begin
		v <= {v[8:1], row0};
		hf <= {hf[6:1], tags0[8]};
		fi <= {fi[6:1], tags0[7]};
		db <= {db[6:1], tags0[6]};
		la <= {la[8:1], tags0[5]};
		st <= {st[7:1], tags0[4]};
		en <= {en[8:1], tags0[3]};
		be <= {be[11:1], row0 && tags0[2]};
		x5 <= {x5[4:1], tags0[1]};
		y5 <= {y5[4:1], tags0[0]};
		if (rst) begin
			v <= 9'd0;
			be <= 12'd0;
		end
	end
	assign valid_4 = v[4];
	assign start_4 = st[4];
	assign valid_5 = v[5];
	assign start_5 = st[5];
	assign first_5 = fi[5];
	assign last_5 = la[5];
	assign x_first_5 = x5[5];
	assign y_first_5 = y5[5];
	assign valid_7 = v[7];
	assign first_7 = fi[7];
	assign twice_7 = db[7];
	assign half_7 = hf[7];
	assign valid_8 = v[8] && la[8];
	assign start_8 = st[8];
	assign end_8 = en[8];
	assign valid_9 = v[9] && la[9];
	assign end_9 = en[9];
	assign free = be[12];
	assign busy = win_full || swap_d || row_valid || row0 || (v != 9'd0) || (be != 12'd0);
endmodule

`default_nettype wire
