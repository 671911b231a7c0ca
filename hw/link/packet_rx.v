// SPDX-License-Identifier: MIT
// packet_rx: finds packets in a byte stream and checks them. Layout: docs/protocol.md.
//
// Hunts for the marker, takes the header (2 check bytes: low half of the CRC-32 of bytes 0 to 7), hands the
// payload out and checks the trailing CRC-32. A header whose check fails is no packet: the hunt goes on
// with the next byte. TIMEOUT cycles without a byte inside a packet end it (timed_out; without a
// good header silently). Cycles in which a byte waits do not count.
//
// Fed by a link (rx_*), feeds ctrl. Handshakes: rx_* and p_* valid/ready, rx_data stable until taken. A byte
// goes through the CRC bit by bit and is taken, or offered as payload, in the 9th clock: 5.3 Mbyte/s at
// 48 MHz. head is held with kind, pause, version_ok, length until head_ready; tail is
// held with crc_ok, timed_out until tail_ready; kind stays valid until then. length counts down in the
// payload. field marks the header bytes 4 to 7 (sequence, length) and the payload bytes as they are
// taken from rx_data.
// While tail is held the CRC is lent to ctrl: lend_init, lend_step with lend_bit, lend_close for bits of a
// trailing CRC; match: the bit is the CRC's. See packet_crc.v.
// resync pulses when a hunt begins that skips bytes: garbage, or a header that fails its check.
// Parameters: TIMEOUT cycles, 1..2^30.
// Reset: hunts. Not handled: a limit on the length (control knows what fits; what does not is drained).
// Equals packet layout of hw/defs/jetbnn.def; compared by tests/rtl/test_packet_link.c.
`default_nettype none
`include "jetbnn_defs.vh"

module packet_rx #(
	parameter TIMEOUT = 20000
) (
	input  wire        clk,
	input  wire        rst,
	// link
	input  wire [7:0]  rx_data,
	input  wire        rx_valid,
	output wire        rx_ready,
	// header
	output wire        head,
	input  wire        head_ready,
	output reg  [7:0]  kind,
	output reg         pause,
	output reg         version_ok,
	output reg  [15:0] length,
	output wire        field,
	// payload, data is rx_data
	output wire        p_valid,
	input  wire        p_ready,
	// end
	output wire        tail,
	input  wire        tail_ready,
	output reg         crc_ok,
	output reg         timed_out,
	output wire        busy,
	output wire        resync,
	// CRC, while tail is held
	input  wire        lend_init,
	input  wire        lend_step,
	input  wire        lend_bit,
	input  wire        lend_close,
	output wire        match
);
	localparam HUNT = 3'd0, HEAD = 3'd1, HELD = 3'd2, LOAD = 3'd3, CHECK = 3'd4, TAIL = 3'd5;
	localparam TW = $clog2(TIMEOUT + 1);
	localparam [31:0] IDLE_START = (1 << TW) - TIMEOUT;
	localparam [3:0] AT_VERSION = `JB_PKT_AT_VERSION, AT_TYPE = `JB_PKT_AT_TYPE,
		AT_FLAGS = `JB_PKT_AT_FLAGS, AT_SEQUENCE = `JB_PKT_AT_SEQUENCE,
		AT_CHECK = `JB_PKT_AT_CHECK;

	generate
		if (TIMEOUT < 1 || TIMEOUT > (1 << 30)) begin : g_bad_timeout
			packet_rx_TIMEOUT_out_of_range bad ();
		end
	endgenerate

	reg [2:0]  state;
	reg [3:0]  at;          // byte of the header; byte of the trailing CRC
	reg [3:0]  phase;       // bit of the byte; 8: it can be taken
	reg        synced;      // no byte skipped since the last packet
	reg [TW:0] idle;
	reg        left;        // payload bytes are left
	reg        borrow, some; // length as it counts down: to subtract, a 1 seen

	wire hunting = (state == HUNT);
	wire in_head = (state == HEAD);
	wire in_load = (state == LOAD);
	wire in_check = (state == CHECK);
	assign head = (state == HELD);
	assign tail = (state == TAIL);
	assign busy = !hunting;

	wire [7:0] marker = `JB_PKT_MARKER;
	wire is_marker = (rx_data == marker);
	wire again = in_head && (at == AT_VERSION) && is_marker && rx_valid; // the first one was garbage
	wire in_byte = in_head || in_check || (in_load && left);
	wire step = in_byte && !phase[3] && rx_valid;
	wire whole = phase[3];
	assign p_valid = in_load && whole;
	assign rx_ready = (hunting && !is_marker) || (whole && (!in_load || p_ready));
	wire take = rx_valid && rx_ready;
	wire expired = idle[TW] && !rx_valid;
	wire no_head = in_head && (whole ? !crc_ok : expired);
	wire skip = (take && hunting) || again || (no_head && whole);
	assign resync = skip && synced;
	wire number = in_head && (at[3:2] == AT_SEQUENCE[3:2]); // 4 to 7
	assign field = whole && (number || (in_load && p_ready));

	wire low, check;
	wire bit_now = tail ? lend_bit : rx_data[phase[2:0]];
	wire fed = bit_now ^ low;
	wire closing = tail ? lend_close : in_check;
	assign match = fed;

	packet_crc u_crc (
		.clk(clk), .init(hunting || (tail && lend_init)), .step(step || (tail && lend_step)),
		.feed(fed && !closing), .at({at[0], phase[2:0]}), .low(low), .check(check)
	);

	// A bit of the header, or two less one while the payload counts: once round in a byte.
	wire [1:0] less = length[1:0] - {1'b0, borrow};
	wire       count = step && in_load;
	wire       fresh = (phase[2:0] == 3'd0) && (in_load || !at[0]);

	always @(posedge clk) begin
		idle <= (rx_valid || hunting || head || tail) ? IDLE_START[TW:0] : idle + 1'b1;

		if (take || hunting)
			phase <= 4'd0;
		else if (step)
			phase <= phase + 4'd1;

		if (whole && in_head) begin
			if (at == AT_VERSION)
				version_ok <= (rx_data == `JB_PKT_VERSION);
			if (at == AT_TYPE)
				kind <= rx_data;
			if (at == AT_FLAGS)
				pause <= ((rx_data & `JB_FLAG_PAUSE) != 8'd0);
		end

		if (count)
			length <= {less, length[15:2]};
		else if (step && number)
			length <= {bit_now, length[15:1]};
		borrow <= !step || (borrow && length[1:0] == 2'd0);
		if (step && (in_load || number))
			some <= (some && !fresh) || (in_load ? less != 2'd0 : bit_now);
		if (take)
			left <= some;

		if (hunting || head)
			crc_ok <= 1'b1;
		else if (step && (in_check || (in_head && at[3])) && fed != (in_check || check))
			crc_ok <= 1'b0;

		if (skip)
			synced <= 1'b0;
		if (head || tail)
			synced <= 1'b1;

		case (state)
		HUNT: begin
			at <= 4'd0;
			timed_out <= 1'b0;
			if (rx_valid && is_marker)
				state <= HEAD;
		end
		HEAD: if (whole) begin
			at <= at + 4'd1;
			if (at == AT_CHECK + 4'd1)
				state <= HELD;
		end
		HELD: begin
			at <= 4'd0;
			if (head_ready)
				state <= LOAD;
		end
		LOAD: if (!left)
			state <= CHECK;
		else if (expired)
			state <= TAIL;
		CHECK: if (whole) begin
			at <= at + 4'd1;
			if (at[1:0] == 2'd3)
				state <= TAIL;
		end else if (expired)
			state <= TAIL;
		default: if (tail_ready)
			state <= HUNT;
		endcase
		if (no_head || again)
			state <= HUNT;
		if (expired && (in_load ? left : in_check))
			timed_out <= 1'b1;

		if (rst) begin
			state <= HUNT;
			synced <= 1'b1;
		end
	end
endmodule

`default_nettype wire
