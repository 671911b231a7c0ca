// SPDX-License-Identifier: MIT
// ctrl_ram: control's memory of 256 words: everything that answers are made of. Map:
//
//   0x00-0x3F engine cycles of the last image up to the end of each operation
//   0x40-0x7F, 0x80-0xBF  scores of result slot 0 and 1
//   0xD4      header word {length, sequence} of the latest request
//   0xDC, 0xDD CRC-32 of the program on side 0 and 1
//   0xE0-0xE3 class of image n mod 4
//   0xE4-0xE7 header word of image n mod 4
//   0xE8-0xEB engine cycles of image n mod 4
//   0xEC-0xEF front-end cycles of image n mod 4
//   0xF0-0xFD identify block as far as it is constant (set by the bitstream)
//
// rdata(t+1) = mem[raddr(t)];  we(t): mem[waddr(t)] <= wdata(t). A word read in the cycle of its write is
// not defined; control never does it. Fed and read by ctrl. Reset: none; only the constants are defined.
// Parameters: IDENTIFY, the 14 constant words of the identify block, word 0 in the low bits.
// Two iCE40 block RAMs or one of ECP5. Compared by tests/rtl/test_ctrl_link.c.
`default_nettype none

module ctrl_ram #(
	parameter [14*32-1:0] IDENTIFY = {14*32{1'b0}}
) (
	input  wire        clk,
	input  wire        we,
	input  wire [7:0]  waddr,
	input  wire [31:0] wdata,
	input  wire [7:0]  raddr,
	output reg  [31:0] rdata
);
	(* no_rw_check *)
	reg [31:0] mem [0:255];

	integer i;
	initial
		for (i = 0; i < 256; i = i + 1)
			mem[i] = (i >= 8'hF0 && i < 8'hFE) ? IDENTIFY[32*(i & 15) +: 32] : 32'd0;

	always @(posedge clk) begin
		if (we)
			mem[waddr] <= wdata;
		rdata <= mem[raddr];
	end
endmodule

`default_nettype wire
