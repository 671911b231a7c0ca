// SPDX-License-Identifier: MIT
// board_orangecrab: OrangeCrab r0.2 with ECP5-25F: the accelerator at 96 MHz behind its USB device.
//
//   clk48_in - PLL - clk48 - jetbnn_usb (USB) - BB pads of D+ and D-
//                  \ clk96 - jetbnn_usb (accelerator)
//
// Reset: power_on in each clock, while the PLL has not locked. The button, held for 5.5 ms, pulls the
// FPGA's PROGRAMN: it configures itself anew, and the bootloader starts as long as the button is held.
// The colours of the LED, lit when low: green a model is loaded, red an image is in flight, blue the link
// is active. One output a clock of the front end, which is several times faster than USB brings pixels, leaves
// the logic to the lanes. BUILD: number reported by IDENTIFY. Pins and sources: constraints/orangecrab.lpf,
// docs/boards.md.
`default_nettype none
`include "jetbnn_defs.vh"

module board_orangecrab #(
	parameter [31:0] BUILD = 0
) (
	input  wire clk48_in,
	input  wire button_n,
	output wire program_n,
	inout  wire usb_dp,
	inout  wire usb_dn,
	output wire usb_pullup,
	output wire led_red_n,
	output wire led_green_n,
	output wire led_blue_n
);
	wire       clk48, clk96, locked, usb_rst, core_rst, dp_in, dm_in, dp_out, dm_out, oe;
	wire [2:0] led;

	// ecppll -i 48 -o 48 --clkout1 96
	(* FREQUENCY_PIN_CLKI="48", FREQUENCY_PIN_CLKOP="48", FREQUENCY_PIN_CLKOS="96" *)
	(* ICP_CURRENT="12", LPF_RESISTOR="8", MFG_ENABLE_FILTEROPAMP="1", MFG_GMCREF_SEL="2" *)
	EHXPLLL #(
		.CLKI_DIV(1), .CLKFB_DIV(1), .FEEDBK_PATH("CLKOP"),
		.CLKOP_ENABLE("ENABLED"), .CLKOP_DIV(12), .CLKOP_CPHASE(5),
		.CLKOS_ENABLE("ENABLED"), .CLKOS_DIV(6), .CLKOS_CPHASE(5)
	) u_pll (
		.CLKI(clk48_in), .CLKFB(clk48), .CLKOP(clk48), .CLKOS(clk96), .LOCK(locked),
		/* verilator lint_off PINCONNECTEMPTY */ .CLKOS2(), /* not enabled */
		/* verilator lint_on PINCONNECTEMPTY */
		.RST(1'b0), .STDBY(1'b0), .PHASESEL0(1'b0), .PHASESEL1(1'b0), .PHASEDIR(1'b1),
		.PHASESTEP(1'b1), .PHASELOADREG(1'b1), .PLLWAKESYNC(1'b0), .ENCLKOP(1'b0)
	);

	power_on u_usb_on (.clk(clk48), .ready(locked), .rst(usb_rst));
	power_on u_core_on (.clk(clk96), .ready(locked), .rst(core_rst));

	jetbnn_usb #(
		.O(4), .P(4), .F(1), .KMAX(5), .CMAX(3), .CODE_ROWS(1024), .OUT_MAX(128), .WROWS(512),
		.RESIDENT(1), .AW(18), .MODEL_WORDS(1024), .MAP_ROWS(1024), .JETS(0), .CROSS(1), .TIMEOUT(40000),
		.CLOCK_HZ(96000000), .BOARD(`JB_BOARD_ORANGECRAB), .BUILD(BUILD)
	) u_jetbnn (
		.clk(clk48), .rst(usb_rst), .core_clk(clk96), .core_rst(core_rst), .attach(1'b1),
		.dp_in(dp_in), .dm_in(dm_in), .dp_out(dp_out), .dm_out(dm_out), .oe(oe), .pull(usb_pullup),
		/* verilator lint_off PINCONNECTEMPTY */ .configured(), .suspended(), .uart_tx(), .valve(), /* no pins */
		/* verilator lint_on PINCONNECTEMPTY */
		.uart_rx(1'b1), .eye(1'b0), .encoder(1'b0),
		.led(led)
	);

	BB u_pads [1:0] (
		.B({usb_dp, usb_dn}), .I({dp_out, dm_out}), .T(!oe), .O({dp_in, dm_in})
	);

	// 262,144 clocks of a pressed button.
	power_on #(.LENGTH(262144)) u_button (.clk(clk48), .ready(!button_n), .rst(program_n));

	assign {led_blue_n, led_red_n, led_green_n} = ~led;
endmodule

`default_nettype wire
