// SPDX-License-Identifier: MIT
// EHXPLLL: the PLL of ECP5, for simulation and lint only.
//
//   CLKOP = CLKOS = CLKOS2 = CLKI;  LOCK = !RST && !STDBY
//
// Frequencies and phases are not modelled: whoever simulates a top drives the clock it makes
// (tests/system/test_boards.sh checks the factors). Used by the board tops. Not handled: feedback, CLKOS3,
// moving phases.
`default_nettype none

module EHXPLLL #(
	/* verilator lint_off UNUSEDPARAM */ // frequencies and phases
	parameter CLKI_DIV = 1,
	parameter CLKFB_DIV = 1,
	parameter FEEDBK_PATH = "CLKOP",
	parameter CLKOP_ENABLE = "ENABLED",
	parameter CLKOP_DIV = 8,
	parameter CLKOP_CPHASE = 0,
	parameter CLKOS_ENABLE = "DISABLED",
	parameter CLKOS_DIV = 8,
	parameter CLKOS_CPHASE = 0,
	parameter CLKOS2_ENABLE = "DISABLED",
	parameter CLKOS2_DIV = 8
	/* verilator lint_on UNUSEDPARAM */
) (
	input  wire CLKI,
	output wire CLKOP,
	output wire CLKOS,
	output wire CLKOS2,
	output wire LOCK,
	input  wire RST,
	input  wire STDBY,
	/* verilator lint_off UNUSEDSIGNAL */
	input  wire CLKFB,
	input  wire PHASESEL0,
	input  wire PHASESEL1,
	input  wire PHASEDIR,
	input  wire PHASESTEP,
	input  wire PHASELOADREG,
	input  wire PLLWAKESYNC,
	input  wire ENCLKOP
	/* verilator lint_on UNUSEDSIGNAL */
);
	assign CLKOP = CLKI;
	assign CLKOS = CLKI;
	assign CLKOS2 = CLKI;
	assign LOCK = !RST && !STDBY;
endmodule

`default_nettype wire
