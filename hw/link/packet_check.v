// SPDX-License-Identifier: MIT
// packet_check: running CRC-32 of received bytes and the test of CRC bytes as they arrive.
//
//   init: crc = start value;  step: crc = crc after `data`
//   match = `data` is byte number `at` (0..3) of the CRC of all bytes before byte 0
//
// The bytes under test are stepped into the CRC too, as the check bytes of a packet header must be. When
// byte 0 matches, the CRC moves on by a constant, so that byte 1 is found 8 bits lower under another
// constant, and so on: no copy of the CRC is kept. match of byte n means something only when all before
// it matched.
//
// Fed by packet_rx; lent to ctrl_load between packets for the CRC of a program. match is combinational,
// one byte a clock. Reset: none, init starts a new CRC. Compared with zlib by tests/rtl/test_packet_link.c.
`default_nettype none

module packet_check (
	input  wire       clk,
	input  wire       init,
	input  wire       step,
	input  wire [7:0] data,
	input  wire [1:0] at,
	output wire       match
);
	reg  [31:0] crc;
	wire [31:0] next;
	reg  [7:0]  moved;

	crc32 #(.BITS(8)) u_crc (.crc(crc), .data(data), .next(next));

	always @(posedge clk)
		if (init)
			crc <= 32'hFFFFFFFF;
		else if (step)
			crc <= next;

	// What the matching bytes before byte `at` have added to crc[7:0].
	always @*
		case (at)
		2'd0: moved = 8'h00;
		2'd1: moved = 8'h8D;
		2'd2: moved = 8'hFF;
		2'd3: moved = 8'h12;
		endcase

	assign match = ((data ^ crc[7:0] ^ moved) == 8'hFF);
endmodule

`default_nettype wire
