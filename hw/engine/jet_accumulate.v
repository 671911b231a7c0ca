// SPDX-License-Identifier: MIT
// jet_accumulate: pointwise sums of a position group, and their order for the jet passes.
//
//   A[q][s][p] = sum over word groups g of in_sums[(u*9+s)*P+p],   q = row*O + u, q = 0..3
//
// Fed by the engine's popcount tree through jet_hidden, feeds the first vertical pass. All O units
// and P positions arrive at once and leave as items of 9 outputs at PC positions, so that all
// behind is sized for 9*PC values: for each PC positions from the left the items q = 0..3 in turn.
// Handshake: in_valid only, no stall; rows of a step in order. O = 1 and PC = P: one beat a clock,
// every sum leaves as it is complete. Else a group takes N = 4*P/PC clocks to leave and only its
// last step has to be paced: the first row of a last step comes at least N clocks after the first
// and N-4+U clocks after the last row of the last step before it (U = min(O,4)); all other beats
// are free, and rows of a step may come in consecutive clocks.
// `pre_*` name the item whose values stand on `value` in the next clock; pre_x_first the first item
// position of a row (four items).
// Latency: beat to value 1 clock; 2 for the first item of a group if O > 1 or PC < P.
// Parameters: O units 1, 2, 4, 8 (units above 3 carry no outputs); P positions; PC positions a
// clock, 1 to P; AW bits of a sum, unsigned, wraps above 2^AW-1 (the compiler limits word groups).
// Reset clears the items waiting; sums need none (in_first starts them).
// Equals the pointwise part of ref_sjet (sw/src/ref.h); compared by tests/rtl/test_jet_hidden.c.
`default_nettype none

module jet_accumulate #(
	parameter O = 1,
	parameter P = 2,
	parameter PC = P,
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
	output wire [9*PC*AW-1:0] value        // [s*PC+p]
);
	localparam U = (O < 4) ? O : 4;
	localparam NROW = 4/U;
	localparam W = U*9*P*AW;

	// Rows come in turn, so a row's sum of the step before is NROW beats back.
	reg  [NROW*W-1:0] turn;
	wire [W-1:0]      total;
	wire [W-1:0]      old = turn[(NROW-1)*W +: W];

	genvar l, r, b, c;
	generate
		if (NROW == 1) begin : g_turn_one
			always @(posedge clk)
				if (in_valid)
					turn <= total;
		end else begin : g_turn
			always @(posedge clk)
				if (in_valid)
					turn <= {turn[(NROW-1)*W-1:0], total};
		end

		for (l = 0; l < U*9*P; l = l + 1) begin : g_lane
			assign total[AW*l +: AW] = (in_first ? {AW{1'b0}} : old[AW*l +: AW])
				+ {{AW-6{1'b0}}, in_sums[6*l +: 6]};
		end

		if (O > 4) begin : g_spare
			wire unused = &{1'b0, in_sums[O*9*P*6-1:U*9*P*6]};
		end

		if (O == 1 && PC == P) begin : g_direct
			assign value = turn[0 +: W];
			assign pre_valid = in_valid & in_last;
			assign pre_q = in_row;
			assign pre_x_first = in_x_first;
			assign pre_y_first = in_y_first;
			assign waiting = 1'b0;
			wire unused = &{1'b0, rst};
		end else begin : g_items
			localparam PARTS = P/PC;
			localparam IW = 2 + $clog2(PARTS);
			localparam [2:0] UNITS = U[2:0];
			wire [4*9*P*AW-1:0] hold;    // [q][s*P+p] of the group that leaves
			reg  [IW-1:0]       index;   // item: {part, q}
			reg                 active;
			reg  [2:0]          have;    // q complete
			reg                 x_first, y_first;
			reg  [9*PC*AW-1:0]  item;
			wire done = in_valid & in_last;
			wire left_part = ((index >> 2) == {IW{1'b0}});
			wire send = active && (!left_part || {1'b0, index[1:0]} < have);

			for (r = 0; r < NROW; r = r + 1) begin : g_row
				reg [W-1:0] sums;

				always @(posedge clk)
					if (done && in_row == r)
						sums <= total;
				assign hold[r*W +: W] = sums;
			end

			for (b = 0; b < 9*PC*AW; b = b + 1) begin : g_bit
				wire [4*PARTS-1:0] choice;

				for (c = 0; c < 4*PARTS; c = c + 1) begin : g_choice
					localparam LANE = (c % 4)*9*P + b/(PC*AW)*P + c/4*PC;

					assign choice[c] = hold[LANE*AW + b % (PC*AW)];
				end
				always @(posedge clk)
					item[b] <= choice[index];
			end

			always @(posedge clk) begin
				if (send) begin
					index <= index + {{IW-1{1'b0}}, 1'b1};
					if (&index)
						active <= 1'b0;
				end
				if (done) begin
					have <= have + UNITS;
					if (in_row == 2'd0) begin
						// An item sent in this clock is the last of its group.
						index <= {IW{1'b0}};
						active <= 1'b1;
						have <= UNITS;
						x_first <= in_x_first;
						y_first <= in_y_first;
					end
				end
				if (rst)
					active <= 1'b0;
			end

			assign value = item;
			assign pre_valid = send;
			assign pre_q = index[1:0];
			assign pre_x_first = x_first & left_part;
			assign pre_y_first = y_first;
			assign waiting = active;
		end
	endgenerate
endmodule

`default_nettype wire
