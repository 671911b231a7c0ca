// SPDX-License-Identifier: MIT
// ctrl_read: reads feature-map bits for READ_MAP through the debug port of map_mem.
//
// A request word holds the first row (low half) and the number of rows. While fetch is high bit `at` of
// word `index` behind the first one is read: request until granted, three cycles to the bit, then fetched
// with it for one cycle (map_bit is 0 otherwise). index and at do not change meanwhile. Words of a row count from
// word 0 up. A word is read anew for each of its bits: the link is slower, and no word has to be kept.
// fits, while not reading, tells whether the request is within the memory and the answer's limit, two cycles
// later.
//
// Fed by ctrl and ctrl_answer. Parameters: MW words a row; MAP_ROWS rows, MAP_AW >= clog2(MAP_ROWS) address
// bits, <= 16. Reset: idle. Compared by tests/rtl/test_ctrl_link.c.
`default_nettype none
`include "jetbnn_defs.vh"

module ctrl_read #(
	parameter MW = 1,
	parameter MAP_ROWS = 16384,
	parameter MAP_AW = 14
) (
	input  wire              clk,
	input  wire              rst,
	input  wire [31:0]       request,
	output reg               fits,
	// bit by bit
	input  wire              reading,
	input  wire              fetch,
	input  wire [7:0]        index,
	input  wire [4:0]        at,
	output reg               fetched,
	output reg               map_bit,
	// map memory
	output wire              dbg_req,
	output wire [MAP_AW-1:0] dbg_addr,
	input  wire              dbg_gnt,
	input  wire [MW*32-1:0]  dbg_data
);
	localparam IDLE = 2'd0, ASK = 2'd1, WAIT = 2'd2, TAKE = 2'd3;
	localparam [31:0] ROWS = MAP_ROWS;
	localparam MOST = $clog2(`JB_PKT_MAX_READ_WORDS / MW); // log2 of the most rows
	localparam W = $clog2(MW);

	reg [1:0]   state;
	wire [15:0] count = request[31:16];

	// One adder: the last row while the request is judged, the row wanted while it is read.
	wire [7:0]  last = count[7:0] - 8'd1;
	reg  [16:0] row;

	// 1 <= count <= 2**MOST
	wire count_fits = (count[15:MOST+1] == {(15-MOST){1'b0}}) &&
		(count[MOST] != (count[MOST-1:0] != {MOST{1'b0}}));
	wire in_map;
	generate
		if (MAP_ROWS == (1 << MAP_AW)) begin : g_whole
			assign in_map = (row[16:MAP_AW] == {(17-MAP_AW){1'b0}});
		end else begin : g_part
			assign in_map = (row < ROWS[16:0]);
		end
	endgenerate

	assign dbg_req = (state == ASK);
	assign dbg_addr = row[MAP_AW-1:0];

	// Which bit: known long before the data, and from afar.
	reg  [W+4:0] place;
	generate
		if (MW == 1) begin : g_word
			always @(posedge clk)
				place <= at;
		end else begin : g_words
			always @(posedge clk)
				place <= {index[W-1:0], at};
		end
	endgenerate

	always @(posedge clk) begin
		row <= {1'b0, request[15:0]} + {9'd0, reading ? index >> W : last};
		fits <= in_map && count_fits;
		fetched <= (state == TAKE);
		map_bit <= (state == TAKE) && dbg_data[place];
		case (state)
		IDLE: if (fetch)
			state <= ASK;
		ASK: if (dbg_gnt)
			state <= WAIT;
		WAIT: state <= TAKE;
		default: state <= IDLE;
		endcase
		if (rst)
			state <= IDLE;
	end
endmodule

`default_nettype wire
