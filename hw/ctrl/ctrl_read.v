// SPDX-License-Identifier: MIT
// ctrl_read: reads feature-map words for READ_MAP through the debug port of map_mem.
//
// A request word holds the first row (low half) and the number of rows. While fetch is high one word is
// read: request until granted, two cycles to the data, then take_word with the word for one cycle, and
// finished once control has stored it (stored). A row of MW words is read MW times, word 0 first.
// fits tells whether the request is within the memory and the answer's limit.
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
	input  wire              request_valid,
	output reg               fits,
	output reg  [7:0]        rows,       // rows - 1
	// word by word
	input  wire              fetch,
	output wire              take_word,
	output wire [31:0]       word,
	output wire              store,
	input  wire              stored,
	// map memory
	output wire              dbg_req,
	output wire [MAP_AW-1:0] dbg_addr,
	input  wire              dbg_gnt,
	input  wire [MW*32-1:0]  dbg_data
);
	localparam IDLE = 3'd0, ASK = 3'd1, WAIT = 3'd2, TAKE = 3'd3, STORE = 3'd4;
	localparam [31:0] ROWS = MAP_ROWS, MOST = `JB_PKT_MAX_READ_WORDS / MW;

	reg [2:0]        state;
	reg [MAP_AW-1:0] row;
	wire             row_end;
	wire [15:0]      count = request[31:16];

	assign dbg_req = (state == ASK);
	assign dbg_addr = row;
	assign take_word = (state == TAKE);
	assign store = (state == STORE);

	generate
		if (MW == 1) begin : g_word
			assign row_end = 1'b1;
			assign word = dbg_data;
		end else begin : g_words
			localparam W = $clog2(MW);
			reg [W-1:0] part;
			always @(posedge clk)
				if (request_valid)
					part <= {W{1'b0}};
				else if (stored)
					part <= part + 1'b1;
			assign row_end = (part == {W{1'b1}});
			assign word = dbg_data[32*part +: 32];
		end
	endgenerate

	always @(posedge clk) begin
		if (request_valid) begin
			row <= request[MAP_AW-1:0];
			rows <= request[23:16] - 8'd1;
			fits <= (count != 16'd0) && (count <= MOST[15:0]) &&
				({1'b0, request[15:0]} + {1'b0, count} <= ROWS[16:0]);
		end else if (stored && row_end)
			row <= row + 1'b1;

		case (state)
		IDLE: if (fetch)
			state <= ASK;
		ASK: if (dbg_gnt)
			state <= WAIT;
		WAIT: state <= TAKE;
		TAKE: state <= STORE;
		default: if (stored)
			state <= IDLE;
		endcase
		if (rst)
			state <= IDLE;
	end
endmodule

`default_nettype wire
