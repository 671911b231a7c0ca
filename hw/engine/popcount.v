// SPDX-License-Identifier: MIT
// popcount: count = number of i in 0..LANES-1 with x[i] == w[i], or 0 where enable is low.
//
// The XNOR shares its LUT4 with the first half adder (two lanes), three pairs then make a 3-bit count in
// two LUT levels, carry chains add the rest: about 2.4 LUT4 a lane on iCE40.
// Latency 4 cycles from x, w, enable to count with 32 lanes, 3 with 16; one result a cycle, no stall, no reset (tags
// say what is valid). Output 0..LANES, unsigned. Parameters: LANES 16, 32.
// Equals the inner popcount of ref_bconv (sw/src/ref_conv.c); compared by tests/rtl/test_popcount.c.
`default_nettype none

module popcount #(
	parameter LANES = 32,
	parameter CW = $clog2(LANES + 1)
) (
	input  wire             clk,
	input  wire             enable,
	input  wire [LANES-1:0] x,
	input  wire [LANES-1:0] w,
	output reg  [CW-1:0]    count
);
	localparam PAIRS = LANES/2, G = PAIRS/3;

	// Stage 1: pairs (lane i, lane i + PAIRS): value 2*c + s.
	wire [LANES-1:0] same = ~(x ^ w);
	reg  [PAIRS-1:0] s1, c1;
	always @(posedge clk)
		if (!enable) begin
			s1 <= {PAIRS{1'b0}};
			c1 <= {PAIRS{1'b0}};
		end else begin
			s1 <= same[PAIRS-1:0] ^ same[LANES-1:PAIRS];
			c1 <= same[PAIRS-1:0] & same[LANES-1:PAIRS];
		end

	// Stage 2: groups of three pairs: 4*h + 2*m + l, 0..6; of the 8 or 16 pairs one or two stay.
	wire [G-1:0] sa = s1[G-1:0], sb = s1[2*G-1:G], sc = s1[3*G-1:2*G];
	wire [G-1:0] ca = c1[G-1:0], cb = c1[2*G-1:G], cc = c1[3*G-1:2*G];
	wire [G-1:0] k = (sa & sb) | (sa & sc) | (sb & sc);
	reg  [G-1:0] l2, m2, h2;
	always @(posedge clk) begin
		l2 <= sa ^ sb ^ sc;
		m2 <= ca ^ cb ^ cc ^ k;
		h2 <= (ca & cb) | (cc & k) | ((ca | cb) & (cc | k));
	end

	// Stages 3 and 4, or 3: add.
	generate
		if (LANES == 32) begin : g_32
			reg [1:0] p2;
			reg [3:0] a3, b3, d3;
			always @(posedge clk) begin
				p2 <= {c1[15], s1[15]};
				a3 <= {1'b0, h2[0], m2[0], l2[0]} + {1'b0, h2[1], m2[1], l2[1]};
				b3 <= {1'b0, h2[2], m2[2], l2[2]} + {1'b0, h2[3], m2[3], l2[3]};
				d3 <= {1'b0, h2[4], m2[4], l2[4]} + {2'b00, p2};
				count <= {2'd0, a3} + {2'd0, b3} + {2'd0, d3};
			end
		end else if (LANES == 16) begin : g_16
			reg [2:0] p2;
			always @(posedge clk) begin
				p2 <= {1'b0, c1[6], s1[6]} + {1'b0, c1[7], s1[7]};
				count <= {2'd0, h2[0], m2[0], l2[0]} + {2'd0, h2[1], m2[1], l2[1]} + {2'd0, p2};
			end
		end else begin : g_bad
			popcount_LANES_must_be_16_or_32 bad ();
		end
	endgenerate
endmodule

`default_nettype wire
