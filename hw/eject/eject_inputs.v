// SPDX-License-Identifier: MIT
// eject_inputs: the ejector's time base and its two inputs.
//
//   A tick every CYCLES clocks. phase counts the clocks since the tick, 0 in its own clock, and stays at 31.
//   Inputs pass two flip-flops and are looked at in phase 0.
//   step: the encoder input was low at the last tick and is high now, or, without `by_encoder`, always
//   eye_edge: the eye input (inverted with eye_low) went high and has been for `filter` ticks and this one
//
// step is combinational in phase 0; eye_edge and the levels are valid from phase 1 on. In the tick of `fresh` the
// eye's level is taken as it is, without an edge. An input edge is seen 3 clocks later at the earliest, a tick
// later at the latest; edges nearer than two ticks are not seen.
// CYCLES: clocks of a microsecond, 24 or more. Reset: phase 0 follows, levels low.
// Equals eject_ref (tests/common/eject_ref.c), compared by tests/rtl/test_eject.c.
`default_nettype none

module eject_inputs #(
	parameter CYCLES = 48
) (
	input  wire       clk,
	input  wire       rst,
	input  wire       eye,
	input  wire       encoder,
	input  wire       by_encoder,
	input  wire       eye_low,
	input  wire [7:0] filter,
	input  wire       fresh,
	output reg  [4:0] phase,
	output wire       tick,
	output wire       step,
	output reg        eye_edge,
	output reg        eye_level,
	output reg        encoder_level
);
	localparam W = $clog2(CYCLES);
	localparam [31:0] LAST = CYCLES - 1;

	reg [W-1:0] count;
	reg [1:0]   eye_sync, encoder_sync;
	reg [7:0]   held;
	wire        level = eye_sync[1] ^ eye_low;

	assign tick = (phase == 5'd0);
	assign step = !by_encoder || (encoder_sync[1] && !encoder_level);

	always @(posedge clk) begin
		eye_sync <= {eye_sync[0], eye};
		encoder_sync <= {encoder_sync[0], encoder};

		if (count == LAST[W-1:0]) begin
			count <= {W{1'b0}};
			phase <= 5'd0;
		end else begin
			count <= count + {{(W-1){1'b0}}, 1'b1};
			if (phase != 5'd31)
				phase <= phase + 5'd1;
		end

		if (tick) begin
			encoder_level <= encoder_sync[1];
			eye_edge <= 1'b0;
			held <= 8'd0;
			if (fresh) begin
				eye_level <= level;
			end else if (level != eye_level) begin
				if (held == filter) begin
					eye_level <= level;
					eye_edge <= level;
				end else begin
					held <= held + 8'd1;
				end
			end
		end
		if (rst) begin
			count <= {W{1'b0}};
			phase <= 5'd0;
			eye_edge <= 1'b0;
			eye_level <= 1'b0;
			encoder_level <= 1'b0;
			held <= 8'd0;
		end
	end
endmodule

`default_nettype wire
