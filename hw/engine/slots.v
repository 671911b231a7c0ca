// SPDX-License-Identifier: MIT
// slots: what each position's nine slots see of the window.
//
//   x[p][3r+c] = pointwise ? cur[0][p] : cur[r][p+c]
//
// Pointwise operations (shared jets) show the same word to all nine slots, so that one weight row
// holds nine outputs. POINTWISE 0 leaves the choice out (wires, latency 0); 1: latency 1.
// Parameters: P positions; LW low lanes of a word that are seen, 32 or 16. No reset. Fed by window, feeds mac_unit.
// Compared by tests/chain.
`default_nettype none

module slots #(
	parameter P = 2,
	parameter LW = 32,
	parameter POINTWISE = 1,
	parameter COLS = P + 2
) (
	input  wire                 clk,
	input  wire                 pointwise,
	/* verilator lint_off UNUSEDSIGNAL */ // LW 16
	input  wire [3*COLS*32-1:0] cur,
	/* verilator lint_on UNUSEDSIGNAL */
	output wire [P*9*LW-1:0]    x
);
	genvar p, r, c;
	generate
		for (p = 0; p < P; p = p + 1) begin : g_p
			for (r = 0; r < 3; r = r + 1) begin : g_r
				for (c = 0; c < 3; c = c + 1) begin : g_c
					if (POINTWISE != 0) begin : g_mux
						reg [LW-1:0] word;
						always @(posedge clk)
							word <= pointwise ? cur[32*p +: LW] : cur[32*(r*COLS + p + c) +: LW];
						assign x[LW*(9*p + 3*r + c) +: LW] = word;
					end else begin : g_wire
						assign x[LW*(9*p + 3*r + c) +: LW] = cur[32*(r*COLS + p + c) +: LW];
					end
				end
			end
		end
	endgenerate

	generate
		if (POINTWISE == 0) begin : g_unused
			wire unused = &{1'b0, clk, pointwise};
		end
	endgenerate
endmodule

`default_nettype wire
