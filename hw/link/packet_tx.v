// SPDX-License-Identifier: MIT
// packet_tx: sends a packet: header, payload, CRC-32. Layout: docs/protocol.md.
//
// Fed by ctrl_answer, feeds a link (tx_*). start is a pulse while !busy. `data` is the byte of the packet at
// `at`: type, sequence number and length always at once, payload (at = JB_PKT_AT_PAYLOAD) by p_valid/p_ready;
// p_end, looked at whenever p_valid is low, says that the payload is complete. Marker, version, flags and the
// check bytes are made here. tx_data is stable from tx_valid until tx_ready.
// The CRC takes one bit a clock: a quarter of the logic of a byte at once, and still 4.8 Mbyte/s at 48 MHz,
// far above any link here. A byte leaves every 10 clocks at best.
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
	input  wire [7:0]  data,
	input  wire        p_valid,
	output wire        p_ready,
	input  wire        p_end,
	output reg         busy,
	// link
	output wire [7:0]  tx_data,
	output wire        tx_valid,
	input  wire        tx_ready
);
	localparam [3:0] AT_CHECK = `JB_PKT_AT_CHECK, AT_PAYLOAD = `JB_PKT_AT_PAYLOAD,
		LAST = AT_PAYLOAD + `JB_PKT_CRC_BYTES;
	localparam [3:0] FETCH = 4'd0, OFFER = 4'd9; // 1 to 8: the CRC takes a bit

	reg [3:0]  phase;
	reg [7:0]  rotated;     // once round while the CRC takes it

	wire loading = (at == AT_PAYLOAD);
	wire closing = at[3] && (at[2] || (at[1] && at[0])); // behind the payload
	wire fetch = (phase == FETCH);
	wire [2:0] rank = phase[2:0] - 3'd1;  // of the bit
	assign tx_valid = (phase == OFFER);
	assign p_ready = busy && fetch && loading;
	wire skip = loading && !p_valid;
	wire taken = tx_valid && tx_ready;

	// The check bytes and the CRC are made bit by bit, the others are in the register.
	wire checking = (at[3:1] == AT_CHECK[3:1]);
	wire low, check;
	wire made = low ^ (checking ? check : 1'b1);
	wire bit_now = (checking || closing) ? made : rotated[0];
	wire shift = busy && !fetch && !tx_valid;

	packet_crc u_crc (
		.clk(clk), .init(!busy), .step(shift), .feed((bit_now ^ low) && !closing),
		.at({at[0], rank}), .low(low), .check(check)
	);

	reg [7:0] byte_now;
	always @*
		case (at)
		`JB_PKT_AT_MARKER: byte_now = `JB_PKT_MARKER;
		`JB_PKT_AT_VERSION: byte_now = `JB_PKT_VERSION;
		`JB_PKT_AT_FLAGS: byte_now = 8'd0;
		default: byte_now = data;
		endcase

	assign tx_data = rotated;

	always @(posedge clk) begin
		if (fetch)
			rotated <= byte_now;
		else if (!tx_valid)
			rotated <= {bit_now, rotated[7:1]};

		if (taken)
			phase <= FETCH;
		else if (!tx_valid && !(fetch && (skip || !busy)))
			phase <= phase + 4'd1;

		if (!busy)
			at <= 4'd0;
		else if (loading ? p_ready && skip && p_end : taken)
			at <= at + 4'd1;
		busy <= busy ? !(taken && at == LAST) : start;

		if (rst) begin
			busy <= 1'b0;
			phase <= FETCH;
		end
	end
endmodule

`default_nettype wire
