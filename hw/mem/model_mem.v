// SPDX-License-Identifier: MIT
// model_mem: program memory; written by the model load, read by the loader.
//
// One access a cycle on a single-port memory of WORDS 32-bit words. A write is always taken; the
// loader's read waits for it (mm_gnt low), so that loading a second model beside a running one only
// slows the weight stream.
// Handshake: mm_gnt in the cycle of mm_req means taken; mm_data is valid in the next cycle only.
// Latency 1. Parameters: WORDS words; MODEL_AW address bits of the ports (>= clog2(WORDS)).
// No reset. Addresses at or above WORDS are not handled (control checks the size).
`default_nettype none

module model_mem #(
	parameter WORDS = 16384,
	parameter MODEL_AW = 14
) (
	input  wire                clk,
	input  wire                wr_req,
	input  wire [MODEL_AW-1:0] wr_addr,
	input  wire [31:0]         wr_data,
	input  wire                mm_req,
	input  wire [MODEL_AW-1:0] mm_addr,
	output wire                mm_gnt,
	output wire [31:0]         mm_data
);
	localparam ADDR = $clog2(WORDS);

	wire [MODEL_AW-1:0] addr = wr_req ? wr_addr : mm_addr;

	assign mm_gnt = mm_req && !wr_req;

	big_ram #(.WORDS32(1), .DEPTH(WORDS)) u_ram (
		.clk(clk), .en(wr_req || mm_req), .we(wr_req), .be(4'hF),
		.addr(addr[ADDR-1:0]), .wdata(wr_data), .rdata(mm_data)
	);
endmodule

`default_nettype wire
