// SPDX-License-Identifier: MIT
// byte_pick: one accelerator behind two links: the first one while it is chosen, else the second.
//
//   chosen: a <-> core, b is drained and gets nothing;  else: b <-> core, a is drained and gets nothing
//
// a_rx, b_rx (from the links), rx (to the accelerator), tx (from it), a_tx, b_tx (to the links):
// valid/ready byte streams. first (USB is configured) may be asynchronous and is followed
// at once, even while a byte waits: a link whose host is gone may never take it. So a valid may fall or a
// byte change before it is taken; those who take bytes look only at the clock of valid and ready. A packet
// cut by a change ends by the accelerator's time-out, as one cut on the wire.
// Latency: none for bytes, 3 clocks for first. Reset: the second link.
// Test: tests/rtl/test_byte_pick.c.
`default_nettype none

module byte_pick (
	input  wire       clk,
	input  wire       rst,
	input  wire       first,
	input  wire [7:0] a_rx_data,
	input  wire       a_rx_valid,
	output wire       a_rx_ready,
	output wire       a_tx_valid,
	input  wire       a_tx_ready,
	input  wire [7:0] b_rx_data,
	input  wire       b_rx_valid,
	output wire       b_rx_ready,
	output wire       b_tx_valid,
	input  wire       b_tx_ready,
	// accelerator; both links take its data from tx_data itself
	output wire [7:0] rx_data,
	output wire       rx_valid,
	input  wire       rx_ready,
	input  wire       tx_valid,
	output wire       tx_ready
);
	reg [1:0] seen;
	reg       chosen;

	assign rx_data = chosen ? a_rx_data : b_rx_data;
	assign rx_valid = chosen ? a_rx_valid : b_rx_valid;
	assign a_rx_ready = !chosen || rx_ready;
	assign b_rx_ready = chosen || rx_ready;
	assign a_tx_valid = chosen && tx_valid;
	assign b_tx_valid = !chosen && tx_valid;
	assign tx_ready = chosen ? a_tx_ready : b_tx_ready;

	always @(posedge clk)
		if (rst) begin
			seen <= 2'b00;
			chosen <= 1'b0;
		end else begin
			seen <= {seen[0], first};
			chosen <= seen[1];
		end
endmodule

`default_nettype wire
