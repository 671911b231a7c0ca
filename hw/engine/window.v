// SPDX-License-Identifier: MIT
// window: registers of the step's window, double buffered.
//
//   next[r][j] <= inside ? word of column group h : 0,  j = h*MW + m - align, 0 <= j < P+2;  the same for the
//   group behind it, h + 1, with TWICE
//   cur <= next in the cycle after `swap`;  with PARTS 2 `turn` exchanges the halves of each word of cur
//
// Position p of slot (r,c) sees cur[r][p+c]. Words 32 bits, bit = channel of the group; zeros are -1.
// Fed by map memory through walk (win_*), feeds mac_unit and, for the OR pool, writeback.
// Throughput: one map row (MW words) a cycle, two with TWICE; `cur` may be replaced every 2 cycles.
// Parameters: P positions (1, 2, 4, 8), PARTS 1, 2, MW = max(1, P/2) words a map row (P 1: align is always 0).
// Reset: none needed (masked by tags).
// Equals the window indexing of ref_bconv (sw/src/ref_conv.c); compared by tests/chain.
`default_nettype none

module window #(
	parameter P = 2,
	parameter TWICE = 0,
	parameter PARTS = 1,
	parameter MW = (P > 1) ? P/2 : 1,
	parameter COLS = P + 2
) (
	input  wire                  clk,
	input  wire                  win_we,
	input  wire [1:0]            win_row,
	input  wire [1:0]            win_h,
	input  wire [1:0]            win_align,
	input  wire                  win_inside,
	input  wire [MW*32-1:0]      win_data,
	input  wire                  win_inside_2, // TWICE: of the group behind
	input  wire [MW*32-1:0]      win_data_2,
	input  wire                  swap_d,   // swap of the cycle before
	input  wire                  turn,     // PARTS 2
	output wire [3*COLS*32-1:0]  cur       // [r][j]
);
	localparam MLOG = (MW > 1) ? $clog2(MW) : 1;

	wire [MW*32-1:0] data = win_inside ? win_data : {MW*32{1'b0}};
	wire [MW*32-1:0] data_2 = (TWICE != 0 && win_inside_2) ? win_data_2 : {MW*32{1'b0}};
	wire [1:0] align = (P > 1) ? win_align : 2'd0;
	wire [3:0] h = {2'd0, win_h}, h_2 = {2'd0, win_h} + 4'd1;

	genvar r, j;
	generate
		for (j = 0; j < COLS; j = j + 1) begin : g_col
			// Which column group and word hold column j at the present alignment.
			wire [3:0] place = j + {2'd0, align};
			wire [31:0] word;
			wire [3:0] group = (MW == 1) ? place : place >> MLOG;
			wire second = (TWICE != 0) && (h_2 == group);
			wire hit = second || (h == group);
			if (MW == 1) begin : g_one
				assign word = second ? data_2 : data;
			end else begin : g_many
				assign word = second ? data_2[32*place[MLOG-1:0] +: 32] : data[32*place[MLOG-1:0] +: 32];
			end
			for (r = 0; r < 3; r = r + 1) begin : g_row
				wire we = win_we && win_row == r && hit;
				if (PARTS == 1) begin : g_pair
					word_pair #(.INDEX(r*COLS + j)) u_pair (
						.clk(clk), .we(we), .d(word), .swap(swap_d), .q(cur[32*(r*COLS + j) +: 32])
					);
				end else begin : g_turn
					reg [31:0] next, q;
					always @(posedge clk) begin
						if (we)
							next <= word;
						if (swap_d || turn)
							q <= swap_d ? next : {q[15:0], q[31:16]};
					end
					assign cur[32*(r*COLS + j) +: 32] = q;
				end
			end
		end
		if (PARTS == 1) begin : g_unused
			wire unused = &{1'b0, turn};
		end
	endgenerate
endmodule

`default_nettype wire
