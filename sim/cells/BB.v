// SPDX-License-Identifier: MIT
// BB: a bidirectional pad of ECP5, for simulation and lint only.
//
//   B = I while T is low, else released;  O = B
//
// Used by the board tops. Combinational.
`default_nettype none

module BB (
	input  wire I,
	input  wire T,
	output wire O,
	inout  wire B
);
	assign B = T ? 1'bz : I;
	assign O = B;
endmodule

`default_nettype wire
