// SPDX-License-Identifier: MIT
// usb_transaction: tokens, data and handshakes: what the device answers to each packet of the host.
//
// Between the packets (usb_rx_packet, usb_tx_packet) and the endpoints (usb_control 0, usb_bulk_out and
// usb_bulk_in 1). For each transaction addressed to us it asks the endpoint, valid in the clock of the
// decision: stall_*, and *_ready (room for 64 bytes; a packet to send). Answers: STALL, else NAK when not
// ready, else data or ACK. An OUT packet with the toggle of its predecessor is acknowledged and dropped.
// Payload moves by count n, bytes since the start of the data packet: a byte received is stored at the
// endpoint's base + n; a byte sent is read from there. What was acknowledged is settled afterwards: a
// pulse of *_advance for each byte, at most 64 clocks, while the next token is still 140 clocks away. So a
// lost or damaged packet costs nothing but its repetition.
// No answer: other address, damaged packet, more than 64 bytes, endpoint 1 before it is configured,
// endpoints that do not exist, and, for a handshake that never comes, whatever the next token asks.
// Latency: answer starts 3 clocks after done. Reset (rst, bus reset): idle, DATA0.
// Counterpart: sim/usb_host/usb_host.c; test tests/rtl/test_usb_device.c.
`default_nettype none

module usb_transaction (
	input  wire       clk,
	input  wire       rst,
	// packets received
	input  wire [3:0] rx_pid,
	input  wire       rx_byte_valid,
	input  wire [7:0] rx_byte,
	input  wire       rx_done,
	input  wire       rx_ok,
	// packets sent
	output reg        tx_start,
	output reg  [3:0] tx_pid,
	output wire       tx_has_data,
	input  wire       tx_next,
	input  wire       tx_done,
	// endpoints
	output reg  [6:0] n,
	output reg        to_control,   // endpoint of the transaction: 0, else 1
	// endpoint 0
	input  wire [6:0] address,
	output wire       setup_byte,   // rx_byte is byte n of a request
	output reg        setup_done,   // the request is complete and correct
	input  wire       control_stall,
	input  wire       control_ready,
	output reg        control_advance,
	output wire       control_acked,// the host has what was sent
	// endpoint 1
	input  wire       configured,
	input  wire       clear_out,    // its toggle becomes DATA0
	input  wire       clear_in,
	input  wire       out_stall,
	input  wire       out_ready,
	output wire       out_byte,
	output reg        out_advance,
	input  wire       in_stall,
	input  wire       in_ready,
	output wire       in_begin,     // the packet that starts now is what a repetition must repeat
	output reg        in_advance,
	output wire       in_acked
);
	localparam [3:0] PID_OUT = 4'h1, PID_IN = 4'h9, PID_SETUP = 4'hD, PID_DATA0 = 4'h3, PID_DATA1 = 4'hB,
		PID_ACK = 4'h2, PID_NAK = 4'hA, PID_STALL = 4'hE;
	localparam [1:0] IDLE = 2'd0, RECEIVE = 2'd1, SEND = 2'd2, HANDSHAKE = 2'd3;
	localparam [6:0] CHECK_BYTES = 7'd2, REQUEST_BYTES = 7'd10, OVERSIZE = 7'd67;

	reg [1:0] state;        // expecting: a token, the host's data, end of our packet, the host's ACK
	reg       mine;         // token: address matches
	reg [3:0] endpoint;     // token
	reg       is_setup;
	reg       outward;      // settling an IN packet
	reg       settling;
	reg       control_toggle, out_toggle, in_toggle;

	wire settled = (n == (outward ? 7'd0 : CHECK_BYTES));

	// ---- token
	reg token_low;          // the byte that comes is the first of a token
	wire is_token = (rx_pid[1:0] == 2'b01);
	always @(posedge clk)
		if (rst || rx_done)
			token_low <= 1'b1;
		else if (rx_byte_valid)
			token_low <= 1'b0;
	always @(posedge clk)
		if (rx_byte_valid && is_token) begin
			if (token_low) begin
				mine <= (rx_byte[6:0] == address);
				endpoint[0] <= rx_byte[7];
			end else begin
				endpoint[3:1] <= rx_byte[2:0];
			end
		end

	reg to_bulk;
	always @(posedge clk) begin
		to_control <= (endpoint == 4'd0);
		to_bulk <= (endpoint == 4'd1) && configured;
	end
	wire is_data = (rx_pid[2:0] == PID_DATA0[2:0]);
	wire size_good = is_setup ? (n == REQUEST_BYTES) : (n != OVERSIZE);

	// ---- what a packet received means, one clock after it
	reg ended, token_in, token_out, data, acked;
	always @(posedge clk) begin
		ended <= rx_done;
		token_in <= rx_done && rx_ok && mine && (rx_pid == PID_IN) && (to_control || to_bulk);
		token_out <= rx_done && rx_ok && mine && (((rx_pid == PID_OUT) && (to_control || to_bulk)) ||
			((rx_pid == PID_SETUP) && to_control));
		data <= rx_done && rx_ok && is_data && (state == RECEIVE) && size_good;
		acked <= rx_done && rx_ok && (rx_pid == PID_ACK) && (state == HANDSHAKE);
	end

	// ---- what the endpoint says to it; stable for some clocks before the packet ends
	wire data_new = (rx_pid[3] == out_toggle);
	reg  data_stall, data_room, data_fits, send_stall, send_ready;
	always @(posedge clk) begin
		data_stall <= to_control ? control_stall && !is_setup : out_stall;
		data_room <= to_control || out_ready || !data_new;
		data_fits <= !to_control && !out_stall && out_ready && data_new;
		send_stall <= to_control ? control_stall : in_stall;
		send_ready <= to_control ? control_ready : in_ready;
	end
	wire data_taken = data && data_fits;

	assign tx_has_data = (tx_pid[2:0] == PID_DATA0[2:0]);
	assign setup_byte = rx_byte_valid && (state == RECEIVE) && is_setup && is_data && !n[3];
	assign out_byte = rx_byte_valid && (state == RECEIVE) && !to_control && is_data;
	assign in_begin = token_in && !to_control && send_ready && !send_stall;
	assign control_acked = acked && to_control;
	assign in_acked = acked && !to_control;
	always @(posedge clk) begin
		control_advance <= settling && !settled && outward && to_control;
		in_advance <= settling && !settled && outward && !to_control;
		out_advance <= settling && !settled && !outward;
	end

	always @(posedge clk)
		if (rst) begin
			state <= IDLE;
			tx_start <= 1'b0;
			setup_done <= 1'b0;
		end else begin
			tx_start <= 1'b0;
			setup_done <= data && is_setup;
			if (token_in) begin
				tx_start <= 1'b1;
				tx_pid <= send_stall ? PID_STALL : !send_ready ? PID_NAK :
					(to_control ? control_toggle : in_toggle) ? PID_DATA1 : PID_DATA0;
				state <= SEND;
			end else if (data) begin
				tx_start <= 1'b1;
				tx_pid <= data_stall ? PID_STALL : data_room ? PID_ACK : PID_NAK;
				state <= SEND;
			end else if (token_out) begin
				is_setup <= (rx_pid == PID_SETUP);
				state <= RECEIVE;
			end else if (ended) begin
				state <= IDLE;
			end else if (tx_done) begin
				state <= tx_has_data ? HANDSHAKE : IDLE;
			end
		end

	// ---- count of bytes, up while they move, down while they are settled
	always @(posedge clk)
		if (rst) begin
			settling <= 1'b0;
			n <= 7'd0;
		end else begin
			if (data_taken || acked) begin
				settling <= 1'b1;
				outward <= acked;
			end else if (settled) begin
				settling <= 1'b0;
			end
			if (token_in || token_out || setup_done)
				n <= 7'd0;
			else if (settling && !settled)
				n <= n - 7'd1;
			else if (tx_next || (rx_byte_valid && is_data && (n != OVERSIZE)))
				n <= n + 7'd1;
		end

	// ---- toggles
	always @(posedge clk) begin
		if (rst || clear_out)
			out_toggle <= 1'b0;
		else if (data_taken)
			out_toggle <= !out_toggle;
		if (rst || clear_in)
			in_toggle <= 1'b0;
		else if (in_acked)
			in_toggle <= !in_toggle;
		if (setup_done)
			control_toggle <= 1'b1;
		else if (control_acked)
			control_toggle <= !control_toggle;
	end
endmodule

`default_nettype wire
