// SPDX-License-Identifier: MIT
// front_ram: small memory with one write port and one registered read port that can be held.
//
//   rdata(t+1) = re(t) ? mem[raddr(t)] : rdata(t);  we(t): mem[waddr(t)] <= wdata(t)
//
// As ram_1r1w, for pipelines that stop: rdata keeps its value while re is low. A read of the word
// written in the same cycle is not defined. WIDTH: bits, 1..; DEPTH: words, 2..; ADDR: address bits.
// Reset: none; contents are undefined until written. Latency 1, one read and one write a cycle.
// Used by front_unit and front_bits; exercised by tests/rtl/test_front.c.
`default_nettype none

module front_ram #(
	parameter WIDTH = 16,
	parameter DEPTH = 256,
	parameter ADDR = $clog2(DEPTH)
) (
	input  wire             clk,
	input  wire             we,
	input  wire [ADDR-1:0]  waddr,
	input  wire [WIDTH-1:0] wdata,
	input  wire             re,
	input  wire [ADDR-1:0]  raddr,
	output reg  [WIDTH-1:0] rdata
);
	(* no_rw_check *)
	reg [WIDTH-1:0] mem [0:DEPTH-1];

	always @(posedge clk) begin
		if (we)
			mem[waddr] <= wdata;
		if (re)
			rdata <= mem[raddr];
	end
endmodule

`default_nettype wire
