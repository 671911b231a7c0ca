// SPDX-License-Identifier: MIT
// big_ram for iCE40 UltraPlus: SB_SPRAM256KA blocks of 16 bits x 16384, two a 32-bit word.
//
//   en & !we: rdata(t+1) = mem[addr(t)];  en & we: bytes with be are written
//
// Same ports as hw/mem/generic/big_ram.v, except that rdata is not kept over a write.
// WORDS32: width in 32-bit words; DEPTH: rows, at most 16384 (one SPRAM deep).
// Reset: none. Latency 1, one access a cycle.
`default_nettype none

module big_ram #(
	parameter WORDS32 = 1,
	parameter DEPTH = 16384,
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
	generate
		if (DEPTH > 16384) begin : g_bad
			big_ram_DEPTH_must_be_at_most_16384 bad ();
		end
	endgenerate

	genvar i;
	generate
		for (i = 0; i < 2*WORDS32; i = i + 1) begin : g_half
			SB_SPRAM256KA u_spram (
				.ADDRESS({{(14-ADDR){1'b0}}, addr}),
				.DATAIN(wdata[16*i +: 16]),
				.MASKWREN({{2{be[2*i+1]}}, {2{be[2*i]}}}),
				.WREN(we),
				.CHIPSELECT(en),
				.CLOCK(clk),
				.STANDBY(1'b0),
				.SLEEP(1'b0),
				.POWEROFF(1'b1),
				.DATAOUT(rdata[16*i +: 16])
			);
		end
	endgenerate
endmodule

`default_nettype wire
