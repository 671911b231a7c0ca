// SPDX-License-Identifier: MIT
// board_links: the links of a board as one pair of byte streams in the accelerator's clock.
//
//   dp, dm - usb_device --------------------------\
//   uart_rx, uart_tx - uart_rx, uart_fifo, uart_tx - byte_pick (BAUD) - byte_cross (CROSS) - rx, tx
//
// clk is 48 MHz. CROSS = 0: core_clk is not used, one clock for all. CROSS = 1: core_clk is another clock.
// BAUD > 0: a serial line too, heard while no host has configured USB. BAUD = 0: uart_rx is not used,
// uart_tx is high. rx: from the host, tx: to it, valid/ready streams as in byte_pick.
// Pads, attach and states as in usb_device. Latency and rates: see the parts. Reset: detached, line high.
// Test: tests/rtl/test_board_links.c.
`default_nettype none

module board_links #(
	parameter CROSS = 0,
	parameter BAUD = 0
) (
	input  wire       clk,
	input  wire       rst,
	input  wire       core_clk,
	input  wire       core_rst,
	input  wire       attach,
	input  wire       dp_in,
	input  wire       dm_in,
	output wire       dp_out,
	output wire       dm_out,
	output wire       oe,
	output wire       pull,
	output wire       configured,
	output wire       suspended,
	input  wire       uart_rx,
	output wire       uart_tx,
	// accelerator
	output wire [7:0] rx_data,
	output wire       rx_valid,
	input  wire       rx_ready,
	input  wire [7:0] tx_data,
	input  wire       tx_valid,
	output wire       tx_ready
);
	localparam CLOCK_HZ = 48000000;

	// In clk: usb_* of the USB device, link_* of the link that is heard.
	wire [7:0] usb_rx_data, link_rx_data, link_tx_data;
	wire       usb_rx_valid, usb_rx_ready, usb_tx_valid, usb_tx_ready;
	wire       link_rx_valid, link_rx_ready, link_tx_valid, link_tx_ready;

	usb_device u_usb (
		.clk(clk), .rst(rst), .attach(attach), .dp_in(dp_in), .dm_in(dm_in), .dp_out(dp_out),
		.dm_out(dm_out), .oe(oe), .pull(pull), .rx_data(usb_rx_data), .rx_valid(usb_rx_valid),
		.rx_ready(usb_rx_ready), .tx_data(link_tx_data), .tx_valid(usb_tx_valid),
		.tx_ready(usb_tx_ready), .configured(configured), .suspended(suspended)
	);

	generate if (BAUD != 0) begin : g_serial
		wire [7:0] line_data, serial_data;
		wire       line_valid, serial_valid, serial_ready, serial_tx_valid, serial_tx_ready;

		uart_rx #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_rx (
			.clk(clk), .rst(rst), .line(uart_rx), .data(line_data), .valid(line_valid)
		);
		uart_fifo u_fifo (
			.clk(clk), .rst(rst), .in_data(line_data), .put(line_valid),
			.out_data(serial_data), .out_valid(serial_valid), .out_ready(serial_ready)
		);
		uart_tx #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_tx (
			.clk(clk), .rst(rst), .data(link_tx_data), .valid(serial_tx_valid),
			.ready(serial_tx_ready), .line(uart_tx)
		);
		byte_pick u_pick (
			.clk(clk), .rst(rst), .first(configured), .a_rx_data(usb_rx_data),
			.a_rx_valid(usb_rx_valid), .a_rx_ready(usb_rx_ready), .a_tx_valid(usb_tx_valid),
			.a_tx_ready(usb_tx_ready), .b_rx_data(serial_data), .b_rx_valid(serial_valid),
			.b_rx_ready(serial_ready), .b_tx_valid(serial_tx_valid),
			.b_tx_ready(serial_tx_ready), .rx_data(link_rx_data), .rx_valid(link_rx_valid),
			.rx_ready(link_rx_ready), .tx_valid(link_tx_valid), .tx_ready(link_tx_ready)
		);
	end else begin : g_usb
		wire unused = &{1'b0, uart_rx, CLOCK_HZ[0]};
		assign uart_tx = 1'b1;
		assign link_rx_data = usb_rx_data;
		assign link_rx_valid = usb_rx_valid;
		assign usb_rx_ready = link_rx_ready;
		assign usb_tx_valid = link_tx_valid;
		assign link_tx_ready = usb_tx_ready;
	end endgenerate

	generate if (CROSS != 0) begin : g_cross
		byte_cross u_rx (
			.in_clk(clk), .in_rst(rst), .in_data(link_rx_data), .in_valid(link_rx_valid),
			.in_ready(link_rx_ready), .out_clk(core_clk), .out_rst(core_rst),
			.out_data(rx_data), .out_valid(rx_valid), .out_ready(rx_ready)
		);
		byte_cross u_tx (
			.in_clk(core_clk), .in_rst(core_rst), .in_data(tx_data), .in_valid(tx_valid),
			.in_ready(tx_ready), .out_clk(clk), .out_rst(rst), .out_data(link_tx_data),
			.out_valid(link_tx_valid), .out_ready(link_tx_ready)
		);
	end else begin : g_same
		wire unused = &{1'b0, core_clk, core_rst};
		assign rx_data = link_rx_data;
		assign rx_valid = link_rx_valid;
		assign link_rx_ready = rx_ready;
		assign link_tx_data = tx_data;
		assign link_tx_valid = tx_valid;
		assign tx_ready = link_tx_ready;
	end endgenerate
endmodule

`default_nettype wire
