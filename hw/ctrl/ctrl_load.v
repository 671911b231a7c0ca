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
//
// Fed by ctrl; drives the control port of model_mem (ct_*, data on mm_data two cycles later). Writes
// are taken at once. Verify: 33 cycles a word and 37.
// Parameters: MODEL_WORDS 32-bit words, OWN of them, a power of two >= 64, where the rest is lent;
// MODEL_AW = clog2(MODEL_WORDS) <= 16.
// Reset: nothing loaded or staged. Not handled: the program's inside (its CRC is the host's word for it).
// Compared by tests/rtl/test_ctrl_link.c.
`default_nettype none
`include "jetbnn_defs.vh"

module ctrl_load #(
	parameter MODEL_WORDS = 16384,
	parameter OWN = MODEL_WORDS,
	parameter MODEL_AW = $clog2(MODEL_WORDS)
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
	output reg                 disorder,
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

	reg [MODEL_AW:0] words, free; // of the staged program; beside the running one
	reg [MODEL_AW:0] next;        // word of the staged program to write or read
	reg [7:0]  written;           // words of this chunk
	reg        undoing;
	reg        first;             // verify: in the first word
	reg        staging;
	reg        mm_bit_q, stepping_q, closing_q;
	reg [2:0]  state;

	wire at_end = (next == words);
	// Words come at least 8 cycles apart, so all but word_valid may be a cycle old: it is on the way to the memory.
	reg  open;
	wire write = word_valid && open;
	assign complete = staging && at_end;
	assign undo = undoing && (written != 8'd0);
	assign free_words = {{(16-MODEL_AW){1'b0}}, free};
	wire high = (word[31:MODEL_AW+1] != {(31-MODEL_AW){1'b0}});

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
		open <= is_data && !word_first && !disorder && !at_end;
		if (word_valid && is_begin && word_first) begin
			words <= word[MODEL_AW:0];
			fits <= !high && (word[MODEL_AW:0] <= free);
			staging <= 1'b0;
		end
		if (word_valid && is_data) begin
			if (word_first)
				disorder <= !staging || high || (word[MODEL_AW:0] != next);
			else if (at_end)
				disorder <= 1'b1;
		end
		if (begin_ok)
			staging <= 1'b1;

		// Up, or down while undo.
		if (write || fetch_next || undo)
			next <= next + {{MODEL_AW{undo}}, 1'b1};
		if (begin_ok || (state == IDLE && verify))
			next <= {(MODEL_AW+1){1'b0}};
		if (write || undo)
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
			state <= at_end ? CRC : BITS;
			if (at_end && first)
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
