// SPDX-License-Identifier: MIT
// front_select: F units that turn a position's stored values into output bits.
//
//   z[o] = sum over terms t of (neg ? -1 : +1) * store[code index];  bit = (z >= threshold[o])
//
// Each unit has its own copy of the store (two buffers of CHANNELS*32 values), its codes and thresholds. Outputs
// q*F+u of group q take T cycles; a position takes GROUPS*T cycles and its buffer is free 3 cycles later.
// Fed by front_scan (st_*), the loader (cfg), feeds front_writer: bits of group q 4 cycles behind its last code address.
// A position begins only while `room` is high. Thresholds are any i32 (saturated to 24 bits; |z| < 2^19).
// Parameters: F units (1, 2, 4, 8); SW bits of a value; CODE_ROWS, OUT_MAX memory sizes.
// Reset: no buffer full. Equals ref_jet/ref_bconv + ref_threshold; compared by tests/rtl/test_front.c.
`default_nettype none

module front_select #(
	parameter F = 2,
	parameter SW = 18,
	parameter CODE_ROWS = 1024,
	parameter OUT_MAX = 512
) (
	input  wire          clk,
	input  wire          rst,
	input  wire          room,        // for the words of another position
	// configuration
	input  wire          code_we,
	input  wire          thr_we,
	input  wire          cfg_begin,   // first word of a section comes next
	input  wire [31:0]   cfg_data,
	input  wire [9:0]    groups_m1,
	input  wire [6:0]    terms_m1,
	// store
	input  wire          st_we,
	input  wire [7:0]    st_addr,
	input  wire [SW-1:0] st_data,
	input  wire          st_last,
	output reg  [1:0]    full,
	// bits
	output reg           bits_valid,
	output reg           bits_last,   // last group of the position
	output reg  [F-1:0]  bits
);
	localparam CAW = $clog2(CODE_ROWS);
	localparam GROUPS = (OUT_MAX + F - 1)/F;
	localparam GAW = $clog2(GROUPS);
	localparam AW = 24;

	// ---- configuration: code words of a row are ceil(F/4), thresholds go round the units
	reg [CAW-1:0] code_row;
	reg [GAW-1:0] thr_row;
	reg [2:0]     part;
	localparam [2:0] PART_END = (F > 4) ? 3'd1 : 3'd0;
	localparam F_MINUS_1 = F - 1;
	localparam [2:0] UNIT_END = F_MINUS_1[2:0];
	wire signed [31:0] wide = cfg_data;
	wire [AW-1:0] narrow = (wide > 32'sd4194303) ? 24'h3FFFFF :
		(wide < -32'sd4194304) ? 24'hC00000 : cfg_data[AW-1:0];

	always @(posedge clk) begin
		if (code_we) begin
			part <= (part == PART_END) ? 3'd0 : part + 3'd1;
			if (part == PART_END)
				code_row <= code_row + 1'b1;
		end
		if (thr_we) begin
			part <= (part == UNIT_END) ? 3'd0 : part + 3'd1;
			if (part == UNIT_END)
				thr_row <= thr_row + 1'b1;
		end
		if (cfg_begin) begin
			part <= 3'd0;
			code_row <= {CAW{1'b0}};
			thr_row <= {GAW{1'b0}};
		end
	end

	// ---- walk: one code row a cycle
	reg           run, buffer, free_buffer;
	reg [2:0]     leave;
	reg [CAW-1:0] row;
	reg [9:0]     group;
	reg [6:0]     term;
	wire term_end = (term == terms_m1);
	wire ending = run && term_end && (group == groups_m1);
	wire stale = (free_buffer == buffer) && (leave != 3'd0); // done, but not yet marked free

	// tags: [1] code known, [2] value known, [3] summed
	reg [3:1] t_valid, t_last, t_end;
	reg [2:1] t_first;
	reg [GAW-1:0] g1, g2;
	reg b1;

	always @(posedge clk) begin
		if (run) begin
			row <= row + 1'b1;
			term <= term_end ? 7'd0 : term + 7'd1;
			if (term_end)
				group <= group + 10'd1;
		end else if (full[buffer] && room && !stale) begin
			run <= 1'b1;
			row <= {CAW{1'b0}};
			term <= 7'd0;
			group <= 10'd0;
		end
		if (ending) begin
			run <= 1'b0;
			buffer <= ~buffer;
		end
		t_valid <= {t_valid[2:1], run};
		t_first <= {t_first[1], term == 7'd0};
		t_last <= {t_last[2:1], term_end};
		t_end <= {t_end[2:1], group == groups_m1};
		g1 <= group[GAW-1:0];
		g2 <= g1;
		b1 <= buffer;
		leave <= {leave[1:0], ending};
		if (leave[2]) begin
			full[free_buffer] <= 1'b0;
			free_buffer <= ~free_buffer;
		end
		if (st_we && st_last)
			full[st_addr[7]] <= 1'b1;
		bits <= fires;
		bits_last <= t_end[3];
		bits_valid <= t_valid[3] && t_last[3];
		if (rst) begin
			run <= 1'b0;
			full <= 2'b00;
			buffer <= 1'b0;
			free_buffer <= 1'b0;
			t_valid <= 3'd0;
			leave <= 3'd0;
			bits_valid <= 1'b0;
		end
	end

	// ---- units
	genvar u;
	wire [F-1:0] fires;
	generate
		for (u = 0; u < F; u = u + 1) begin : g_unit
			wire [7:0]    code;
			wire [SW-1:0] value;
			wire [AW-1:0] thr;
			reg           neg;
			reg signed [AW-1:0] acc;
			wire [AW-1:0] term_value = {{(AW-SW){value[SW-1]}}, value};
			ram_1r1w #(.WIDTH(8), .DEPTH(CODE_ROWS)) u_codes (
				.clk(clk), .we(code_we && part == u/4), .waddr(code_row),
				.wdata(cfg_data[8*(u % 4) +: 8]), .raddr(row), .rdata(code)
			);
			ram_1r1w #(.WIDTH(SW), .DEPTH(256)) u_store (
				.clk(clk), .we(st_we), .waddr(st_addr), .wdata(st_data),
				.raddr({b1, code[6:0]}), .rdata(value)
			);
			ram_1r1w #(.WIDTH(AW), .DEPTH(GROUPS)) u_thresholds (
				.clk(clk), .we(thr_we && part == u), .waddr(thr_row), .wdata(narrow),
				.raddr(g2), .rdata(thr)
			);
			always @(posedge clk) begin
				neg <= code[7];
				acc <= (t_first[2] ? {AW{1'b0}} : acc) + (neg ? ~term_value : term_value) +
					{{(AW-1){1'b0}}, neg};
			end
			assign fires[u] = (acc >= $signed(thr));
		end
	endgenerate
endmodule

`default_nettype wire
