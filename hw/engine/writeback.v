// SPDX-License-Identifier: MIT
// writeback: turns finished results into map words and writes them.
//
// Sources (one of them in an operation): bits of mac_unit rows (shifted together to 32-bit words), words
// of jet_hidden, the OR of 2x2 window words (OP_POOL), accumulators (class map of a cam head).
//   plain: two map rows a position group; fused pool: OR of pairs, one map row every second group;
//   stride 2 and OP_POOL: even positions, one map row (shared jets: even rows only).
// Words of positions beyond XLIM are 0. A block of 8 or 16 outputs writes its bytes of the word; the first
// block of a word writes the whole word with zeros in the other bytes.
//
// Handshake: sources give a group and it is held until written (mw_req held until mw_gnt); fetch leaves
// enough free memory cycles for this in every step. `busy` while anything is held.
// Latency 2 cycles from the last row's bits to the first mw_req. Parameters: O, P, AW, MAP_AW as engine.v.
// Reset: nothing held. Equals ref_threshold + ref_pool packed to words; compared by tests/chain.
`default_nettype none

module writeback #(
	parameter O = 1,
	parameter P = 2,
	parameter AW = 16,
	parameter MAP_AW = 14,
	parameter MW = P/2
) (
	input  wire              clk,
	input  wire              rst,
	input  wire              start,
	// operation
	input  wire              op_pairs,
	input  wire              op_halve,     // stride 2 or OP_POOL: even positions only
	input  wire              op_drop_rows, // shared jets, stride 2
	input  wire              op_cam,
	input  wire [1:0]        op_lane,
	input  wire [MAP_AW-1:0] op_base,
	input  wire [11:0]       op_pitch,
	input  wire [4:0]        op_g,
	input  wire [7:0]        op_cg,
	input  wire [MAP_AW-1:0] op_plane,
	// place of the group that finishes next
	input  wire [P-1:0]      valid,
	input  wire              x_end,
	input  wire              second,
	input  wire              odd_row,
	input  wire              first,
	input  wire              last,
	output wire              advance,
	// sources
	input  wire              row_valid,
	input  wire              row_end,
	input  wire [O*P-1:0]    row_bits,     // [u][p]
	input  wire              words_valid,  // jets or pool
	input  wire [P*32-1:0]   words,
	input  wire              cam_valid,
	input  wire              cam_end,
	input  wire [O*P*AW-1:0] cam_a,        // [u][p]
	// map memory
	output reg               mw_req,
	output reg  [MAP_AW-1:0] mw_addr,
	output wire [MW*32-1:0]  mw_data,
	output reg  [MW*4-1:0]   mw_be,
	input  wire              mw_gnt,
	output wire              busy
);
	// ---- rows of bits to words
	reg [P*32-1:0] shift;
	reg            shifted;
	genvar p, u, m;
	generate
		for (p = 0; p < P; p = p + 1) begin : g_shift
			wire [O-1:0] fresh;
			for (u = 0; u < O; u = u + 1) begin : g_u
				assign fresh[u] = row_bits[u*P + p];
			end
			always @(posedge clk)
				if (row_valid)
					shift[32*p +: 32] <= {fresh, shift[32*p + O +: 32-O]};
		end
	endgenerate
	always @(posedge clk)
		shifted <= row_valid && row_end && !rst;

	// ---- one finished group, aligned to its byte lanes
	reg [1:0] lane;       // byte of the word where the block begins
	wire group = shifted || words_valid;
	wire [P*32-1:0] raw;
	generate
		for (p = 0; p < P; p = p + 1) begin : g_raw
			wire [31:0] from_rows = shift[32*p +: 32];
			wire [31:0] spread = (op_lane == 2'd0) ? {4{from_rows[31:24]}} :
				(op_lane == 2'd1) ? {2{from_rows[31:16]}} : from_rows;
			wire [31:0] keep = (lane != 2'd0 || op_lane == 2'd2) ? 32'hFFFFFFFF :
				(op_lane == 2'd0) ? 32'h000000FF : 32'h0000FFFF;
			assign raw[32*p +: 32] = !valid[p] ? 32'd0 :
				words_valid ? words[32*p +: 32] : (spread & keep);
		end
	endgenerate
	wire [3:0] lane_be = (lane == 2'd0) ? 4'hF : (op_lane == 2'd0) ? (4'd1 << lane) : 4'hC;

	wire [MW*32-1:0] even, paired;
	generate
		for (m = 0; m < MW; m = m + 1) begin : g_even
			assign even[32*m +: 32] = raw[64*m +: 32];
			assign paired[32*m +: 32] = raw[64*m +: 32] | raw[64*m + 32 +: 32];
		end
	endgenerate

	// ---- class map: two map rows for each accumulator of a row, unit after unit. The first group of a
	// block walks its planes and so finds the next block's.
	localparam CW = 4;
	localparam [CW-1:0] UNITS = O[CW-1:0];
	reg [CW-1:0]       cam_left;    // units whose words are held or still to come
	reg                cam_start;
	reg [MAP_AW-1:0]   plane_addr, block_planes;
	wire [MAP_AW-1:0]  cam_row = cam_start ? addr : plane_addr;
	wire [MAP_AW-1:0]  cam_after = cam_row + (op_plane << $clog2(O));
	wire [P*32-1:0]    cam_first, cam_next;
	wire               cam_load;    // the next unit's words move up
	generate
		for (p = 0; p < P; p = p + 1) begin : g_cam
			assign cam_first[32*p +: 32] = {{(32-AW){1'b0}}, cam_a[AW*p +: AW]};
		end
		if (O > 1) begin : g_units
			reg [(O-1)*P*AW-1:0] rest;
			always @(posedge clk)
				if (cam_valid)
					rest <= cam_a[O*P*AW-1:P*AW];
				else if (cam_load)
					rest <= rest >> (P*AW);
			for (p = 0; p < P; p = p + 1) begin : g_p
				assign cam_next[32*p +: 32] = {{(32-AW){1'b0}}, rest[AW*p +: AW]};
			end
		end else begin : g_one
			assign cam_next = {P*32{1'b0}};
		end
	endgenerate

	// ---- addresses: block_addr (row 0), row_addr, addr move by increments
	reg [MAP_AW-1:0] block_addr, row_addr, addr;
	reg [7:0]        cg;          // column group of addr
	wire [MAP_AW-1:0] g_ext = {{(MAP_AW-5){1'b0}}, op_g};
	wire [MAP_AW-1:0] pitch_ext = {{(MAP_AW-12){1'b0}}, op_pitch};
	wire one_row = op_pairs || op_halve;
	wire group_done = cam_valid ? cam_end : group;
	wire written = !op_pairs || second;             // this group ends in a write
	wire row_kept = !op_drop_rows || !odd_row;
	wire [7:0] cg_next = cg + 8'd1;
	wire has_second = !one_row && (cg_next < op_cg);
	wire word_end = (op_lane == 2'd2) || (op_lane == 2'd1 && lane == 2'd2) || (lane == 2'd3);
	wire [MAP_AW-1:0] block_next = op_cam ? (first ? cam_after : block_planes) :
		word_end ? block_addr + 1'b1 : block_addr;
	assign advance = group_done;

	always @(posedge clk) begin
		if (group_done && written) begin
			addr <= addr + (one_row ? g_ext : {g_ext[MAP_AW-2:0], 1'b0});
			cg <= cg + (one_row ? 8'd1 : 8'd2);
			if (x_end) begin
				cg <= 8'd0;
				addr <= row_kept ? row_addr + pitch_ext : row_addr;
				row_addr <= row_kept ? row_addr + pitch_ext : row_addr;
			end
			if (last) begin
				lane <= (op_lane == 2'd2) ? 2'd0 : (op_lane == 2'd1) ? lane + 2'd2 : lane + 2'd1;
				block_addr <= block_next;
				row_addr <= block_next;
				addr <= block_next;
			end
		end
		if (start) begin
			block_addr <= op_base;
			row_addr <= op_base;
			addr <= op_base;
			cg <= 8'd0;
			lane <= 2'd0;
		end
	end

	// ---- writer: the low half of `hold` is what is written; the high half follows. A pooled pair's upper
	// row waits in the low half.
	reg [P*32-1:0]    hold;
	reg [MAP_AW-1:0]  first_addr;
	reg               second_left, two;
	wire [MW*32-1:0]  merged = second ? paired | hold[MW*32-1:0] : paired;
	wire              step = mw_req && mw_gnt;
	assign mw_data = hold[MW*32-1:0];
	assign cam_load = step && !second_left && (cam_left > 1);
	assign busy = mw_req || shifted;

	always @(posedge clk) begin
		if (step) begin
			mw_req <= second_left || cam_load;
			second_left <= cam_load && two;
			mw_addr <= cam_load ? first_addr + op_plane : mw_addr + g_ext;
			hold[MW*32-1:0] <= hold[P*32-1:MW*32];
		end
		if (cam_load) begin
			hold <= cam_next;
			first_addr <= first_addr + op_plane;
			cam_left <= cam_left - 1'b1;
		end
		if (group) begin
			hold <= {raw[P*32-1:MW*32], op_pairs ? merged : op_halve ? even : raw[MW*32-1:0]};
			mw_req <= written && row_kept;
			mw_addr <= addr;
			mw_be <= {MW{lane_be}};
			second_left <= has_second;
			cam_left <= {CW{1'b0}};
		end
		if (cam_valid) begin
			hold <= cam_first;
			mw_req <= 1'b1;
			mw_addr <= cam_row;
			mw_be <= {MW*4{1'b1}};
			second_left <= has_second;
			two <= has_second;
			first_addr <= cam_row;
			plane_addr <= cam_after;
			cam_left <= UNITS;
			cam_start <= cam_end;
			if (first)
				block_planes <= cam_after;
		end
		if (start)
			cam_start <= 1'b1;
		if (rst)
			mw_req <= 1'b0;
	end
endmodule

`default_nettype wire
