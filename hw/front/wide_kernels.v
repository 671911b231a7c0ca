// SPDX-License-Identifier: MIT
// wide_kernels: all K jet kernels of an axis in one clock, from K values in a row.
//
//   out[num] = sum_i kernel[num][i] * x[i], kernels as in jet_axis; raw: out[i] = i-th value, oldest first
//
// The pairs p = first +- last and q = second +- fourth and the middle value m come first, then
//   K = 3: p+ + 2m, p-, p+ - 2m                                                        (4 additions)
//   K = 5: (p+ + 6m) + 4q+, p- + 2q-, p+ - 2m, p- - 2q-, (p+ + 6m) - 4q+              (11 additions)
// Three values on K = 5 (k5 low): p is x[2] +- x[0], m is x[1], q counts nothing; the first three results hold.
//
// Used in wide_scan, once down the column, then K times along the row. x[0] is the newest (bottom or right)
// value, in the low bits. raw with one: the newest value at its place, 0 at the others; values beyond the
// side are 0 too. raw values have at most 8 bits, signed.
// Everything moves while `move`. Latency K = 3: 2, K = 5: 3; one set a cycle.
// Parameters: K 3 or 5; W bits of the signed inputs. Output W+K-1 bits, signed: never overflows. No reset.
// Equals ref_jet_kernel (sw/src/ref_conv.c) along one axis; compared by tests/rtl/test_front.c.
`default_nettype none

module wide_kernels #(
	parameter K = 3,
	parameter W = 8,
	parameter Z = W + K - 1
) (
	input  wire           clk,
	input  wire           move,
	input  wire           k5,
	input  wire           raw,
	input  wire           one,
	input  wire [K*W-1:0] x,
	output reg  [K*Z-1:0] out
);
	wire five = (K == 5) && k5;

	wire [W-1:0]   first = five ? x[(K-1)*W +: W] : x[2*W +: W];
	wire [W-1:0]   middle = five ? x[(K/2)*W +: W] : x[W +: W];
	wire [W-1:0]   last = x[0 +: W];
	reg  [W:0]     p_plus, p_minus;
	reg  [W-1:0]   m;
	reg  [8*K-1:0] plain;                    // raw values, oldest low
	wire [8*K-1:0] plain_in;
	genvar i;
	generate
		for (i = 0; i < K; i = i + 1) begin : g_plain
			if (i > 2) begin : g_beyond
				assign plain_in[8*i +: 8] = x[(K-1-i)*W +: 8] & {8{five}};
			end else if (K == 5) begin : g_either
				wire [7:0] value = five ? x[(K-1-i)*W +: 8] : x[(2-i)*W +: 8];
				assign plain_in[8*i +: 8] = (i == 2) ? value : value & {8{!one}};
			end else begin : g_only
				assign plain_in[8*i +: 8] = (i == 2) ? x[0 +: 8] : x[(2-i)*W +: 8] & {8{!one}};
			end
		end
	endgenerate
	always @(posedge clk)
		if (move) begin
			p_plus <= {first[W-1], first} + {last[W-1], last};
			p_minus <= {first[W-1], first} - {last[W-1], last};
			m <= middle;
			plain <= plain_in;
		end

	// widened
	wire [Z-1:0] p_sum = {{(Z-W-1){p_plus[W]}}, p_plus};
	wire [Z-1:0] p_slope = {{(Z-W-1){p_minus[W]}}, p_minus};
	wire [Z-1:0] m2 = {{(Z-W-1){m[W-1]}}, m, 1'b0};
	generate
		if (K == 3) begin : g_three
			wire unused = &{1'b0, k5};
			always @(posedge clk)
				if (move) begin
					out[0 +: Z] <= raw ? {{(Z-8){plain[7]}}, plain[0 +: 8]} : p_sum + m2;
					out[Z +: Z] <= raw ? {{(Z-8){plain[15]}}, plain[8 +: 8]} : p_slope;
					out[2*Z +: Z] <= raw ? {{(Z-8){plain[23]}}, plain[16 +: 8]} : p_sum - m2;
				end
		end else begin : g_five
			wire [W-1:0] second = x[3*W +: W], fourth = x[W +: W];
			wire [W+1:0] middle_wide = {{2{middle[W-1]}}, middle};
			reg  [W:0]   q_plus, q_minus;
			reg  [W+1:0] centre;             // m or 3m
			reg  [Z-1:0] round, across, slope_plus, slope_minus, q4;
			reg  [8*K-1:0] plain2;
			wire [Z-1:0] centre2 = {{(Z-W-3){centre[W+1]}}, centre, 1'b0};
			wire [Z-1:0] q_slope = {{(Z-W-2){q_minus[W]}}, q_minus, 1'b0};
			always @(posedge clk)
				if (move) begin
					q_plus <= {second[W-1], second} + {fourth[W-1], fourth};
					q_minus <= {second[W-1], second} - {fourth[W-1], fourth};
					centre <= middle_wide + (k5 ? {middle_wide[W:0], 1'b0} : {(W+2){1'b0}});
					round <= p_sum + centre2;
					across <= p_sum - m2;
					slope_plus <= p_slope + (k5 ? q_slope : {Z{1'b0}});
					slope_minus <= p_slope - q_slope;
					q4 <= k5 ? {{(Z-W-3){q_plus[W]}}, q_plus, 2'b00} : {Z{1'b0}};
					plain2 <= plain;
					out[0 +: Z] <= raw ? {{(Z-8){plain2[7]}}, plain2[0 +: 8]} : round + q4;
					out[Z +: Z] <= raw ? {{(Z-8){plain2[15]}}, plain2[8 +: 8]} : slope_plus;
					out[2*Z +: Z] <= raw ? {{(Z-8){plain2[23]}}, plain2[16 +: 8]} : across;
					out[3*Z +: Z] <= raw ? {{(Z-8){plain2[31]}}, plain2[24 +: 8]} : slope_minus;
					out[4*Z +: Z] <= raw ? {{(Z-8){plain2[39]}}, plain2[32 +: 8]} : round - q4;
				end
		end
	endgenerate
endmodule

`default_nettype wire
