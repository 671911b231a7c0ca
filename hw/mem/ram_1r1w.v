// SPDX-License-Identifier: MIT
// ram_1r1w: small memory with one write port and one registered read port.
//
//   rdata(t+1+OUT_REG) = mem[raddr(t)];  we(t): mem[waddr(t)] <= wdata(t)
//
// A read of the word written in the same cycle is not defined (no user does it): synthesis then needs no
// bypass around the block RAM. Maps to iCE40 EBR and to ECP5 DP16KD or distributed memory by inference.
// WIDTH: bits, 1..; DEPTH: words, 2..; ADDR: address bits, clog2(DEPTH); OUT_REG 1: a register behind the memory,
// where what follows leaves no room for its access time.
// Reset: none; contents are undefined until written. Latency 1 or 2, one read and one write a cycle.
// Used by the engine (weights, thresholds, accumulators); exercised by every engine bench.
`default_nettype none

module ram_1r1w #(
	parameter WIDTH = 32,
	parameter DEPTH = 64,
	parameter ADDR = $clog2(DEPTH),
	parameter OUT_REG = 0
) (
	input  wire             clk,
	input  wire             we,
	input  wire [ADDR-1:0]  waddr,
	input  wire [WIDTH-1:0] wdata,
	input  wire [ADDR-1:0]  raddr,
	output wire [WIDTH-1:0] rdata
);
	(* no_rw_check *)
	reg [WIDTH-1:0] mem [0:DEPTH-1];
	reg [WIDTH-1:0] word;

	always @(posedge clk) begin
		if (we)
			mem[waddr] <= wdata;
		word <= mem[raddr];
	end

	generate
		if (OUT_REG != 0) begin : g_reg
			reg [WIDTH-1:0] late;
			always @(posedge clk)
				late <= word;
			assign rdata = late;
		end else begin : g_now
			assign rdata = word;
		end
	endgenerate
endmodule

`default_nettype wire
