// SPDX-License-Identifier: MIT
// ctrl_answer: makes the packets that leave: answers, rejects, RESULT and PAUSED.
//
// Three may want a packet: the dispatcher (ask, first served), PAUSED (event_wanted), RESULT. One is taken
// when idle and not held; *_sent pulses when its last byte has left. Payloads are words of ctrl_ram from
// address `a` up to `last`; blocks begin below 0 so that the first score or operation is word 0.
// A few short words are live signals. The bytes of a READ_MAP answer come from ctrl_read: fetch until
// fetched, word and lane say which.
//
// Feeds packet_tx; raddr is read continuously, rdata_byte is byte `lane` of the word one cycle later. While a
// header leaves, raddr is at the header word of the image or request answered, whose sequence number
// is repeated. The next payload byte is ready 3 cycles after the one before it was taken.
// The engine counts on through an image; the cycles of one operation are the difference of its word and the
// one before, taken byte by byte.
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
	input  wire        event_first,   // no operation done
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
	input  wire [23:0] stall_cycles,
	input  wire [7:0]  ops,
	input  wire [6:0]  classes,
	// map bytes
	output wire        fetch,
	output wire [7:0]  fetch_word,
	input  wire        fetched,
	input  wire [7:0]  map_data,
	// control memory
	output reg  [7:0]  raddr,
	output wire [1:0]  lane,
	input  wire [7:0]  rdata_byte,
	// packet_tx
	output reg         tx_start,
	input  wire [3:0]  tx_at,
	output wire [7:0]  tx_data,
	output wire        tx_valid,
	input  wire        tx_ready,
	output wire        tx_end,
	input  wire        tx_busy
);
	localparam IDLE = 3'd0, HEAD = 3'd1, BEHIND = 3'd2, WORD = 3'd3, BYTES = 3'd4, END = 3'd5;
	localparam MWLOG = $clog2(MW);

	reg [2:0] state;
	reg       event_, result, reject, identify, counters, map_read; // what is sent; none: an empty answer
	reg [7:0] a;
	reg [1:0] byte_at;
	reg [7:0] behind;       // byte of the word before
	reg       borrow;

	assign idle = (state == IDLE);
	wire take = idle && !hold && (ask || event_wanted || result_wanted);
	wire granted = ask && (reason == 4'd0);
	wire empty = !(event_ || result || reject || identify || counters || map_read);

	// Words of the block before word 0, and the end of the words from there on.
	wire [4:0] ahead = (event_ || reject) ? 5'd1 : result ? `JB_RES_SCORES :
		counters ? `JB_CNT_OP_FIRST : identify ? `JB_ID_WORDS : 5'd0;
	wire [8:0] last = ({2'd0, classes} & {9{result}}) | ({1'b0, ops} & {9{counters && loaded}}) |
		((read_rows << MWLOG) & {9{map_read}});
	wire [8:0] words = last + {4'd0, ahead};

	wire in_head = (state == HEAD);
	wire in_bytes = (state == BYTES);
	wire step = in_bytes && tx_ready && tx_valid;
	wire word_end = reject ? byte_at[0] : (byte_at == 2'd3);

	assign tx_valid = in_bytes && (!map_read || fetched);
	assign tx_end = (state == END);
	assign fetch = in_bytes && map_read && tx_ready;
	assign fetch_word = a;
	assign lane = in_head ? tx_at[1:0] : byte_at;

	wire sent = (state == END) && !tx_busy;
	assign ask_sent = sent && !event_ && !result;
	assign event_sent = sent && event_;
	assign result_sent = sent && result;

	always @(posedge clk) begin
		tx_start <= take && !rst;
		if (take) begin
			event_ <= !ask && event_wanted;
			result <= !ask && !event_wanted;
			reject <= ask && (reason != 4'd0);
			identify <= granted && is_identify;
			counters <= granted && is_counters;
			map_read <= granted && is_read;
		end
		// a is 0 before the first sum
		if (idle)
			a <= 8'd0;
		else if (tx_start || (step && word_end))
			a <= a + (tx_start ? 8'd0 - {3'd0, ahead} : 8'd1);
		if (in_head)
			byte_at <= 2'd0;
		else if (step)
			byte_at <= word_end ? 2'd0 : byte_at + 2'd1;
		if (in_head)
			borrow <= 1'b0;
		else if (step)
			borrow <= difference[8] && !word_end;
		if (in_head || state == WORD)
			behind <= (operation && a[5:0] != 6'd0) ? rdata_byte : 8'd0;
		case (state)
		IDLE: if (take)
			state <= HEAD;
		HEAD: if (tx_ready)
			state <= empty ? END : WORD;
		WORD: state <= BYTES;
		BEHIND: state <= (byte_at == 2'd0 && a == last[7:0]) ? END : WORD;
		BYTES: if (step)
			state <= BEHIND;
		default: if (!tx_busy)
			state <= IDLE;
		endcase
		if (rst)
			state <= IDLE;
	end

	// ---- where the word is, or which live one it is
	wire operation = counters && !a[7];
	wire is_front = a[7] && !map_read;   // before word 0
	wire id_loaded = identify && (a[3:0] == `JB_ID_LOADED);
	wire id_free = identify && (a[3:0] == `JB_ID_FREE_WORDS);
	wire [2:0] count_at = a[2:0] + `JB_CNT_OP_FIRST;
	wire count_front = counters && is_front;
	wire stalled = count_front && (count_at == `JB_CNT_FRONT_STALL);
	wire res_classes = result && is_front && (a[1:0] == `JB_RES_CLASSES);

	always @* begin
		raddr = a - {7'd0, operation && state == BEHIND};
		if (in_head)
			raddr = (event_ || result) ? {6'b111001, result ? sent_number : run_number} : 8'hD4;
		else if (result)
			raddr = is_front ? {4'b1110, a[1:0], sent_number} :
				{sent_number[0], !sent_number[0], a[5:0]};
		else if (id_loaded)
			raddr = {7'b1101110, side};
	end

	wire at_kind = in_head && (tx_at == `JB_PKT_AT_TYPE);
	wire at_length = in_head && (tx_at == `JB_PKT_AT_LENGTH);
	wire at_high = in_head && (tx_at == `JB_PKT_AT_LENGTH + 1);
	wire in_load = !in_head;
	wire low = in_load && (byte_at == 2'd0);
	wire high = in_load && (byte_at == 2'd1);
	wire top = in_load && (byte_at == 2'd2);

	function [7:0] pick(input on, input [7:0] value);
		pick = value & {8{on}};
	endfunction

	wire asked = !event_ && !result && !reject;
	wire [7:0] kind = pick(reject, `JB_T_REJECT) | pick(event_, `JB_T_PAUSED) |
		pick(result, `JB_T_IMAGE) | `JB_FLAG_ANSWER; // else the request's
	wire [7:0] live =
		pick(at_kind, kind) | pick(at_kind ? asked : high && reject, request) |
		pick(at_length, reject ? 8'd2 : {words[5:0], 2'd0}) | pick(at_high, {5'd0, words[8:6]}) |
		pick(low && reject, {4'd0, reason}) |
		pick(low && event_ && !event_first, {1'b0, event_ops}) |
		pick(low && id_free, free_words[7:0]) | pick(high && id_free, free_words[15:8]) |
		pick(top && id_free, {7'd0, free_words[16]}) |
		pick(low && count_front && count_at == `JB_CNT_IMAGES, images[7:0]) |
		pick(high && count_front && count_at == `JB_CNT_IMAGES, images[15:8]) |
		pick(low && count_front && count_at == `JB_CNT_CRC_ERRORS, crc_errors) |
		pick(low && count_front && count_at == `JB_CNT_RESYNCS, resyncs) |
		pick(low && stalled, stall_cycles[7:0]) | pick(high && stalled, stall_cycles[15:8]) |
		pick(top && stalled, stall_cycles[23:16]) |
		pick(low && (res_classes || (count_front && count_at == `JB_CNT_OPS)), last[7:0]);

	wire from_ram = in_head ? (tx_at[3:1] == 3'd2) : !(reject || event_ || id_free || map_read ||
		(id_loaded && !loaded) || res_classes || count_front);
	wire [8:0] difference = {1'b0, rdata_byte} - {1'b0, behind} - {8'd0, borrow};
	assign tx_data = live | pick(from_ram, difference[7:0]) | pick(in_load && map_read, map_data);
endmodule

`default_nettype wire
