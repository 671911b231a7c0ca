// SPDX-License-Identifier: MIT
// usb_crc16: CRC-16 of data packets, x^16 + x^15 + x^2 + 1, bits as they are on the wire.
//
// One register for both directions, a packet is either received or sent. clear begins a packet; a step
// takes data; a step with shift_out gives the next bit of the check from check_bit instead. good, after
// the last bit of a received check: the residue is right.
// Latency: two clocks, steps are further apart. Reset: not needed. Counterpart: usb_crc16 in
// sim/usb_host/usb_packets.c.
`default_nettype none

module usb_crc16 (
	input  wire clk,
	input  wire clear,
	input  wire step,
	input  wire data,
	input  wire shift_out,
	output wire check_bit,
	output wire good
);
	localparam [15:0] POLYNOMIAL = 16'h8005, RESIDUE = 16'h800D;

	reg [15:0] crc;
	reg        clear_now, step_now, data_now, shift_now;
	wire feedback = !shift_now && (crc[15] ^ data_now);

	assign check_bit = !crc[15];
	assign good = (crc == RESIDUE);

	always @(posedge clk) begin
		clear_now <= clear;
		step_now <= step;
		data_now <= data;
		shift_now <= shift_out;
		if (clear_now)
			crc <= 16'hFFFF;
		else if (step_now)
			crc <= {crc[14:0], 1'b0} ^ (feedback ? POLYNOMIAL : 16'd0);
	end
endmodule

`default_nettype wire
