// SPDX-License-Identifier: MIT
// mac_array: the engine's O output units, and where their rows' accumulators and thresholds stand.
//
//   accumulator of a step's n-th row: n
//   threshold: row n of the block's half, or first row of its block + n (RESIDENT)
//
// Fed by loader or, with RESIDENT, control (weights), loader (thresholds), slots (x), mac_ctrl (tags, ports ending in
// _k as there); feeds writeback, head, jet_hidden. copying: the thresholds' port reads copy_row of the half for seq.
// Throughput: a row a cycle, with PARTS 2 every two; no stall. Latencies: mac_ctrl.v.
// Parameters: as engine.v. No reset. Equals ref_bconv/ref_dense on match counts; compared by tests/chain.
`default_nettype none

module mac_array #(
	parameter O = 1,
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
	// loader
	input  wire [O*9-1:0]    w_we,
	input  wire [WAW-1:0]    w_waddr,
	input  wire [LW-1:0]     w_data,
	input  wire [O-1:0]      thr_we,
	input  wire [TAW-1:0]    thr_waddr,
	input  wire [TW-1:0]     thr_data,
	input  wire [2*TAW-1:0]  t_base,
	// control
	input  wire [O-1:0]      row_we,
	input  wire [WAW-1:0]    row_addr,
	input  wire [9*32-1:0]   row_data,
	// seq
	input  wire              copying,
	input  wire              half,
	input  wire [4:0]        copy_row,
	// rows
	input  wire [WAW-1:0]    w_raddr,
	input  wire [8:0]        mask,
	input  wire [P*9*LW-1:0] x,
	input  wire              half_4,
	input  wire              valid_5,
	input  wire              start_5,
	input  wire              once_7,
	input  wire              twice_7,
	input  wire              half_7,
	input  wire [P-1:0]      keep_7,
	input  wire              valid_row_8,
	// results
	output wire [O*P*9*6-1:0] counts,
	output wire [O*P*AW-1:0] a,
	output wire [O*TW-1:0]   thr,
	output wire [O*P-1:0]    bits,
	output reg  [4:0]        row_8
);
	reg [4:0] row_6, row_7;
	always @(posedge clk) begin
		if (valid_5)
			row_6 <= start_5 ? 5'd0 : row_6 + 5'd1;
		row_7 <= row_6;
		row_8 <= row_7;
	end

	wire [TAW-1:0] thr_raddr;
	generate
		if (AHEAD != 0) begin : g_thr_ahead
			reg  [TAW-1:0] thr_at;
			wire [TAW-1:0] thr_first = (RESIDENT == 0) ? {half_4, {(TAW-1){1'b0}}} :
				half_4 ? t_base[TAW +: TAW] : t_base[0 +: TAW];
			always @(posedge clk)
				if (valid_5)
					thr_at <= start_5 ? thr_first : thr_at + 1'b1;
			assign thr_raddr = thr_at;
			wire unused = &{1'b0, half, half_7, copying, copy_row, t_base};
		end else begin : g_thr_half
			assign thr_raddr = copying ? {half, copy_row} : {half_7, row_7};
			wire unused = &{1'b0, t_base, half_4};
		end
	endgenerate

	genvar u;
	generate
		for (u = 0; u < O; u = u + 1) begin : g_unit
			mac_unit #(.P(P), .PARTS(PARTS), .AW(AW), .TW(TW), .RESIDENT(RESIDENT), .AHEAD(AHEAD), .WAW(WAW),
				.TAW(TAW)) u_mac (
				.clk(clk), .w_we((RESIDENT != 0) ? {9{row_we[u]}} : w_we[9*u +: 9]),
				.w_waddr((RESIDENT != 0) ? row_addr : w_waddr),
				.w_data((RESIDENT != 0) ? row_data[9*LW-1:0] : {9{w_data}}), .thr_we(thr_we[u]),
				.thr_waddr(thr_waddr), .thr_data(thr_data), .w_raddr(w_raddr), .mask(mask), .x(x),
				.acc_raddr(row_6), .acc_we(valid_row_8), .once(once_7), .twice(twice_7), .keep(keep_7),
				.thr_raddr(thr_raddr), .counts(counts[54*P*u +: 54*P]), .a(a[P*AW*u +: P*AW]),
				.thr(thr[TW*u +: TW]), .bits(bits[P*u +: P])
			);
		end
		if (RESIDENT != 0) begin : g_rows
			wire unused = &{1'b0, w_we, w_waddr, w_data};
		end else begin : g_words
			wire unused = &{1'b0, row_we, row_addr, row_data};
		end
	endgenerate
endmodule

`default_nettype wire
