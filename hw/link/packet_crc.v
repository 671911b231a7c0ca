// SPDX-License-Identifier: MIT
// packet_crc: running CRC-32 (IEEE 802.3, as zlib), one bit a clock, least significant bit of a byte first.
//
//   init: start value;  step: crc = (crc >> 1) ^ (feed ? polynomial : 0)
//
// feed, the user's, says what the bit is:
//   an ordinary bit              feed = bit ^ low
//   a bit of the trailing CRC    feed = 0: the CRC moves out, the bit is !low
//   a header check bit           feed = check, bit = check ^ low: those bits are bits of the CRC before them,
//     and are in the CRC of the packet too, so that the CRC moves on by constants; `check` gives them
// A receiver compares instead: check == bit ^ low, or 1 == bit ^ low at the end.
// check is bit number at (0 to 15) of the constants. check and low are combinational.
// Used by packet_rx (lent to ctrl_load between packets) and packet_tx. A bit a clock takes a quarter of
// the logic of a byte a clock, and 4.8 Mbyte/s at 48 MHz are far above any link here.
// Reset: none, init starts. Compared with zlib by tests/rtl/test_packet_link.c.
`default_nettype none

module packet_crc (
	input  wire       clk,
	input  wire       init,
	input  wire       step,
	input  wire       feed,
	input  wire [3:0] at,
	output wire       low,
	output wire       check
);
	localparam [15:0] CHECK = 16'hF23F;

	reg [31:0] crc;

	assign low = crc[0];
	assign check = CHECK[at];

	always @(posedge clk)
		if (init)
			crc <= 32'hFFFFFFFF;
		else if (step)
			crc <= {1'b0, crc[31:1]} ^ (feed ? 32'hEDB88320 : 32'd0);
endmodule

`default_nettype wire
