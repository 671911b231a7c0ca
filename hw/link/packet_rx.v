// SPDX-License-Identifier: MIT
// packet_rx: finds packets in a byte stream and checks them. Layout: docs/protocol.md.
//
// Hunts for the marker, takes the header (2 check bytes: low half of the CRC-32 of bytes 0 to 7), hands the
// payload out and checks the trailing CRC-32. A header whose check fails is no packet: the hunt goes on
// with the next byte. TIMEOUT cycles without a byte inside a packet end it (timed_out; without a
// good header silently). Cycles in which a byte waits for rx_ready do not count.
//
// Fed by a link (rx_*), feeds ctrl. Handshakes: rx_* and p_* valid/ready, p_* passes through in the same
// cycle, one byte a clock. head is held with kind, pause, version_ok, length until head_ready; tail is
// held with crc_ok, timed_out until tail_ready; kind stays valid until then. field marks the header bytes
// 4 to 7 (sequence, length) and the payload bytes as they are taken from rx_data.
// While tail is held the checker is lent to ctrl (lend_*), see packet_check.v.
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
	// checker, while tail is held
	input  wire        lend_init,
	input  wire        lend_step,
	input  wire [7:0]  lend_data,
	input  wire [1:0]  lend_at,
	output wire        match
);
	localparam HUNT = 3'd0, HEAD = 3'd1, HELD = 3'd2, LOAD = 3'd3, CHECK = 3'd4, TAIL = 3'd5;
	localparam TW = $clog2(TIMEOUT + 1);
	localparam [31:0] IDLE_START = (1 << TW) - TIMEOUT;
	localparam [3:0] AT_VERSION = `JB_PKT_AT_VERSION, AT_TYPE = `JB_PKT_AT_TYPE,
		AT_FLAGS = `JB_PKT_AT_FLAGS, AT_SEQUENCE = `JB_PKT_AT_SEQUENCE,
		AT_LENGTH = `JB_PKT_AT_LENGTH, AT_CHECK = `JB_PKT_AT_CHECK;

	generate
		if (TIMEOUT < 1 || TIMEOUT > (1 << 30)) begin : g_bad_timeout
			packet_rx_TIMEOUT_out_of_range bad ();
		end
	endgenerate

	reg [2:0]  state;
	reg [3:0]  at;          // byte of the header; byte of the trailing CRC
	reg        synced;      // no byte skipped since the last packet
	reg [TW:0] idle;

	wire hunting = (state == HUNT);
	wire in_head = (state == HEAD);
	wire in_load = (state == LOAD);
	wire in_check = (state == CHECK);
	assign head = (state == HELD);
	assign tail = (state == TAIL);
	assign busy = !hunting;

	wire left = (length != 16'd0);
	assign p_valid = in_load && left && rx_valid;
	assign rx_ready = hunting || in_head || in_check || (in_load && left && p_ready);
	wire take = rx_valid && rx_ready;

	wire [7:0] marker = `JB_PKT_MARKER;
	wire is_marker = (rx_data == marker);
	wire again = in_head && (at == AT_VERSION) && is_marker; // the first one was garbage
	wire expired = idle[TW] && !take;
	wire no_head = in_head && (take ? at[3] && !match : expired)        /* at[3]: the check bytes */;
	wire skip = take && ((hunting && !is_marker) || again || no_head);
	assign resync = skip && synced;
	assign field = take && (in_load || (in_head && (at[3:2] == AT_SEQUENCE[3:2]))); // 4 to 7

	// A marker is stepped from the start value: it is there from the first cycle of a hunt.
	packet_check u_check (
		.clk(clk),
		.init(rst || (tail ? lend_init || tail_ready : no_head || (hunting && !(take && is_marker)))),
		.step(tail ? lend_step : take && !again),
		.data(tail ? lend_data : rx_data),
		.at(tail ? lend_at : at[1:0]), .match(match)
	);

	always @(posedge clk) begin
		if (take || hunting || head || tail)
			idle <= IDLE_START[TW:0];
		else if (!rx_valid)
			idle <= idle + 1'b1;

		if (take && in_head) begin
			if (at == AT_VERSION)
				version_ok <= (rx_data == `JB_PKT_VERSION);
			if (at == AT_TYPE)
				kind <= rx_data;
			if (at == AT_FLAGS)
				pause <= ((rx_data & `JB_FLAG_PAUSE) != 8'd0);
			if (at == AT_LENGTH)
				length[7:0] <= rx_data;
			if (at == AT_LENGTH + 4'd1)
				length[15:8] <= rx_data;
		end else if (take && in_load)
			length <= length - 16'd1;

		if (skip)
			synced <= 1'b0;
		if (head || tail)
			synced <= 1'b1;

		case (state)
		HUNT: begin
			at <= AT_VERSION;
			timed_out <= 1'b0;
			if (take && is_marker)
				state <= HEAD;
		end
		HEAD: if (take) begin
			if (!again)
				at <= at + 4'd1;
			if (at == AT_CHECK + 4'd1)
				state <= HELD;
		end
		HELD: begin
			at <= 4'd0;
			crc_ok <= 1'b1;
			if (head_ready)
				state <= LOAD;
		end
		LOAD: if (!left)
			state <= CHECK;
		else if (expired)
			state <= TAIL;
		CHECK: if (take) begin
			at <= at + 4'd1;
			crc_ok <= crc_ok && match;
			if (at[1:0] == 2'd3)
				state <= TAIL;
		end else if (expired)
			state <= TAIL;
		default: if (tail_ready)
			state <= HUNT;
		endcase
		if (no_head)
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
