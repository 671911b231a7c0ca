// SPDX-License-Identifier: MIT
// packet_link: packet_rx and packet_tx side by side, for tests/rtl/test_packet_link.c.
`default_nettype none
`include "jetbnn_defs.vh"

module packet_link #(
	parameter TIMEOUT = 100
) (
	input  wire        clk,
	input  wire        rst,
	// receiver
	input  wire [7:0]  rx_data,
	input  wire        rx_valid,
	output wire        rx_ready,
	output wire        head,
	input  wire        head_ready,
	output wire [7:0]  kind,
	output wire        pause,
	output wire        version_ok,
	output wire [15:0] length,
	output wire        field,
	output wire        p_valid,
	input  wire        p_ready,
	output wire        tail,
	input  wire        tail_ready,
	output wire        crc_ok,
	output wire        timed_out,
	output wire        rx_busy,
	output wire        resync,
	input  wire        lend_init,
	input  wire        lend_step,
	input  wire        lend_bit,
	input  wire        lend_close,
	output wire        match,
	// sender
	input  wire        start,
	input  wire [7:0]  send_kind,
	input  wire [15:0] send_sequence,
	input  wire [15:0] send_length,
	input  wire        send_valid,
	output wire        send_ready,
	input  wire [7:0]  send_data,
	input  wire        send_end,
	output wire        tx_busy,
	output wire [7:0]  tx_data,
	output wire        tx_valid,
	input  wire        tx_ready
);
	packet_rx #(.TIMEOUT(TIMEOUT)) u_rx (
		.clk(clk), .rst(rst), .rx_data(rx_data), .rx_valid(rx_valid), .rx_ready(rx_ready),
		.head(head), .head_ready(head_ready), .kind(kind), .pause(pause), .version_ok(version_ok),
		.length(length), .field(field), .p_valid(p_valid), .p_ready(p_ready), .tail(tail),
		.tail_ready(tail_ready), .crc_ok(crc_ok), .timed_out(timed_out), .busy(rx_busy),
		.resync(resync), .lend_init(lend_init), .lend_step(lend_step), .lend_bit(lend_bit),
		.lend_close(lend_close), .match(match)
	);

	// The bits that ctrl_answer gives.
	wire [3:0] at;
	wire [2:0] rank;
	wire [1:0] turn;
	wire       loading, ready, taken;
	reg  [7:0] data;
	always @*
		case (at)
		`JB_PKT_AT_TYPE: data = send_kind;
		`JB_PKT_AT_SEQUENCE: data = send_sequence[7:0];
		`JB_PKT_AT_SEQUENCE + 1: data = send_sequence[15:8];
		`JB_PKT_AT_LENGTH: data = send_length[7:0];
		`JB_PKT_AT_LENGTH + 1: data = send_length[15:8];
		default: data = send_data;
		endcase

	wire unused = &{1'b0, turn, loading, ready};
	assign send_ready = taken && (rank == 3'd7);

	packet_tx u_tx (
		.clk(clk), .rst(rst), .start(start), .at(at), .rank(rank), .turn(turn), .loading(loading),
		.given(data[rank]), .p_valid(send_valid), .ready(ready), .taken(taken), .p_end(send_end), .busy(tx_busy),
		.tx_data(tx_data), .tx_valid(tx_valid), .tx_ready(tx_ready)
	);
endmodule

`default_nettype wire
