// SPDX-License-Identifier: MIT
// ctrl_load: model memory seen from the link: staging beside the running program, and its check.
//
// One program grows upwards from address 0, the other downwards from the top: word i of side 1 is at
// ~i. So the free part is always one piece as large as it can be, and whoever reads or writes side 1
// inverts the address; there are no base addresses.
// Words from OWN on are lent by map memory (model_mem.v), whose maps a running program needs: only while none runs
// may a program reach there. It is then on side 0, as is any staged while none runs, and not inverted.
//
// begin_ok starts a staged load; then the words of each chunk (word_*, first its offset) are written. When
// the packet was good data_ok keeps them, else data_bad takes them back, one a cycle while undo is high,
// and the chunk may come again; nothing else may be ordered meanwhile.
// verify (level) reads the staged program back: its bytes, then the 4 bytes of the CRC-32 announced for it
// (crc_at, crc_bit), go through the CRC of packet_rx bit by bit; verified comes with good, for one cycle at least while
// verify is high. So the check also covers the memory, and resent chunks need no second CRC.
// commit makes the staged program the running one, unload drops the running one.
// WROWS > 0: behind the words of model memory come those of weight rows, O units of 9 words each, which go to the
// engine's weight memory (ctrl_rows) and are staged in the same way. Chunks of them hold whole units. Their check is
// the CRC-32 of each packet; the program's CRC-32 covers a word that holds theirs.
//
// Fed by ctrl; drives the control port of model_mem (ct_*, data on mm_data two cycles later). Writes
// are taken at once. Verify: 33 cycles a word and 37.
// Parameters: MODEL_WORDS 32-bit words, OWN of them, a power of two >= 64, where the rest is lent;
// MODEL_AW = clog2(MODEL_WORDS) <= 16; WROWS weight rows (0: none, else a power of two <= 2048), WAW = clog2(WROWS),
// O units of a row.
// Reset: nothing loaded or staged. Not handled: the program's inside (its CRC is the host's word for it).
// Compared by tests/rtl/test_ctrl_link.c.
`default_nettype none
`include "jetbnn_defs.vh"

module ctrl_load #(
	parameter MODEL_WORDS = 16384,
	parameter OWN = MODEL_WORDS,
	parameter MODEL_AW = $clog2(MODEL_WORDS),
	parameter WROWS = 0,
	parameter WAW = (WROWS != 0) ? $clog2(WROWS) : 1,
	parameter O = 1
) (
	input  wire                clk,
	input  wire                rst,
	// payload words
	input  wire [31:0]         word,
	input  wire                word_valid,
	input  wire                word_first,
	input  wire                is_begin,
	input  wire                is_data,
	// orders, pulses
	input  wire                begin_ok,
	input  wire                data_ok,
	input  wire                data_bad,
	output wire                undo,
	input  wire                commit,
	input  wire                unload,
	// state
	output reg                 fits,
	output wire                disorder,
	output wire                complete,
	output reg                 loaded,
	output reg                 side,
	output wire [16:0]         free_words,
	// check
	input  wire                verify,
	output wire                verified,
	output reg                 good,
	output reg  [4:0]          crc_at,
	input  wire                crc_bit,   // bit crc_at of it, one cycle later
	output wire                check_init,
	output reg                 check_step,
	output reg                 check_bit,
	output reg                 check_close,
	input  wire                match,
	// weight memory
	output wire [O-1:0]        row_we,
	output wire [WAW-1:0]      row_addr,
	output wire [9*32-1:0]     row_data,
	// model memory
	output wire                ct_req,
	output wire                ct_we,
	output wire [MODEL_AW-1:0] ct_addr,
	output wire [31:0]         ct_wdata,
	input  wire [31:0]         mm_data
);
	localparam IDLE = 3'd0, START = 3'd1, FETCH = 3'd2, BITS = 3'd3, CRC = 3'd4, LAST = 3'd5, SETTLE = 3'd6,
		DONE = 3'd7;
	localparam OWN_AW = $clog2(OWN);
	localparam [31:0] ALL = MODEL_WORDS, BESIDE = OWN;
	localparam [31:0] MAGIC = `JB_PROG_MAGIC;

	generate
		if (OWN != (1 << OWN_AW) || OWN < 64 || OWN > MODEL_WORDS) begin : g_bad_own
			ctrl_load_OWN_must_be_a_power_of_two_from_64_to_MODEL_WORDS bad ();
		end
		if (MODEL_WORDS > (1 << MODEL_AW) || MODEL_AW > 16) begin : g_bad_words
			ctrl_load_MODEL_WORDS_must_be_at_most_65536 bad ();
		end
	endgenerate

	localparam CW = (WROWS != 0) ? 19 : MODEL_AW + 1;

	reg [MODEL_AW:0] words, free; // of the staged program; beside the running one
	reg [CW-1:0]     next;        // word of the staged program to write or read
	reg [7:0]  written;           // words of this chunk
	reg        broken;            // the chunk is not the next one, or too long
	assign     disorder = broken || partial;
	reg        undoing;
	reg        first;             // verify: in the first word
	reg        staging;
	reg        mm_bit_q, stepping_q, closing_q;
	reg [2:0]  state;

	// Words come at least 8 cycles apart, so all but word_valid may be a cycle old: it is on the way to the memory.
	wire words_end = (next == {{(CW-MODEL_AW-1){1'b0}}, words}); // verify: all read
	wire at_end, partial, rows_fit, high;
	reg  open;
	wire write, write_row; // write_row a cycle later than write
	assign complete = staging && at_end;
	assign undo = undoing && (written != 8'd0);
	assign free_words = {{(16-MODEL_AW){1'b0}}, free};

	generate
		if (WROWS != 0) begin : g_rows
			localparam [WAW:0] ALL_ROWS = WROWS[WAW:0];
			reg [WAW:0]  rows, rows_free;
			reg          in_rows, is_all, row_word;
			wire [WAW:0] rows_here;
			wire         whole;

			ctrl_rows #(.O(O), .WAW(WAW)) u_rows (
				.clk(clk), .word(word), .valid(write_row), .start(begin_ok), .keep(data_ok),
				.back(data_bad), .side(side), .whole(whole), .rows(rows_here), .row_we(row_we),
				.row_addr(row_addr), .row_data(row_data)
			);
			always @(posedge clk) begin
				in_rows <= (next >= {{(CW-MODEL_AW-1){1'b0}}, words});
				is_all <= (rows_here == rows);
				row_word <= word_valid && open && in_rows && !rst;
				if (word_valid && is_begin && word_first)
					rows <= word[`JB_LOAD_ROWS_LSB +: WAW+1];
				if (commit)
					rows_free <= ALL_ROWS - rows;
				if (unload || rst)
					rows_free <= ALL_ROWS;
			end
			assign write = word_valid && open && !in_rows;
			assign write_row = row_word;
			assign at_end = in_rows && is_all;
			assign partial = !whole;
			wire [11:0] rows_high = word[31:`JB_LOAD_ROWS_LSB] >> (WAW + 1);
			assign rows_fit = (word[`JB_LOAD_ROWS_LSB +: WAW+1] <= rows_free) && (rows_high == 12'd0);
			assign high = is_begin ? (word[`JB_LOAD_ROWS_LSB-1:MODEL_AW+1] != {(`JB_LOAD_ROWS_LSB-1-MODEL_AW){1'b0}}) :
				(word[31:CW] != {(32-CW){1'b0}});
		end else begin : g_words
			assign write = word_valid && open;
			assign write_row = 1'b0;
			assign at_end = words_end;
			assign partial = 1'b0;
			assign rows_fit = 1'b1;
			assign high = (word[31:MODEL_AW+1] != {(31-MODEL_AW){1'b0}});
			assign row_we = {O{1'b0}};
			assign row_addr = {WAW{1'b0}};
			assign row_data = {9*32{1'b0}};
			wire unused = &{1'b0, WROWS[0]};
		end
	endgenerate

	assign ct_we = write;
	assign ct_req = write || (state != IDLE);
	generate
		if (OWN < MODEL_WORDS) begin : g_lent
			assign ct_addr = {next[MODEL_AW-1:OWN_AW], next[OWN_AW-1:0] ^ {OWN_AW{!side}}};
		end else begin : g_own
			assign ct_addr = next[MODEL_AW-1:0] ^ {MODEL_AW{!side}};
		end
	endgenerate
	wire [MODEL_AW:0] beside = BESIDE[MODEL_AW:0] - words;
	assign ct_wdata = word;

	assign check_init = (state == IDLE);
	assign verified = (state == DONE);

	wire stepping = (state == BITS) || (state == CRC);
	wire at_last = (crc_at == 5'd31);
	wire word_end = (state == BITS) && at_last;
	wire fetch_next = (state == BITS) && (crc_at == 5'd30); // its word comes with the next BITS
	wire mm_bit = mm_data[crc_at];

	always @(posedge clk) begin
		open <= is_data && !word_first && !broken && !at_end;
		if (word_valid && is_begin && word_first) begin
			words <= word[MODEL_AW:0];
			fits <= !high && (word[MODEL_AW:0] <= free) && rows_fit;
			staging <= 1'b0;
		end
		if (word_valid && is_data) begin
			if (word_first)
				broken <= !staging || high || (word[CW-1:0] != next);
			else if (at_end)
				broken <= 1'b1;
		end
		if (begin_ok)
			staging <= 1'b1;

		// Up, or down while undo.
		if (write || write_row || fetch_next || undo)
			next <= next + {{(CW-1){undo}}, 1'b1};
		if (begin_ok || (state == IDLE && verify))
			next <= {CW{1'b0}};
		if (write || write_row || undo)
			written <= written + {{7{undo}}, 1'b1};
		if (begin_ok || data_ok)
			written <= 8'd0;
		undoing <= data_bad || undo;

		if (commit) begin
			loaded <= 1'b1;
			side <= !side;
			free <= beside[MODEL_AW] ? {(MODEL_AW+1){1'b0}} : beside;
		end
		if (unload) begin
			loaded <= 1'b0;
			side <= 1'b1;
			free <= ALL[MODEL_AW:0];
		end

		// The bits a cycle later, the checker two.
		stepping_q <= stepping;
		closing_q <= (state == CRC);
		mm_bit_q <= mm_bit;
		check_step <= stepping_q;
		check_close <= closing_q;
		check_bit <= closing_q ? crc_bit : mm_bit_q;
		if (check_close && !match)
			good <= 1'b0;

		crc_at <= stepping ? crc_at + 5'd1 : 5'd0;
		case (state)
		IDLE: begin
			good <= 1'b1;
			first <= 1'b1;
			if (verify)
				state <= START;
		end
		START: state <= FETCH;
		FETCH: begin
			state <= words_end ? CRC : BITS;
			if (words_end && first)
				good <= 1'b0;
		end
		BITS: begin
			if (first && mm_bit != MAGIC[crc_at])
				good <= 1'b0;
			if (word_end) begin
				state <= FETCH;
				first <= 1'b0;
			end
		end
		CRC: if (at_last)
			state <= LAST;
		LAST: state <= SETTLE;
		SETTLE: state <= DONE;
		default: begin
			staging <= 1'b0;
			if (!verify)
				state <= IDLE;
		end
		endcase

		if (rst) begin
			state <= IDLE;
			staging <= 1'b0;
			loaded <= 1'b0;
			side <= 1'b1;
			free <= ALL[MODEL_AW:0];
			written <= 8'd0;
		end
	end
endmodule

`default_nettype wire
