// SPDX-License-Identifier: MIT
// jet_axis: all jets of one axis from shared two-tap passes S = [1 1] and D = [1 -1].
//
//   out[d] = x[0..K-1] passed through K-1-d times S and d times D, d = 0..K-1
//   K = 3: [1 2 1] [1 0 -1] [1 -2 1];  K = 5: [1 4 6 4 1] [1 2 0 -2 -1] [1 0 -2 0 1] [1 -2 0 2 -1]
//   [1 -4 6 -4 1];  x[0] is the top or left value
//
// A pass joins neighbours: S: x[i] + x[i+1], D: x[i] - x[i+1]; after pass n there are n+1 kinds of
// K-n values each, and every kind comes from one add or subtract of the pass before.
// Used twice in jet_bank: down the column of pixels, then along the row of results.
// Parameters: W bits of the signed inputs, K 3 or 5. Outputs W + K - 1 bits, signed: no overflow.
// Combinational, one register at the output (latency 1, one group a cycle). No reset.
// Equals ref_jet_kernel (sw/src/ref_conv.c) along one axis; compared by tests/rtl/test_front.c.
`default_nettype none

module jet_axis #(
	parameter W = 9,
	parameter K = 3,
	parameter Z = W + K - 1
) (
	input  wire           clk,
	input  wire           en,
	input  wire [K*W-1:0] x,
	output reg  [K*Z-1:0] out
);
	// Pass n: n+1 kinds (d of them D) of K-n values; value i of kind d at (d*(K-n) + i)*Z.
	genvar n, d, i;
	generate
		for (n = 0; n < K; n = n + 1) begin : g_pass
			wire [(n+1)*(K-n)*Z-1:0] v;
			for (d = 0; d <= n; d = d + 1) begin : g_kind
				for (i = 0; i < K-n; i = i + 1) begin : g_value
					if (n == 0) begin : g_in
						assign v[Z*i +: Z] = {{(Z-W){x[W*i + W-1]}}, x[W*i +: W]};
					end else if (d < n) begin : g_s
						assign v[Z*(d*(K-n) + i) +: Z] =
							g_pass[n-1].v[Z*(d*(K-n+1) + i) +: Z] +
							g_pass[n-1].v[Z*(d*(K-n+1) + i+1) +: Z];
					end else begin : g_d
						assign v[Z*(d*(K-n) + i) +: Z] =
							g_pass[n-1].v[Z*((d-1)*(K-n+1) + i) +: Z] -
							g_pass[n-1].v[Z*((d-1)*(K-n+1) + i+1) +: Z];
					end
				end
			end
		end
	endgenerate

	always @(posedge clk)
		if (en)
			out <= g_pass[K-1].v;
endmodule

`default_nettype wire
