// SPDX-License-Identifier: MIT
// board_tinyfpga_bx: TinyFPGA BX, iCE40 LP8K: the accelerator behind its own USB device, 48 MHz.
//
//   clk16 - PLL - clk48 - jetbnn_usb - SB_IO pads of D+ and D-
//
// Reset: power_on, while the PLL has not locked. LED: a model is loaded; dark while the link is
// active or an image in flight. No SPRAM in this part: maps and model share its 32 block RAMs with all the rest, so
// both are small. BUILD: number reported by IDENTIFY. Pins and sources: constraints/tinyfpga_bx.pcf, docs/boards.md.
`default_nettype none
`include "jetbnn_defs.vh"

module board_tinyfpga_bx #(
	parameter [31:0] BUILD = 0
) (
	input  wire clk16,
	inout  wire usb_dp,
	inout  wire usb_dn,
	output wire usb_dp_pu,
	output wire led
);
	wire       clk48, locked, rst, dp_in, dm_in, dp_out, dm_out, oe;
	wire [2:0] state;

	// icepll -i 16 -o 48: 16 MHz * 48 = 768 MHz, / 16
	SB_PLL40_CORE #(
		.FEEDBACK_PATH("SIMPLE"), .DIVR(4'd0), .DIVF(7'd47), .DIVQ(3'd4), .FILTER_RANGE(3'd1)
	) u_pll (
		.REFERENCECLK(clk16), .PLLOUTGLOBAL(clk48), .LOCK(locked), .BYPASS(1'b0), .RESETB(1'b1)
	);

	power_on u_power_on (.clk(clk48), .ready(locked), .rst(rst));

	jetbnn_usb #(
		.O(1), .P(2), .F(1), .KMAX(3), .CMAX(1), .CODE_ROWS(256), .OUT_MAX(64), .WROWS(64),
		.PARTS(2), .AW(16), .MODEL_WORDS(1280), .MAP_ROWS(1024), .LENT(1), .JETS(0), .TIMEOUT(20000),
		.CLOCK_HZ(48000000), .BOARD(`JB_BOARD_TINYFPGA_BX), .BUILD(BUILD)
	) u_jetbnn (
		.clk(clk48), .rst(rst), .core_clk(clk48), .core_rst(rst), .attach(1'b1), .dp_in(dp_in),
		.dm_in(dm_in), .dp_out(dp_out), .dm_out(dm_out), .oe(oe), .pull(usb_dp_pu),
		/* verilator lint_off PINCONNECTEMPTY */ .configured(), .suspended(), .uart_tx(), .valve(), /* no pins */
		/* verilator lint_on PINCONNECTEMPTY */
		.uart_rx(1'b1), .eye(1'b0), .encoder(1'b0),
		.led(state)
	);

	// Not registered: the device's own flip-flops drive and sample.
	SB_IO #(.PIN_TYPE(6'b1010_01)) u_pads [1:0] (
		.PACKAGE_PIN({usb_dp, usb_dn}), .OUTPUT_ENABLE(oe), .D_OUT_0({dp_out, dm_out}),
		.D_IN_0({dp_in, dm_in})
	);

	assign led = state[0] && !state[1] && !state[2];
endmodule

`default_nettype wire
