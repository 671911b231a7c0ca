// SPDX-License-Identifier: MIT
// SB_RGBA_DRV: the LED driver of iCE40 UltraPlus, for simulation and lint only.
//
//   RGBn = 0 (it sinks the LED's current) while CURREN, RGBLEDEN and RGBnPWM, else 1
//
// Used by the board tops. Combinational. Not handled: the currents.
`default_nettype none

module SB_RGBA_DRV #(
	/* verilator lint_off UNUSEDPARAM */ // analogue
	parameter CURRENT_MODE = "0b0",
	parameter RGB0_CURRENT = "0b000000",
	parameter RGB1_CURRENT = "0b000000",
	parameter RGB2_CURRENT = "0b000000"
	/* verilator lint_on UNUSEDPARAM */
) (
	input  wire CURREN,
	input  wire RGBLEDEN,
	input  wire RGB0PWM,
	input  wire RGB1PWM,
	input  wire RGB2PWM,
	output wire RGB0,
	output wire RGB1,
	output wire RGB2
);
	assign {RGB2, RGB1, RGB0} = ~({3{CURREN && RGBLEDEN}} & {RGB2PWM, RGB1PWM, RGB0PWM});
endmodule

`default_nettype wire
