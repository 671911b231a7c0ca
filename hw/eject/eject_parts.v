// SPDX-License-Identifier: MIT
// eject_parts: parts between the eye and the decision, in the order they came.
//
// In each tick, at the phases at the right:
//   a part has come: it is noted with its time, and as crowded when the one before is nearer than the spacing  1, 2
//   the oldest part without an image is too old for one: it stays without                                    3 - 5
//   an image has come: it belongs to the oldest part without one, if that one's age is from .. to            3 - 5
//   an image has its class: class word and margin give the output, `crowded` and `uncertain` theirs           6 - 8
//   the oldest part is decided, or is as old as the deadline (`late`): it leaves with its output             9 - 13
// One of each kind a tick; what waits goes on in the next. Parts leave in order, so the pulses of an output are in
// order too: a part that is decided waits for the one before, at most until that one's deadline.
//
// run: ticks count (held low: nothing happens). clear in phase 0: no part, no image, counts 0. rule is the word
// at rule_addr of the configuration, one clock later; so are class words and delays. leave pulses in phase 13 with
// leave_out and leave_due = time + delay; it is withheld for OUT_NONE and when that time has passed.
// part: photo-eye edge, or with `by_image` the image itself, timed by `stamp`. full: the part did not fit.
// Reset: as clear. Equals eject_ref (tests/common/eject_ref.c), compared by tests/rtl/test_eject.c.
`default_nettype none
`include "jetbnn_defs.vh"

module eject_parts (
	input  wire        clk,
	input  wire        clear,
	input  wire        run,
	input  wire [4:0]  phase,
	input  wire [23:0] now,
	input  wire        by_image,
	input  wire        part,
	input  wire [23:0] stamp,
	input  wire [23:0] from,
	input  wire [23:0] to,
	input  wire [23:0] deadline,
	input  wire [23:0] spacing,
	input  wire [3:0]  late_out,
	input  wire [3:0]  uncertain_out,
	input  wire [3:0]  crowded_out,
	input  wire        image,       // waits in phase 3 to 5 until image_taken
	input  wire [1:0]  image_number,
	output wire        image_taken,
	input  wire        result,      // waits in phase 6 to 8 until result_taken
	input  wire [1:0]  result_number,
	input  wire [5:0]  result_class,
	input  wire [27:0] result_margin,
	output wire        result_taken,
	input  wire        drop,        // in phase 13: no image in flight has a result any more
	output wire [6:0]  rule_addr,
	input  wire [31:0] rule,
	output wire        full,
	output wire        leave,
	output wire [2:0]  leave_out,
	output reg  [23:0] leave_due,
	output wire [5:0]  waiting,
	output reg  [15:0] parts,
	output reg  [15:0] decideds,
	output reg  [15:0] lates,
	output reg  [15:0] unmatcheds,
	output reg  [15:0] misseds
);
	localparam [5:0] MOST = `JB_OUT_PARTS;
	localparam [6:0] CLASSES = `JB_OUT_CLASS_WORD, DELAYS = `JB_OUT_DELAY_WORD;

	reg  [5:0]  write, pair, first;     // next part, next without an image, oldest; their low bits are places
	reg  [23:0] times [0:31];
	reg  [3:0]  choices [0:31];
	reg  [31:0] crowded, decided;
	reg  [4:0]  tag [0:3];              // part of image number n
	reg  [3:0]  tag_on;

	// ---- a part has come
	reg         any_before;             // there was one
	reg  [23:0] last, gap;
	wire [23:0] time_new = by_image ? stamp : now;
	wire        note = run && part && (phase == 5'd2);

	assign waiting = write - first;
	assign full = note && (waiting == MOST);

	// ---- it gets its image
	reg         young, old;
	reg  [23:0] age;
	wire        unbound = (pair != write);
	wire [23:0] time_read = times[(phase < 5'd6) ? pair[4:0] : first[4:0]];
	wire        matching = run && (phase == 5'd5);
	wire        skip = matching && !by_image && unbound && old;
	wire        match = image_taken && unbound && (by_image || !young);

	assign image_taken = matching && image && !skip;

	// ---- the image has its class
	wire [4:0] done_part = tag[result_number];
	reg  [3:0] choice;
	reg        uncertain;               // a clock behind the rule, which stands from phase 1 to 9
	wire       decide = result_taken && tag_on[result_number];

	assign result_taken = run && (phase == 5'd8) && result;

	// ---- the oldest part leaves
	reg        is_decided;              // of the oldest part, as is out: they stand from phase 10 on
	reg  [3:0] out;
	reg        due_now, passed, any_out;
	wire       leaving = run && due_now && (phase == 5'd13);
	wire       pulse = leaving && any_out;

	assign rule_addr = (phase < 5'd9) ? CLASSES + {1'b0, result_class} : DELAYS + {4'd0, out[2:0]};
	assign leave = pulse && !passed;
	assign leave_out = out[2:0];
	/* verilator lint_off UNUSEDSIGNAL */ // only its sign counts
	wire [23:0] ahead = leave_due - now;
	/* verilator lint_on UNUSEDSIGNAL */

	always @(posedge clk) begin
		age <= now - time_read;
		uncertain <= (result_margin < rule[27:0]);
		is_decided <= decided[first[4:0]];
		out <= decided[first[4:0]] ? choices[first[4:0]] : late_out;
		case (phase)
		5'd1: gap <= time_new - last;
		5'd4: begin
			young <= (age < from);
			old <= (age >= to);
		end
		5'd7: choice <= crowded[done_part] ? crowded_out :
			uncertain ? uncertain_out : rule[31:28];
		5'd11: begin
			due_now <= (first != write) && (is_decided || age >= deadline);
			leave_due <= time_read + rule[23:0];
		end
		5'd12: begin
			passed <= ahead[23];
			any_out <= (out < `JB_OUT_OUTPUTS);
		end
		default: ;
		endcase

		if (note && !full) begin
			times[write[4:0]] <= time_new;
			crowded[write[4:0]] <= any_before && (gap < spacing);
			decided[write[4:0]] <= 1'b0;
			write <= write + 6'd1;
			parts <= parts + 16'd1;
			any_before <= 1'b1;
			last <= time_new;
		end
		if (image_taken) begin
			tag[image_number] <= pair[4:0];
			tag_on[image_number] <= match;
			if (!match)
				unmatcheds <= unmatcheds + 16'd1;
		end
		if (skip || match)
			pair <= pair + 6'd1;
		if (result_taken)
			tag_on[result_number] <= 1'b0;
		if (decide) begin
			choices[done_part] <= choice;
			decided[done_part] <= 1'b1;
		end
		if (leaving) begin
			first <= first + 6'd1;
			if (pair == first)
				pair <= pair + 6'd1;
			if (is_decided)
				decideds <= decideds + 16'd1;
			else
				lates <= lates + 16'd1;
			tag_on <= tag_on & {tag[3] != first[4:0], tag[2] != first[4:0],
				tag[1] != first[4:0], tag[0] != first[4:0]};
		end
		if (pulse && passed)
			misseds <= misseds + 16'd1;
		if (run && drop && (phase == 5'd13))
			tag_on <= 4'd0;
		if (clear) begin
			write <= 6'd0;
			pair <= 6'd0;
			first <= 6'd0;
			tag_on <= 4'd0;
			any_before <= 1'b0;
			parts <= 16'd0;
			decideds <= 16'd0;
			lates <= 16'd0;
			unmatcheds <= 16'd0;
			misseds <= 16'd0;
		end
	end
endmodule

`default_nettype wire
