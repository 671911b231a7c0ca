// SPDX-License-Identifier: MIT
// jetbnn_usb: the accelerator behind its own USB device.
//
//   D+, D-, uart_rx, uart_tx - board_links - byte streams - jetbnn
//
// clk is 48 MHz. CROSS = 0: one clock for all, core_clk and core_rst are not used. CROSS = 1: the
// accelerator runs at core_clk (CLOCK_HZ), a byte_cross each way. led is in the accelerator's clock.
// BAUD > 0: a serial line too, heard while no host has configured USB (byte_pick); TIMEOUT should then be that
// of jetbnn_uart. BAUD = 0: uart_rx is not used, uart_tx is high.
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
	parameter SIDE = 128,
	parameter CODE_ROWS = 1024,
	parameter OUT_MAX = 512,
	parameter WROWS = 128,
	parameter RESIDENT = 0,
	parameter PARTS = 1,
	parameter AW = 16,
	parameter MODEL_WORDS = 16384,
	parameter MAP_ROWS = 16384,
	parameter LENT = 0,
	parameter JETS = 0,
	parameter JET_COLS = 128,
	parameter CROSS = 0,
	parameter BAUD = 0,
	parameter [31:0] CLOCK_HZ = 48000000,
	parameter [31:0] BOARD = 0,
	parameter [31:0] BUILD = 0,
	parameter TIMEOUT = 20000,
	parameter EJECT = 0
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
	output wire [2:0] led,
	input  wire       eye,
	input  wire       encoder,
	output wire [7:0] valve
);
	wire [7:0] rx_data, tx_data;
	wire       rx_valid, rx_ready, tx_valid, tx_ready;
	wire       run_clk = (CROSS != 0) ? core_clk : clk;
	wire       run_rst = (CROSS != 0) ? core_rst : rst;

	board_links #(.CROSS(CROSS), .BAUD(BAUD)) u_links (
		.clk(clk), .rst(rst), .core_clk(run_clk), .core_rst(run_rst), .attach(attach), .dp_in(dp_in),
		.dm_in(dm_in), .dp_out(dp_out), .dm_out(dm_out), .oe(oe), .pull(pull),
		.configured(configured), .suspended(suspended), .uart_rx(uart_rx), .uart_tx(uart_tx),
		.rx_data(rx_data), .rx_valid(rx_valid), .rx_ready(rx_ready), .tx_data(tx_data),
		.tx_valid(tx_valid), .tx_ready(tx_ready)
	);

	jetbnn #(.O(O), .P(P), .F(F), .KMAX(KMAX), .CMAX(CMAX), .SIDE(SIDE), .CODE_ROWS(CODE_ROWS), .OUT_MAX(OUT_MAX),
		.WROWS(WROWS), .RESIDENT(RESIDENT), .PARTS(PARTS), .AW(AW), .MODEL_WORDS(MODEL_WORDS), .MAP_ROWS(MAP_ROWS), .LENT(LENT),
		.JETS(JETS),
		.JET_COLS(JET_COLS), .BOARD(BOARD), .CLOCK_HZ(CLOCK_HZ), .BUILD(BUILD),
		.TIMEOUT(TIMEOUT), .EJECT(EJECT)) u_jetbnn (
		.clk(run_clk), .rst(run_rst), .rx_data(rx_data), .rx_valid(rx_valid), .rx_ready(rx_ready),
		.tx_data(tx_data), .tx_valid(tx_valid), .tx_ready(tx_ready), .led(led), .eye(eye),
		.encoder(encoder), .valve(valve)
	);
endmodule

`default_nettype wire
