// SPDX-License-Identifier: MIT
// eject: pulses on output pins for parts on a belt, by class and margin, with no host in the timing path.
//
//   eye edge or image -> eject_parts -> (class word, margin) -> eject_pulses -> valve
//   pin of output o is active in the ticks t with  time + delay[o] < t <= time + delay[o] + pulse[o]
// (steps of 1 us; with an encoder the pulse begins at the first tick behind that step). valve changes one clock
// after a tick, and only there. Everything else that happens is seen at the tick after it: the whole ejector is
// the function eject_ref_tick of what has come since the tick before.
//
// configure: the words taken by word_valid are the new outputs block; the next tick takes it, forgets all parts and
// pulses and does nothing else. alive: a packet has come. start, push: an image begins, is complete (number of it).
// drop: images in flight are forgotten. changed: the model is. These are pulses of one clock, as are res_we and done.
// A part is late when its image or class is; a watchdog, an overrun or a changed model disarms: valve = the safe
// levels until the next configure. Not armed after reset, with valve 0.
// state_bit is bit state_index of word state_word of the outputs state block, one clock later.
// CYCLES: clocks of a microsecond, 24 or more. NOW: steps at reset. Reset: as not configured.
// Equals eject_ref_tick (tests/common/eject_ref.c), compared by tests/rtl/test_eject.c.
`default_nettype none
`include "jetbnn_defs.vh"

module eject #(
	parameter CYCLES = 48,
	parameter NOW = 0
) (
	input  wire        clk,
	input  wire        rst,
	// pins
	input  wire        eye,
	input  wire        encoder,
	output reg  [7:0]  valve,
	// configuration
	input  wire [31:0] word,
	input  wire        word_valid,
	input  wire        word_first,
	input  wire        configure,
	// link and images
	input  wire        alive,
	input  wire        start,
	input  wire        push,
	input  wire [1:0]  push_number,
	input  wire        drop,
	input  wire        changed,
	// engine
	input  wire        res_we,
	input  wire [31:0] res_score,
	input  wire        done,
	input  wire [5:0]  res_class,
	input  wire [1:0]  run_number,
	// state
	input  wire [2:0]  state_word,
	input  wire [4:0]  state_index,
	output reg         state_bit
);
	// ---- time
	localparam [31:0] FIRST = NOW;

	reg         loading; // the tick that takes a configuration
	reg         armed;
	reg  [23:0] now;
	wire [4:0]  phase;
	wire        tick, step, eye_edge, eye_level, encoder_level;
	/* verilator lint_off UNUSEDSIGNAL */ // has free bits
	wire [31:0] mode;
	/* verilator lint_on UNUSEDSIGNAL */
	wire        by_image = !mode[`JB_OUT_EYE_LSB];
	wire [23:0] next_now = now + {23'd0, step};

	eject_inputs #(.CYCLES(CYCLES)) u_inputs (
		.clk(clk), .rst(rst), .eye(eye), .encoder(encoder),
		.by_encoder(mode[`JB_OUT_ENCODER_LSB]), .eye_low(mode[`JB_OUT_EYE_LOW_LSB]),
		.filter(mode[`JB_OUT_FILTER_MSB:`JB_OUT_FILTER_LSB]), .fresh(loading), .phase(phase),
		.tick(tick), .step(step), .eye_edge(eye_edge), .eye_level(eye_level),
		.encoder_level(encoder_level)
	);

	// ---- what has come since the last tick: came_*, from phase 1 of the next one on: image, result, dropped ...
	reg         configured, came_alive, came_image, came_result, came_drop, came_change;
	reg         image, result, dropped, was_changed;
	reg         started;            // stamp is the time of the image that comes
	reg  [23:0] stamp, image_stamp;
	reg         image_stamped;
	reg  [1:0]  image_number;
	wire        scored, image_taken, result_taken;
	wire [1:0]  result_number;
	wire [5:0]  result_class;
	wire [27:0] margin;
	wire        take = tick && configured;

	eject_margin u_margin (
		.clk(clk), .rst(rst), .res_we(res_we), .res_score(res_score), .done(done),
		.res_class(res_class), .run_number(run_number), .drop(drop), .valid(scored),
		.margin(margin), .class_(result_class), .number(result_number)
	);

	always @(posedge clk) begin
		configured <= configure || (configured && !tick);
		came_alive <= alive || (came_alive && !tick);
		came_image <= push || (came_image && !tick);
		came_result <= scored || (came_result && !tick);
		came_drop <= drop || (came_drop && !tick);
		came_change <= changed || (came_change && !tick);

		image <= (image && !image_taken) || (tick && came_image);
		result <= (result && !result_taken) || (tick && came_result);
		if (tick) begin
			dropped <= came_drop;
			was_changed <= came_change;
		end
		if (take) begin
			image <= 1'b0;
			result <= 1'b0;
			started <= 1'b0;
		end
		if (push) begin
			image_number <= push_number;
			image_stamp <= stamp;
			image_stamped <= started && !take;
		end
		if (start) begin
			stamp <= tick ? next_now : now;
			started <= 1'b1;
		end
		if (rst)
			configured <= 1'b0;
	end

	// ---- configuration
	wire [23:0] from, to, deadline, spacing, watchdog;
	wire [7:0]  invert, safe;
	wire [31:0] rule;
	wire [6:0]  part_addr, pulse_addr;

	eject_config u_config (
		.clk(clk), .rst(rst), .word(word), .word_valid(word_valid), .word_first(word_first),
		.take(take), .loading(loading), .phase(phase),
		.addr((phase < 5'd14) ? part_addr : pulse_addr), .data(rule), .mode(mode), .from(from),
		.to(to), .deadline(deadline), .spacing(spacing), .watchdog(watchdog), .invert(invert),
		.safe(safe)
	);

	// ---- parts and pulses
	wire        parts_full, pulses_full, leave;
	wire [2:0]  leave_out;
	wire [23:0] leave_due;
	wire [5:0]  waiting;
	wire [15:0] parts, decided, late, unmatched, missed, pulses;
	wire [7:0]  active;

	eject_parts u_parts (
		.clk(clk), .clear(take), .run(armed), .phase(phase), .now(now), .by_image(by_image),
		.part(by_image ? image && image_stamped : eye_edge), .stamp(image_stamp), .from(from),
		.to(to), .deadline(deadline), .spacing(spacing),
		.late_out(mode[`JB_OUT_LATE_MSB:`JB_OUT_LATE_LSB]),
		.uncertain_out(mode[`JB_OUT_UNCERTAIN_MSB:`JB_OUT_UNCERTAIN_LSB]),
		.crowded_out(mode[`JB_OUT_CROWDED_MSB:`JB_OUT_CROWDED_LSB]),
		.image(image), .image_number(image_number), .image_taken(image_taken), .result(result && !image),
		.result_number(result_number), .result_class(result_class), .result_margin(margin),
		.result_taken(result_taken), .drop(dropped), .rule_addr(part_addr), .rule(rule),
		.full(parts_full), .leave(leave), .leave_out(leave_out), .leave_due(leave_due),
		.waiting(waiting), .parts(parts), .decideds(decided), .lates(late),
		.unmatcheds(unmatched), .misseds(missed)
	);
	eject_pulses u_pulses (
		.clk(clk), .clear(loading), .run(armed), .phase(phase), .now(now), .put(leave),
		.put_out(leave_out), .put_due(leave_due), .full(pulses_full), .rule_addr(pulse_addr),
		.rule(rule[23:0]), .active(active), .pulses(pulses)
	);

	// ---- armed, or why not
	reg  [3:0]  cause;
	reg  [23:0] silent; // ticks since a packet
	wire        lost = (watchdog != 24'd0) && (silent >= watchdog);
	wire [3:0]  fault = {was_changed && (phase == 5'd1), pulses_full, parts_full, lost && (phase == 5'd1)};

	always @(posedge clk) begin
		if (tick) begin
			now <= next_now;
			valve <= armed ? active ^ invert : safe;
			silent <= (came_alive || loading) ? 24'd0 : silent + {23'd0, !(&silent)};
			loading <= configured;
			if (loading)
				armed <= mode[`JB_OUT_ARM_LSB];
		end
		if (armed && fault != 4'd0) begin
			armed <= 1'b0;
			cause <= fault;
		end
		if (take) begin
			armed <= 1'b0;
			cause <= 4'd0;
		end
		if (rst) begin
			now <= FIRST[23:0];
			valve <= 8'd0;
			loading <= 1'b0;
			armed <= 1'b0;
			cause <= 4'd0;
		end
	end

	// ---- state block
	reg [31:0] state;

	always @* begin
		case (state_word)
		3'd0: state = {10'd0, waiting, valve, cause, 1'b0, encoder_level, eye_level, armed};
		`JB_OST_NOW_WORD: state = {8'd0, now};
		`JB_OST_PARTS: state = {16'd0, parts};
		`JB_OST_DECIDED: state = {16'd0, decided};
		`JB_OST_LATE: state = {16'd0, late};
		`JB_OST_UNMATCHED: state = {16'd0, unmatched};
		`JB_OST_MISSED: state = {16'd0, missed};
		default: state = {16'd0, pulses};
		endcase
	end
	always @(posedge clk)
		state_bit <= state[state_index];
endmodule

`default_nettype wire
