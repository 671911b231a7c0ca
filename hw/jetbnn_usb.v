// SPDX-License-Identifier: MIT
// jetbnn_usb: the accelerator behind its own USB device, one clock of 48 MHz.
//
//   D+, D- - usb_device - byte streams - jetbnn
//
// pads and attach as in usb_device, led as in jetbnn; a board top adds the clock, the pads and the reset.
// All parameters are those of jetbnn. Reset: not attached, no model.
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
	parameter [31:0] BOARD = 0,
	parameter [31:0] BUILD = 0,
	parameter TIMEOUT = 20000
) (
	input  wire       clk,
	input  wire       rst,
	input  wire       attach,
	input  wire       dp_in,
	input  wire       dm_in,
	output wire       dp_out,
	output wire       dm_out,
	output wire       oe,
	output wire       pull,
	output wire       configured,
	output wire       suspended,
	output wire [2:0] led
);
	localparam CLOCK_HZ = 48000000;

	wire [7:0] rx_data, tx_data;
	wire       rx_valid, rx_ready, tx_valid, tx_ready;

	usb_device u_usb (
		.clk(clk), .rst(rst), .attach(attach), .dp_in(dp_in), .dm_in(dm_in), .dp_out(dp_out),
		.dm_out(dm_out), .oe(oe), .pull(pull), .rx_data(rx_data), .rx_valid(rx_valid),
		.rx_ready(rx_ready), .tx_data(tx_data), .tx_valid(tx_valid), .tx_ready(tx_ready),
		.configured(configured), .suspended(suspended)
	);

	jetbnn #(.O(O), .P(P), .F(F), .KMAX(KMAX), .CMAX(CMAX), .CODE_ROWS(CODE_ROWS), .OUT_MAX(OUT_MAX),
		.WROWS(WROWS), .AW(AW), .MODEL_WORDS(MODEL_WORDS), .MAP_ROWS(MAP_ROWS), .JETS(JETS),
		.JET_COLS(JET_COLS), .BOARD(BOARD), .CLOCK_HZ(CLOCK_HZ), .BUILD(BUILD),
		.TIMEOUT(TIMEOUT)) u_jetbnn (
		.clk(clk), .rst(rst), .rx_data(rx_data), .rx_valid(rx_valid), .rx_ready(rx_ready),
		.tx_data(tx_data), .tx_valid(tx_valid), .tx_ready(tx_ready), .led(led)
	);
endmodule

`default_nettype wire
