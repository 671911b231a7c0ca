// SPDX-License-Identifier: MIT
// SB_IO: an iCE40 pad without registers (PIN_TYPE 6'b101001), for simulation and lint only.
//
//   PACKAGE_PIN = D_OUT_0 while OUTPUT_ENABLE, else released;  D_IN_0 = PACKAGE_PIN
//
// Used by the board tops. Combinational. Not handled: every other PIN_TYPE (refused), pull-ups, clocks.
`default_nettype none

module SB_IO #(
	parameter [5:0] PIN_TYPE = 6'b000000
) (
	inout  wire PACKAGE_PIN,
	input  wire OUTPUT_ENABLE,
	input  wire D_OUT_0,
	output wire D_IN_0
);
	generate
		if (PIN_TYPE != 6'b101001) begin : g_bad
			SB_IO_PIN_TYPE_must_be_101001 bad ();
		end
	endgenerate

	assign PACKAGE_PIN = OUTPUT_ENABLE ? D_OUT_0 : 1'bz;
	assign D_IN_0 = PACKAGE_PIN;
endmodule

`default_nettype wire
