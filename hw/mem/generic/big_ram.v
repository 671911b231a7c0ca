// SPDX-License-Identifier: MIT
// big_ram: large single-port memory with nibble-free byte enables (generic family: ECP5, iCE40 EBR, simulation).
//
//   en & !we: rdata(t+1+STAGE) = mem[addr(t)];  en & we: bytes with be are written, rdata keeps its value
//
// The file hw/mem/FAMILY/big_ram.v of the target family is the one vendor memory wrapper; all have this
// port list. WORDS32: width in 32-bit words; DEPTH: rows, a power of two is not needed; STAGE 1: a register more, here
// behind the memory, as block RAM of ECP5 takes 5.6 ns. Reset: none. Latency 1 + STAGE, one access a cycle.
// Used by map_mem and model_mem; exercised by every engine bench.
`default_nettype none

module big_ram #(
	parameter WORDS32 = 1,
	parameter DEPTH = 1024,
	parameter STAGE = 0,
	parameter ADDR = $clog2(DEPTH)
) (
	input  wire                  clk,
	input  wire                  en,
	input  wire                  we,
	input  wire [WORDS32*4-1:0]  be,
	input  wire [ADDR-1:0]       addr,
	input  wire [WORDS32*32-1:0] wdata,
	output wire [WORDS32*32-1:0] rdata
);
	reg [WORDS32*32-1:0] mem [0:DEPTH-1];
	reg [WORDS32*32-1:0] word;

	integer i;
	always @(posedge clk)
		if (en) begin
			if (we) begin
				for (i = 0; i < WORDS32*4; i = i + 1)
					if (be[i])
						mem[addr][8*i +: 8] <= wdata[8*i +: 8];
			end else
				word <= mem[addr];
		end

	generate
		if (STAGE != 0) begin : g_behind
			reg [WORDS32*32-1:0] late;
			always @(posedge clk)
				late <= word;
			assign rdata = late;
		end else begin : g_now
			assign rdata = word;
		end
	endgenerate
endmodule

`default_nettype wire
