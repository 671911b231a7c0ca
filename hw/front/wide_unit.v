// SPDX-License-Identifier: MIT
// wide_unit: one output of the wide front end a group: a signed value of each slot a clock, sum and compare.
//
//   z = sum over steps of (sum over slots of +-slot[index]) +- fifth[index];  fires = (z >= threshold)
//   code = {fifth: negative, index of 2 bits; slots 2, 1, 0: negative, index of 4 bits}; index 9: no value
//
// A slot's choice takes three stages of one 4-input function a bit: one of each pair of values, or 0; their
// union; with the ninth value (ninths_4: of every slot, two stages late) and the sign. A negation is a
// complement, and its missing 1 is the carry of one of the four additions.
// Pipeline, moving while `go`, stage of a name at its end: code_1 -> enables, slots_2, fifth_2 -> pairs ->
// union -> terms -> two sums -> sum -> fires_8. The accumulator starts with base_7 = -threshold where first_7.
// Parameters: CMAX slots (1 or 3); SW bits of a slot's value, PW of fifth's, TW of a threshold, all signed,
// |z| < 2^(TW-1).
// Reset: none, all state is written before use. Equals the sums of ref_jet, ref_bconv and ref_threshold;
// compared by tests/rtl/test_front.c.
`default_nettype none

module wide_unit #(
	parameter CMAX = 3,
	parameter SW = 16,
	parameter PW = 11,
	parameter TW = 18
) (
	input  wire                 clk,
	input  wire                 go,
	input  wire [17:0]          code_1,
	input  wire [CMAX*8*SW-1:0] slots_2,
	input  wire [4*PW-1:0]      fifth_2,
	input  wire [CMAX*SW-1:0]   ninths_4,
	input  wire                 first_7,
	input  wire [TW-1:0]        base_7,
	output wire                 fires_8
);
	localparam AW = TW + 1;

	// ---- slots: pairs, their union, terms
	wire [3*SW-1:0] terms_5;
	wire [2:0]      negs_5;
	wire            unused = &{1'b0, code_1};
	genvar c, i;
	generate
		for (c = 0; c < 3; c = c + 1) begin : g_slot
			if (c < CMAX) begin : g_chosen
				wire [4:0]      code = code_1[5*c +: 5];
				wire [8*SW-1:0] slot = slots_2[8*SW*c +: 8*SW];
				reg             odd;
				reg  [3:0]      pair;
				reg  [2:0]      ninth;    // stages 4 to 2
				reg  [3:0]      neg;      // stages 5 to 2
				reg  [4*SW-1:0] pairs;
				reg  [SW-1:0]   some, term;
				always @(posedge clk)
					if (go) begin
						odd <= code[0];
						pair <= code[3] ? 4'd0 : 4'd1 << code[2:1];
						ninth <= {ninth[1:0], code[3] && !code[0]};
						neg <= {neg[2:0], code[4]};
						some <= pairs[0 +: SW] | pairs[SW +: SW] | pairs[2*SW +: SW] |
							pairs[3*SW +: SW];
						term <= {SW{neg[2]}} ^ (some | (ninths_4[SW*c +: SW] & {SW{ninth[2]}}));
					end
				for (i = 0; i < 4; i = i + 1) begin : g_pair
					always @(posedge clk)
						if (go)
							pairs[SW*i +: SW] <= {SW{pair[i]}} &
								(odd ? slot[SW*(2*i+1) +: SW] : slot[SW*2*i +: SW]);
				end
				assign terms_5[SW*c +: SW] = term;
				assign negs_5[c] = neg[3];
			end else begin : g_none
				assign terms_5[SW*c +: SW] = {SW{1'b0}};
				assign negs_5[c] = 1'b0;
			end
		end
	endgenerate

	// ---- fifth
	reg [3:0]      fifth_neg;            // stages 5 to 2
	reg [1:0]      fifth_at;
	reg            fifth_high;
	reg [PW-1:0]   fifth_low_3, fifth_high_3, fifth_4, fifth_5;
	always @(posedge clk)
		if (go) begin
			fifth_neg <= {fifth_neg[2:0], code_1[17]};
			fifth_at <= code_1[16:15];
			fifth_high <= fifth_at[1];
			fifth_low_3 <= fifth_at[0] ? fifth_2[PW +: PW] : fifth_2[0 +: PW];
			fifth_high_3 <= fifth_at[0] ? fifth_2[3*PW +: PW] : fifth_2[2*PW +: PW];
			fifth_4 <= {PW{fifth_neg[1]}} ^ (fifth_high ? fifth_high_3 : fifth_low_3);
			fifth_5 <= fifth_4;
		end

	// ---- sums
	reg [SW:0]   pair_a, pair_b;
	reg [SW+1:0] sum;
	reg          neg_6, fifth_neg_6, fifth_neg_7;
	reg [AW-1:0] acc;
	wire [SW-1:0] term_0 = terms_5[0 +: SW], term_1 = terms_5[SW +: SW], term_2 = terms_5[2*SW +: SW];
	wire [AW-1:0] begin_7 = first_7 ? {base_7[TW-1], base_7} : acc;
	always @(posedge clk)
		if (go) begin
			pair_a <= {term_0[SW-1], term_0} + {term_1[SW-1], term_1} + {{SW{1'b0}}, negs_5[0]};
			pair_b <= {term_2[SW-1], term_2} + {{(SW+1-PW){fifth_5[PW-1]}}, fifth_5} + {{SW{1'b0}}, negs_5[2]};
			neg_6 <= negs_5[1];
			fifth_neg_6 <= fifth_neg[3];
			sum <= {pair_a[SW], pair_a} + {pair_b[SW], pair_b} + {{(SW+1){1'b0}}, neg_6};
			fifth_neg_7 <= fifth_neg_6;
			acc <= begin_7 + {{(AW-SW-2){sum[SW+1]}}, sum} + {{(AW-1){1'b0}}, fifth_neg_7};
		end
	assign fires_8 = !acc[AW-1];
endmodule

`default_nettype wire
