// SPDX-License-Identifier: MIT
// jet_accumulate: pointwise sums of a position group, and their order for the jet passes.
//
//   A[q][s][p] = sum over word groups g of in_sums[(u*9+s)*P+p],   q = row*O + u, q = 0..3
//
// Fed by the engine's popcount tree through jet_hidden, feeds the first vertical pass. All O units
// arrive at once but leave one by one, so that everything behind is sized for one unit: a position
// group always leaves as four items q = 0..3 of 9 outputs at P positions.
// Handshake: in_valid only, no stall. O = 1: one beat a clock. O > 1: the first row of a step comes
// at least 4 clocks after the first row and U = min(O,4) clocks after the last row of the step
// before it; rows of a step may come in consecutive clocks.
// `pre_*` name the item whose values stand on `value` in the next clock.
// Latency: beat to value 1 clock for O = 1; 2 to 5 clocks for O > 1.
// Parameters: O units 1, 2, 4, 8 (units above 3 carry no outputs); P positions; AW bits of a sum,
// unsigned, wraps above 2^AW-1 (the compiler limits word groups).
// Reset clears the items waiting; sums need none (in_first starts them).
// Equals the pointwise part of ref_sjet (sw/src/ref.h); compared by tests/rtl/test_jet_hidden.c.
`default_nettype none

module jet_accumulate #(
	parameter O = 1,
	parameter P = 2,
	parameter AW = 10
) (
	input  wire               clk,
	input  wire               rst,
	input  wire               in_valid,
	input  wire [1:0]         in_row,
	input  wire               in_first,
	input  wire               in_last,
	input  wire               in_x_first,
	input  wire               in_y_first,
	input  wire [O*9*P*6-1:0] in_sums,
	output wire               pre_valid,
	output wire [1:0]         pre_q,
	output wire               pre_x_first,
	output wire               pre_y_first,
	output wire               waiting,     // items wait behind the one on `value`
	output wire [9*P*AW-1:0]  value        // [s*P+p]
);
	localparam U = (O < 4) ? O : 4;
	localparam NROW = 4/U;
	localparam W = 9*P*AW;

	wire [U*W-1:0] old;
	wire [U*W-1:0] total;

	genvar l, r;
	generate
		for (l = 0; l < U*9*P; l = l + 1) begin : g_lane
			assign total[AW*l +: AW] = (in_first ? {AW{1'b0}} : old[AW*l +: AW])
				+ {{AW-6{1'b0}}, in_sums[6*l +: 6]};
		end

		if (O > 4) begin : g_spare
			wire unused = &{1'b0, in_sums[O*9*P*6-1:U*9*P*6]};
		end

		if (O == 1) begin : g_single
			// Rows come in turn, so the row's sum of the step before is four beats back.
			reg [4*W-1:0] turn;

			always @(posedge clk)
				if (in_valid)
					turn <= {turn[3*W-1:0], total};

			assign old = turn[3*W +: W];
			assign value = turn[0 +: W];
			assign pre_valid = in_valid & in_last;
			assign pre_q = in_row;
			assign pre_x_first = in_x_first;
			assign pre_y_first = in_y_first;
			assign waiting = 1'b0;
			wire unused = &{1'b0, rst};
		end else begin : g_units
			localparam [2:0] COUNT = U[2:0];
			wire [4*W-1:0] bank;     // [q]
			reg  [2:0] left;         // items complete, not yet sent
			reg  [1:0] next;
			reg        x_first, y_first;
			reg  [W-1:0] item;
			wire done = in_valid & in_last;

			for (r = 0; r < NROW; r = r + 1) begin : g_row
				reg [U*W-1:0] sums;

				always @(posedge clk)
					if (in_valid && in_row == r)
						sums <= total;
				assign bank[r*U*W +: U*W] = sums;
			end
			if (NROW == 1) begin : g_one
				assign old = bank;
			end else begin : g_two
				assign old = in_row[0] ? bank[U*W +: U*W] : bank[0 +: U*W];
			end

			always @(posedge clk) begin
				if (left != 3'd0)
					next <= next + 2'd1;
				left <= left + (done ? COUNT : 3'd0) - {2'd0, left != 3'd0};
				if (done && in_row == 2'd0) begin
					// The item sent in this clock, if any, is the last of its group.
					next <= 2'd0;
					left <= COUNT;
					x_first <= in_x_first;
					y_first <= in_y_first;
				end
				if (rst)
					left <= 3'd0;
				case (next)
					2'd0: item <= bank[0 +: W];
					2'd1: item <= bank[W +: W];
					2'd2: item <= bank[2*W +: W];
					default: item <= bank[3*W +: W];
				endcase
			end

			assign value = item;
			assign pre_valid = (left != 3'd0);
			assign pre_q = next;
			assign pre_x_first = x_first;
			assign pre_y_first = y_first;
			assign waiting = pre_valid;
		end
	endgenerate
endmodule

`default_nettype wire
