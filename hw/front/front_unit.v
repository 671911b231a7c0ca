// SPDX-License-Identifier: MIT
// front_unit: one output of the front end a group: selects, signs, sums and compares.
//
//   z = sum over terms of (neg ? -1 : +1) * store[index];  fires = (z >= threshold), code = {neg, index}
//
// Has its own copy of the store (two buffers of 4*32 values) and its thresholds. The accumulator starts with
// ~threshold = -threshold - 1, so that z >= threshold is acc >= -1.
// Pipeline, moving while `go`: code_1 -> value, signed -> sum -> fires_4; buffer_1, group_1, first_3 and
// group_2 belong to the stage of their number. Feeds front_bits.
// Parameters: SW bits of a stored value, TW of a threshold, both signed, |z| < 2^(TW-1); GROUPS
// thresholds; EARLY 1: they are read for group_1 and wait in a register, as the sum leaves no room for the access
// time of the memory; 0: for group_2.
// Reset: none, all state is written before use. Equals the sums of ref_jet, ref_bconv and ref_threshold.
`default_nettype none

module front_unit #(
	parameter SW = 17,
	parameter GROUPS = 64,
	parameter TW = 19,
	parameter EARLY = 0,
	parameter GAW = $clog2(GROUPS)
) (
	input  wire           clk,
	input  wire           go,
	// configuration
	input  wire           thr_we,
	input  wire [GAW-1:0] thr_waddr,
	input  wire [TW-1:0]  thr_wdata,
	// store
	input  wire           st_we,
	input  wire [7:0]     st_addr,
	input  wire [SW-1:0]  st_data,
	// walk
	input  wire [7:0]     code_1,
	input  wire           buffer_1,
	/* verilator lint_off UNUSEDSIGNAL */ // one of the two
	input  wire [GAW-1:0] group_1,
	input  wire [GAW-1:0] group_2,
	/* verilator lint_on UNUSEDSIGNAL */
	input  wire           first_3,
	output wire           fires_4
);
	localparam AW = TW + 1;

	wire [SW-1:0] value;
	wire [TW-1:0] thr_read;
	reg  [TW-1:0] thr;

	front_ram #(.WIDTH(SW), .DEPTH(256)) u_store (
		.clk(clk), .we(st_we), .waddr(st_addr), .wdata(st_data), .re(go),
		.raddr({buffer_1, code_1[6:0]}), .rdata(value)
	);
	front_ram #(.WIDTH(TW), .DEPTH(GROUPS)) u_thresholds (
		.clk(clk), .we(thr_we), .waddr(thr_waddr), .wdata(thr_wdata), .re(go),
		.raddr((EARLY != 0) ? group_1 : group_2), .rdata(thr_read)
	);
	generate
		if (EARLY != 0) begin : g_early
			always @(posedge clk)
				if (go)
					thr <= thr_read;
		end else begin : g_now
			always @*
				thr = thr_read;
		end
	endgenerate

	reg           neg_2, neg_3;
	reg  [SW-1:0] term_3;   // value or its complement; neg_3 adds the one that is missing
	reg  [AW-1:0] acc_4;
	wire [AW-1:0] begin_3 = first_3 ? {!thr[TW-1], ~thr} : acc_4;
	always @(posedge clk)
		if (go) begin
			neg_2 <= code_1[7];
			neg_3 <= neg_2;
			term_3 <= value ^ {SW{neg_2}};
			acc_4 <= begin_3 + {{(AW-SW){term_3[SW-1]}}, term_3} + {{(AW-1){1'b0}}, neg_3};
		end
	assign fires_4 = !acc_4[AW-1] || acc_4 == {AW{1'b1}};
endmodule

`default_nettype wire
