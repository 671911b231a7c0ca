// SPDX-License-Identifier: MIT
// word_pair for iCE40 UltraPlus: both registers are those of a DSP block: next <= d if we, q <= next if swap.
//
// A register alone costs a whole logic cell, two words 64 of them. SB_MAC16 has registers at its inputs C and
// D and at its outputs, which load C and D past the adders while OLOAD is high; multiplier and adders are unused.
// Same ports as hw/mem/generic/word_pair.v. INDEX: number of the pair in the design; the device has 8 blocks,
// pairs from 8 on are flip-flops. Reset: none.
// Used by window; compared by tests/chain (configuration up5k, with sim/cells/SB_MAC16.v).
`default_nettype none

module word_pair #(
	parameter INDEX = 0
) (
	input  wire        clk,
	input  wire        we,
	input  wire [31:0] d,
	input  wire        swap,
	output wire [31:0] q
);
	localparam BLOCKS = 8;

	generate
		if (INDEX < BLOCKS) begin : g_block
			/* verilator lint_off PINCONNECTEMPTY */ // carries and signs are for cascades
			SB_MAC16 #(
				.C_REG(1'b1), .D_REG(1'b1), .TOPOUTPUT_SELECT(2'd1), .BOTOUTPUT_SELECT(2'd1),
				.TOPADDSUB_UPPERINPUT(1'b1), .BOTADDSUB_UPPERINPUT(1'b1)
			) u_mac16 (
				.CLK(clk), .CE(1'b1), .C(d[31:16]), .D(d[15:0]), .A(16'd0), .B(16'd0),
				.CHOLD(!we), .DHOLD(!we), .AHOLD(1'b0), .BHOLD(1'b0),
				.OLOADTOP(1'b1), .OLOADBOT(1'b1), .OHOLDTOP(!swap), .OHOLDBOT(!swap),
				.IRSTTOP(1'b0), .IRSTBOT(1'b0), .ORSTTOP(1'b0), .ORSTBOT(1'b0),
				.ADDSUBTOP(1'b0), .ADDSUBBOT(1'b0), .CI(1'b0), .ACCUMCI(1'b0), .SIGNEXTIN(1'b0),
				.O(q), .CO(), .ACCUMCO(), .SIGNEXTOUT()
			);
			/* verilator lint_on PINCONNECTEMPTY */
		end else begin : g_cells
			reg [31:0] next, out;
			always @(posedge clk) begin
				if (we)
					next <= d;
				if (swap)
					out <= next;
			end
			assign q = out;
		end
	endgenerate
endmodule

`default_nettype wire
