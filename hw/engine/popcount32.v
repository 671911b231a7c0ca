// SPDX-License-Identifier: MIT
// popcount32: count = number of i in 0..31 with x[i] == w[i], or 0 where enable is low.
//
// The XNOR shares its LUT4 with the first half adder (two lanes), three pairs then make a 3-bit count in
// two LUT levels, carry chains add the rest: about 2.4 LUT4 a lane on iCE40.
// Latency 4 cycles from x, w, enable to count; one result a cycle, no stall, no reset (tags say what
// is valid). Output 6 bits, 0..32, unsigned.
// Equals the inner popcount of ref_bconv (sw/src/ref_conv.c); compared by tests/rtl/test_popcount32.c.
`default_nettype none

module popcount32 (
	input  wire        clk,
	input  wire        enable,
	input  wire [31:0] x,
	input  wire [31:0] w,
	output reg  [5:0]  count
);
	// Stage 1: pairs (lane i, lane i+16): value 2*c + s.
	wire [31:0] same = ~(x ^ w);
	reg [15:0] s1, c1;
	always @(posedge clk)
		if (!enable) begin
			s1 <= 16'd0;
			c1 <= 16'd0;
		end else begin
			s1 <= same[15:0] ^ same[31:16];
			c1 <= same[15:0] & same[31:16];
		end

	// Stage 2: five groups of three pairs: 4*h + 2*m + l, 0..6; pair 15 stays.
	wire [4:0] sa = s1[4:0], sb = s1[9:5], sc = s1[14:10];
	wire [4:0] ca = c1[4:0], cb = c1[9:5], cc = c1[14:10];
	wire [4:0] k = (sa & sb) | (sa & sc) | (sb & sc);
	reg [4:0] l2, m2, h2;
	reg [1:0] p2;
	always @(posedge clk) begin
		l2 <= sa ^ sb ^ sc;
		m2 <= ca ^ cb ^ cc ^ k;
		h2 <= (ca & cb) | (cc & k) | ((ca | cb) & (cc | k));
		p2 <= {c1[15], s1[15]};
	end

	// Stages 3 and 4: add.
	reg [3:0] a3, b3, d3;
	always @(posedge clk) begin
		a3 <= {1'b0, h2[0], m2[0], l2[0]} + {1'b0, h2[1], m2[1], l2[1]};
		b3 <= {1'b0, h2[2], m2[2], l2[2]} + {1'b0, h2[3], m2[3], l2[3]};
		d3 <= {1'b0, h2[4], m2[4], l2[4]} + {2'b00, p2};
		count <= {2'd0, a3} + {2'd0, b3} + {2'd0, d3};
	end
endmodule

`default_nettype wire
