// SPDX-License-Identifier: MIT
// usb_rx_packet: bits to checked packets: PID, payload bytes, CRC5 of tokens, CRC16 of data.
//
// Fed by usb_rx_bits, feeds usb_transaction. pid is valid from the PID byte to the next packet.
// byte_valid is a pulse for each byte after it, CRC bytes included, at most one in 28 clocks. done is a
// pulse at the end; ok, valid with it: PID complement, size and CRC of the kind of packet are right and
// no bit was stuffed wrongly. One dribble bit before the end (a hub may add it) is forgiven, so the CRC
// is judged at whole bytes. crc_* is the port of the shared usb_crc16.
// Latency: one clock. Reset: none needed. Counterpart: sim/usb_host/usb_packets.c.
`default_nettype none

module usb_rx_packet (
	input  wire       clk,
	input  wire       begin_packet,
	input  wire       bit_valid,
	input  wire       bit_data,
	input  wire       end_packet,
	input  wire       broken,
	output wire       crc_clear,
	input  wire       crc_good,
	output reg  [3:0] pid,
	output reg        byte_valid,
	output reg  [7:0] byte_data,
	output wire       done,
	output wire       ok
);
	localparam [4:0] TOKEN_POLYNOMIAL = 5'h05, TOKEN_RESIDUE = 5'h0C;

	reg [2:0] bits;         // of the byte under way
	reg [2:0] bytes;        // whole ones, the PID's among them; sticks at 4
	reg       pid_good;
	reg       byte_ended, settled; // the latter when the CRC registers hold a byte's last bit
	reg       data_good, token_good;
	reg [4:0] crc5;

	wire [7:0] next = {bit_data, byte_data[7:1]};
	wire feedback = crc5[4] ^ bit_data;

	assign crc_clear = begin_packet || (bytes == 3'd0);

	always @(posedge clk) begin
		byte_valid <= 1'b0;
		byte_ended <= 1'b0;
		settled <= byte_ended;
		if (begin_packet) begin
			bits <= 3'd0;
			bytes <= 3'd0;
			pid_good <= 1'b0;
			data_good <= 1'b0;
		end else if (bit_valid) begin
			byte_data <= next;
			bits <= bits + 3'd1;
			if (bits == 3'd7) begin
				byte_ended <= 1'b1;
				if (bytes == 3'd0) begin
					pid <= next[3:0];
					pid_good <= (next[3:0] == ~next[7:4]);
				end
				byte_valid <= (bytes != 3'd0);
				if (!bytes[2])
					bytes <= bytes + 3'd1;
			end
		end
		if (bytes == 3'd0)
			crc5 <= 5'h1F;
		else if (bit_valid)
			crc5 <= {crc5[3:0], 1'b0} ^ (feedback ? TOKEN_POLYNOMIAL : 5'd0);
		if (settled) begin
			data_good <= crc_good;
			token_good <= (crc5 == TOKEN_RESIDUE) && (bytes == 3'd3);
		end
	end

	// Known a clock after a bit; the CRCs, three clocks after it, are all that `ok` waits for.
	wire shape_good = pid_good && (bits[2:1] == 2'd0) && !broken;
	reg  token_shape, data_shape, handshake_good;
	always @(posedge clk) begin
		token_shape <= shape_good && (pid[1:0] == 2'b01);
		data_shape <= shape_good && (pid[1:0] == 2'b11) && (bytes >= 3'd3);
		handshake_good <= shape_good && !pid[0] && (bytes == 3'd1);
	end
	assign done = end_packet;
	assign ok = (token_shape && token_good) || (data_shape && data_good) || handshake_good;
endmodule

`default_nettype wire
