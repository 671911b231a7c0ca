// SPDX-License-Identifier: MIT
// ctrl_answer: makes the packets that leave: answers, rejects, RESULT and PAUSED.
//
// Three may want a packet: the dispatcher (ask, first served), PAUSED (event_wanted), RESULT. One is taken
// when idle and not held; *_sent pulses when its last byte has left. Payloads are words of ctrl_ram from
// address `a` up to `last`; blocks begin below 0 so that the first score or operation is word 0.
// A few short words are live signals. The bits of a READ_MAP answer come from ctrl_read: fetch until
// fetched; word and bit number say which.
//
// Feeds packet_tx bit by bit. raddr is read continuously, ram_bit is bit `index` of the word one cycle later.
// While a header leaves, raddr is at the header word of the image or request answered, whose sequence number
// is repeated. The engine counts on through an image; the cycles of one operation are the difference of
// its word and the one before, both are read for each bit.
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
	input  wire        is_state,
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
	// map bits
	output wire        fetch,
	output wire [7:0]  fetch_word,
	input  wire        state_bit,     // of the ejector's state: bit `index` of word fetch_word[2:0], one cycle later
	input  wire        fetched,
	input  wire        map_bit,
	// control memory
	output reg  [7:0]  raddr,
	output wire [4:0]  index,
	input  wire        ram_bit,
	// packet_tx
	output reg         tx_start,
	input  wire [3:0]  tx_at,
	input  wire [2:0]  tx_rank,
	input  wire [1:0]  tx_turn,
	input  wire        tx_loading,
	output wire        tx_given,
	output wire        tx_valid,
	input  wire        tx_ready,
	input  wire        tx_taken,
	output wire        tx_end,
	input  wire        tx_busy
);
	localparam MWLOG = $clog2(MW);
	localparam [3:0] AT_SEQUENCE = `JB_PKT_AT_SEQUENCE, AT_LENGTH = `JB_PKT_AT_LENGTH;

	reg       active;
	reg       event_, result, reject, identify, counters, map_read, state; // what is sent; none: an empty answer
	reg [8:0] a;
	reg [4:0] ahead;        // words of the block before word 0
	reg [8:0] last, words;  // end of the words from there on; all. Known two clocks behind tx_start
	reg       placing;
	reg [1:0] byte_at;
	reg       seen, prior;  // the bit; that of the operation before
	reg       borrow;

	assign idle = !active;
	wire take = idle && !hold && (ask || event_wanted || result_wanted);
	wire granted = ask && (reason == 4'd0);

	wire [4:0] ahead_now = (event_ || reject) ? 5'd1 : result ? `JB_RES_SCORES :
		counters ? `JB_CNT_OP_FIRST : state ? `JB_OST_WORDS : identify ? `JB_ID_WORDS : 5'd0;
	wire [8:0] last_now = ({2'd0, classes} & {9{result}}) | ({1'b0, ops} & {9{counters && loaded}}) |
		((read_rows << MWLOG) & {9{map_read}});

	wire byte_end = tx_taken && (tx_rank == 3'd7);
	wire word_end = reject ? byte_at[0] : (byte_at == 2'd3);

	assign tx_given = (seen ^ prior ^ borrow) || map_bit;
	assign tx_valid = !map_read || fetched;
	assign tx_end = (a == last);
	assign fetch = map_read && tx_ready && !fetched;
	assign fetch_word = a[7:0];
	assign index = {tx_loading ? byte_at : {1'b0, tx_at[0]}, tx_rank};

	wire sent = active && !tx_start && !tx_busy;
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
			state <= granted && is_state;
		end
		// a is 0 before the first sum
		if (idle)
			a <= 9'd0;
		else if (placing || (byte_end && word_end))
			a <= a + (placing ? 9'd0 - {4'd0, ahead} : 9'd1);
		placing <= tx_start;
		ahead <= ahead_now;
		last <= last_now;
		words <= last + {4'd0, ahead};
		if (!tx_loading)
			byte_at <= 2'd0;
		else if (byte_end)
			byte_at <= word_end ? 2'd0 : byte_at + 2'd1;

		// turn 1: ram_bit is of the word before; turn 2: of the word itself; turn 3: it is in seen
		seen <= live || (from_ram_q && ram_bit);
		if (tx_turn == 2'd1)
			prior <= ram_bit && has_prior;
		if (!tx_loading || (byte_end && word_end))
			borrow <= 1'b0;
		else if (tx_taken)
			borrow <= seen ? prior && borrow : prior || borrow;

		active <= (active && !sent) || take;
		if (rst)
			active <= 1'b0;
	end

	// ---- where the word is, or which live one it is
	wire operation = counters && !a[8] && tx_loading;
	reg  has_prior, from_ram_q; // of the byte, steady from turn 1 of its first bit on
	wire is_front = a[8];                // before word 0
	wire id_loaded = identify && (a[3:0] == `JB_ID_LOADED);
	wire id_free = identify && (a[3:0] == `JB_ID_FREE_WORDS);
	wire [2:0] count_at = a[2:0] + `JB_CNT_OP_FIRST;
	wire count_front = counters && is_front;
	wire res_classes = result && is_front && (a[1:0] == `JB_RES_CLASSES);

	wire [5:0] row = a[5:0] - {5'd0, operation && tx_turn == 2'd0};
	always @* begin
		raddr = {a[7:6], row};
		if (!tx_loading)
			raddr = (event_ || result) ? {6'b111001, result ? sent_number : run_number} : 8'hD4;
		else if (result)
			raddr = is_front ? {4'b1110, a[1:0], sent_number} :
				{sent_number[0], !sent_number[0], a[5:0]};
		else if (id_loaded)
			raddr = {7'b1101110, side};
	end

	// ---- live bits
	localparam [7:0] PAUSED = `JB_T_PAUSED, IMAGE = `JB_T_IMAGE;
	wire low = (byte_at == 2'd0);
	wire [15:0] length = {5'd0, words, 2'd0};
	wire [31:0] free_wide = {15'd0, free_words};
	wire [31:0] stall_wide = {8'd0, stall_cycles};
	wire at_length = (tx_at[3:1] == AT_LENGTH[3:1]);
	wire from_ram = !tx_loading ? (tx_at[3:1] == AT_SEQUENCE[3:1]) : !(reject || event_ || state || id_free ||
		map_read || (id_loaded && !loaded) || res_classes || count_front);
	reg  request_bit, kind_bit, reason_bit, length_bit, ops_bit, free_bit, count_bit, last_bit; // turn 1
	reg  live;                                                                           // turn 2

	always @(posedge clk) begin
		has_prior <= operation && a[5:0] != 6'd0;
		from_ram_q <= from_ram;
		request_bit <= request[tx_rank];
		kind_bit <= event_ ? PAUSED[tx_rank] : IMAGE[tx_rank];
		reason_bit <= !tx_rank[2] && reason[tx_rank[1:0]];
		length_bit <= length[index[3:0]];
		ops_bit <= !event_first && !(&tx_rank) && event_ops[tx_rank];
		free_bit <= free_wide[index];
		last_bit <= low && last[{1'b0, tx_rank}];
		case (count_at)
		`JB_CNT_IMAGES: count_bit <= !byte_at[1] && images[index[3:0]];
		`JB_CNT_CRC_ERRORS: count_bit <= low && crc_errors[tx_rank];
		`JB_CNT_RESYNCS: count_bit <= low && resyncs[tx_rank];
		`JB_CNT_FRONT_STALL: count_bit <= stall_wide[index];
		default: count_bit <= low && last[{1'b0, tx_rank}];
		endcase

		if (!tx_loading)
			live <= (tx_at == `JB_PKT_AT_TYPE && (reject || (tx_rank == 3'd7) ||
				((event_ || result) ? kind_bit : request_bit))) ||
				(at_length && (reject ? index[3:0] == 4'd1 : length_bit));
		else
			live <= (reject && (low ? reason_bit : request_bit)) ||
				(event_ && low && ops_bit) || (id_free && free_bit) ||
				(count_front && count_bit) || (state && state_bit) || (res_classes && last_bit);
	end
endmodule

`default_nettype wire
