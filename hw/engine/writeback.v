// SPDX-License-Identifier: MIT
// writeback: turns finished results into map words and writes them, one map row after the other.
//
// Sources (one of them in an operation): bits of mac_unit rows (shifted together to 32-bit words, a block of
// 8 or 16 outputs into its bytes), words of jet_hidden, the OR of 2x2 window words (OP_POOL), accumulators
// (class map of a cam head). A row's bit may be ORed with that of the positions before (fused pool).
//   plain: P/MW map rows a position group; pairs, halve, OP_POOL: one map row of OR of two columns, even
//   columns; class map: P/MW rows of 32-bit sums for each row and unit.
// Map rows come in raster order, so the address only goes up by O_OUT_STEP, and by one for a block.
// Words of positions beyond the row's end are 0. The first block of a word writes zeros to its other bytes.
// RESIDENT 1: a block may have several words, which come every 32/O rows, each with its map rows; the pooled bits
// are kept by row. Map memory must then take every write at once.
//
// Handshake: sources give a group and it is held until written (mw_req held until mw_gnt); the lists leave
// enough free memory cycles for this, and rows of a class map are paced. `busy` while anything is held.
// Latency 2 cycles from the last row's bits to the first mw_req. Parameters: O, P, RESIDENT, AW, MAP_AW as engine.v.
// Reset: nothing held. Equals ref_threshold + ref_pool packed to words; compared by tests/chain.
`default_nettype none

module writeback #(
	parameter O = 1,
	parameter P = 2,
	parameter RESIDENT = 0,
	parameter AW = 16,
	parameter MAP_AW = 14,
	parameter MW = (P > 1) ? P/2 : 1
) (
	input  wire              clk,
	input  wire              rst,
	// operation
	input  wire              base_we,
	input  wire [MAP_AW-1:0] base,
	input  wire              op_pairs,
	input  wire              op_halve,     // even columns only
	input  wire [1:0]        op_lane,
	input  wire [4:0]        op_step,
	input  wire              op_tail_one,
	// rows of bits
	input  wire [4:0]        row_8,        // RESIDENT: the row whose bits come in the next cycle
	input  wire              row_valid,
	input  wire              row_or,
	input  wire [O*P-1:0]    row_bits,     // [u][p]
	input  wire              row_end,      // last row of the window
	input  wire              row_write,    // and the position group is complete
	// a group is complete: with the last row's bits, or words
	input  wire              words_valid,  // jets or pool
	input  wire [P*32-1:0]   words,
	input  wire              words_keep,   // this row is written
	input  wire [P-1:0]      valid,        // its positions inside the map
	input  wire              tail,         // last group of its row
	input  wire              block_end,    // and of the block
	// class map, result rows
	input  wire              cam_valid,
	input  wire [O*P*AW-1:0] cam_a,        // [u][p]
	// map memory
	output reg               mw_req,
	output reg  [MAP_AW-1:0] mw_addr,
	output wire [MW*32-1:0]  mw_data,
	output wire [MW*4-1:0]   mw_be,
	input  wire              mw_gnt,
	output wire              busy
);
	localparam TWO = (P > 1);

	// ---- bytes of the block in the word
	reg  [1:0] lane;       // byte where the block begins
	wire [2:0] top = (op_lane == 2'd0) ? (3'd1 << lane) : (op_lane == 2'd1) ? (3'd2 << lane) : 3'd0;
	wire [3:0] part = (op_lane == 2'd0) ? (4'd1 << lane) : (op_lane == 2'd1) ? (4'd3 << lane) : 4'hF;
	wire       whole = (lane == 2'd0);
	// The next block's first row may follow the last one of this: the lane moves on with it, and what is
	// finished keeps its bytes.
	reg  [3:0] part_q;
	reg        whole_q;

	// ---- rows of a word: a group is complete with the last of them
	wire bits_done, word_first, word_last;
	wire [3:0] words_more; // of the block, but one
	wire [O*P-1:0] kept;   // bits of the positions before, RESIDENT
	generate
		if (RESIDENT != 0) begin : g_words
			localparam LOG = 5 - $clog2(O); // rows of a word
			reg [4:0] row_9;
			reg       first_q, last_q;
			reg [3:0] more_q;
			wire      word_end = (op_lane == 2'd2) && (&row_9[LOG-1:0]);
			wire [4:0] number = row_9 >> LOG;
			wire [O*P-1:0] fresh_bits = row_bits | (kept & {O*P{row_or}});
			ram_1r1w #(.WIDTH(O*P), .DEPTH(32)) u_kept (
				.clk(clk), .we(row_valid), .waddr(row_9), .wdata(fresh_bits), .raddr(row_8), .rdata(kept)
			);
			always @(posedge clk) begin
				row_9 <= row_8;
				first_q <= (number == 5'd0);
				last_q <= row_end;
				more_q <= number[3:0];
			end
			assign bits_done = row_valid && row_write && (row_end || word_end);
			assign word_first = words_valid || first_q;
			assign word_last = words_valid || last_q;
			assign words_more = words_valid ? 4'd0 : more_q;
			wire unused = &{1'b0, number[4]};
		end else begin : g_word
			assign kept = {O*P{1'b0}};
			assign bits_done = row_valid && row_write && row_end;
			assign {word_first, word_last} = 2'b11;
			assign words_more = 4'd0;
			wire unused = &{1'b0, row_8};
		end
	endgenerate

	// ---- rows of bits to words: the block's bytes are a shift register. With the first block of a word the others
	// become 0.
	reg  [P*32-1:0] ring;
	reg             shifted, block_end_q, tail_q;
	reg  [P-1:0]    valid_q;
	genvar p, u, b, m;
	generate
		for (p = 0; p < P; p = p + 1) begin : g_shift
			wire [O-1:0] old = (op_lane == 2'd2 || whole) ? ring[32*p +: O] :
				(op_lane == 2'd1 || lane == 2'd2) ? ring[32*p + 16 +: O] :
				lane[1] ? ring[32*p + 24 +: O] : ring[32*p + 8 +: O];
			wire [O-1:0] fresh;
			for (u = 0; u < O; u = u + 1) begin : g_u
				assign fresh[u] = row_bits[u*P + p] ||
					(row_or && ((RESIDENT != 0) ? kept[u*P + p] : old[u]));
			end
			for (b = 0; b < 4; b = b + 1) begin : g_byte
				wire [O-1:0] into;
				if (b == 3) begin : g_top
					assign into = fresh;
				end else begin : g_mid
					assign into = top[b] ? fresh : ring[32*p + 8*b + 8 +: O];
				end
				wire [7:0] next;
				if (O == 8) begin : g_byte_row
					assign next = into;
				end else begin : g_bits
					assign next = {into, ring[32*p + 8*b + O +: 8-O]};
				end
				always @(posedge clk)
					if (row_valid && whole && !part[b])
						ring[32*p + 8*b +: 8] <= 8'd0;
					else if (row_valid && part[b])
						ring[32*p + 8*b +: 8] <= next;
			end
		end
	endgenerate
	always @(posedge clk) begin
		shifted <= bits_done && !rst;
		part_q <= part;
		whole_q <= whole;
		if (bits_done && row_end && block_end)
			lane <= (op_lane == 2'd2) ? 2'd0 : (op_lane == 2'd1) ? lane + 2'd2 : lane + 2'd1;
		if (base_we)
			lane <= 2'd0;
		valid_q <= valid;
		tail_q <= tail;
		block_end_q <= block_end;
	end

	// ---- one finished group
	wire           group = shifted || words_valid;
	wire [P-1:0]   group_valid = words_valid ? valid : valid_q;
	wire           group_tail = words_valid ? tail : tail_q;
	wire           group_block_end = words_valid ? block_end : block_end_q;
	wire           one_row = !TWO || op_pairs || op_halve;
	wire           second = !one_row && !(group_tail && op_tail_one);
	wire [P*32-1:0] raw, packed_row;
	generate
		for (p = 0; p < P; p = p + 1) begin : g_raw
			assign raw[32*p +: 32] = !group_valid[p] ? 32'd0 :
				words_valid ? words[32*p +: 32] : ring[32*p +: 32];
		end
		if (TWO) begin : g_two
			for (m = 0; m < MW; m = m + 1) begin : g_even
				assign packed_row[32*m +: 32] = !one_row ? raw[32*m +: 32] :
					raw[64*m +: 32] | (op_pairs ? raw[64*m + 32 +: 32] : 32'd0);
			end
			assign packed_row[P*32-1:MW*32] = raw[P*32-1:MW*32];
		end else begin : g_one
			assign packed_row = raw;
		end
	endgenerate

	// ---- writer: the low words of `hold` are written, the high ones follow
	reg [P*32-1:0]   hold;
	reg [O*P*AW-1:0] sums;  // of a row of a class map, unit after unit; else 0: they leave with its words
	reg              clear; // what a reset has left of them
	reg  [3:0]       units; // whose words are still to come
	reg              second_left, block_left;
	reg [MAP_AW-1:0] block_addr;
	wire             step = mw_req && mw_gnt;
	wire             units_left = (O > 1) && (units != 4'd0);
	reg  [3:0]       enable;
	reg              word_end;
	reg  [3:0]       block_more;
	wire [MAP_AW-1:0] block_next = block_addr + {{(MAP_AW-1){1'b0}}, word_end} + {{(MAP_AW-4){1'b0}}, block_more};
	wire             written = step && !second_left && !units_left;
	wire [MAP_AW-1:0] next_addr = mw_addr + {{(MAP_AW-5){1'b0}}, op_step};
	// Several words a block: where the word and the next group begin.
	reg  [MAP_AW-1:0] word_addr, group_next;
	reg              at_first, at_last;
	wire             unit_end = step && !second_left && units_left;
	localparam LAST_UNIT = O - 1;
	generate
		for (m = 0; m < MW; m = m + 1) begin : g_data
			assign mw_data[32*m +: 32] = hold[32*m +: 32] | {{(32-AW){1'b0}}, sums[AW*m +: AW]};
		end
		if (TWO) begin : g_hold
			always @(posedge clk)
				if (cam_valid)
					hold <= {P*32{1'b0}};
				else if (group)
					hold <= packed_row;
				else if (step)
					hold[MW*32-1:0] <= hold[P*32-1:MW*32];
		end else begin : g_hold_one
			always @(posedge clk)
				if (cam_valid)
					hold <= {P*32{1'b0}};
				else if (group)
					hold <= packed_row;
		end
	endgenerate
	assign mw_be = {MW{enable}};
	assign busy = mw_req || shifted;

	always @(posedge clk) begin
		clear <= rst;
		if (cam_valid)
			sums <= cam_a;
		else if (step)
			sums <= sums >> (MW*AW);
		if (clear)
			sums <= {O*P*AW{1'b0}};
	end

	always @(posedge clk) begin
		if (step) begin
			mw_req <= second_left || units_left;
			second_left <= !second_left && units_left && TWO;
			mw_addr <= next_addr;
		end
		if (RESIDENT != 0 && written) begin
			if (at_first)
				group_next <= next_addr;
			if (!at_last)
				mw_addr <= word_addr + 1'b1;
			else if (!at_first)
				mw_addr <= group_next;
		end
		if (block_left && (!mw_req || written)) begin
			mw_addr <= block_next;
			block_addr <= block_next;
			block_left <= 1'b0;
		end
		if (unit_end)
			units <= units - 1'b1;
		if (group) begin
			enable <= (words_valid || whole_q) ? 4'hF : part_q;
			word_end <= words_valid || part_q[3];
			block_more <= words_more;
			word_addr <= mw_addr;
			at_first <= word_first;
			at_last <= word_last;
			mw_req <= shifted || words_keep;
			second_left <= second;
			units <= 4'd0;
			block_left <= group_block_end && word_last;
		end
		if (cam_valid) begin
			enable <= 4'hF;
			mw_req <= 1'b1;
			second_left <= TWO;
			units <= LAST_UNIT[3:0];
			block_left <= 1'b0;
			at_first <= 1'b1;
			at_last <= 1'b1;
		end
		if (base_we) begin
			mw_addr <= base;
			block_addr <= base;
			block_left <= 1'b0;
		end
		if (rst)
			mw_req <= 1'b0;
	end
endmodule

`default_nettype wire
