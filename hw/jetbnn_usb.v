// SPDX-License-Identifier: MIT
// jetbnn_usb: the accelerator behind its own USB device.
//
//   D+, D- - usb_device - byte streams - jetbnn
//   uart_rx, uart_tx - uart_rx, uart_fifo, uart_tx -/   (BAUD > 0)
//
// clk is 48 MHz. CROSS = 0: one clock for all, core_clk and core_rst are not used. CROSS = 1: the
// accelerator runs at core_clk (CLOCK_HZ), a byte_cross each way. led is in the accelerator's clock.
// BAUD > 0: a serial line too, in the accelerator's clock, heard while no host has configured USB
// (byte_pick); TIMEOUT should then be that of jetbnn_uart. BAUD = 0: uart_rx is not used, uart_tx is high.
// pads and attach as in usb_device, led as in jetbnn; a board top adds the clock, the pads and the reset.
// All other parameters are those of jetbnn. Reset: not attached, no model.
// Tests: tests/chain/test_usb.c (device "sim:usb").
`default_nettype none
`include "jetbnn_defs.vh"

module jetbnn_usb #(
	parameter O = 1,
	parameter P = 2,
	parameter F = 2,
	parameter KMAX = 5,
	parameter CMAX = 3,
	parameter CODE_ROWS = 1024,
	parameter OUT_MAX = 512,
	parameter WROWS = 128,
	parameter AW = 16,
	parameter MODEL_WORDS = 16384,
	parameter MAP_ROWS = 16384,
	parameter JETS = 0,
	parameter JET_COLS = 128,
	parameter CROSS = 0,
	parameter BAUD = 0,
	parameter [31:0] CLOCK_HZ = 48000000,
	parameter [31:0] BOARD = 0,
	parameter [31:0] BUILD = 0,
	parameter TIMEOUT = 20000
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
	output wire [2:0] led
);
	// usb_*: of the device; near_*: the same in the accelerator's clock; the rest: the accelerator's.
	wire [7:0] usb_rx_data, usb_tx_data, near_rx_data, rx_data, tx_data;
	wire       usb_rx_valid, usb_rx_ready, usb_tx_valid, usb_tx_ready;
	wire       near_rx_valid, near_rx_ready, near_tx_valid, near_tx_ready;
	wire       rx_valid, rx_ready, tx_valid, tx_ready;
	wire       run_clk = (CROSS != 0) ? core_clk : clk;
	wire       run_rst = (CROSS != 0) ? core_rst : rst;

	usb_device u_usb (
		.clk(clk), .rst(rst), .attach(attach), .dp_in(dp_in), .dm_in(dm_in), .dp_out(dp_out),
		.dm_out(dm_out), .oe(oe), .pull(pull), .rx_data(usb_rx_data), .rx_valid(usb_rx_valid),
		.rx_ready(usb_rx_ready), .tx_data(usb_tx_data), .tx_valid(usb_tx_valid), .tx_ready(usb_tx_ready),
		.configured(configured), .suspended(suspended)
	);

	generate if (CROSS != 0) begin : g_cross
		byte_cross u_rx (
			.in_clk(clk), .in_rst(rst), .in_data(usb_rx_data), .in_valid(usb_rx_valid),
			.in_ready(usb_rx_ready), .out_clk(core_clk), .out_rst(core_rst),
			.out_data(near_rx_data), .out_valid(near_rx_valid), .out_ready(near_rx_ready)
		);
		byte_cross u_tx (
			.in_clk(core_clk), .in_rst(core_rst), .in_data(tx_data), .in_valid(near_tx_valid),
			.in_ready(near_tx_ready), .out_clk(clk), .out_rst(rst), .out_data(usb_tx_data),
			.out_valid(usb_tx_valid), .out_ready(usb_tx_ready)
		);
	end else begin : g_same
		assign near_rx_data = usb_rx_data;
		assign near_rx_valid = usb_rx_valid;
		assign usb_rx_ready = near_rx_ready;
		assign usb_tx_data = tx_data;
		assign usb_tx_valid = near_tx_valid;
		assign near_tx_ready = usb_tx_ready;
	end endgenerate

	generate if (BAUD != 0) begin : g_serial
		wire [7:0] line_data, serial_data;
		wire       line_valid, serial_valid, serial_ready, serial_tx_valid, serial_tx_ready;

		uart_rx #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_rx (
			.clk(run_clk), .rst(run_rst), .line(uart_rx), .data(line_data), .valid(line_valid)
		);
		uart_fifo u_fifo (
			.clk(run_clk), .rst(run_rst), .in_data(line_data), .put(line_valid),
			.out_data(serial_data), .out_valid(serial_valid), .out_ready(serial_ready)
		);
		uart_tx #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_tx (
			.clk(run_clk), .rst(run_rst), .data(tx_data), .valid(serial_tx_valid),
			.ready(serial_tx_ready), .line(uart_tx)
		);
		byte_pick u_pick (
			.clk(run_clk), .rst(run_rst), .first(configured), .a_rx_data(near_rx_data),
			.a_rx_valid(near_rx_valid), .a_rx_ready(near_rx_ready), .a_tx_valid(near_tx_valid),
			.a_tx_ready(near_tx_ready), .b_rx_data(serial_data), .b_rx_valid(serial_valid),
			.b_rx_ready(serial_ready), .b_tx_valid(serial_tx_valid),
			.b_tx_ready(serial_tx_ready), .rx_data(rx_data), .rx_valid(rx_valid),
			.rx_ready(rx_ready), .tx_valid(tx_valid), .tx_ready(tx_ready)
		);
	end else begin : g_usb
		wire unused = uart_rx;
		assign uart_tx = 1'b1;
		assign rx_data = near_rx_data;
		assign rx_valid = near_rx_valid;
		assign near_rx_ready = rx_ready;
		assign near_tx_valid = tx_valid;
		assign tx_ready = near_tx_ready;
	end endgenerate

	jetbnn #(.O(O), .P(P), .F(F), .KMAX(KMAX), .CMAX(CMAX), .CODE_ROWS(CODE_ROWS), .OUT_MAX(OUT_MAX),
		.WROWS(WROWS), .AW(AW), .MODEL_WORDS(MODEL_WORDS), .MAP_ROWS(MAP_ROWS), .JETS(JETS),
		.JET_COLS(JET_COLS), .BOARD(BOARD), .CLOCK_HZ(CLOCK_HZ), .BUILD(BUILD),
		.TIMEOUT(TIMEOUT)) u_jetbnn (
		.clk(run_clk), .rst(run_rst), .rx_data(rx_data), .rx_valid(rx_valid), .rx_ready(rx_ready),
		.tx_data(tx_data), .tx_valid(tx_valid), .tx_ready(tx_ready), .led(led)
	);
endmodule

`default_nettype wire
