// SPDX-License-Identifier: MIT
// ctrl_dispatch: takes one packet after the other and carries it out or refuses it with a reason.
//
//   head: sequence number to ctrl_ram, reasons known from the header
//   IMAGE: wait for a free buffer, note its sequence number, start the front end, pass the payload on
//   other: assemble payload words for ctrl_load, ctrl_read and eject; a refused payload is drained
//   tail: time-out before CRC before all other reasons; act; answer (not for an IMAGE that was taken)
// No packet is taken before the one before it is answered; results and PAUSED packets go their own way
// (ctrl_image). So nothing waits for a packet that is behind it: what would need a CONTINUE first
// (COMMIT, UNLOAD, a third IMAGE in a pause) is refused with R_BUSY.
//
// Fed by packet_rx; drives front, engine boot, ctrl_load, ctrl_read, ctrl_image, eject, ctrl_answer and the second
// write port of ctrl_ram (held until ram_taken). An image byte every 9 cycles while the front end takes it.
// Outputs that are orders (front_start ... drop) are pulses of one cycle; ask, verify, hold are levels.
// Reset: idle; engine and front are reset with it.
// Compared by tests/rtl/test_ctrl_link.c.
`default_nettype none
`include "jetbnn_defs.vh"

module ctrl_dispatch #(
	parameter EJECT = 0        // 1: an ejector is built in
) (
	input  wire        clk,
	input  wire        rst,
	// packet_rx
	input  wire        head,
	output wire        head_ready,
	input  wire [7:0]  kind,
	input  wire        version_ok,
	input  wire [15:0] length,
	input  wire        field,
	input  wire [7:0]  data,
	input  wire        p_valid,
	output wire        p_ready,
	input  wire        tail,
	output wire        tail_ready,
	input  wire        crc_ok,
	input  wire        timed_out,
	output wire        crc_error,
	// front
	output reg         front_start,
	output reg         front_drop,
	output wire        px_valid,
	input  wire        px_ready,
	input  wire        front_done,
	input  wire        front_busy,
	input  wire [31:0] front_cycles,
	input  wire [15:0] image_bytes,
	// engine
	output reg         boot,
	input  wire        boot_done,
	// ctrl_load
	output reg         is_begin,
	output reg         is_data,
	output wire        begin_ok,
	output wire        data_ok,
	output wire        data_bad,
	input  wire        undo,
	output wire        commit,
	output wire        unload,
	output wire        verify,
	input  wire        verified,
	input  wire        good,
	input  wire        fits,
	input  wire        disorder,
	input  wire        complete,
	input  wire        loaded,
	input  wire        side,
	// ctrl_image
	output wire        push,
	output wire        go_on,
	output wire        drop,
	input  wire [1:0]  fill_number,
	input  wire        buffer_free,
	input  wire        pausing,
	input  wire        waiting,
	input  wire        images_idle,
	input  wire        quiet,
	// payload words
	output reg  [31:0] word,          // the latest four bytes; the cycles of a filled image
	output reg         word_valid,
	output reg         word_first,
	// ctrl_read
	output reg         is_read,
	input  wire        read_fits,
	// ejector
	output reg         is_outputs,
	output reg         is_state,
	output wire        configure,
	output wire        alive,
	// ctrl_answer
	output wire        ask,
	output wire        hold,
	output reg         is_identify,
	output reg         is_counters,
	output reg  [3:0]  reason,
	input  wire        ask_sent,
	input  wire        answer_idle,
	// ctrl_ram
	output wire        ram_we,
	output reg  [23:0] stall_cycles,  // of the last image, live
	output reg  [7:0]  ram_addr,
	input  wire        ram_taken
);
	localparam IDLE = 4'd0, NUMBER = 4'd1, BUFFER = 4'd2, ACT = 4'd3, PAYLOAD = 4'd4, TAIL = 4'd5,
		FRONT = 4'd6, CYCLES = 4'd7, LOADED = 4'd8, QUIET = 4'd9, VERIFY = 4'd10, COMMIT = 4'd11,
		CLAIM = 4'd12, BOOTED = 4'd13, DROP = 4'd14, ANSWER = 4'd15;
	localparam [31:0] OUTPUTS_BYTES = 4 * `JB_OUT_WORDS;
	localparam LOAD_LOG = $clog2(`JB_PKT_MAX_LOAD);

	reg [3:0] state, outcome;
	reg [1:0] lane;
	reg       filled;                    // the front end has delivered the image's last word

	// ---- what the header says
	// A clock later: type and length come many clocks before head.
	reg is_image, is_commit, is_unload, is_continue, is_reset, length_ok;
	always @(posedge clk) begin
		is_image <= (kind == `JB_T_IMAGE);
		is_commit <= (kind == `JB_T_LOAD_COMMIT);
		is_unload <= (kind == `JB_T_UNLOAD);
		is_continue <= (kind == `JB_T_CONTINUE);
		is_reset <= (kind == `JB_T_RESET);
		is_begin <= (kind == `JB_T_LOAD_BEGIN);
		is_data <= (kind == `JB_T_LOAD_DATA);
		is_read <= (kind == `JB_T_READ_MAP);
		is_identify <= (kind == `JB_T_IDENTIFY);
		is_counters <= (kind == `JB_T_COUNTERS);
		is_outputs <= (kind == `JB_T_OUTPUTS) && (EJECT != 0);
		is_state <= (kind == `JB_T_OUTPUTS_STATE) && (EJECT != 0);
		length_ok <= length_right;
	end
	wire is_bare = is_state || is_commit || is_unload || is_continue || is_reset || is_identify || is_counters;

	// Chunks: more than the offset, at most 2**LOAD_LOG bytes, whole words.
	wire one_word = (length[LOAD_LOG-1:3] == {(LOAD_LOG-3){1'b0}});
	wire data_length_ok = (length[1:0] == 2'd0) && (length[15:LOAD_LOG+1] == {(15-LOAD_LOG){1'b0}}) &&
		(length[LOAD_LOG] ? one_word && !length[2] : !one_word);
	wire length_right = is_image ? (length == image_bytes) :
		is_data ? data_length_ok : is_outputs ? (length == OUTPUTS_BYTES[15:0]) : (length == {12'd0, is_begin, is_read, 2'd0});
	wire [3:0] head_reason = !version_ok ? `JB_R_VERSION :
		!(is_image || is_data || is_begin || is_read || is_outputs || is_bare) ? `JB_R_TYPE :
		(is_image && !loaded) ? `JB_R_NO_MODEL :
		!length_ok ? `JB_R_LENGTH : 4'd0;


	// ---- what the whole packet says
	wire refused = (reason != 4'd0);
	wire image_ok = is_image && !refused; // from NUMBER on
	always @(posedge clk) begin
		outcome <= reason;
		if (!refused) begin
			if (is_begin && !fits)
				outcome <= `JB_R_SPACE;
			if ((is_data && disorder) || (is_commit && !complete) || (is_continue && !waiting))
				outcome <= `JB_R_ORDER;
			else if (((is_commit || is_unload) && pausing) || (is_read && !waiting && !images_idle))
				outcome <= `JB_R_BUSY;
			else if (is_read && !read_fits)
				outcome <= `JB_R_ARGUMENT;
		end
		if (!crc_ok)
			outcome <= `JB_R_CRC;
		if (timed_out)
			outcome <= `JB_R_TIMEOUT;
	end
	wire tailed = (state == ACT);
	wire act = tailed && !refused;

	assign begin_ok = act && is_begin;
	assign data_ok = act && is_data;
	assign data_bad = tailed && is_data && !act;
	assign go_on = act && is_continue;
	assign configure = act && is_outputs;
	assign alive = tailed && crc_ok && !timed_out;
	assign crc_error = tailed && !crc_ok && !timed_out;

	// ---- orders
	reg  streaming; // a byte takes longer to arrive than this takes to follow
	wire claimed = (state == CLAIM) && ram_taken;
	always @(posedge clk) begin
		front_start <= claimed && !rst;
		front_drop <= drop || (tailed && is_image && refused);
	end
	assign px_valid = streaming && p_valid;
	assign p_ready = !streaming || px_ready;
	assign push = (state == CYCLES) && ram_taken;
	assign unload = (state == QUIET) && quiet && !is_commit;
	assign verify = (state == VERIFY);
	assign commit = (state == COMMIT);
	assign hold = (state == DROP);
	assign drop = (state == DROP) && answer_idle;
	assign ask = (state == ANSWER) && !undo;
	assign tail_ready = push || ask_sent;

	wire to_payload = (state == NUMBER && ram_taken && !image_ok) ||
		(state == BUFFER && !buffer_free && pausing) || claimed;
	assign head_ready = to_payload;

	// ---- control memory
	assign ram_we = (state == NUMBER) || (state == CLAIM) || (state == CYCLES) || (state == LOADED);
	always @*
		case (state)
		NUMBER: ram_addr = 8'hD4;
		CLAIM: ram_addr = {6'b111001, fill_number};
		CYCLES: ram_addr = {6'b111011, fill_number};
		default: ram_addr = {7'b1101110, !side};
		endcase

	always @(posedge clk) begin
		if (field)
			word <= {data, word[31:8]};
		else if (state == FRONT)
			word <= front_cycles;

		boot <= commit;
		streaming <= (state == PAYLOAD) && is_image && !refused;
		lane <= head ? 2'd0 : lane + {1'b0, field};
		word_valid <= field && (lane == 2'd3) && (state == PAYLOAD) && !refused;
		if (head)
			word_first <= 1'b1;
		else if (word_valid)
			word_first <= 1'b0;

		if (front_start)
			filled <= 1'b0;
		else if (front_done)
			filled <= 1'b1;
		if (state == BUFFER && !stall_cycles[23])
			stall_cycles <= stall_cycles + 24'd1;
		if (state == NUMBER && image_ok && (buffer_free || !pausing))
			stall_cycles <= 24'd0;

		case (state)
		IDLE: begin
			reason <= head_reason;
			if (head)
				state <= NUMBER;
		end
		NUMBER: if (ram_taken)
			state <= to_payload ? PAYLOAD : BUFFER;
		BUFFER: if (buffer_free) begin
			if (!front_busy)
				state <= CLAIM;
		end else if (pausing) begin
			reason <= `JB_R_BUSY;
			state <= PAYLOAD;
		end
		CLAIM: if (ram_taken)
			state <= PAYLOAD;
		PAYLOAD: if (tail)
			state <= TAIL;
		TAIL: begin
			reason <= outcome; // of the tail's first cycle
			state <= ACT;
		end
		ACT: begin
			state <= !act ? ANSWER : is_image ? FRONT : is_begin ? LOADED :
				(is_commit || is_unload) ? QUIET : is_reset ? DROP : ANSWER;
		end
		FRONT: if (filled)
			state <= CYCLES;
		CYCLES: if (ram_taken)
			state <= IDLE;
		LOADED: if (ram_taken)
			state <= ANSWER;
		QUIET: if (quiet)
			state <= is_commit ? VERIFY : ANSWER;
		VERIFY: if (verified) begin
			state <= good ? COMMIT : ANSWER;
			if (!good)
				reason <= `JB_R_PROGRAM;
		end
		COMMIT: state <= BOOTED;
		BOOTED: if (boot_done && !boot)
			state <= ANSWER;
		DROP: if (answer_idle)
			state <= ANSWER;
		default: if (ask_sent)
			state <= IDLE;
		endcase
		if (rst) begin
			state <= IDLE;
			stall_cycles <= 24'd0;
		end
	end
endmodule

`default_nettype wire
