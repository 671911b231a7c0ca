// SPDX-License-Identifier: MIT
// eject_config: the outputs block in two halves of a memory, and its common words in registers.
//
// Words of a packet (word_valid, word_first; docs/protocol.md "Outputs block") go to the half that is not in use;
// a packet that is refused later changes nothing. `take` in phase 0 swaps the halves; in the 8 clocks after it
// (phases 1 to 8 with `loading`) words 0 to 6 become the outputs. Otherwise data is word `addr` of the half in use,
// one clock after it.
// Reset: all outputs 0. Compared by tests/rtl/test_eject.c.
`default_nettype none
`include "jetbnn_defs.vh"

module eject_config (
	input  wire        clk,
	input  wire        rst,
	input  wire [31:0] word,
	input  wire        word_valid,
	input  wire        word_first,
	input  wire        take,
	input  wire        loading,
	input  wire [4:0]  phase,
	input  wire [6:0]  addr,
	output wire [31:0] data,
	output reg  [31:0] mode,
	output reg  [23:0] from,
	output reg  [23:0] to,
	output reg  [23:0] deadline,
	output reg  [23:0] spacing,
	output reg  [23:0] watchdog,
	output reg  [7:0]  invert,
	output reg  [7:0]  safe
);
	reg        half;
	reg  [6:0] next;
	wire [6:0] at = word_first ? 7'd0 : next;

	ram_1r1w #(.WIDTH(32), .DEPTH(256)) u_words (
		.clk(clk), .we(word_valid), .waddr({!half, at}), .wdata(word),
		.raddr({half, loading ? {2'd0, phase - 5'd1} : addr}), .rdata(data)
	);

	always @(posedge clk) begin
		if (word_valid)
			next <= at + 7'd1;
		half <= half ^ take;
		if (loading)
			case (phase)
			5'd2: mode <= data;
			5'd3: from <= data[23:0];
			5'd4: to <= data[23:0];
			5'd5: deadline <= data[23:0];
			5'd6: spacing <= data[23:0];
			5'd7: watchdog <= data[23:0];
			5'd8: {safe, invert} <= data[15:0];
			default: ;
			endcase
		if (rst) begin
			half <= 1'b0;
			mode <= 32'd0;
			from <= 24'd0;
			to <= 24'd0;
			deadline <= 24'd0;
			spacing <= 24'd0;
			watchdog <= 24'd0;
			{safe, invert} <= 16'd0;
		end
	end
endmodule

`default_nettype wire
