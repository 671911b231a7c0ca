// SPDX-License-Identifier: MIT
// head: class scores and argmax.
//
//   score[c] = 2 * sum over position groups and valid positions of A[c] + B[c]   (32 bits, wraps)
//   class = lowest index with the largest score (signed)
//
// A dense head has one position, a cam head all of the map. Class of row j and unit u of a block:
// (rows of the blocks before + j) * O + u.
// Fed by mac_unit (a, thr at i+8) and place; after `scan` gives the scores in order, one a cycle:
// res_we/res_index/res_score, then `done` one cycle after the last with res_class.
// A row's total may be used again 3 cycles later (position groups come every 4 at least).
// Parameters: O, P, AW as engine.v. Reset: idle. Equals ref_dense/ref_cam + ref_argmax; tests/chain.
`default_nettype none

module head #(
	parameter O = 1,
	parameter P = 2,
	parameter AW = 16
) (
	input  wire              clk,
	input  wire              rst,
	input  wire              start,       // image begins
	input  wire [6:0]        classes,
	// results at i+8
	input  wire              row_valid,
	input  wire              row_start,
	input  wire              row_end,
	input  wire [O*P*AW-1:0] a,           // [u][p]
	input  wire [O*32-1:0]   thr,
	// place
	input  wire [P-1:0]      valid,
	input  wire              first,
	input  wire              last,
	output wire              advance,
	// scores
	input  wire              scan,
	output reg               res_we,
	output reg  [5:0]        res_index,
	output reg  [31:0]       res_score,
	output reg  [5:0]        res_class,
	output reg               done
);
	localparam OLOG = $clog2(O);
	localparam RW = 7;             // row counter: up to 64 rows

	// Row of totals: block_row + row inside the block.
	reg [RW-1:0] block_row, row_next, row_q, row_w;
	wire [RW-1:0] row = row_start ? block_row : row_next;
	assign advance = row_valid && row_end;

	reg [O*32-1:0] part, bias;
	reg            part_valid, part_first, part_last, tot_we, scanning;
	wire [O*32-1:0] tot, part_next;
	reg  [O*32-1:0] tot_new;
	reg  [6:0]     index;

	genvar u;
	generate
		for (u = 0; u < O; u = u + 1) begin : g_u
			reg [31:0] sum;
			integer i;
			always @* begin
				sum = 32'd0;
				for (i = 0; i < P; i = i + 1)
					if (valid[i])
						sum = sum + {{(32-AW){1'b0}}, a[AW*(u*P + i) +: AW]};
			end
			assign part_next[32*u +: 32] = sum;
			wire [31:0] total = (part_first ? 32'd0 : tot[32*u +: 32]) + part[32*u +: 32];
			always @(posedge clk)
				tot_new[32*u +: 32] <= part_last ? {total[30:0], 1'b0} + bias[32*u +: 32] : total;
		end
	endgenerate

	wire [6:0] class_row = index >> OLOG;
	ram_1r1w #(.WIDTH(O*32), .DEPTH(1 << RW)) u_totals (
		.clk(clk), .we(tot_we), .waddr(row_w), .wdata(tot_new),
		.raddr(scanning ? class_row : row), .rdata(tot)
	);

	always @(posedge clk) begin
		part_valid <= row_valid && !rst;
		part <= part_next;
		bias <= thr;
		part_first <= first;
		part_last <= last;
		row_q <= row;
		tot_we <= part_valid && !rst;
		row_w <= row_q;
		if (row_valid) begin
			row_next <= row + 1'b1;
			if (row_end && last)
				block_row <= row + 1'b1;
		end
		if (start)
			block_row <= {RW{1'b0}};
	end

	// Scan: score of class `index` is read, then shown and compared.
	reg [6:0]  shown;
	reg        show;
	wire [31:0] score;
	generate
		if (O == 1) begin : g_score
			assign score = tot;
		end else begin : g_scores
			assign score = tot[{shown[OLOG-1:0], 5'd0} +: 32];
		end
	endgenerate
	reg signed [31:0] best;
	reg        end_q;

	always @(posedge clk) begin
		show <= scanning && !rst;
		shown <= index;
		if (scanning) begin
			index <= index + 7'd1;
			if (index == classes - 7'd1)
				scanning <= 1'b0;
		end
		res_we <= show && !rst;
		res_index <= shown[5:0];
		res_score <= score;
		if (show && (shown == 7'd0 || $signed(score) > best)) begin
			best <= score;
			res_class <= shown[5:0];
		end
		end_q <= show && (shown == classes - 7'd1);
		done <= end_q && !rst;
		if (scan) begin
			scanning <= 1'b1;
			index <= 7'd0;
		end
		if (rst) begin
			scanning <= 1'b0;
			end_q <= 1'b0;
		end
	end
endmodule

`default_nettype wire
