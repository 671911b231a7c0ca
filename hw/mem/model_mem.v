// SPDX-License-Identifier: MIT
// model_mem: program memory; written and checked by control (ctrl_load), read by the loader.
//
// One access a cycle on a single-port memory of WORDS 32-bit words. The control port is always taken; the
// loader's read waits for it (mm_gnt low), so that loading a second model beside a running one only
// slows the weight stream.
// Handshake: mm_gnt in the cycle of mm_req means taken; mm_data is valid two cycles later, for that cycle only. A read
// of the control port (ct_we low) gives its word on mm_data two cycles later too.
// Latency 2: a register behind the memory, whose access time leaves no room for what follows. Parameters: WORDS words; MODEL_AW address bits of the ports (>= clog2(WORDS)).
// No reset. Addresses at or above WORDS are not handled (control checks the size).
`default_nettype none

module model_mem #(
	parameter WORDS = 16384,
	parameter MODEL_AW = 14
) (
	input  wire                clk,
	input  wire                ct_req,
	input  wire                ct_we,
	input  wire [MODEL_AW-1:0] ct_addr,
	input  wire [31:0]         ct_wdata,
	input  wire                mm_req,
	input  wire [MODEL_AW-1:0] mm_addr,
	output wire                mm_gnt,
	output reg  [31:0]         mm_data
);
	localparam ADDR = $clog2(WORDS);

	wire [MODEL_AW-1:0] addr = ct_req ? ct_addr : mm_addr;

	assign mm_gnt = mm_req && !ct_req;

	wire [31:0] word;

	big_ram #(.WORDS32(1), .DEPTH(WORDS)) u_ram (
		.clk(clk), .en(ct_req || mm_req), .we(ct_req && ct_we), .be(4'hF),
		.addr(addr[ADDR-1:0]), .wdata(ct_wdata), .rdata(word)
	);

	always @(posedge clk)
		mm_data <= word;
endmodule

`default_nettype wire
