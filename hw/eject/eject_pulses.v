// SPDX-License-Identifier: MIT
// eject_pulses: for each output the pulses that wait, and the one that lasts.
//
// put (phase 13, output put_out, time put_due) adds a pulse behind the others of its output; times of an output do
// not go down. In each tick output i is looked at in phases 14+i to 16+i:
//   its first pulse is due (now - due is 0 to 2**23-1): it leaves, the output is active for `rule` = its length
//   else: one tick less of the one that lasts
// One pulse of an output a tick; a pulse that begins while another lasts starts it anew.
// active changes in phases 17 to 24. rule: the word at rule_addr of the configuration, one clock later.
// run: ticks count. clear: through phases 14 to 23 of a tick with it, all is forgotten. full: the pulse did not fit.
// CYCLES of a tick: 24 or more. Equals eject_ref (tests/common/eject_ref.c), compared by tests/rtl/test_eject.c.
`default_nettype none
`include "jetbnn_defs.vh"

module eject_pulses (
	input  wire        clk,
	input  wire        clear,
	input  wire        run,
	input  wire [4:0]  phase,
	input  wire [23:0] now,
	input  wire        put,
	input  wire [2:0]  put_out,
	input  wire [23:0] put_due,
	output wire        full,
	output wire [6:0]  rule_addr,
	input  wire [23:0] rule,
	output reg  [7:0]  active,
	output reg  [15:0] pulses
);
	localparam [6:0] LENGTHS = `JB_OUT_PULSE_WORD, MOST = `JB_OUT_PULSES;
	localparam LOG = $clog2(`JB_OUT_PULSES);

	reg  [6:0]  head [0:7];
	reg  [6:0]  tail [0:7];
	reg  [23:0] left [0:7];     // ticks of the one that lasts

	wire        look = (phase >= 5'd14) && (phase < 5'd22);
	wire [2:0]  slot = phase[2:0] - 3'd6;
	wire [2:0]  at = look ? slot : put_out;
	wire [6:0]  head_at = head[at], tail_at = tail[at];
	wire [23:0] due;

	reg         filled; // a clock ago; in phase 12 head and tail are those of phase 13
	assign full = put && filled;
	assign rule_addr = LENGTHS + {4'd0, slot};

	ram_1r1w #(.WIDTH(24), .DEPTH(8 * `JB_OUT_PULSES)) u_due (
		.clk(clk), .we(put), .waddr({put_out, tail_at[LOG-1:0]}), .wdata(put_due),
		.raddr({slot, head_at[LOG-1:0]}), .rdata(due)
	);

	// ---- the pulse is due
	reg         test, any;
	reg  [2:0]  test_slot;
	reg  [6:0]  test_head;
	/* verilator lint_off UNUSEDSIGNAL */ // only its sign counts
	wire [23:0] since = now - due;
	/* verilator lint_on UNUSEDSIGNAL */

	// ---- it begins, or lasts
	reg         set, fire;
	reg  [2:0]  set_slot;
	reg  [6:0]  set_head;
	reg  [23:0] length, old;
	wire [23:0] next = clear ? 24'd0 : fire ? length : (old != 24'd0) ? old - 24'd1 : 24'd0;

	always @(posedge clk) begin
		test <= look && (run || clear);
		test_slot <= slot;
		test_head <= head_at;
		any <= (head_at != tail_at) && !clear;
		filled <= (tail_at - head_at == MOST);

		set <= test;
		set_slot <= test_slot;
		set_head <= test_head;
		fire <= any && !since[23];
		length <= rule;
		old <= left[test_slot];

		if (set) begin
			left[set_slot] <= next;
			active[set_slot] <= (next != 24'd0);
			head[set_slot] <= clear ? 7'd0 : set_head + {6'd0, fire};
			if (fire)
				pulses <= pulses + 16'd1;
		end
		if (put && !full)
			tail[put_out] <= tail_at + 7'd1;
		else if (set && clear)
			tail[set_slot] <= 7'd0;
		if (clear) begin
			active <= 8'd0;
			pulses <= 16'd0;
		end
	end
endmodule

`default_nettype wire
