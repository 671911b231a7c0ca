// SPDX-License-Identifier: MIT
// DP16KD: simulation model of the ECP5 block RAM, 512 rows of 36 bits behind two ports of 1 to 36 bits.
//
//   CE & !WE: DO(t+1) = mem[AD(t)];  CE & WE: mem[AD] <= DI, at 18 and 36 bits the bytes of 9 with AD[0], AD[1]
//   (36: AD[3:0]) only; DO keeps its value (NORMAL) or is the word before (READBEFOREWRITE)
//
// An address counts bits: row AD[13:5], byte of 9 bits AD[4:3], bit AD[2:0]; widths below 9 leave each byte's ninth
// bit alone. A port of 36 bits has its upper half at DIB or DOB, whichever port it is: one writes at A, one reads at B.
// What a port reads while the other writes it is not defined in the part; here those bits are complemented, so that a
// core relying on them fails. Both ports on one clock, latency 1. Reset: none; INITVAL_xx is what configuration loads.
// Not handled, stops the elaboration or the run: WRITETHROUGH, output registers, resets, inverted clocks, chip selects.
// Written from the vendor's memory guide, FPGA-TN-02204, and Yosys' mapping onto the cell; the models that come
// with Yosys have no more than the ports of it. Used by `make netlist`; compared by tests/chain.
`default_nettype none

module DP16KD #(
	parameter [319:0] INITVAL_00 = 0, INITVAL_01 = 0, INITVAL_02 = 0, INITVAL_03 = 0,
	parameter [319:0] INITVAL_04 = 0, INITVAL_05 = 0, INITVAL_06 = 0, INITVAL_07 = 0,
	parameter [319:0] INITVAL_08 = 0, INITVAL_09 = 0, INITVAL_0A = 0, INITVAL_0B = 0,
	parameter [319:0] INITVAL_0C = 0, INITVAL_0D = 0, INITVAL_0E = 0, INITVAL_0F = 0,
	parameter [319:0] INITVAL_10 = 0, INITVAL_11 = 0, INITVAL_12 = 0, INITVAL_13 = 0,
	parameter [319:0] INITVAL_14 = 0, INITVAL_15 = 0, INITVAL_16 = 0, INITVAL_17 = 0,
	parameter [319:0] INITVAL_18 = 0, INITVAL_19 = 0, INITVAL_1A = 0, INITVAL_1B = 0,
	parameter [319:0] INITVAL_1C = 0, INITVAL_1D = 0, INITVAL_1E = 0, INITVAL_1F = 0,
	parameter [319:0] INITVAL_20 = 0, INITVAL_21 = 0, INITVAL_22 = 0, INITVAL_23 = 0,
	parameter [319:0] INITVAL_24 = 0, INITVAL_25 = 0, INITVAL_26 = 0, INITVAL_27 = 0,
	parameter [319:0] INITVAL_28 = 0, INITVAL_29 = 0, INITVAL_2A = 0, INITVAL_2B = 0,
	parameter [319:0] INITVAL_2C = 0, INITVAL_2D = 0, INITVAL_2E = 0, INITVAL_2F = 0,
	parameter [319:0] INITVAL_30 = 0, INITVAL_31 = 0, INITVAL_32 = 0, INITVAL_33 = 0,
	parameter [319:0] INITVAL_34 = 0, INITVAL_35 = 0, INITVAL_36 = 0, INITVAL_37 = 0,
	parameter [319:0] INITVAL_38 = 0, INITVAL_39 = 0, INITVAL_3A = 0, INITVAL_3B = 0,
	parameter [319:0] INITVAL_3C = 0, INITVAL_3D = 0, INITVAL_3E = 0, INITVAL_3F = 0,
	parameter DATA_WIDTH_A = 18,
	parameter DATA_WIDTH_B = 18,
	parameter REGMODE_A = "NOREG",
	parameter REGMODE_B = "NOREG",
	parameter WRITEMODE_A = "NORMAL",
	parameter WRITEMODE_B = "NORMAL",
	parameter CLKAMUX = "CLKA",
	parameter CLKBMUX = "CLKB",
	parameter CSDECODE_A = "0b000",
	parameter CSDECODE_B = "0b000",
	/* verilator lint_off UNUSEDPARAM */ // of resets
	parameter RESETMODE = "SYNC",
	parameter ASYNC_RESET_RELEASE = "SYNC",
	parameter GSR = "ENABLED"
	/* verilator lint_on UNUSEDPARAM */
) (
	input  wire CLKA, CEA, WEA, RSTA, CSA2, CSA1, CSA0,
	input  wire ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0,
	input  wire DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9,
	input  wire DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0,
	output wire DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9,
	output wire DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0,
	/* verilator lint_off UNUSEDSIGNAL */ // the clock is CLKA; OCEA and OCEB are of the output registers
	input  wire CLKB, OCEA, OCEB,
	/* verilator lint_on UNUSEDSIGNAL */
	input  wire CEB, WEB, RSTB, CSB2, CSB1, CSB0,
	input  wire ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0,
	input  wire DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9,
	input  wire DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0,
	output wire DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9,
	output wire DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0
);
	/* verilator lint_off WIDTH */ // texts of unequal length
	localparam [0:0] OLD_A = WRITEMODE_A == "READBEFOREWRITE", OLD_B = WRITEMODE_B == "READBEFOREWRITE";
	generate
		if (REGMODE_A != "NOREG" || REGMODE_B != "NOREG" || CLKAMUX != "CLKA" || CLKBMUX != "CLKB" ||
			CSDECODE_A != "0b000" || CSDECODE_B != "0b000" || (WRITEMODE_A != "NORMAL" && !OLD_A) ||
			(WRITEMODE_B != "NORMAL" && !OLD_B)) begin : g_bad
			DP16KD_use_that_is_not_modelled bad ();
		end
	endgenerate
	/* verilator lint_on WIDTH */

	// What an access at ad touches: its lowest bit in the row, and a one for each bit.
	function [5:0] low(input integer width, input [4:0] ad);
		case (width)
		1: low = {1'b0, ad[4:3], 3'd0} + {4'd0, ad[4:3]} + {3'd0, ad[2:0]};
		2: low = {1'b0, ad[4:3], 3'd0} + {4'd0, ad[4:3]} + {3'd0, ad[2:1], 1'b0};
		4: low = {1'b0, ad[4:3], 3'd0} + {4'd0, ad[4:3]} + {3'd0, ad[2], 2'd0};
		9: low = {1'b0, ad[4:3], 3'd0} + {4'd0, ad[4:3]};
		18: low = ad[4] ? 6'd18 : 6'd0;
		default: low = 6'd0;
		endcase
	endfunction

	function [35:0] bits(input integer width, input [3:0] be);
		case (width)
		1: bits = 36'h1;
		2: bits = 36'h3;
		4: bits = 36'hF;
		9: bits = 36'h1FF;
		18: bits = {18'd0, {9{be[1]}}, {9{be[0]}}};
		default: bits = {{9{be[3]}}, {9{be[2]}}, {9{be[1]}}, {9{be[0]}}};
		endcase
	endfunction

	wire [13:0] ada = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0};
	wire [13:0] adb = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0};
	wire [17:0] dia = {DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9,
		DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0};
	wire [17:0] dib = {DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9,
		DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0};

	// Sixteen half rows a parameter, one each 20 bits.
	/* verilator lint_off WIDTHCONCAT */ // each has 320 bits
	localparam [64*320-1:0] INITIAL = {
		INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C,
		INITVAL_3B, INITVAL_3A, INITVAL_39, INITVAL_38,
		INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34,
		INITVAL_33, INITVAL_32, INITVAL_31, INITVAL_30,
		INITVAL_2F, INITVAL_2E, INITVAL_2D, INITVAL_2C,
		INITVAL_2B, INITVAL_2A, INITVAL_29, INITVAL_28,
		INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24,
		INITVAL_23, INITVAL_22, INITVAL_21, INITVAL_20,
		INITVAL_1F, INITVAL_1E, INITVAL_1D, INITVAL_1C,
		INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18,
		INITVAL_17, INITVAL_16, INITVAL_15, INITVAL_14,
		INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10,
		INITVAL_0F, INITVAL_0E, INITVAL_0D, INITVAL_0C,
		INITVAL_0B, INITVAL_0A, INITVAL_09, INITVAL_08,
		INITVAL_07, INITVAL_06, INITVAL_05, INITVAL_04,
		INITVAL_03, INITVAL_02, INITVAL_01, INITVAL_00
	};
	/* verilator lint_on WIDTHCONCAT */
	reg [35:0] mem [0:511];
	integer i;
	initial
		for (i = 0; i < 512; i = i + 1)
			mem[i] = {INITIAL[40*i + 20 +: 18], INITIAL[40*i +: 18]};

	wire [8:0]  row_a = ada[13:5], row_b = adb[13:5];
	wire [5:0]  low_a = low(DATA_WIDTH_A, ada[4:0]), low_b = low(DATA_WIDTH_B, adb[4:0]);
	wire [35:0] wide_a = (DATA_WIDTH_A == 36) ? {dib, dia} : {18'd0, dia};
	wire [35:0] wide_b = (DATA_WIDTH_B == 36) ? {dib, dia} : {18'd0, dib};
	wire [35:0] set_a = (CEA && WEA) ? bits(DATA_WIDTH_A, ada[3:0]) << low_a : 36'd0;
	wire [35:0] set_b = (CEB && WEB) ? bits(DATA_WIDTH_B, adb[3:0]) << low_b : 36'd0;
	wire [35:0] old_a = mem[row_a], old_b = mem[row_b];
	wire [35:0] new_a = (old_a & ~set_a) | ((wide_a << low_a) & set_a);
	wire [35:0] new_b = (old_b & ~set_b) | ((wide_b << low_b) & set_b);
	wire        same = row_a == row_b;
	wire        unused = &{1'b0, out_a[35:18]};
	wire [35:0] out_a = (old_a ^ (same ? set_b : 36'd0)) >> low_a;
	wire [35:0] out_b = (old_b ^ (same ? set_a : 36'd0)) >> low_b;

	reg [17:0] do_a;
	reg [35:0] do_b;
	always @(posedge CLKA) begin
		if (CEA && WEA)
			mem[row_a] <= new_a;
		if (CEB && WEB)
			mem[row_b] <= new_b;
		if (CEA && (!WEA || OLD_A))
			do_a <= out_a[17:0];
		if (CEB && (!WEB || OLD_B))
			do_b <= out_b;
		if ((CEA && WEA && CEB && WEB && same) || RSTA || RSTB || CSA2 || CSA1 || CSA0 || CSB2 || CSB1 ||
			CSB0) begin
			$display("DP16KD: two writes of a row, a reset or a chip select is not modelled");
			$finish;
		end
	end

	assign {DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9,
		DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0} = (DATA_WIDTH_B == 36) ? do_b[17:0] : do_a;
	assign {DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9,
		DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0} = (DATA_WIDTH_B == 36) ? do_b[35:18] : do_b[17:0];
endmodule

`default_nettype wire
