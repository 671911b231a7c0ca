// SPDX-License-Identifier: MIT
// board_icebreaker: iCEBreaker, iCE40 UP5K: the accelerator behind the board's FTDI bridge, 33 MHz.
//
//   clk12 - PLL - clk33 - jetbnn_uart - FTDI channel B (3 Mbaud)
//
// Reset: power_on, while the PLL has not locked or the user button is pressed. LEDs, lit when low:
// green a model is loaded, red the link is active or an image in flight.
// Lanes and memories: those of configuration up5k in sim/configs.mk (tests/system/test_boards.sh).
// BUILD: number reported by IDENTIFY. Pins and sources: constraints/icebreaker.pcf, docs/boards.md.
`default_nettype none
`include "jetbnn_defs.vh"

module board_icebreaker #(
	parameter [31:0] BUILD = 0
) (
	input  wire clk12,
	input  wire uart_rx,
	output wire uart_tx,
	input  wire button_n,
	output wire led_red_n,
	output wire led_green_n
);
	wire       clk33, locked, rst;
	wire [2:0] led;

	// icepll -i 12 -o 33: 12 MHz * 88 = 1056 MHz, / 32. The pin is the PLL's own pad.
	SB_PLL40_PAD #(
		.FEEDBACK_PATH("SIMPLE"), .DIVR(4'd0), .DIVF(7'd87), .DIVQ(3'd5), .FILTER_RANGE(3'd1)
	) u_pll (
		.PACKAGEPIN(clk12), .PLLOUTGLOBAL(clk33), .LOCK(locked), .BYPASS(1'b0), .RESETB(1'b1)
	);

	power_on u_power_on (.clk(clk33), .ready(locked && button_n), .rst(rst));

	jetbnn_uart #(
		.O(1), .P(1), .F(1), .KMAX(3), .CMAX(3), .SIDE(64), .CODE_ROWS(512), .OUT_MAX(128), .WROWS(128),
		.AW(16), .MODEL_WORDS(32768), .MAP_ROWS(16384), .LENT(1), .JETS(0),
		.CLOCK_HZ(33000000), .BAUD(`JB_UART_BAUD), .BOARD(`JB_BOARD_ICEBREAKER), .BUILD(BUILD)
	) u_jetbnn (
		/* verilator lint_off PINCONNECTEMPTY */ .valve(), /* no ejector */
		/* verilator lint_on PINCONNECTEMPTY */
		.eye(1'b0), .encoder(1'b0),
		.clk(clk33), .rst(rst), .uart_rx(uart_rx), .uart_tx(uart_tx), .led(led)
	);

	assign led_red_n = !(led[2] || led[1]);
	assign led_green_n = !led[0];
endmodule

`default_nettype wire
