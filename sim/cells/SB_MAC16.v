// SPDX-License-Identifier: MIT
// SB_MAC16: simulation model of the iCE40 UltraPlus DSP block as hw/mem/ice40up/word_pair.v uses it: registers at
// C and D, output registers that load them while OLOAD is high. Any other use of the cell does not elaborate.
// Written from the vendor's DSP guide, FPGA-TN-02007.
`default_nettype none

module SB_MAC16 #(
	parameter [0:0] C_REG = 1'b0,
	parameter [0:0] D_REG = 1'b0,
	parameter [1:0] TOPOUTPUT_SELECT = 2'd0,
	parameter [1:0] BOTOUTPUT_SELECT = 2'd0,
	/* verilator lint_off UNUSEDPARAM */ // of the adders
	parameter [0:0] TOPADDSUB_UPPERINPUT = 1'b0,
	parameter [0:0] BOTADDSUB_UPPERINPUT = 1'b0
	/* verilator lint_on UNUSEDPARAM */
) (
	input  wire        CLK, CE,
	input  wire [15:0] C, D,
	input  wire        CHOLD, DHOLD, OHOLDTOP, OHOLDBOT,
	/* verilator lint_off UNUSEDSIGNAL */ // of multiplier, adders and resets
	input  wire [15:0] A, B,
	input  wire        AHOLD, BHOLD, OLOADTOP, OLOADBOT, IRSTTOP, IRSTBOT, ORSTTOP, ORSTBOT,
	input  wire        ADDSUBTOP, ADDSUBBOT, CI, ACCUMCI, SIGNEXTIN,
	/* verilator lint_on UNUSEDSIGNAL */
	output reg  [31:0] O,
	output wire        CO, ACCUMCO, SIGNEXTOUT
);
	generate
		if (!C_REG || !D_REG || TOPOUTPUT_SELECT != 2'd1 || BOTOUTPUT_SELECT != 2'd1) begin : g_bad
			SB_MAC16_only_as_registers bad ();
		end
	endgenerate

	reg [15:0] c, d;
	assign {CO, ACCUMCO, SIGNEXTOUT} = 3'b000;
	always @(posedge CLK)
		if (CE) begin
			if (!CHOLD)
				c <= C;
			if (!DHOLD)
				d <= D;
			if (!OHOLDTOP)
				O[31:16] <= c;
			if (!OHOLDBOT)
				O[15:0] <= d;
		end
endmodule

`default_nettype wire
