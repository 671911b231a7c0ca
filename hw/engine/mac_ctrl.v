// SPDX-License-Identifier: MIT
// mac_ctrl: takes complete windows, issues their weight rows and says what comes out of the pipeline.
//
// A window is taken (`swap`) when it is complete and the rows before it are issued; its NROW rows then
// follow one a cycle (one every PACE cycles where each row's sums go to write-back or head); with PARTS 2 a row is two
// issues, one behind the other, of which the second counts as the row's, and `turn` comes behind each.
// Row addresses run on through the steps of a position and start over at its first step; with RESIDENT they start
// at base of the block's half, and run down where the program stands on its head (side 1, see ctrl_load.v).
// Pipeline, counted from i, swap + 1, or + 2 with LATE: the cycle of the weight address, the one before with AHEAD:
//   i+1 weights and slots meet; i+5 slot counts; i+7 their sum, accumulator; i+8 result, threshold;
//   i+9 bits. Ports ending in _k belong to the row at i+k.
// Windows are taken at least 5 cycles apart (STEP_ENTRIES), so tags are copied from stage to stage with
// a window's first row: at i (step), i+4, i+7 (accumulate), i+9 (result).
// `free` (a block's rows are all through) comes 9 cycles after the address of the block's last row.
// Parameters: O, P, RESIDENT, PARTS as in engine.v, WAW weight address bits; LATE (PARTS 1) adds a cycle before the
// windows, which AHEAD (with LATE) gives to a register behind the weights. Reset: empty.
// Compared by tests/chain; row counts as in sw/src/cycles_engine.c.
`default_nettype none

module mac_ctrl #(
	parameter O = 1,
	parameter P = 2,
	parameter LATE = 1,
	parameter AHEAD = 0,
	parameter RESIDENT = 0,
	parameter PARTS = 1,
	parameter WAW = 8
) (
	input  wire           clk,
	input  wire           rst,
	input  wire [5:0]     op_nrow_m1,
	// window
	input  wire           complete,
	output wire           swap,
	output reg            swap_d,
	output reg            soon,          // the next window's entries may come
	input  wire           tag_half,
	input  wire [8:0]     tag_mask,
	input  wire           tag_double,
	input  wire           tag_start,     // first step of its positions
	input  wire           tag_first,     // and the accumulators begin
	input  wire           tag_last,
	input  wire           tag_or,
	input  wire           tag_write,
	input  wire           tag_tail,
	input  wire           tag_block_end,
	input  wire           tag_paced,
	input  wire           tag_x_first,
	input  wire           tag_y_first,
	input  wire [P-1:0]   inside_tail,   // positions of a row's last group that are inside the map
	input  wire [2*WAW-1:0] base,        // RESIDENT: first rows of the halves' blocks
	input  wire           side,
	// rows
	output wire [WAW-1:0] w_raddr,
	output reg  [8:0]     mask,          // at i+1
	output reg            turn,          // in the cycle behind each issue
	output wire           valid_4,
	output wire           start_4,       // first row of its step
	output wire           valid_5,
	output wire           start_5,
	output reg            first_5,       // shared jets: first and last step of the position group
	output reg            last_5,
	output reg            x_first_5,
	output reg            y_first_5,
	output reg            half_4,
	output wire           row_8,         // each row
	output reg            once_7,        // accumulators go on, as they are or doubled; neither: begin
	output reg            twice_7,
	output reg            half_7,
	output reg  [P-1:0]   keep_7,        // positions inside the map
	output reg            block_7,
	output wire           valid_7,       // last step
	output reg            tail_1,        // from swap + 1 to the next
	output reg            block_1,
	output reg            valid_9,       // its result
	output reg            or_9,
	output reg            tail_9,
	output wire           end_9,         // last row
	output reg            write_9,       // the step completes the position group
	output wire           block_9,       // and the block
	output wire           free,
	output wire           busy
);
	localparam PACE_CYCLES = (O == 1 || RESIDENT != 0) ? 16 : 32;
	localparam PACE_LAST = PACE_CYCLES - PARTS;
	localparam [4:0] PACE_END = PACE_LAST[4:0];
	localparam RW = (RESIDENT != 0) ? WAW : WAW - 1; // the other bit is the half

	wire [RW-1:0] first_row, row_step;
	generate
		if (RESIDENT != 0) begin : g_base
			assign first_row = (tag_half ? base[WAW +: WAW] : base[0 +: WAW]) ^ {WAW{side}};
			assign row_step = {{(RW-1){side}}, 1'b1};
		end else begin : g_half
			wire unused = &{1'b0, base, side};
			assign first_row = {RW{1'b0}};
			assign row_step = {{(RW-1){1'b0}}, 1'b1};
		end
	endgenerate

	wire [5:0] issues_m1 = (PARTS == 1) ? op_nrow_m1 : {op_nrow_m1[4:0], 1'b1};

	reg win_full, row_valid;
	reg [5:0] rem;
	reg [4:0] pace;
	reg [RW-1:0] waddr;
	reg half, first, double, last, ors, write, paced, start, xf, yf;
	reg [8:0] step_mask;

	wire issue = row_valid && (pace == 5'd0);
	wire more = (PARTS == 2) && rem[0]; // the row's other part follows
	wire pace_end = !paced || more || (pace == PACE_END);
	wire done = row_valid && (rem == 6'd0) && pace_end;

	assign swap = win_full && (!row_valid || done);

	// soon = win_full && (!row_valid || (!paced && rem <= 3)), worked out a cycle ahead: it is on the way to
	// the address of model memory.
	always @(posedge clk) begin
		soon <= !rst && (swap ? complete && !tag_paced && issues_m1 <= 6'd3 :
			(complete || win_full) && (!row_valid || (paced ? done : rem <= 6'd4)));
		swap_d <= swap;
		turn <= issue;
		if (row_valid) begin
			start <= start && (!issue || more);
			pace <= pace_end ? 5'd0 : pace + 5'd1;
			if (pace_end)
				rem <= rem - 6'd1;
			if (done)
				row_valid <= 1'b0;
		end
		if (issue)
			waddr <= waddr + row_step;
		if (swap) begin
			row_valid <= 1'b1;
			rem <= issues_m1;
			pace <= 5'd0;
			start <= 1'b1;
			half <= tag_half;
			step_mask <= tag_mask;
			double <= tag_double;
			first <= tag_first;
			last <= tag_last;
			ors <= tag_or;
			write <= tag_write;
			tail_1 <= tag_tail;
			block_1 <= tag_block_end;
			paced <= tag_paced;
			xf <= tag_x_first;
			yf <= tag_y_first;
			if (tag_start)
				waddr <= first_row;
		end
		if (complete)
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
	wire row0, start0, end0;
	wire [WAW-1:0] row_addr;
	generate
		if (LATE != 0) begin : g_late
			reg row_q, start_q, end_q;
			reg [8:0] mask_q;
			always @(posedge clk) begin
				row_q <= issue && !more && !rst;
				start_q <= start;
				end_q <= (rem == 6'd0);
				mask_q <= step_mask;
				mask <= mask_q;
			end
			assign row0 = row_q;
			assign start0 = start_q;
			assign end0 = end_q;
		end else begin : g_now
			always @(posedge clk)
				mask <= step_mask;
			assign row0 = issue && !more;
			assign start0 = start;
			assign end0 = (rem == 6'd0);
		end
		if (RESIDENT != 0) begin : g_whole
			assign row_addr = waddr;
		end else begin : g_in_half
			assign row_addr = {half, waddr};
		end
		if (LATE != 0 && AHEAD == 0) begin : g_late_row
			reg [WAW-1:0] addr_q;
			always @(posedge clk)
				addr_q <= row_addr;
			assign w_raddr = addr_q;
		end else begin : g_row
			assign w_raddr = row_addr;
		end
	endgenerate

	reg [9:1] v, en;
	reg [8:1] st;
	reg first_4, double_4, last_4, or_4, write_4, tail_4, block_4, xf_4, yf_4;
	reg last_7, or_7, write_7, tail_7, valid_8, block_end_9;
	always @(posedge clk) begin
		v <= {v[8:1], row0};
		st <= {st[7:1], row0 && start0};
		en <= {en[8:1], row0 && end0};
		if (st[3]) begin
			half_4 <= half;
			first_4 <= first;
			double_4 <= double;
			last_4 <= last;
			or_4 <= ors;
			write_4 <= write;
			tail_4 <= tail_1;
			block_4 <= block_1;
			xf_4 <= xf;
			yf_4 <= yf;
		end
		if (st[4]) begin
			first_5 <= first_4;
			last_5 <= last_4;
			x_first_5 <= xf_4;
			y_first_5 <= yf_4;
		end
		if (st[6]) begin
			once_7 <= !first_4 && !double_4;
			twice_7 <= !first_4 && double_4;
			half_7 <= half_4;
			last_7 <= last_4;
			or_7 <= or_4;
			write_7 <= write_4;
			tail_7 <= tail_4;
			keep_7 <= inside_tail | {P{!tail_4}};
			block_7 <= block_4;
		end
		valid_8 <= valid_7 && !rst;
		valid_9 <= valid_8 && !rst;
		if (st[8]) begin
			or_9 <= or_7;
			write_9 <= write_7;
			tail_9 <= tail_7;
			block_end_9 <= block_7;
		end
		if (rst) begin
			v <= 9'd0;
			en <= 9'd0;
		end
	end
	assign valid_4 = v[4];
	assign valid_7 = v[7] && last_7;
	assign start_4 = st[4];
	assign valid_5 = v[5];
	assign start_5 = st[5];
	assign row_8 = v[8];
	assign end_9 = en[9];
	assign block_9 = block_end_9;
	assign free = en[9] && block_end_9;
	assign busy = win_full || row_valid || row0 || (v != 9'd0);
endmodule

`default_nettype wire
