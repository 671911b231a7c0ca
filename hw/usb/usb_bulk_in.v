// SPDX-License-Identifier: MIT
// usb_bulk_in: bytes for the host: a ring of 512 bytes between the accelerator and usb_transaction.
//
// in_* is a valid/ready stream. A packet is ready with 64 bytes, or with fewer when none came for FLUSH
// clocks; a full packet with nothing behind it is followed by an empty one, so that the host's transfer
// ends. data is the byte at base + n one clock after n, last two clocks after n: none is left in this
// packet. begin_packet fixes its size: a repetition sends the same bytes. acked and then a pulse of
// advance a byte take it away. clear empties it.
// Latency: 1 clock. Reset: empty. Parameter FLUSH: 2 to 255; longer than the accelerator's gaps between
// the bytes of an answer. Test tests/rtl/test_usb_device.c.
`default_nettype none

module usb_bulk_in #(
	parameter FLUSH = 64
) (
	input  wire       clk,
	input  wire       clear,
	input  wire [7:0] in_data,
	input  wire       in_valid,
	output reg        in_ready,
	output reg        ready,
	input  wire       begin_packet,
	input  wire [6:0] n,
	output wire [7:0] data,
	output reg        last,
	input  wire       acked,
	input  wire       advance
);
	localparam [7:0] QUIET = FLUSH;

	reg [8:0] tail;         // where the next byte goes
	reg [8:0] base;         // first byte the host has not acknowledged
	reg [8:0] limit;        // end of the packet that is fixed
	reg       fixed;
	reg       follow;       // an empty packet must end the transfer
	reg [7:0] quiet;        // clocks since the last byte; sticks

	wire [8:0] at = base + {2'd0, n};
	wire [8:0] fill = tail - base;
	wire put = in_valid && in_ready;
	reg        some, full_packet; // bytes, and enough for a whole packet, a clock ago
	wire idle = (quiet == QUIET);


	ram_1r1w #(.WIDTH(8), .DEPTH(512)) u_ring (
		.clk(clk), .we(put), .waddr(tail), .wdata(in_data), .raddr(at), .rdata(data)
	);

	// The stream may run on for two clocks after in_ready was decided, the room left is at least four.
	always @(posedge clk) begin
		in_ready <= !clear && (fill[8:3] != 6'h3F);
		some <= (fill[5:0] != 6'd0);
		full_packet <= (fill[8:6] != 3'd0);
		ready <= full_packet || fixed || (idle && (follow || some));
		last <= n[6] || (at == limit);
	end

	always @(posedge clk)
		if (clear) begin
			tail <= 9'd0;
			base <= 9'd0;
			fixed <= 1'b0;
			follow <= 1'b0;
			quiet <= 8'd0;
		end else begin
			if (put)
				tail <= tail + 9'd1;
			if (put)
				quiet <= 8'd0;
			else if (!idle)
				quiet <= quiet + 8'd1;
			if (advance)
				base <= base + 9'd1;
			if (begin_packet && !fixed)
				limit <= tail;
			if (acked)
				follow <= n[6];
			fixed <= (fixed || begin_packet) && !acked;
		end
endmodule

`default_nettype wire
