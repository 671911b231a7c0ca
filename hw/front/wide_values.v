// SPDX-License-Identifier: MIT
// wide_values: the values that the units of wide_select choose from, a set a clock, from a position.
//
// Values of a channel are numbered with those of the 3x3 corner first:
//   0..8: dy*3 + dx, both below 3   9..16: 9 + dy*2 + dx - 3, dy below 4   17..19: 17 + dx, dy 3   20..24: 20 + dx
// Jets: step s is values 0..8 (s = 0), 9..16, 17..24 of each channel. A unit takes one of them, or none.
// Raw: step s is pixels 5s..5s+4 of each channel, 0 beyond the kernel. The units need sums of all of them with
// signs of their own; those are few, so they are made once:
//   slot of a channel, value i: a +- b +- c +- d, minus where bit 0, 1, 2 of i is set (a..d pixels 5s..5s+3)
//   fifth, value i: e +- f +- g, bits 0, 1 (pixel 5s+4 of the last channel, the one before, the first)
// and with the sign of its code a unit has all 16 and 8 patterns: 15 pixels a step from four choices.
//
// Fed by wide_scan (`values`, taken with `load`) and by the step of the walk; feeds wide_unit.
// Moves while `go`, but for load. Latency from step_0: jets 2, raw 5, ninths (value 8, jets only) two more; one
// set a cycle.
// Parameters: KMAX, CMAX, SW of wide_scan. PW: bits of a sum of pixels, signed. No reset.
// Equals the terms of ref_jet, ref_bconv; compared by tests/rtl/test_front.c.
`default_nettype none

module wide_values #(
	parameter KMAX = 5,
	parameter CMAX = 3,
	parameter SW = 16,
	parameter PW = 11
) (
	input  wire               clk,
	input  wire               go,
	input  wire               raw,
	input  wire               rgb,
	input  wire               load,
	input  wire [CMAX*KMAX*KMAX*SW-1:0] values,
	input  wire [2:0]         step_0,
	output wire [CMAX*8*SW-1:0] slots,
	output wire [CMAX*SW-1:0] ninths,
	output wire [4*PW-1:0]    fifth
);
	localparam N = KMAX*KMAX;
	localparam STEPS = (KMAX == 5) ? 5 : 2; // of raw pixels

	// Where wide_scan puts value n of a channel.
	function integer place;
		input integer n;
		place = (n < 9) ? n/3*KMAX + n%3 : (n < 17) ? (n - 9)/2*KMAX + 3 + (n - 9)%2 :
			(n < 20) ? 3*KMAX + n - 17 : 4*KMAX + n - 20;
	endfunction

	wire unused = &{1'b0, step_0};
	wire [CMAX*8-1:0] last_pixel;           // stage 2, of each channel
	genvar c, n, p;
	generate
		for (c = 0; c < CMAX; c = c + 1) begin : g_slot
			// ---- the position, its values in order
			reg  [N*SW-1:0] held;
			wire [N*SW-1:0] ordered;
			wire [STEPS*40-1:0] pixels;
			always @(posedge clk)
				if (load)
					held <= values[c*N*SW +: N*SW];
			for (n = 0; n < N; n = n + 1) begin : g_value
				assign ordered[SW*n +: SW] = held[SW*place(n) +: SW];
			end
			for (n = 0; n < STEPS*5; n = n + 1) begin : g_pixel
				if (n < N) begin : g_real
					assign pixels[8*n +: 8] = ordered[SW*n +: 8];
				end else begin : g_none
					assign pixels[8*n +: 8] = 8'd0;
				end
			end

			// ---- stage 1: what the step brings, 0 in the registers of other steps
			reg  [SW-1:0]   ninth_1;
			reg  [8*SW-1:0] early;
			wire [8*SW-1:0] late;
			reg  [39:0]     first_pixels;    // steps 0, 1
			wire [39:0]     more_pixels;
			always @(posedge clk)
				if (go) begin
					ninth_1 <= ordered[8*SW +: SW];
					early <= (step_0 == 3'd0) ? ordered[0 +: 8*SW] : {8*SW{1'b0}};
					if (step_0[2:1] != 2'd0)
						first_pixels <= 40'd0;
					else
						first_pixels <= step_0[0] ? pixels[40 +: 40] : pixels[0 +: 40];
				end
			if (KMAX == 5) begin : g_parts
				reg [8*SW-1:0] part;             // steps 1, 2
				reg [39:0]     middle, last;     // steps 2, 3; 4
				assign late = part;
				assign more_pixels = middle | last;
				always @(posedge clk)
					if (go) begin
						if (step_0 == 3'd0)
							part <= {8*SW{1'b0}};
						else
							part <= step_0[0] ? ordered[9*SW +: 8*SW] : ordered[17*SW +: 8*SW];
						if (step_0[2:1] != 2'd1)
							middle <= 40'd0;
						else
							middle <= step_0[0] ? pixels[120 +: 40] : pixels[80 +: 40];
						last <= step_0[2] ? pixels[160 +: 40] : 40'd0;
					end
			end else begin : g_one_part
				assign late = {8*SW{1'b0}};
				assign more_pixels = 40'd0;
			end

			// ---- raw stages 2 to 4: sums of four pixels; stage 5 (jets: 2): what the units see
			reg  [39:0] five;
			wire        real_channel = rgb || c == CMAX - 1;
			assign last_pixel[8*c +: 8] = five[32 +: 8];
			wire signed [PW-1:0] pixel_a = {{3{five[7]}}, five[0 +: 8]};
			wire signed [PW-1:0] pixel_b = {{3{five[15]}}, five[8 +: 8]};
			wire signed [PW-1:0] pixel_c = {{3{five[23]}}, five[16 +: 8]};
			wire signed [PW-1:0] pixel_d = {{3{five[31]}}, five[24 +: 8]};
			reg  signed [PW-1:0] ab [0:1];
			reg  signed [PW-1:0] cd [0:1];
			reg  [8*SW-1:0] slot;
			reg  [SW-1:0]   ninth, ninth_3, ninth_2;
			assign slots[8*SW*c +: 8*SW] = slot;
			assign ninths[SW*c +: SW] = ninth;
			always @(posedge clk)
				if (go) begin
					five <= (first_pixels | more_pixels) & {40{real_channel}};
					ab[0] <= pixel_a + pixel_b;
					ab[1] <= pixel_a - pixel_b;
					cd[0] <= pixel_c + pixel_d;
					cd[1] <= pixel_c - pixel_d;
					{ninth, ninth_3, ninth_2} <= {ninth_3, ninth_2, ninth_1};
				end
			for (p = 0; p < 8; p = p + 1) begin : g_pattern
				reg signed [PW-1:0] sum;
				always @(posedge clk)
					if (go) begin
						sum <= (p & 2) != 0 ? ab[p & 1] - cd[1 - p/4] : ab[p & 1] + cd[p/4];
						slot[SW*p +: SW] <= raw ? {{(SW-PW){sum[PW-1]}}, sum} :
							early[SW*p +: SW] | late[SW*p +: SW];
					end
			end
		end

		// ---- the fifth pixels of the channels
		wire signed [PW-1:0] pixel_e = {{3{last_pixel[8*CMAX-1]}}, last_pixel[8*(CMAX-1) +: 8]};
		if (CMAX == 3) begin : g_fifth
			wire signed [PW-1:0] pixel_f = {{3{last_pixel[15]}}, last_pixel[8 +: 8]};
			wire signed [PW-1:0] pixel_g = {{3{last_pixel[7]}}, last_pixel[0 +: 8]};
			reg  signed [PW-1:0] e;
			reg  signed [PW-1:0] fg [0:1];
			reg  [4*PW-1:0]      sums;
			always @(posedge clk)
				if (go) begin
					e <= pixel_e;
					fg[0] <= pixel_f + pixel_g;
					fg[1] <= pixel_f - pixel_g;
				end
			for (p = 0; p < 4; p = p + 1) begin : g_pattern
				reg signed [PW-1:0] sum;
				always @(posedge clk)
					if (go) begin
						sum <= (p & 1) != 0 ? e - fg[1 - p/2] : e + fg[p/2];
						sums[PW*p +: PW] <= raw ? sum : {PW{1'b0}};
					end
			end
			assign fifth = sums;
		end else begin : g_alone
			reg [PW-1:0] e, e_3, e_4;
			always @(posedge clk)
				if (go)
					{e_4, e_3, e} <= {raw ? e_3 : {PW{1'b0}}, e, pixel_e};
			assign fifth = {4{e_4}};
		end
	endgenerate
endmodule

`default_nettype wire
