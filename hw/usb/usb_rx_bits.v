// SPDX-License-Identifier: MIT
// usb_rx_bits: line levels to the bits of a packet: SYNC, NRZI, bit stuffing, end of packet.
//
// Fed by usb_line, feeds usb_rx_packet. begin_packet is a pulse at the last bit of SYNC (at least five
// zeros, then a one: hubs may eat the first ones). Then bit_valid is a pulse a bit, stuffed zeros left
// out; end_packet a pulse at the first SE0. broken, valid with it: a seventh one in a row was seen.
// Latency: one clock after strobe. off holds it idle (sending, bus reset).
// Counterpart: sim/usb_host/usb_bits.c; test tests/rtl/test_usb_device.c.
`default_nettype none

module usb_rx_bits (
	input  wire clk,
	input  wire off,
	input  wire strobe,
	input  wire j,
	input  wire se0,
	output reg  begin_packet,
	output reg  bit_valid,
	output reg  bit_data,
	output reg  end_packet,
	output reg  broken
);
	localparam [2:0] STUFF = 3'd6, SYNC_ZEROS = 3'd5;

	reg       active;
	reg       last;         // level of the bit before
	reg [2:0] run;          // active: ones in a row; idle: zeros in a row

	wire one = (j == last);
	wire counts = (one == active);
	wire stuffed = (run == STUFF);

	always @(posedge clk) begin
		begin_packet <= 1'b0;
		bit_valid <= 1'b0;
		end_packet <= 1'b0;
		if (off) begin
			active <= 1'b0;
			run <= 3'd0;
		end else if (strobe) begin
			last <= j;
			bit_data <= one;
			if (se0) begin
				active <= 1'b0;
				end_packet <= active;
				run <= 3'd0;
			end else if (active) begin
				bit_valid <= !stuffed;
				if (stuffed && one)
					broken <= 1'b1;
				run <= (counts && !stuffed) ? run + 3'd1 : 3'd0;
			end else if (one && (run >= SYNC_ZEROS)) begin
				active <= 1'b1;
				begin_packet <= 1'b1;
				broken <= 1'b0;
				run <= 3'd1; // the one of SYNC counts
			end else begin
				run <= !counts ? 3'd0 : (run == 3'd7) ? 3'd7 : run + 3'd1;
			end
		end
	end
endmodule

`default_nettype wire
