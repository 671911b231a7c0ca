// SPDX-License-Identifier: MIT
// ctrl_image: the two front-end buffers, the engine and the two result slots, in image order.
//
// Image n uses buffer and result slot n mod 2. push: the front end has filled the next buffer. The engine
// starts on the oldest filled buffer when it is ready and the slot's last result has been sent. With
// pause set in push the image stops before the engine (PAUSED with 0 operations) and after each operation
// but the last; event_wanted asks for the PAUSED packet, go_on ends the pause.
// result_wanted asks for the RESULT packet of image `sent_number`; result_sent frees the slot.
//
// Fed by ctrl, drives engine (start, resume) and the write port of ctrl_ram (store_*: class, then cycles;
// the engine writes nothing then). push, go_on, drop and the *_sent inputs are pulses; drop forgets
// all images and unsent results, the engine is aborted in the same cycle. Numbers count modulo 4.
// Latency: 3 cycles from push or done to start. Parameters: MAP_AW address bits of the map memory.
// Reset: as drop. Compared by tests/rtl/test_ctrl_link.c.
`default_nettype none

module ctrl_image #(
	parameter MAP_AW = 14
) (
	input  wire              clk,
	input  wire              rst,
	input  wire              drop,
	// dispatcher
	input  wire              push,
	input  wire              push_pause,
	input  wire              go_on,
	output reg  [1:0]        fill_number,  // image the front end fills next
	output wire              buffer_free,
	output wire              pausing,      // an image in flight waits for go_on, now or later
	output wire              waiting,      // for go_on, now; PAUSED has been sent
	output wire              idle,         // no image in flight
	output wire              quiet,        // nor an unsent result
	// engine
	input  wire [MAP_AW-1:0] map0,
	input  wire [MAP_AW-1:0] map1,
	output wire              start,
	output wire [MAP_AW-1:0] start_base,
	output wire              pause_en,
	output wire              resume,
	input  wire              ready,
	input  wire              paused,
	input  wire              done,
	// control memory
	output reg  [1:0]        run_number,   // image of the engine
	output wire              store,
	output wire              store_cycles, // else the class
	// packets
	output reg               event_wanted,
	output wire              event_first,  // before the engine: no operation done
	input  wire              event_sent,
	output wire              result_wanted,
	output reg  [1:0]        sent_number,
	input  wire              result_sent
);
	localparam IDLE = 3'd0, GATE = 3'd1, START = 3'd2, RUN = 3'd3, PAUSE = 3'd4, CLASS = 3'd5,
		CYCLES = 3'd6;

	reg [2:0] state;
	reg [1:0] filled, pauses, results; // of each buffer and slot

	wire fill = fill_number[0];
	wire run = run_number[0];

	assign buffer_free = !filled[fill];
	assign pausing = (pauses != 2'b00);
	assign waiting = (state == GATE || state == PAUSE) && !event_wanted;
	assign idle = (filled == 2'b00);
	assign quiet = idle && (results == 2'b00);
	assign start = (state == START);
	assign start_base = run ? map1 : map0;
	assign pause_en = pauses[run];
	assign resume = (state == PAUSE) && go_on;
	assign store = (state == CLASS) || (state == CYCLES);
	assign store_cycles = (state == CYCLES);
	assign event_first = (state == GATE);
	assign result_wanted = results[sent_number[0]];

	always @(posedge clk) begin
		if (event_sent)
			event_wanted <= 1'b0;
		if (result_sent) begin
			results[sent_number[0]] <= 1'b0;
			sent_number <= sent_number + 2'd1;
		end
		if (push) begin
			filled[fill] <= 1'b1;
			pauses[fill] <= push_pause;
			fill_number <= fill_number + 2'd1;
		end

		case (state)
		IDLE: if (filled[run] && !results[run] && ready) begin
			state <= pause_en ? GATE : START;
			event_wanted <= pause_en;
		end
		GATE: if (go_on)
			state <= START;
		START: state <= RUN;
		RUN: if (done)
			state <= CLASS;
		else if (paused) begin
			state <= PAUSE;
			event_wanted <= 1'b1;
		end
		PAUSE: if (go_on)
			state <= RUN;
		CLASS: state <= CYCLES;
		default: begin
			state <= IDLE;
			filled[run] <= 1'b0;
			pauses[run] <= 1'b0;
			results[run] <= 1'b1;
			run_number <= run_number + 2'd1;
		end
		endcase

		if (rst || drop) begin
			state <= IDLE;
			filled <= 2'b00;
			pauses <= 2'b00;
			results <= 2'b00;
			fill_number <= 2'd0;
			run_number <= 2'd0;
			sent_number <= 2'd0;
			event_wanted <= 1'b0;
		end
	end
endmodule

`default_nettype wire
