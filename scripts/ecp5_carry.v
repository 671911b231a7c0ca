// SPDX-License-Identifier: MIT
// Techmaps of Yosys for carry chains of ECP5 (scripts/synth.sh). nextpnr gives every chain of CCU2C a cell in front
// that brings its carry in, a constant too, and one behind that brings its carry out, though nothing reads it: four
// LUT4 a chain, a tenth of an OrangeCrab. Here a chain begins with the carry of its first bit instead, whose sum is a
// LUT4 of its own, so that the carry into it does not matter.
//
// A CCU2C position: LUT4 = INIT[DCBA], LUT2 = INIT[BA]; S = LUT4 ^ carry in; carry out = LUT4 ? carry in : LUT2.

// Y = A + (BI ? ~B : B) + CI with BI and CI constant; CO carries, X = A ^ (BI ? ~B : B).
(* techmap_celltype = "$alu" *)
module _40_begins_with_a_carry (A, B, CI, BI, X, Y, CO);
	parameter A_SIGNED = 0;
	parameter B_SIGNED = 0;
	parameter A_WIDTH = 1;
	parameter B_WIDTH = 1;
	parameter Y_WIDTH = 1;
	parameter [0:0] _TECHMAP_CONSTMSK_CI_ = 1'b0;
	parameter [0:0] _TECHMAP_CONSTVAL_CI_ = 1'b0;
	parameter [0:0] _TECHMAP_CONSTMSK_BI_ = 1'b0;
	parameter [0:0] _TECHMAP_CONSTVAL_BI_ = 1'b0;

	(* force_downto *) input [A_WIDTH-1:0] A;
	(* force_downto *) input [B_WIDTH-1:0] B;
	input CI, BI;
	(* force_downto *) output [Y_WIDTH-1:0] X, Y, CO;

	// As Yosys' own: what is short takes LUT4.
	wire _TECHMAP_FAIL_ = Y_WIDTH <= 4 || !_TECHMAP_CONSTMSK_CI_ || !_TECHMAP_CONSTMSK_BI_;

	localparam N = Y_WIDTH;
	localparam PAIRS = (N + 1)/2;
	// LUT4 is 0 with C and D 1; LUT2 = A | B or A & B, B inverted with BI.
	localparam [15:0] CARRY = _TECHMAP_CONSTVAL_CI_ ? (_TECHMAP_CONSTVAL_BI_ ? 16'h000B : 16'h000E) :
		(_TECHMAP_CONSTVAL_BI_ ? 16'h0002 : 16'h0008);
	localparam [15:0] SUM = 16'h96AA; // LUT4 = A ^ B ^ C with D 1, LUT2 = A

	(* force_downto *) wire [N-1:0] a, b;
	\$pos #(.A_SIGNED(A_SIGNED), .A_WIDTH(A_WIDTH), .Y_WIDTH(N)) u_a (.A(A), .Y(a));
	\$pos #(.A_SIGNED(B_SIGNED), .A_WIDTH(B_WIDTH), .Y_WIDTH(N)) u_b (.A(B), .Y(b));
	(* force_downto *) wire [N-1:0] bb = BI ? ~b : b;
	assign X = a ^ bb;
	assign Y[0] = a[0] ^ bb[0] ^ CI;
	assign CO[0] = CI ? a[0] | bb[0] : a[0] & bb[0];

	(* force_downto *) wire [PAIRS-1:0] out;
	genvar i;
	generate
		for (i = 0; i < PAIRS; i = i + 1) begin : g_pair
			localparam LAST = (2*i + 1 == N); // one bit, and the carry behind it
			wire in, s0, s1;
			if (i == 0) begin : g_first
				assign in = 1'b0;
			end else begin : g_next
				assign in = out[i - 1];
				assign Y[2*i] = s0;
			end
			CCU2C #(
				.INIT0((i == 0) ? CARRY : SUM), .INIT1(LAST ? 16'h0000 : SUM),
				.INJECT1_0("NO"), .INJECT1_1("NO")
			) u_pair (
				.CIN(in), .A0(a[2*i]), .B0(b[2*i]), .C0((i == 0) ? 1'b1 : BI), .D0(1'b1),
				.A1(LAST ? 1'b0 : a[LAST ? 0 : 2*i + 1]), .B1(LAST ? 1'b0 : b[LAST ? 0 : 2*i + 1]),
				.C1(BI), .D1(1'b1), .S0(s0), .S1(s1), .COUT(out[i])
			);
			if (LAST) begin : g_one
				assign CO[2*i] = s1;
			end else begin : g_two
				assign Y[2*i + 1] = s1;
				assign CO[2*i + 1] = out[i];
				if (i > 0) begin : g_between
					assign CO[2*i] = (a[2*i] & bb[2*i]) | (in & (a[2*i] | bb[2*i]));
				end
			end
		end
	endgenerate
endmodule

// For nextpnr: a carry that does not matter, or that nothing reads (CCU2C_last), is x.
(* techmap_celltype = "CCU2C_last CCU2C_inner" *)
module ends (input CIN, A0, B0, C0, D0, A1, B1, C1, D1, output S0, S1, COUT);
	parameter [15:0] INIT0 = 16'h0000;
	parameter [15:0] INIT1 = 16'h0000;
	parameter INJECT1_0 = "NO";
	parameter INJECT1_1 = "NO";
	parameter [0:0] _TECHMAP_CONSTMSK_CIN_ = 1'b0;
	parameter _TECHMAP_CELLTYPE_ = "";
	wire in = (_TECHMAP_CONSTMSK_CIN_ && INIT0[15:12] == 4'h0) ? 1'bx : CIN;
	wire out;
	CCU2C #(
		.INIT0(INIT0), .INIT1(INIT1), .INJECT1_0(INJECT1_0), .INJECT1_1(INJECT1_1)
	) _TECHMAP_REPLACE_ (
		.CIN(in), .A0(A0), .B0(B0), .C0(C0), .D0(D0), .A1(A1), .B1(B1), .C1(C1), .D1(D1), .S0(S0), .S1(S1),
		.COUT(out)
	);
	generate
		if (_TECHMAP_CELLTYPE_ == "CCU2C_last") begin : g_last
			assign out = 1'bx;
		end else begin : g_inner
			assign COUT = out;
		end
	endgenerate
endmodule
