// SPDX-License-Identifier: MIT
// jetbnn_uart: the accelerator behind a serial line.
//
//   line uart_rx - uart_rx - uart_fifo - jetbnn - uart_tx - line uart_tx
//
// One clock. uart_rx is an asynchronous input, both lines are high when idle; led as in jetbnn. CLOCK_HZ over
// BAUD: see hw/uart/uart_rx.v. TIMEOUT is longer than on USB, 50 ms: a host that is late with the rest of a
// packet has nobody who asks it again. All other parameters are those of jetbnn. Reset: no model.
// Tests: tests/chain/test_chain.c (device "sim:uart").
`default_nettype none
`include "jetbnn_defs.vh"

module jetbnn_uart #(
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
	parameter [31:0] CLOCK_HZ = 48000000,
	parameter BAUD = `JB_UART_BAUD,
	parameter [31:0] BOARD = 0,
	parameter [31:0] BUILD = 0,
	parameter TIMEOUT = CLOCK_HZ / 20,
	parameter EJECT = 0
) (
	input  wire       clk,
	input  wire       rst,
	input  wire       uart_rx,
	output wire       uart_tx,
	output wire [2:0] led,
	input  wire       eye,
	input  wire       encoder,
	output wire [7:0] valve
);
	wire [7:0] line_data, rx_data, tx_data;
	wire       line_valid, rx_valid, rx_ready, tx_valid, tx_ready;

	uart_rx #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_rx (
		.clk(clk), .rst(rst), .line(uart_rx), .data(line_data), .valid(line_valid)
	);

	uart_fifo u_fifo (
		.clk(clk), .rst(rst), .in_data(line_data), .put(line_valid), .out_data(rx_data),
		.out_valid(rx_valid), .out_ready(rx_ready)
	);

	jetbnn #(.O(O), .P(P), .F(F), .KMAX(KMAX), .CMAX(CMAX), .SIDE(SIDE), .CODE_ROWS(CODE_ROWS), .OUT_MAX(OUT_MAX),
		.WROWS(WROWS), .RESIDENT(RESIDENT), .PARTS(PARTS), .AW(AW), .MODEL_WORDS(MODEL_WORDS), .MAP_ROWS(MAP_ROWS), .LENT(LENT),
		.JETS(JETS),
		.JET_COLS(JET_COLS), .BOARD(BOARD), .CLOCK_HZ(CLOCK_HZ), .BUILD(BUILD),
		.TIMEOUT(TIMEOUT), .EJECT(EJECT)) u_jetbnn (
		.clk(clk), .rst(rst), .rx_data(rx_data), .rx_valid(rx_valid), .rx_ready(rx_ready),
		.tx_data(tx_data), .tx_valid(tx_valid), .tx_ready(tx_ready), .led(led), .eye(eye),
		.encoder(encoder), .valve(valve)
	);

	uart_tx #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_tx (
		.clk(clk), .rst(rst), .data(tx_data), .valid(tx_valid), .ready(tx_ready), .line(uart_tx)
	);
endmodule

`default_nettype wire
