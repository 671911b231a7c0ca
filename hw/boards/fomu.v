// SPDX-License-Identifier: MIT
// board_fomu: Fomu PVT, iCE40 UP5K: the accelerator behind its own USB device, one clock of 48 MHz.
//
//   clk48 (oscillator) - jetbnn_usb - SB_IO pads of D+ and D-
//
// No PLL: the board's oscillator is the clock. Reset: power_on. The colours of the LED, by the
// current-limited driver: green a model is loaded, red an image is in flight, blue the link is active.
// Lanes and memories: those of configuration up5k in sim/configs.mk (tests/system/test_boards.sh).
// BUILD: number reported by IDENTIFY. Pins and sources: constraints/fomu.pcf, docs/boards.md.
`default_nettype none
`include "jetbnn_defs.vh"

module board_fomu #(
	parameter [31:0] BUILD = 0
) (
	input  wire clk48,
	inout  wire usb_dp,
	inout  wire usb_dn,
	output wire usb_dp_pu,
	output wire rgb0,
	output wire rgb1,
	output wire rgb2
);
	wire       rst, dp_in, dm_in, dp_out, dm_out, oe;
	wire [2:0] led;

	power_on u_power_on (.clk(clk48), .ready(1'b1), .rst(rst));

	jetbnn_usb #(
		.O(1), .P(1), .F(1), .KMAX(3), .CMAX(3), .SIDE(64), .CODE_ROWS(512), .OUT_MAX(128), .WROWS(128),
		.AW(16), .MODEL_WORDS(32768), .MAP_ROWS(16384), .LENT(1), .JETS(0), .TIMEOUT(20000),
		.CLOCK_HZ(48000000), .BOARD(`JB_BOARD_FOMU), .BUILD(BUILD)
	) u_jetbnn (
		.clk(clk48), .rst(rst), .core_clk(clk48), .core_rst(rst), .attach(1'b1), .dp_in(dp_in),
		.dm_in(dm_in), .dp_out(dp_out), .dm_out(dm_out), .oe(oe), .pull(usb_dp_pu),
		/* verilator lint_off PINCONNECTEMPTY */ .configured(), .suspended(), .uart_tx(), .valve(), /* no pins */
		/* verilator lint_on PINCONNECTEMPTY */
		.uart_rx(1'b1), .eye(1'b0), .encoder(1'b0),
		.led(led)
	);

	// Not registered: the device's own flip-flops drive and sample.
	SB_IO #(.PIN_TYPE(6'b1010_01)) u_pads [1:0] (
		.PACKAGE_PIN({usb_dp, usb_dn}), .OUTPUT_ENABLE(oe), .D_OUT_0({dp_out, dm_out}),
		.D_IN_0({dp_in, dm_in})
	);

	// 4 mA a colour at half current mode.
	SB_RGBA_DRV #(
		.CURRENT_MODE("0b1"), .RGB0_CURRENT("0b000011"), .RGB1_CURRENT("0b000011"),
		.RGB2_CURRENT("0b000011")
	) u_rgb (
		.CURREN(1'b1), .RGBLEDEN(1'b1), .RGB0PWM(led[0]), .RGB1PWM(led[1]), .RGB2PWM(led[2]),
		.RGB0(rgb0), .RGB1(rgb1), .RGB2(rgb2)
	);
endmodule

`default_nettype wire
