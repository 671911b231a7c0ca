// SPDX-License-Identifier: MIT
// crc32: step of the CRC-32 of IEEE 802.3 (reflected, polynomial 0xEDB88320) over BITS bits at once.
//
//   next = crc after the bits data[0], data[1], ... data[BITS-1]
//
// Start from 0xFFFFFFFF; the CRC of the bytes so far is ~crc (equal to zlib's crc32). Combinational.
// Used by packet_check (8 bits a clock) and packet_tx (2 bits a clock).
// Parameters: BITS 1..8. Equals crc32 of zlib; compared by tests/rtl/test_packet_link.c.
`default_nettype none

module crc32 #(
	parameter BITS = 8
) (
	input  wire [31:0]     crc,
	input  wire [BITS-1:0] data,
	output reg  [31:0]     next
);
	integer i;
	always @* begin
		next = crc;
		for (i = 0; i < BITS; i = i + 1)
			next = {1'b0, next[31:1]} ^ ((next[0] ^ data[i]) ? 32'hEDB88320 : 32'd0);
	end
endmodule

`default_nettype wire
