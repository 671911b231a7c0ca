// SPDX-License-Identifier: MIT
// board_ulx3s: ULX3S with ECP5-85F: the accelerator at 70 MHz behind its USB device on connector US2, and
// behind the FTDI bridge of connector US1 (3 Mbaud) while no host has configured that.
//
//   clk25 - two PLLs - clk48, clk70 - jetbnn_usb - BB pads of D+ and D-, serial line
//
// Reset: power_on, while a PLL has not locked or button FIRE1 is pressed.
// LEDs, from the right: a model is loaded, an image is in flight, the link is active, USB is configured,
// USB is suspended. wifi_gpio0 stays high, so that the ESP32 does not reconfigure the FPGA.
// BUILD: number reported by IDENTIFY. Pins and sources: constraints/ulx3s.lpf, docs/boards.md.
`default_nettype none
`include "jetbnn_defs.vh"

module board_ulx3s #(
	parameter [31:0] BUILD = 0
) (
	input  wire       clk25,
	input  wire       button,
	input  wire       uart_rx,
	output wire       uart_tx,
	inout  wire       usb_dp,
	inout  wire       usb_dn,
	output wire       usb_dp_pu,
	output wire       wifi_gpio0,
	output wire [4:0] led,
	input  wire       eye,
	input  wire       encoder,
	output wire [7:0] valve
);
	wire fb48, clk48, fb70, clk70, locked_48, locked_70, usb_rst, core_rst, dp_in, dm_in, dp_out, dm_out, oe;

	// ecppll -i 25 --highres -o 48, and -o 70: VCOs of 480 and 490 MHz, none has both.
	/* verilator lint_off PINCONNECTEMPTY */ // CLKOS2, not enabled
	(* FREQUENCY_PIN_CLKI="25", FREQUENCY_PIN_CLKOS="48" *)
	(* ICP_CURRENT="12", LPF_RESISTOR="8", MFG_ENABLE_FILTEROPAMP="1", MFG_GMCREF_SEL="2" *)
	EHXPLLL #(
		.CLKI_DIV(5), .CLKFB_DIV(2), .FEEDBK_PATH("CLKOP"),
		.CLKOP_ENABLE("ENABLED"), .CLKOP_DIV(48), .CLKOP_CPHASE(9),
		.CLKOS_ENABLE("ENABLED"), .CLKOS_DIV(10)
	) u_pll_48 (
		.CLKI(clk25), .CLKFB(fb48), .CLKOP(fb48), .CLKOS(clk48), .CLKOS2(), .LOCK(locked_48),
		.RST(1'b0), .STDBY(1'b0), .PHASESEL0(1'b0), .PHASESEL1(1'b0), .PHASEDIR(1'b1),
		.PHASESTEP(1'b1), .PHASELOADREG(1'b1), .PLLWAKESYNC(1'b0), .ENCLKOP(1'b0)
	);
	(* FREQUENCY_PIN_CLKI="25", FREQUENCY_PIN_CLKOS="70" *)
	(* ICP_CURRENT="12", LPF_RESISTOR="8", MFG_ENABLE_FILTEROPAMP="1", MFG_GMCREF_SEL="2" *)
	EHXPLLL #(
		.CLKI_DIV(5), .CLKFB_DIV(2), .FEEDBK_PATH("CLKOP"),
		.CLKOP_ENABLE("ENABLED"), .CLKOP_DIV(49), .CLKOP_CPHASE(9),
		.CLKOS_ENABLE("ENABLED"), .CLKOS_DIV(7)
	) u_pll_70 (
		.CLKI(clk25), .CLKFB(fb70), .CLKOP(fb70), .CLKOS(clk70), .CLKOS2(), .LOCK(locked_70),
		.RST(1'b0), .STDBY(1'b0), .PHASESEL0(1'b0), .PHASESEL1(1'b0), .PHASEDIR(1'b1),
		.PHASESTEP(1'b1), .PHASELOADREG(1'b1), .PLLWAKESYNC(1'b0), .ENCLKOP(1'b0)
	);
	/* verilator lint_on PINCONNECTEMPTY */

	wire ready = locked_48 && locked_70 && !button;
	power_on u_usb_on (.clk(clk48), .ready(ready), .rst(usb_rst));
	power_on u_core_on (.clk(clk70), .ready(ready), .rst(core_rst));

	jetbnn_usb #(
		.O(8), .P(4), .F(16), .KMAX(3), .CMAX(3), .CODE_ROWS(512), .OUT_MAX(256), .WROWS(1024),
		.RESIDENT(1), .AW(22), .MODEL_WORDS(8192), .MAP_ROWS(3072), .JETS(0), .BAUD(`JB_UART_BAUD),
		.CROSS(1), .TIMEOUT(3500000), .CLOCK_HZ(70000000), .EJECT(1), .BOARD(`JB_BOARD_ULX3S), .BUILD(BUILD)
	) u_jetbnn (
		.clk(clk48), .rst(usb_rst), .core_clk(clk70), .core_rst(core_rst), .attach(1'b1),
		.dp_in(dp_in), .dm_in(dm_in), .dp_out(dp_out), .dm_out(dm_out), .oe(oe), .pull(usb_dp_pu),
		.configured(led[3]), .suspended(led[4]), .uart_rx(uart_rx), .uart_tx(uart_tx), .led(led[2:0]),
		.eye(eye), .encoder(encoder), .valve(valve)
	);

	BB u_pads [1:0] (
		.B({usb_dp, usb_dn}), .I({dp_out, dm_out}), .T(!oe), .O({dp_in, dm_in})
	);

	assign wifi_gpio0 = 1'b1;
endmodule

`default_nettype wire
