// SPDX-License-Identifier: MIT
// word_pair: a 32-bit register behind another, each with its enable: next <= d if we, q <= next if swap.
//
// On a part with DSP blocks to spare the block's own registers do it (hw/mem/ice40up/word_pair.v).
// INDEX: number of the pair in the design, 0.., for families with few such blocks; nothing here.
// Reset: none. One word a cycle; we and swap may come together, q is then the word before.
// Used by window; compared by tests/chain.
`default_nettype none

module word_pair #(
	/* verilator lint_off UNUSEDPARAM */ // the same ports for all families
	parameter INDEX = 0
	/* verilator lint_on UNUSEDPARAM */
) (
	input  wire        clk,
	input  wire        we,
	input  wire [31:0] d,
	input  wire        swap,
	output reg  [31:0] q
);
	reg [31:0] next;
	always @(posedge clk) begin
		if (we)
			next <= d;
		if (swap)
			q <= next;
	end
endmodule

`default_nettype wire
