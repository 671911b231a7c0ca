// SPDX-License-Identifier: MIT
// front_writer: addresses of the map words of the front end.
//
// Words come in the order row, column, g = 0.. of the position. Map rows follow one another:
//   map row = base + (row*CG + column/MW)*G + g, word column mod MW, by increments
// The first word of a map row (column mod MW = 0) writes the whole row, with zeros in the other words.
// Fed by front_bits (word, word_end: last of its position, word_row: first of an image row), feeds map memory:
// fm_* held until fm_ready; combinational from the word, no latency. `start` begins at base.
// Parameters: MW words a map row (1, 2, 4); MAP_AW address bits.
// Equals the packed bits of ref_threshold and ref_pool; compared by tests/rtl/test_front.c.
`default_nettype none

module front_writer #(
	parameter MW = 1,
	parameter MAP_AW = 16
) (
	input  wire              clk,
	input  wire              start,
	input  wire [MAP_AW-1:0] base,
	input  wire              word_valid,
	input  wire              word_end,
	input  wire              word_row,
	output wire              word_ready,
	input  wire [31:0]       word,
	output wire              fm_valid,
	input  wire              fm_ready,
	output wire [MAP_AW-1:0] fm_addr,
	output wire [MW*32-1:0]  fm_data,
	output wire [MW*4-1:0]   fm_be
);
	reg  [MAP_AW-1:0] addr;
	wire [MAP_AW-1:0] after = fm_addr + 1'b1;
	wire taken = fm_valid && fm_ready;
	assign fm_valid = word_valid;
	assign word_ready = fm_ready;

	generate
		if (MW == 1) begin : g_one
			wire unused = &{1'b0, word_end, word_row};
			assign fm_data = word;
			assign fm_be = 4'hF;
			assign fm_addr = addr;
			always @(posedge clk)
				if (start)
					addr <= base;
				else if (taken)
					addr <= after;
		end else begin : g_more
			localparam CW = $clog2(MW);
			reg [CW-1:0]     m;      // column mod MW
			reg [MAP_AW-1:0] group;  // first map row of the column group
			reg [MAP_AW-1:0] next;   // of the next one
			// a row that ended inside a column group
			wire          jump = word_row && m != {CW{1'b0}};
			wire [CW-1:0] column = jump ? {CW{1'b0}} : m;
			wire          whole = (column == {CW{1'b0}});
			assign fm_addr = jump ? next : addr;
			genvar i;
			for (i = 0; i < MW; i = i + 1) begin : g_word
				localparam I = i;
				wire here = (column == I[CW-1:0]);
				assign fm_data[32*i +: 32] = (here || !whole) ? word : 32'd0;
				assign fm_be[4*i +: 4] = {4{here || whole}};
			end
			always @(posedge clk) begin
				if (taken) begin
					m <= column + {{(CW-1){1'b0}}, word_end};
					addr <= after;
					if (jump)
						group <= next;
					if (word_end) begin
						next <= after;
						if (column == {CW{1'b1}})
							group <= after;
						else
							addr <= jump ? next : group;
					end
				end
				if (start) begin
					m <= {CW{1'b0}};
					group <= base;
					addr <= base;
				end
			end
		end
	endgenerate
endmodule

`default_nettype wire
