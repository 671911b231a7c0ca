// SPDX-License-Identifier: MIT
// packet_tx: sends a packet: header, payload, CRC-32. Layout: docs/protocol.md.
//
// Fed by ctrl_answer, feeds a link (tx_*). start is a pulse while !busy. Everything goes bit by bit: `given` is
// bit `rank` of the byte of the packet at `at` in the last of four clocks (turn 3): type, sequence
// number and length always, payload (loading) when p_valid: ready asks for it, taken is high when it was used.
// p_end, looked at before each byte of payload, says that the payload is complete. Marker, version, flags and
// the check bytes are made here. tx_data is stable from tx_valid until tx_ready.
// A byte leaves every 34 clocks at best: 1.4 Mbyte/s at 48 MHz, above any link here.
// Reset: idle. Not handled: a payload that is longer or shorter than the length (ctrl_answer counts).
// Equals packet layout of hw/defs/jetbnn.def; compared by tests/rtl/test_packet_link.c.
`default_nettype none
`include "jetbnn_defs.vh"

module packet_tx (
	input  wire        clk,
	input  wire        rst,
	// packet
	input  wire        start,
	output reg  [3:0]  at,          // header byte 0 to 9, payload 10, CRC byte 11 to 14
	output wire [2:0]  rank,
	output reg  [1:0]  turn,
	output wire        loading,
	input  wire        given,
	input  wire        p_valid,
	output wire        ready,
	output wire        taken,
	input  wire        p_end,
	output reg         busy,
	// link
	output wire [7:0]  tx_data,
	output wire        tx_valid,
	input  wire        tx_ready
);
	localparam [3:0] AT_CHECK = `JB_PKT_AT_CHECK, AT_PAYLOAD = `JB_PKT_AT_PAYLOAD,
		LAST = AT_PAYLOAD + `JB_PKT_CRC_BYTES;
	localparam [3:0] OFFER = 4'd8, BEGIN = 4'd9; // 0 to 7: bits
	localparam [7:0] MARKER = `JB_PKT_MARKER, VERSION = `JB_PKT_VERSION;

	reg [3:0]  phase;
	reg [7:0]  gathered;

	assign loading = (at == AT_PAYLOAD);
	assign rank = phase[2:0];
	assign tx_data = gathered;
	assign tx_valid = (phase == OFFER);
	wire checking = (at[3:1] == AT_CHECK[3:1]);
	wire closing = at[3] && (at[2] || (at[1] && at[0])); // behind the payload
	wire begins = (phase == BEGIN);
	wire ended = begins && loading && p_end;
	wire sent = tx_valid && tx_ready;
	wire last_turn = (turn == 2'd3);
	assign ready = last_turn && loading;
	wire step = last_turn && (!loading || p_valid);
	assign taken = step && loading;

	wire low, check;
	reg  bit_now;
	always @*
		case (at)
		`JB_PKT_AT_MARKER: bit_now = MARKER[rank];
		`JB_PKT_AT_VERSION: bit_now = VERSION[rank];
		`JB_PKT_AT_FLAGS: bit_now = 1'b0;
		default: bit_now = checking ? low ^ check : closing ? !low : given;
		endcase

	packet_crc u_crc (
		.clk(clk), .init(!busy), .step(step), .feed((bit_now ^ low) && !closing),
		.at({at[0], rank}), .low(low), .check(check)
	);

	always @(posedge clk) begin
		if (step)
			gathered <= {bit_now, gathered[7:1]};

		if (phase[3] || step)
			turn <= 2'd0;
		else if (!last_turn)
			turn <= turn + 2'd1;

		if (begins) begin
			if (busy && !ended)
				phase <= 4'd0;
		end else if (step || sent)
			phase <= phase + 4'd1;

		if (!busy)
			at <= 4'd0;
		else if (loading ? ended : sent)
			at <= at + 4'd1;
		busy <= busy ? !(sent && at == LAST) : start;

		if (rst) begin
			busy <= 1'b0;
			phase <= BEGIN;
		end
	end
endmodule

`default_nettype wire
