// SPDX-License-Identifier: MIT
// usb_bulk_out: the host's bytes: a ring of 512 bytes between usb_transaction and the accelerator.
//
// store writes data at base + n, ahead of what counts; advance, a pulse a byte, makes it count. ready:
// room for a whole packet, judged in blocks of 64: five packets may wait. What is stored while not ready
// never reaches bytes that wait. out_* is a
// valid/ready stream out of registers, a byte every three clocks at best, data stable until taken. clear empties it.
// Latency: 4 clocks from advance to out_valid. Reset: empty.
// Test tests/rtl/test_usb_device.c.
`default_nettype none

module usb_bulk_out (
	input  wire       clk,
	input  wire       clear,
	input  wire       store,
	input  wire [6:0] n,
	input  wire [7:0] data,
	input  wire       advance,
	output reg        ready,
	output reg  [7:0] out_data,
	output reg        out_valid,
	input  wire       out_ready
);
	reg [8:0] base;         // first byte that does not count yet
	reg [8:0] head;         // next byte to give

	reg        read;        // the memory gives the next byte
	wire [7:0] byte_read;

	wire [8:0] to = base + {2'd0, n};
	wire [2:0] blocks = base[8:6] - head[8:6];
	always @(posedge clk)
		ready <= (blocks <= 3'd4);

	ram_1r1w #(.WIDTH(8), .DEPTH(512)) u_ring (
		.clk(clk), .we(store), .waddr(to), .wdata(data), .raddr(head), .rdata(byte_read)
	);

	always @(posedge clk)
		if (clear) begin
			base <= 9'd0;
			head <= 9'd0;
			read <= 1'b0;
			out_valid <= 1'b0;
		end else begin
			if (advance)
				base <= base + 9'd1;
			if (out_valid && out_ready)
				head <= head + 9'd1;
			read <= (head != base) && !out_valid && !read;
			out_valid <= out_valid ? !out_ready : read;
			if (!out_valid)
				out_data <= byte_read;
		end
endmodule

`default_nettype wire
