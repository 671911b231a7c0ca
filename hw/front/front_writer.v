// SPDX-License-Identifier: MIT
// front_writer: map words of the front end to map memory, through the 2x2 OR pool if it is fused.
//
// Words come in the order row, column, word g. Without pool each is written; with pool a word is
// OR-ed into the pool memory of its column pair and written at the lower right position.
//   map row address = base + (row*CG + col/MW)*G + g, word col mod MW, by increments
// The first word of a map row writes the whole row with zeros in the other words.
// Handshakes: word_valid/word_ready; fm_* held until fm_ready. About 4 cycles a word.
// `done` pulses when the last word was taken. Parameters: MW, OUT_MAX, MAP_AW as front.v.
// Reset/start: at the first word. Equals ref_pool on packed words; compared by tests/rtl/test_front.c.
`default_nettype none

module front_writer #(
	parameter MW = 1,
	parameter OUT_MAX = 512,
	parameter MAP_AW = 16
) (
	input  wire              clk,
	input  wire              rst,
	input  wire              start,
	input  wire [MAP_AW-1:0] base,
	input  wire              pool,
	input  wire [6:0]        rows_m1,   // of the convolution
	input  wire [6:0]        cols_m1,
	input  wire [4:0]        g_words,
	input  wire [11:0]       pitch,
	input  wire              word_valid,
	output wire              word_ready,
	input  wire [31:0]       word,
	output reg               fm_valid,
	input  wire              fm_ready,
	output reg  [MAP_AW-1:0] fm_addr,
	output wire [MW*32-1:0]  fm_data,
	output reg  [MW*4-1:0]   fm_be,
	output reg               done
);
	localparam PDEPTH = 64*((OUT_MAX + 31)/32);
	localparam PAW = $clog2(PDEPTH);
	localparam MW_MINUS_1 = MW - 1;
	localparam [1:0] M_END = MW_MINUS_1[1:0];
	localparam IDLE = 2'd0, READ = 2'd1, JOIN = 2'd2, WRITE = 2'd3;

	reg [1:0]  state;
	reg [6:0]  row, col;
	reg [4:0]  g;
	reg [PAW-1:0] pool_at, pool_col;
	reg [MAP_AW-1:0] row_addr, col_addr, addr;
	reg [1:0]  m;             // word inside the map row
	reg [31:0] joined;
	wire [31:0] kept;
	wire first = !row[0] && !col[0];
	wire emit = !pool || (row[0] && col[0]);
	wire g_end = (g == g_words - 5'd1);
	wire col_end = (col == cols_m1), row_end = (row == rows_m1);
	wire out_col = !pool || col[0];
	wire m_end = (m == M_END);
	wire [MAP_AW-1:0] g_ext = {{(MAP_AW-5){1'b0}}, g_words};
	wire [MAP_AW-1:0] pitch_ext = {{(MAP_AW-12){1'b0}}, pitch};
	wire finish = (state == WRITE) && fm_valid && fm_ready;
	wire step = finish || (state == JOIN && !emit);

	assign word_ready = (state == READ);
	assign fm_data = {MW{joined}} & spread;
	wire [MW*32-1:0] spread;
	genvar i;
	generate
		for (i = 0; i < MW; i = i + 1) begin : g_m
			assign spread[32*i +: 32] = {32{m == i || m != 2'd0}};
		end
	endgenerate

	ram_1r1w #(.WIDTH(32), .DEPTH(PDEPTH)) u_pool (
		.clk(clk), .we(state == JOIN && pool && !emit), .waddr(pool_at), .wdata(joined),
		.raddr(pool_at), .rdata(kept)
	);

	always @(posedge clk) begin
		done <= 1'b0;
		case (state)
		IDLE: if (word_valid) state <= READ;
		READ: begin
			joined <= (pool && !first) ? word | kept : word;
			state <= JOIN;
		end
		JOIN: if (emit) begin
			state <= WRITE;
			fm_valid <= 1'b1;
			fm_addr <= addr;
			fm_be <= (m == 2'd0) ? {MW*4{1'b1}} : be_of;
		end
		default: ;
		endcase
		if (finish)
			fm_valid <= 1'b0;
		if (step) begin
			state <= IDLE;
			g <= g + 5'd1;
			addr <= addr + 1'b1;
			pool_at <= pool_at + 1'b1;
			if (g_end) begin
				g <= 5'd0;
				col <= col + 7'd1;
				addr <= col_addr;
				pool_at <= pool_col;
				if (!pool || col[0]) begin
					pool_col <= pool_at + 1'b1;
					pool_at <= pool_at + 1'b1;
				end
				if (out_col) begin
					m <= m_end ? 2'd0 : m + 2'd1;
					if (m_end) begin
						col_addr <= col_addr + g_ext;
						addr <= col_addr + g_ext;
					end
				end
				if (col_end) begin
					col <= 7'd0;
					row <= row + 7'd1;
					m <= 2'd0;
					pool_at <= {PAW{1'b0}};
					pool_col <= {PAW{1'b0}};
					if (!pool || row[0]) begin
						row_addr <= row_addr + pitch_ext;
						col_addr <= row_addr + pitch_ext;
						addr <= row_addr + pitch_ext;
					end else begin
						col_addr <= row_addr;
						addr <= row_addr;
					end
					done <= row_end;
				end
			end
		end
		if (start) begin
			row <= 7'd0;
			col <= 7'd0;
			g <= 5'd0;
			m <= 2'd0;
			row_addr <= base;
			col_addr <= base;
			addr <= base;
			pool_at <= {PAW{1'b0}};
			pool_col <= {PAW{1'b0}};
		end
		if (rst) begin
			state <= IDLE;
			fm_valid <= 1'b0;
			done <= 1'b0;
		end
	end
	wire [MW*4-1:0] be_of = {{(MW*4-4){1'b0}}, 4'hF} << {m, 2'b00};
endmodule

`default_nettype wire
