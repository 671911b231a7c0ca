// SPDX-License-Identifier: MIT
// mac_unit: one output unit of the engine: P positions x 288 XNOR lanes sharing one weight row a cycle; with PARTS 2
// 144 lanes, the low and then the high 16 of each slot's, a row every two cycles.
//
//   A[p] = (once ? acc[row][p] : twice ? 2*acc[row][p] : 0) + keep[p] * sum over enabled slots s, lanes i
//          of (x[p][s][i] == w[s][i]);   acc[row][p] <= A[p];   bit[p] = (A[p] >= threshold[thr_raddr])
//
// Unsigned throughout, AW bits (the compiler guarantees A < 2^AW - 1; threshold 2^AW - 1 never fires).
// With PARTS 2 the memory has the halves of a slot's weights at 2*row and 2*row + 1; i is the cycle of the second.
// Fed by loader (weights, thresholds) or control (weights), slots (x), mac_ctrl (tags); feeds writeback (bits), head
// (A, word) and jet_hidden (slot counts). One row a cycle, no stall; latencies in mac_ctrl.v. The accumulator of
// a row may be used again 3 cycles later.
// RESIDENT 0: the slots of a weight row are written one by one; 1: all nine together. AHEAD 1: both memories have
// a register behind them, so that w_raddr and thr_raddr come a cycle earlier.
// Parameters: P positions, PARTS 1, 2, AW accumulator bits, RESIDENT, AHEAD, WAW and TAW (weight and threshold
// address bits) as engine.v; TW bits of a threshold word, AW to 32.
// No reset: tags say what is valid. Equals ref_bconv/ref_dense on match counts; compared by tests/chain.
`default_nettype none

module mac_unit #(
	parameter P = 2,
	parameter PARTS = 1,
	parameter LW = 32/PARTS,
	parameter AW = 16,
	parameter TW = 32,
	parameter RESIDENT = 0,
	parameter AHEAD = 0,
	parameter WAW = 8,
	parameter TAW = 6
) (
	input  wire              clk,
	// loader, control
	input  wire [8:0]        w_we,
	input  wire [WAW-1:0]    w_waddr,
	input  wire [9*LW-1:0]   w_data,
	input  wire              thr_we,
	input  wire [TAW-1:0]    thr_waddr,
	input  wire [TW-1:0]     thr_data,
	// rows
	input  wire [WAW-1:0]    w_raddr,
	input  wire [8:0]        mask,
	input  wire [P*9*LW-1:0] x,
	input  wire [4:0]        acc_raddr,  // at i+6
	input  wire              acc_we,     // at i+8
	input  wire              once,       // at i+7
	input  wire              twice,      // at i+7, and not once
	input  wire [P-1:0]      keep,       // at i+7: positions that count (class sums)
	input  wire [TAW-1:0]    thr_raddr,  // at i+7 - AHEAD
	// results
	output wire [P*9*6-1:0]  counts,     // at i+5, [s][p]; not read with PARTS 2
	output reg  [P*AW-1:0]   a,          // at i+8
	output wire [TW-1:0]     thr,        // at i+8
	output reg  [P-1:0]      bits        // at i+9
);
	wire [9*LW-1:0] w;
	genvar s, p;
	generate
		if (RESIDENT != 0) begin : g_row
			ram_1r1w #(.WIDTH(9*LW), .DEPTH(1 << WAW), .OUT_REG(AHEAD)) u_weights (
				.clk(clk), .we(&w_we), .waddr(w_waddr), .wdata(w_data), .raddr(w_raddr), .rdata(w)
			);
		end else begin : g_slots
			for (s = 0; s < 9; s = s + 1) begin : g_w
				ram_1r1w #(.WIDTH(LW), .DEPTH(1 << WAW), .OUT_REG(AHEAD)) u_weights (
					.clk(clk), .we(w_we[s]), .waddr(w_waddr), .wdata(w_data[LW*s +: LW]),
					.raddr(w_raddr), .rdata(w[LW*s +: LW])
				);
			end
		end
	endgenerate

	ram_1r1w #(.WIDTH(TW), .DEPTH(1 << TAW), .OUT_REG(AHEAD)) u_thresholds (
		.clk(clk), .we(thr_we), .waddr(thr_waddr), .wdata(thr_data), .raddr(thr_raddr), .rdata(thr)
	);

	wire [P*AW-1:0] acc;
	reg  [4:0] acc_row_7, acc_waddr;
	always @(posedge clk) begin
		acc_row_7 <= acc_raddr;
		acc_waddr <= acc_row_7;
	end

	ram_1r1w #(.WIDTH(P*AW), .DEPTH(32)) u_acc (
		.clk(clk), .we(acc_we), .waddr(acc_waddr), .wdata(a), .raddr(acc_raddr), .rdata(acc)
	);

	generate
		for (p = 0; p < P; p = p + 1) begin : g_p
			localparam CW = (PARTS == 1) ? 6 : 5;
			wire [CW-1:0] c [0:8];
			for (s = 0; s < 9; s = s + 1) begin : g_s
				popcount #(.LANES(LW)) u_pop (
					.clk(clk), .enable(mask[s]), .x(x[LW*(9*p + s) +: LW]), .w(w[LW*s +: LW]),
					.count(c[s])
				);
				assign counts[6*(s*P + p) +: 6] = {{(6-CW){1'b0}}, c[s]};
			end

			reg [CW+1:0] sum0, sum1, sum2;
			reg [CW+2:0] row;
			always @(posedge clk) begin
				sum0 <= {2'd0, c[0]} + {2'd0, c[1]} + {2'd0, c[2]};
				sum1 <= {2'd0, c[3]} + {2'd0, c[4]} + {2'd0, c[5]};
				sum2 <= {2'd0, c[6]} + {2'd0, c[7]} + {2'd0, c[8]};
				row <= {1'b0, sum0} + {1'b0, sum1} + {1'b0, sum2};
			end

			wire [8:0] sum;
			if (PARTS == 1) begin : g_sum
				assign sum = row;
			end else begin : g_both
				reg [8:0] both;
				reg [7:0] part; // the first, when the second is in row
				always @(posedge clk) begin
					part <= row;
					both <= {1'b0, row} + {1'b0, part};
				end
				assign sum = both;
			end

			wire [AW-1:0] held = acc[AW*p +: AW];
			wire [AW-1:0] base = (held & {AW{once}}) | ({held[AW-2:0], 1'b0} & {AW{twice}});
			wire [8:0] counted = keep[p] ? sum : 9'd0;

			always @(posedge clk) begin
				a[AW*p +: AW] <= base + {{(AW-9){1'b0}}, counted};
				bits[p] <= a[AW*p +: AW] >= thr[AW-1:0];
			end
		end
	endgenerate
endmodule

`default_nettype wire
