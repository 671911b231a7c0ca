// SPDX-License-Identifier: MIT
// packet_tx: sends a packet: header from kind, sequence and length, payload, CRC-32. Layout: docs/protocol.md.
//
// Fed by ctrl_answer, feeds a link (tx_*). start is a pulse while !busy; kind, sequence and length stay
// valid from then until the first p_ready. p_* valid/ready gives the payload; p_end, looked at whenever
// p_valid is low, says that it is complete. tx_data is stable from tx_valid until tx_ready.
// The CRC takes two bits a clock, four clocks a byte: an eighth of the logic of a byte at once, and
// still 8 Mbyte/s at 48 MHz, far above any link here. A byte leaves every 6 clocks at best.
// Reset: idle. Not handled: a payload that is longer or shorter than length (ctrl_answer counts).
// Equals packet layout of hw/defs/jetbnn.def; compared by tests/rtl/test_packet_link.c.
`default_nettype none
`include "jetbnn_defs.vh"

module packet_tx (
	input  wire        clk,
	input  wire        rst,
	// packet
	input  wire        start,
	input  wire [7:0]  kind,
	input  wire [15:0] sequence_number,
	input  wire [15:0] length,
	input  wire        p_valid,
	output wire        p_ready,
	input  wire [7:0]  p_data,
	input  wire        p_end,
	output reg         busy,
	// link
	output wire [7:0]  tx_data,
	output wire        tx_valid,
	input  wire        tx_ready
);
	localparam [3:0] AT_PAYLOAD = `JB_PKT_AT_PAYLOAD, LAST = AT_PAYLOAD + `JB_PKT_CRC_BYTES;
	localparam [2:0] FETCH = 3'd0, OFFER = 3'd5; // 1 to 4: the CRC takes two bits

	reg [3:0]  at;          // header byte 0 to 9, payload 10, CRC byte 11 to 14
	reg [2:0]  phase;
	reg [7:0]  data;        // rotates once round while the CRC takes it
	reg [31:0] crc;

	wire loading = (at == AT_PAYLOAD);
	wire closing = (at > AT_PAYLOAD);
	wire fetch = busy && (phase == FETCH);
	assign p_ready = fetch && loading;
	wire skip = p_ready && !p_valid;

	// Bytes of the CRC shift it out: the inverse of the low bits gives no feedback.
	wire [31:0] next;
	crc32 #(.BITS(2)) u_crc (.crc(crc), .data(data[1:0] ^ {2{closing}}), .next(next));

	reg [7:0] byte_now;
	always @* begin
		byte_now = ~crc[7:0];
		case (at)
		`JB_PKT_AT_MARKER: byte_now = `JB_PKT_MARKER;
		`JB_PKT_AT_VERSION: byte_now = `JB_PKT_VERSION;
		`JB_PKT_AT_TYPE: byte_now = kind;
		`JB_PKT_AT_FLAGS: byte_now = 8'd0;
		`JB_PKT_AT_SEQUENCE: byte_now = sequence_number[7:0];
		`JB_PKT_AT_SEQUENCE + 1: byte_now = sequence_number[15:8];
		`JB_PKT_AT_LENGTH: byte_now = length[7:0];
		`JB_PKT_AT_LENGTH + 1: byte_now = length[15:8];
		// The first check byte has moved the CRC on by a constant, see packet_check.v.
		`JB_PKT_AT_CHECK + 1: byte_now = ~crc[7:0] ^ 8'h8D;
		`JB_PKT_AT_PAYLOAD: byte_now = p_data;
		default: ;
		endcase
	end

	assign tx_data = data;
	assign tx_valid = (phase == OFFER);

	always @(posedge clk) begin
		if (fetch)
			data <= byte_now;
		else if (!tx_valid)
			data <= {data[1:0], data[7:2]};

		if (!busy)
			crc <= 32'hFFFFFFFF;
		else if (!fetch && !tx_valid)
			crc <= next;

		if (busy) begin
			if (!fetch && !tx_valid)
				phase <= phase + 3'd1;
			if (fetch && !skip)
				phase <= 3'd1;
			if (tx_valid && tx_ready)
				phase <= FETCH;
			if ((skip && p_end) || (tx_valid && tx_ready && !loading))
				at <= at + 4'd1;
			if (tx_valid && tx_ready && at == LAST)
				busy <= 1'b0;
		end else begin
			at <= 4'd0;
			busy <= start;
		end
		if (rst) begin
			busy <= 1'b0;
			phase <= FETCH;
		end
	end
endmodule

`default_nettype wire
