// SPDX-License-Identifier: MIT
// SB_PLL40_CORE: a PLL of iCE40, for simulation and lint only.
//
//   PLLOUTGLOBAL = REFERENCECLK;  LOCK = RESETB
//
// Frequencies are not modelled: whoever simulates a top drives the clock it makes
// (tests/system/test_boards.sh checks the factors). Used by the board tops. Not handled: BYPASS, feedback.
`default_nettype none

module SB_PLL40_CORE #(
	/* verilator lint_off UNUSEDPARAM */ // the frequency
	parameter FEEDBACK_PATH = "SIMPLE",
	parameter [3:0] DIVR = 4'd0,
	parameter [6:0] DIVF = 7'd0,
	parameter [2:0] DIVQ = 3'd0,
	parameter [2:0] FILTER_RANGE = 3'd0
	/* verilator lint_on UNUSEDPARAM */
) (
	input  wire REFERENCECLK,
	output wire PLLOUTGLOBAL,
	output wire LOCK,
	/* verilator lint_off UNUSEDSIGNAL */
	input  wire BYPASS,
	/* verilator lint_on UNUSEDSIGNAL */
	input  wire RESETB
);
	assign PLLOUTGLOBAL = REFERENCECLK;
	assign LOCK = RESETB;
endmodule

`default_nettype wire
