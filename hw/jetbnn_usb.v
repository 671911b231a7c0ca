// SPDX-License-Identifier: MIT
// jetbnn_usb: the accelerator behind its own USB device.
//
//   D+, D- - usb_device - byte streams - jetbnn
//
// clk is 48 MHz. CROSS = 0: one clock for all, core_clk and core_rst are not used. CROSS = 1: the
// accelerator runs at core_clk (CLOCK_HZ), a byte_cross each way. led is in the accelerator's clock.
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
	output wire [2:0] led
);
	wire [7:0] usb_rx_data, usb_tx_data, rx_data, tx_data;
	wire       usb_rx_valid, usb_rx_ready, usb_tx_valid, usb_tx_ready;
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
			.out_data(rx_data), .out_valid(rx_valid), .out_ready(rx_ready)
		);
		byte_cross u_tx (
			.in_clk(core_clk), .in_rst(core_rst), .in_data(tx_data), .in_valid(tx_valid),
			.in_ready(tx_ready), .out_clk(clk), .out_rst(rst), .out_data(usb_tx_data),
			.out_valid(usb_tx_valid), .out_ready(usb_tx_ready)
		);
	end else begin : g_same
		assign rx_data = usb_rx_data;
		assign rx_valid = usb_rx_valid;
		assign usb_rx_ready = rx_ready;
		assign usb_tx_data = tx_data;
		assign usb_tx_valid = tx_valid;
		assign tx_ready = usb_tx_ready;
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
