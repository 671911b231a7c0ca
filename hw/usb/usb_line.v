// SPDX-License-Identifier: MIT
// usb_line: the two wires of full-speed USB: synchronisers, bit clock, idle, suspend and bus reset.
//
// Clock 48 MHz, four clocks a bit. strobe is a pulse a bit: received levels j and se0 (neither: K) are
// those of the middle of the bit, found from the last edge on the wires; while transmitting (drive) it
// free-runs and paces the sender. dp_out, dm_out and oe are registered levels of the sender's tx_*.
// bus_reset: SE0 for 32 bits (2.67 us), until it ends. suspended: nothing but idle for 36,864 bits
// (3.07 ms), until the next edge.
// Tolerance: an edge may lie 1 clock (20.8 ns) off; 7 bits without an edge at 0.25 % add 0.07 clocks.
// Latency: level to strobe 3 to 5 clocks. Reset: idle, not suspended as soon as the wires move.
// Counterpart: sim/usb_host/usb_bits.c; test tests/rtl/test_usb_device.c.
`default_nettype none

module usb_line (
	input  wire clk,
	input  wire rst,
	// pads
	input  wire dp_in,
	input  wire dm_in,
	output reg  dp_out,
	output reg  dm_out,
	output reg  oe,
	// bits
	output reg  strobe,
	output reg  j,
	output reg  se0,
	input  wire drive,
	input  wire tx_j,
	input  wire tx_se0,
	// bus state
	output wire bus_reset,
	output wire suspended
);
	localparam [1:0] MIDDLE = 2'd1;

	reg [1:0]  dp, dm;      // synchronisers; [1] is used
	reg [1:0]  was;         // levels a clock ago
	reg [1:0]  phase;       // clocks since the edge
	reg [15:0] still;       // bits without a change; the top bits stick

	wire [1:0] now = {dp[1], dm[1]};
	wire edge_seen = (now != was);

	always @(posedge clk) begin
		dp <= {dp[0], dp_in};
		dm <= {dm[0], dm_in};
		was <= now;
		phase <= (edge_seen && !oe) ? 2'd1 : phase + 2'd1;
		strobe <= (phase == MIDDLE) && !(edge_seen && !oe);
		if (phase == MIDDLE) begin
			j <= now[1] && !now[0];
			se0 <= (now == 2'b00);
		end
	end

	// Bits since the last edge. A sender's own edges count: it is not idle.
	wire full = still[15] && still[12];
	always @(posedge clk)
		if (edge_seen)
			still <= 16'd0;
		else if (strobe && !full)
			still <= still + 16'd1;

	assign bus_reset = se0 && (still[15:5] != 11'd0);
	assign suspended = full;

	always @(posedge clk)
		if (rst) begin
			oe <= 1'b0;
			dp_out <= 1'b1;
			dm_out <= 1'b0;
		end else if (strobe) begin
			oe <= drive;
			dp_out <= tx_j && !tx_se0;
			dm_out <= !tx_j && !tx_se0;
		end
endmodule

`default_nettype wire
