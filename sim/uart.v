// SPDX-License-Identifier: MIT
// uart: receiver with its memory and transmitter, beside each other, for the bench tests/rtl/test_uart.c.
`default_nettype none

module uart #(
	parameter CLOCK_HZ = 48000000,
	parameter BAUD = 3000000
) (
	input  wire       clk,
	input  wire       rst,
	input  wire       rx_line,
	output wire [7:0] rx_data,
	output wire       rx_valid,
	input  wire       rx_ready,
	input  wire [7:0] tx_data,
	input  wire       tx_valid,
	output wire       tx_ready,
	output wire       tx_line
);
	wire [7:0] data;
	wire       valid;

	uart_rx #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_rx (
		.clk(clk), .rst(rst), .line(rx_line), .data(data), .valid(valid)
	);
	uart_fifo u_fifo (
		.clk(clk), .rst(rst), .in_data(data), .put(valid), .out_data(rx_data),
		.out_valid(rx_valid), .out_ready(rx_ready)
	);
	uart_tx #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD)) u_tx (
		.clk(clk), .rst(rst), .data(tx_data), .valid(tx_valid), .ready(tx_ready), .line(tx_line)
	);
endmodule

`default_nettype wire
