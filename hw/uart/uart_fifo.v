// SPDX-License-Identifier: MIT
// uart_fifo: what came over a serial line and was not taken yet; 511 bytes in one block RAM of iCE40.
//
// put is a pulse with in_data, at most every third clock. out_* is a valid/ready stream out of registers, a byte every
// three clocks at best, data stable until taken. A byte that finds it full is lost: a serial line cannot be held
// back. The driver does not let that happen (docs/uart.md), and the CRC of a packet tells when it did.
// Latency: 4 clocks from put to out_valid. Reset: empty. Test tests/rtl/test_uart.c.
`default_nettype none

module uart_fifo (
	input  wire       clk,
	input  wire       rst,
	input  wire [7:0] in_data,
	input  wire       put,
	output reg  [7:0] out_data,
	output reg        out_valid,
	input  wire       out_ready
);
	reg [8:0] tail;         // where the next byte goes
	reg [8:0] head;         // next byte to give
	reg       full;         // of a clock ago: put cannot follow sooner

	reg       read;         // the memory gives the next byte
	wire [7:0] byte_read;

	wire [8:0] behind = tail + 9'd1;
	wire       store = put && !full;

	ram_1r1w #(.WIDTH(8), .DEPTH(512)) u_ram (
		.clk(clk), .we(store), .waddr(tail), .wdata(in_data), .raddr(head), .rdata(byte_read)
	);

	always @(posedge clk) begin
		full <= (behind == head);
		if (store)
			tail <= behind;
		if (out_valid && out_ready)
			head <= head + 9'd1;
		read <= (head != tail) && !out_valid && !read;
		out_valid <= out_valid ? !out_ready : read;
		if (!out_valid)
			out_data <= byte_read;

		if (rst) begin
			tail <= 9'd0;
			head <= 9'd0;
			read <= 1'b0;
			out_valid <= 1'b0;
		end
	end
endmodule

`default_nettype wire
