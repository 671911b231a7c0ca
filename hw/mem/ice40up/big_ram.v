// SPDX-License-Identifier: MIT
// big_ram for iCE40 UltraPlus: SB_SPRAM256KA blocks of 16 bits x 16384, two a 32-bit word.
//
//   en & !we: rdata(t+1+STAGE) = mem[addr(t)];  en & we: bytes with be are written
//
// Same ports as hw/mem/generic/big_ram.v, except that rdata is not kept over a write.
// WORDS32: width in 32-bit words; DEPTH: rows, at most 16384 (one SPRAM deep); STAGE 1: a register more, here in front
// of the memory, whose flip-flops share their cells with the user's choice of a request.
// Reset: none. Latency 1 + STAGE, one access a cycle.
`default_nettype none

module big_ram #(
	parameter WORDS32 = 1,
	parameter DEPTH = 16384,
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
	generate
		if (DEPTH > 16384) begin : g_bad
			big_ram_DEPTH_must_be_at_most_16384 bad ();
		end
	endgenerate

	wire                  go, write;
	wire [WORDS32*4-1:0]  bytes;
	wire [ADDR-1:0]       place;
	wire [WORDS32*32-1:0] data;
	generate
		if (STAGE != 0) begin : g_before
			reg                  en_q, we_q;
			reg [WORDS32*4-1:0]  be_q;
			reg [ADDR-1:0]       addr_q;
			reg [WORDS32*32-1:0] wdata_q;
			always @(posedge clk) begin
				en_q <= en;
				we_q <= we;
				be_q <= be;
				addr_q <= addr;
				wdata_q <= wdata;
			end
			assign go = en_q;
			assign write = we_q;
			assign bytes = be_q;
			assign place = addr_q;
			assign data = wdata_q;
		end else begin : g_now
			assign go = en;
			assign write = we;
			assign bytes = be;
			assign place = addr;
			assign data = wdata;
		end
	endgenerate

	genvar i;
	generate
		for (i = 0; i < 2*WORDS32; i = i + 1) begin : g_half
			SB_SPRAM256KA u_spram (
				.ADDRESS({{(14-ADDR){1'b0}}, place}),
				.DATAIN(data[16*i +: 16]),
				.MASKWREN({{2{bytes[2*i+1]}}, {2{bytes[2*i]}}}),
				.WREN(write),
				.CHIPSELECT(go),
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
