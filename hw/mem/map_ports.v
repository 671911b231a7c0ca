// SPDX-License-Identifier: MIT
// map_ports: feature-map memory with one read port and one write port, for devices whose block RAMs have both.
//
//   we(t): bytes with be of mem[waddr(t)] <= wdata(t) at t+1;  rdata(t+2) = mem[raddr(t)]
//
// A read of the row written in the cycle before is not defined, one in the same cycle or earlier has the old row (maps
// that are read and written lie apart).
// Parameters: WORDS32 32-bit words a row; DEPTH rows. Reset: none. One read and one write a cycle. A register behind
// the memory, whose access time leaves no room for what follows, and one before its writes, which come from afar.
// Used by map_mem with PORTS 3; compared by tests/rtl/test_map_mem.c.
`default_nettype none

module map_ports #(
	parameter WORDS32 = 1,
	parameter DEPTH = 1024,
	parameter ADDR = $clog2(DEPTH)
) (
	input  wire                  clk,
	input  wire                  we,
	input  wire [WORDS32*4-1:0]  be,
	input  wire [ADDR-1:0]       waddr,
	input  wire [WORDS32*32-1:0] wdata,
	input  wire [ADDR-1:0]       raddr,
	output reg  [WORDS32*32-1:0] rdata
);
	(* no_rw_check *)
	reg [WORDS32*32-1:0] mem [0:DEPTH-1];
	reg [WORDS32*32-1:0] word;
	reg [WORDS32*4-1:0]  be_q;
	reg [ADDR-1:0]       waddr_q;
	reg [WORDS32*32-1:0] wdata_q;

	integer i;
	always @(posedge clk) begin
		be_q <= be & {WORDS32*4{we}};
		waddr_q <= waddr;
		wdata_q <= wdata;
		for (i = 0; i < WORDS32*4; i = i + 1)
			if (be_q[i])
				mem[waddr_q][8*i +: 8] <= wdata_q[8*i +: 8];
		word <= mem[raddr];
		rdata <= word;
	end
endmodule

`default_nettype wire
