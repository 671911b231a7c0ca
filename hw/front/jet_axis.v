// SPDX-License-Identifier: MIT
// jet_axis: one of the K jet kernels of an axis, chosen by number, from K values in a row.
//
//   out = sum_i kernel[num][i] * x[i],  kernel[num] = K-1-num passes S = [1 1] and num passes D = [1 -1]
//   K = 3: [1 2 1] [1 0 -1] [1 -2 1];  K = 5: [1 4 6 4 1] [1 2 0 -2 -1] [1 0 -2 0 1] [1 -2 0 2 -1]
//   [1 -4 6 -4 1]
//
// The passes are folded: a kernel with an even number of D is symmetric, with an odd number antisymmetric, so
// the outer pair p = first +- last and the inner pair q = second +- fourth come first, then
//   K = 3: p, p +- 2m;  K = 5: p +- 2q, p - 2m, p +- 4q + 6m   (m the middle value)
// The kernels of a group share pairs: 4 additions for the 3 kernels of an axis, 11 for the 5.
//
// Used twice in front_scan: down the column of pixels, then along the row of the results. x[0] is the
// newest (bottom or right) value, in the low bits. k5: five values count, else x[2] to x[0]. raw: out is
// the first value (x[4] or x[2]) alone. Latency K = 3: 2, K = 5: 3, one result a cycle; `en` loads the
// last register. The middle value is read one cycle after the others and only for even numbers: x may
// change in the cycle after an odd number was given.
// Parameters: K 3 or 5; W bits of the signed inputs. Output W+K-1 bits, signed: never overflows. No reset.
// Equals ref_jet_kernel (sw/src/ref_conv.c) along one axis; compared by tests/rtl/test_front.c.
`default_nettype none

module jet_axis #(
	parameter K = 3,
	parameter W = 9
) (
	input  wire           clk,
	input  wire           k5,
	input  wire           raw,
	input  wire [2:0]     num,
	input  wire [K*W-1:0] x,
	input  wire           en,
	output reg  [W+K-2:0] out
);
	localparam Z = W + K - 1;

	// ---- outer pair
	wire         five = (K == 5) && k5;
	wire [W-1:0] first = five ? x[(K-1)*W +: W] : x[2*W +: W];
	wire [W-1:0] middle = five ? x[(K/2)*W +: W] : x[W +: W];
	wire [W-1:0] last = raw ? {W{1'b0}} : x[0 +: W];
	wire         odd = num[0] && !raw;
	wire [W:0]   second = {last[W-1], last} ^ {(W+1){odd}};
	reg  [W:0]   p;
	reg          odd1, minus1; // of the value in p: antisymmetric; more D than S
	always @(posedge clk) begin
		p <= {first[W-1], first} + second + {{W{1'b0}}, odd};
		odd1 <= num[0];
		minus1 <= five ? num[2] || num == 3'd3 : num[1];
	end
	wire [Z-1:0] p_wide = {{(Z-W-1){p[W]}}, p};

	generate
		if (K == 3) begin : g_three
			wire         on = !odd1 && !raw;
			wire         sub = on && minus1;
			wire [Z-1:0] twice = ({{(Z-W-1){middle[W-1]}}, middle, 1'b0} & {Z{on}}) ^ {Z{sub}};
			always @(posedge clk)
				if (en)
					out <= p_wide + twice + {{(Z-1){1'b0}}, sub};
		end else begin : g_five
			// ---- inner pair; 2q or 4q joins p; m or 3m is added last, doubled
			reg  [W:0]   q;
			reg          two1, two2, odd2, minus2;
			reg  [Z-1:0] sum;
			reg  [W+1:0] centre;
			wire [W:0]   inner = {x[W + W-1], x[W +: W]} ^ {(W+1){odd}};
			wire [Z-1:0] q_more = odd1 ? {{(Z-W-2){q[W]}}, q, 1'b0} :
				{{(Z-W-3){q[W]}}, q, 2'b00};
			wire         join_q = k5 && !raw && !two1;
			wire         sub_q = join_q && minus1;
			wire [Z-1:0] q_term = (q_more & {Z{join_q}}) ^ {Z{sub_q}};
			wire [W+1:0] middle_wide = {{2{middle[W-1]}}, middle};
			wire         on = !odd2 && !raw;
			wire         sub = on && (k5 ? two2 : minus2);
			wire [Z-1:0] term = ({{(Z-W-3){centre[W+1]}}, centre, 1'b0} & {Z{on}}) ^ {Z{sub}};
			always @(posedge clk) begin
				q <= {x[3*W + W-1], x[3*W +: W]} + inner + {{W{1'b0}}, odd};
				two1 <= (num == 3'd2);
				sum <= p_wide + q_term + {{(Z-1){1'b0}}, sub_q};
				centre <= middle_wide + (k5 && !two1 ? {middle_wide[W:0], 1'b0} : {(W+2){1'b0}});
				two2 <= two1;
				odd2 <= odd1;
				minus2 <= minus1;
				if (en)
					out <= sum + term + {{(Z-1){1'b0}}, sub};
			end
		end
	endgenerate
endmodule

`default_nettype wire
