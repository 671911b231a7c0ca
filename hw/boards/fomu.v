// SPDX-License-Identifier: MIT
// board_fomu: Fomu PVT, iCE40 UP5K: the accelerator at 36 MHz behind its own USB device.
//
//   clk48 (oscillator) - jetbnn_usb (USB) - SB_IO pads of D+ and D-
//                      \ PLL - clk36 - jetbnn_usb (accelerator)
//
// Reset: power_on in each clock, while the PLL has not locked. The colours of the LED, by the
// current-limited driver: green a model is loaded, red an image is in flight, blue the link is active.
// Lanes and memories: those of configuration fomu in sim/configs.mk, which are those of up5k without LENT: its logic
// has no room beside USB.
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
	wire       clk36, locked, usb_rst, core_rst, dp_in, dm_in, dp_out, dm_out, oe;
	wire [2:0] led;

	// icepll -i 48 -o 36: 48 MHz * 12 = 576 MHz, / 16. The oscillator drives USB as well, so the PLL takes it from
	// the fabric.
	SB_PLL40_CORE #(
		.FEEDBACK_PATH("SIMPLE"), .DIVR(4'd0), .DIVF(7'd11), .DIVQ(3'd4), .FILTER_RANGE(3'd4)
	) u_pll (
		.REFERENCECLK(clk48), .PLLOUTGLOBAL(clk36), .LOCK(locked), .BYPASS(1'b0), .RESETB(1'b1)
	);

	power_on u_usb_on (.clk(clk48), .ready(locked), .rst(usb_rst));
	power_on u_core_on (.clk(clk36), .ready(locked), .rst(core_rst));

	jetbnn_usb #(
		.O(1), .P(1), .F(1), .KMAX(3), .CMAX(3), .SIDE(64), .CODE_ROWS(512), .OUT_MAX(128), .WROWS(128),
		.AW(16), .MODEL_WORDS(16384), .MAP_ROWS(16384), .JETS(0), .CROSS(1), .TIMEOUT(15000),
		.CLOCK_HZ(36000000), .BOARD(`JB_BOARD_FOMU), .BUILD(BUILD)
	) u_jetbnn (
		.clk(clk48), .rst(usb_rst), .core_clk(clk36), .core_rst(core_rst), .attach(1'b1), .dp_in(dp_in),
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
