// SPDX-License-Identifier: MIT
// front_unit: one output of the front end a group: selects, signs, sums and compares.
//
//   z = sum over terms of (neg ? -1 : +1) * store[code index];  fires = (z >= threshold)
//
// Has its own copy of the store (two buffers of 4*32 values), its codes and thresholds. The accumulator
// starts with ~threshold = -threshold - 1, so that z >= threshold is acc >= -1.
// Pipeline, moving while `go`: code_addr_0 -> code -> value, signed -> sum -> fires_4; buffer_1, first_3 and
// group_2 belong to the stage of their number. Feeds front_bits.
// Thresholds: any i32, saturated beyond what a sum can reach (KMAX 3: +-2^14, KMAX 5: +-2^18).
// Parameters: KMAX 3 or 5; SW bits of a stored value, signed; CODE_ROWS, GROUPS words of the memories.
// Reset: none, all state is written before use. Equals the sums of ref_jet, ref_bconv and ref_threshold.
`default_nettype none

module front_unit #(
	parameter KMAX = 5,
	parameter SW = 17,
	parameter CODE_ROWS = 1024,
	parameter GROUPS = 64,
	parameter CAW = $clog2(CODE_ROWS),
	parameter GAW = $clog2(GROUPS)
) (
	input  wire           clk,
	input  wire           go,
	// configuration
	input  wire           code_we,
	input  wire [CAW-1:0] code_waddr,
	input  wire [7:0]     code_wdata,
	input  wire           thr_we,
	input  wire [GAW-1:0] thr_waddr,
	input  wire [31:0]    thr_wdata,
	// store
	input  wire           st_we,
	input  wire [7:0]     st_addr,
	input  wire [SW-1:0]  st_data,
	// walk
	input  wire [CAW-1:0] code_addr_0,
	input  wire           buffer_1,
	input  wire [GAW-1:0] group_2,
	input  wire           first_3,
	output wire           fires_4
);
	localparam TW = (KMAX == 5) ? 19 : 15; // threshold: beyond every sum
	localparam AW = TW + 1;

	wire [7:0]    code;
	wire [SW-1:0] value;
	wire [TW-1:0] thr;

	wire in_range = (thr_wdata[31:TW-1] == {(33-TW){thr_wdata[31]}});
	wire [TW-1:0] limited = in_range ? thr_wdata[TW-1:0] : {thr_wdata[31], {(TW-1){!thr_wdata[31]}}};

	front_ram #(.WIDTH(8), .DEPTH(CODE_ROWS)) u_codes (
		.clk(clk), .we(code_we), .waddr(code_waddr), .wdata(code_wdata), .re(go),
		.raddr(code_addr_0), .rdata(code)
	);
	front_ram #(.WIDTH(SW), .DEPTH(256)) u_store (
		.clk(clk), .we(st_we), .waddr(st_addr), .wdata(st_data), .re(go),
		.raddr({buffer_1, code[6:0]}), .rdata(value)
	);
	front_ram #(.WIDTH(TW), .DEPTH(GROUPS)) u_thresholds (
		.clk(clk), .we(thr_we), .waddr(thr_waddr), .wdata(limited), .re(go),
		.raddr(group_2), .rdata(thr)
	);

	reg           neg_2, neg_3;
	reg  [SW-1:0] term_3;   // value or its complement; neg_3 adds the one that is missing
	reg  [AW-1:0] acc_4;
	wire [AW-1:0] begin_3 = first_3 ? {!thr[TW-1], ~thr} : acc_4;
	always @(posedge clk)
		if (go) begin
			neg_2 <= code[7];
			neg_3 <= neg_2;
			term_3 <= value ^ {SW{neg_2}};
			acc_4 <= begin_3 + {{(AW-SW){term_3[SW-1]}}, term_3} + {{(AW-1){1'b0}}, neg_3};
		end
	assign fires_4 = !acc_4[AW-1] || acc_4 == {AW{1'b1}};
endmodule

`default_nettype wire
