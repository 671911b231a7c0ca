// SPDX-License-Identifier: MIT
// jet_params: kernel numbers and thresholds of a block of 32 outputs, ready for the passes.
//
//   minus(pass i of an axis) = (d >= 5-i), i = 1..4: the last d passes of the axis are minus D
//   bit = (z >= T);  the passes deliver v = (-1)^(dy+dx) * z, so
//   dy+dx even:  bit = !(v + ~(T-1) < 0)      dy+dx odd:  bit = (v + (T-1) < 0)
//
// Fed by the engine (threshold words of a block, one a clock, only while no item is in flight),
// feeds the passes and jet_output. `q` names the item one clock ahead of each answer: q[0] for
// vertical pass 1 ... q[7] for horizontal pass 4, q[8] for the comparison.
// A word is in force 2 clocks after param_we. Output o = 9*q + s.
// Parameters: ZW bits of v and of the offset, signed; T-1 saturates to that range, which cannot
// change a bit as |v| <= 2^(ZW-1)-1. Reset: none.
// Kernel number as ref_jet_kernel (sw/src/ref.h); compared by tests/rtl/test_jet_hidden.c.
`default_nettype none

module jet_params #(
	parameter ZW = 19
) (
	input  wire            clk,
	input  wire            param_we,
	input  wire [4:0]      param_index,
	input  wire [31:0]     param_data,
	input  wire [9*2-1:0]  q,
	output reg  [8*9-1:0]  neg,      // [pass][s]: vertical 1..4, horizontal 1..4
	output reg  [9*ZW-1:0] offset,   // [s]
	output reg  [8:0]      odd       // [s] dy+dx is odd
);
	wire [2:0] dy = param_data[31:29];
	wire [2:0] dx = param_data[28:26];
	wire [26:0] below = {param_data[25], param_data[25:0]} - 27'd1;
	wire fits = (below[26:ZW-1] == {28-ZW{below[26]}});
	wire [ZW-1:0] bound = fits ? below[ZW-1:0] : {below[26], {ZW-1{~below[26]}}};
	wire turned = dy[0] ^ dx[0];

	reg          we;
	reg [4:0]    index;
	reg [7:0]    minus;     // horizontal 4..1, vertical 4..1
	reg [ZW-1:0] ready;
	reg          flip;

	always @(posedge clk) begin
		we <= param_we;
		index <= param_index;
		minus <= {dx >= 3'd1, dx >= 3'd2, dx >= 3'd3, dx >= 3'd4,
			dy >= 3'd1, dy >= 3'd2, dy >= 3'd3, dy >= 3'd4};
		ready <= turned ? bound : ~bound;
		flip <= turned;
	end

	genvar s, r, i;
	generate
		for (s = 0; s < 9; s = s + 1) begin : g_out
			wire [4*(ZW+9)-1:0] set;
			wire [ZW+8:0] pick;

			for (r = 0; r < 4; r = r + 1) begin : g_item
				localparam INDEX = 9*r + s;

				if (INDEX < 32) begin : g_used
					reg [ZW+8:0] word;

					always @(posedge clk)
						if (we && index == INDEX)
							word <= {flip, ready, minus};
					assign set[(ZW+9)*r +: ZW+9] = word;
				end else begin : g_spare
					assign set[(ZW+9)*r +: ZW+9] = {ZW+9{1'b0}};
				end
			end

			for (i = 0; i < ZW + 9; i = i + 1) begin : g_bit
				localparam STAGE = (i < 8) ? i : 8;
				wire [3:0] choice = {set[3*(ZW+9) + i], set[2*(ZW+9) + i],
					set[ZW+9 + i], set[i]};

				assign pick[i] = choice[q[2*STAGE +: 2]];
			end

			for (i = 0; i < 8; i = i + 1) begin : g_pass
				always @(posedge clk)
					neg[9*i + s] <= pick[i];
			end
			always @(posedge clk)
				{odd[s], offset[ZW*s +: ZW]} <= pick[ZW+8:8];
		end
	endgenerate
endmodule

`default_nettype wire
