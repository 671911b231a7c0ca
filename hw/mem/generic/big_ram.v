// SPDX-License-Identifier: MIT
// big_ram: large single-port memory with nibble-free byte enables (generic family: ECP5, iCE40 EBR, simulation).
//
//   en & !we: rdata(t+1) = mem[addr(t)];  en & we: bytes with be are written, rdata keeps its value
//
// The file hw/mem/FAMILY/big_ram.v of the target family is the one vendor memory wrapper; all have this
// port list. WORDS32: width in 32-bit words; DEPTH: rows, a power of two is not needed.
// Reset: none. Latency 1, one access a cycle.
// Used by map_mem and model_mem; exercised by every engine bench.
`default_nettype none

module big_ram #(
	parameter WORDS32 = 1,
	parameter DEPTH = 1024,
	parameter ADDR = $clog2(DEPTH)
) (
	input  wire                  clk,
	input  wire                  en,
	input  wire                  we,
	input  wire [WORDS32*4-1:0]  be,
	input  wire [ADDR-1:0]       addr,
	input  wire [WORDS32*32-1:0] wdata,
	output reg  [WORDS32*32-1:0] rdata
);
	reg [WORDS32*32-1:0] mem [0:DEPTH-1];

	integer i;
	always @(posedge clk)
		if (en) begin
			if (we) begin
				for (i = 0; i < WORDS32*4; i = i + 1)
					if (be[i])
						mem[addr][8*i +: 8] <= wdata[8*i +: 8];
			end else
				rdata <= mem[addr];
		end
endmodule

`default_nettype wire
