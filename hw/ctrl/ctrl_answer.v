// SPDX-License-Identifier: MIT
// ctrl_answer: makes the packets that leave: answers, rejects, RESULT and PAUSED.
//
// Three may want a packet: the dispatcher (ask, first served), PAUSED (event_wanted), RESULT. One is taken
// when idle and not held; *_sent pulses when its last byte has left. Payloads are words of ctrl_ram, found by
// `a`, an address that runs through the words of the block; a few short words are live signals (live).
// The bytes of a READ_MAP answer come from ctrl_read: fetch until fetched, word and lane say which.
//
// Feeds packet_tx; raddr is read continuously, rdata one cycle later. While a header leaves, raddr is at the
// header word of the image or request answered, whose sequence number is repeated.
// A payload byte is offered 2 cycles after packet_tx asks at a new word, else at once.
// Parameters: MW words of a map row. Reset: idle.
// Compared by tests/rtl/test_ctrl_link.c.
`default_nettype none
`include "jetbnn_defs.vh"

module ctrl_answer #(
	parameter MW = 1
) (
	input  wire        clk,
	input  wire        rst,
	// dispatcher
	input  wire        ask,
	input  wire        hold,
	input  wire [7:0]  request,       // its packet type
	input  wire        is_identify,
	input  wire        is_counters,
	input  wire        is_read,
	input  wire [3:0]  reason,        // not 0: reject
	input  wire [8:0]  read_rows,     // rows to read
	output wire        ask_sent,
	// images
	input  wire        event_wanted,
	input  wire [6:0]  event_ops,
	input  wire [1:0]  run_number,
	output wire        event_sent,
	input  wire        result_wanted,
	input  wire [1:0]  sent_number,
	output wire        result_sent,
	output wire        idle,
	// words that are not in ctrl_ram
	input  wire        loaded,
	input  wire        side,
	input  wire [16:0] free_words,
	input  wire [15:0] images,
	input  wire [7:0]  crc_errors,
	input  wire [7:0]  resyncs,
	input  wire [7:0]  ops,
	input  wire [6:0]  classes,
	// map bytes
	output wire        fetch,
	output wire [7:0]  fetch_word,
	input  wire        fetched,
	input  wire [7:0]  map_data,
	// control memory
	output reg  [7:0]  raddr,
	output reg  [1:0]  lane,          // byte of the word sent
	input  wire [15:0] rdata,         // low half
	input  wire [7:0]  rdata_byte,    // byte `lane`
	// packet_tx
	output wire        tx_start,
	output reg  [7:0]  tx_kind,
	output wire [15:0] tx_sequence,
	output wire [15:0] tx_length,
	output wire        tx_valid,
	input  wire        tx_ready,
	output wire [7:0]  tx_data,
	output wire        tx_end,
	input  wire        tx_busy
);
	localparam ASK = 2'd0, EVENT = 2'd1, RESULT = 2'd2;
	localparam IDLE = 3'd0, HEAD = 3'd1, WORD = 3'd3, BYTES = 3'd4, END = 3'd5;

	// Values of `a` at which blocks begin; 0xFF runs on to 0, the first score or operation.
	localparam [7:0] A_IDENTIFY = 8'hC0, A_COUNTERS = 8'h00 - `JB_CNT_OP_FIRST,
		A_RESULT = 8'h00 - `JB_RES_SCORES, A_MAP = 8'h00;
	localparam [7:0] A_LOADED = A_IDENTIFY + `JB_ID_LOADED, A_FREE = A_IDENTIFY + `JB_ID_FREE_WORDS;
	localparam MWLOG = $clog2(MW);

	reg [2:0] state;
	reg [1:0] who;
	reg [7:0] a;
	reg [8:0] left;         // words

	assign idle = (state == IDLE);
	wire take = idle && !hold && (ask || event_wanted || result_wanted);
	wire reject = (who == ASK) && (reason != 4'd0);
	wire identify = (who == ASK) && is_identify && !reject;
	wire counters = (who == ASK) && is_counters && !reject;
	wire map_read = (who == ASK) && is_read && !reject;
	wire result = (who == RESULT);

	// The block's first word and length, in the cycle behind take.
	reg begun;
	reg [7:0] a_first;
	reg [8:0] words;
	always @* begin
		a_first = A_MAP;
		words = 9'd0;
		if (who == EVENT || reject)
			words = 9'd1;
		if (result) begin
			a_first = A_RESULT;
			words = {2'd0, classes} + `JB_RES_SCORES;
		end
		if (counters) begin
			a_first = A_COUNTERS;
			words = (loaded ? {1'b0, ops} : 9'd0) + `JB_CNT_OP_FIRST;
		end
		if (identify) begin
			a_first = A_IDENTIFY;
			words = `JB_ID_WORDS;
		end
		if (map_read)
			words = read_rows << MWLOG;
	end

	always @* begin
		tx_kind = request | `JB_FLAG_ANSWER;
		if (reject)
			tx_kind = `JB_T_REJECT | `JB_FLAG_ANSWER;
		if (who == EVENT)
			tx_kind = `JB_T_PAUSED | `JB_FLAG_ANSWER;
		if (result)
			tx_kind = `JB_T_IMAGE | `JB_FLAG_ANSWER;
	end

	wire more = (left != 9'd0);
	wire word_end = reject ? lane[0] : (lane == 2'd3);

	assign tx_start = begun;
	assign tx_length = {5'd0, left, 2'd0} >> reject;
	assign tx_sequence = rdata;
	assign tx_valid = (state == BYTES) && (!map_read || fetched);
	assign tx_end = !more;
	assign fetch = (state == BYTES) && map_read && tx_ready;
	assign fetch_word = a;

	wire sent = (state == END) && !tx_busy;
	assign ask_sent = sent && (who == ASK);
	assign event_sent = sent && (who == EVENT);
	assign result_sent = sent && (who == RESULT);

	always @(posedge clk) begin
		begun <= take;
		if (take)
			who <= ask ? ASK : event_wanted ? EVENT : RESULT;
		if (begun) begin
			a <= a_first;
			left <= words;
		end
		if (state != BYTES)
			lane <= 2'd0;
		case (state)
		IDLE: if (take)
			state <= HEAD;
		HEAD: if (tx_ready)
			state <= !more ? END : WORD;
		WORD: state <= BYTES;
		BYTES: if (tx_ready && tx_valid) begin
			lane <= lane + 2'd1;
			if (word_end) begin
				left <= left - 9'd1;
				a <= a + 8'd1;
				state <= (left == 9'd1) ? END : WORD;
			end
		end
		default: if (!tx_busy)
			state <= IDLE;
		endcase
		if (rst) begin
			state <= IDLE;
			begun <= 1'b0;
		end
	end

	always @* begin
		raddr = a;
		if (state == HEAD)
			raddr = (who == ASK) ? 8'hD4 : {6'b110100, result ? sent_number : run_number};
		else if (result && !a[7])
			raddr = {sent_number[0], !sent_number[0], a[5:0]};
		else if (result)
			raddr = (a[1:0] == 2'd3) ? {6'b110110, sent_number} : {5'b11100, sent_number[0], a[1:0]};
		else if (identify && a == A_LOADED)
			raddr = {7'b1101110, side};
	end

	reg        is_live;
	reg [16:0] live;
	always @* begin
		is_live = 1'b1;
		live = 17'd0;
		if (reject)
			live = {1'b0, request, 4'd0, reason};
		else if (who == EVENT)
			live = {10'd0, event_ops};
		else if (identify && a == A_LOADED)
			is_live = !loaded;
		else if (identify && a == A_FREE)
			live = free_words;
		else if (counters && a == A_COUNTERS + `JB_CNT_IMAGES)
			live = {1'b0, images};
		else if (counters && a == A_COUNTERS + `JB_CNT_CRC_ERRORS)
			live = {9'd0, crc_errors};
		else if (counters && a == A_COUNTERS + `JB_CNT_RESYNCS)
			live = {9'd0, resyncs};
		else if (counters && a == A_COUNTERS + `JB_CNT_OPS)
			live = loaded ? {9'd0, ops} : 17'd0;
		else if (result && a == A_RESULT + `JB_RES_CLASSES)
			live = {10'd0, classes};
		else
			is_live = 1'b0;
	end

	wire [31:0] live_word = {15'd0, live};
	assign tx_data = map_read ? map_data : is_live ? live_word[8*lane +: 8] : rdata_byte;
endmodule

`default_nettype wire
