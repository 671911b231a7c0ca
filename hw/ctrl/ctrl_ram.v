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
// rbit(t+1) = bit index(t) of mem[raddr(t)];  we(t): mem[waddr(t)] <= wdata(t). A word read in the cycle of its
// write is not defined; control never does it. The read port is narrow, so that the block RAM selects the bit. Fed
// and read by ctrl. Reset: none; only the constants are defined.
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
	input  wire [4:0]  index,
	output wire        rbit
);
	(* no_rw_check *)
	reg [1:0] mem [0:4095];
	reg [1:0] pair;
	reg       upper;

	integer i;
	initial
		for (i = 0; i < 4096; i = i + 1)
			mem[i] = (i >= 16*8'hF0 && i < 16*8'hFE) ? IDENTIFY[2*(i - 16*8'hF0) +: 2] : 2'd0;

	assign rbit = pair[upper];

	always @(posedge clk) begin
		if (we)
			for (i = 0; i < 16; i = i + 1)
				mem[{waddr, i[3:0]}] <= wdata[2*i +: 2];
		pair <= mem[{raddr, index[4:1]}];
		upper <= index[0];
	end
endmodule

`default_nettype wire
