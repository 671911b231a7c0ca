// SPDX-License-Identifier: MIT
// usb_device: full-speed USB device with one bulk pair, a byte stream each way; enumerates by itself.
//
//   pads - usb_line - usb_rx_bits - usb_rx_packet \                   / usb_control (0)
//                   \ ------------- usb_tx_packet - usb_transaction - usb_bulk_out (1) -> rx stream
//                                   usb_crc16 (both)                \ usb_bulk_in (1)  <- tx stream
//
// Clock 48 MHz. The board connects dp and dm to its pads (oe: drive them) and pull to the resistor of D+.
// attach low lets go of the pull-up: the host sees the device leave. rx_*, tx_* are valid/ready streams
// in the same clock; a bus reset, SET_CONFIGURATION or SET_INTERFACE empties both. Descriptors:
// hw/defs/usb.def. Endpoints and protocol: see the parts.
// configured: the host has set the configuration; suspended: the bus is idle for 3 ms.
// Throughput: 19 packets of 64 bytes a frame, the limit of the bus. Reset: detached state of all parts.
// Parameter FLUSH: clocks without a byte until a short packet is sent (usb_bulk_in).
// Tests: tests/rtl/test_usb_device.c, against sim/usb_host.
`default_nettype none

module usb_device #(
	parameter FLUSH = 64
) (
	input  wire       clk,
	input  wire       rst,
	// bus
	input  wire       attach,
	input  wire       dp_in,
	input  wire       dm_in,
	output wire       dp_out,
	output wire       dm_out,
	output wire       oe,
	output reg        pull,
	// byte streams
	output wire [7:0] rx_data,
	output wire       rx_valid,
	input  wire       rx_ready,
	input  wire [7:0] tx_data,
	input  wire       tx_valid,
	output wire       tx_ready,
	// state
	output wire       configured,
	output wire       suspended
);
	// ---- wires and bits
	wire strobe, j, se0, bus_reset, drive, tx_j, tx_se0;
	reg  clear;             // reset of everything above the line
	always @(posedge clk) begin
		clear <= rst || bus_reset;
		pull <= attach && !rst;
	end

	usb_line u_line (
		.clk(clk), .rst(rst), .dp_in(dp_in), .dm_in(dm_in), .dp_out(dp_out), .dm_out(dm_out),
		.oe(oe), .strobe(strobe), .j(j), .se0(se0), .drive(drive), .tx_j(tx_j),
		.tx_se0(tx_se0), .bus_reset(bus_reset), .suspended(suspended)
	);

	wire begin_packet, bit_valid, bit_data, end_packet, broken, tx_busy;
	usb_rx_bits u_rx_bits (
		.clk(clk), .off(clear || tx_busy), .strobe(strobe), .j(j), .se0(se0),
		.begin_packet(begin_packet), .bit_valid(bit_valid), .bit_data(bit_data),
		.end_packet(end_packet), .broken(broken)
	);

	// ---- packets
	wire [3:0] rx_pid, tx_pid;
	wire       byte_valid, rx_done, rx_ok, rx_crc_clear, crc_good, check_bit;
	wire [7:0] rx_byte, send_data;
	wire       tx_start, tx_has_data, tx_next, tx_done;
	reg        send_last;
	wire       tx_crc_clear, tx_crc_step, tx_crc_data, tx_crc_shift;

	usb_rx_packet u_rx_packet (
		.clk(clk), .begin_packet(begin_packet), .bit_valid(bit_valid), .bit_data(bit_data),
		.end_packet(end_packet), .broken(broken), .crc_clear(rx_crc_clear), .crc_good(crc_good),
		.pid(rx_pid), .byte_valid(byte_valid), .byte_data(rx_byte), .done(rx_done), .ok(rx_ok)
	);

	usb_tx_packet u_tx_packet (
		.clk(clk), .rst(clear), .strobe(strobe), .start(tx_start), .pid(tx_pid),
		.has_data(tx_has_data), .data(send_data), .last(send_last), .next(tx_next),
		.busy(tx_busy), .done(tx_done), .drive(drive), .tx_j(tx_j), .tx_se0(tx_se0),
		.crc_clear(tx_crc_clear), .crc_step(tx_crc_step), .crc_data(tx_crc_data),
		.crc_shift(tx_crc_shift), .check_bit(check_bit)
	);

	usb_crc16 u_crc16 (
		.clk(clk), .clear(tx_busy ? tx_crc_clear : rx_crc_clear),
		.step(tx_busy ? tx_crc_step : bit_valid), .data(tx_busy ? tx_crc_data : bit_data),
		.shift_out(tx_busy && tx_crc_shift), .check_bit(check_bit), .good(crc_good)
	);

	// ---- transactions
	wire [6:0] n, address;
	wire       to_control, setup_byte, setup_done, control_stall, control_ready, control_last;
	wire       control_advance, control_acked, clear_out, clear_in, flush, halt_out, halt_in;
	wire       out_ready, out_byte, out_advance, in_ready, in_begin, in_advance, in_acked, in_last;
	wire [7:0] control_data, in_data;

	usb_transaction u_transaction (
		.clk(clk), .rst(clear), .rx_pid(rx_pid), .rx_byte_valid(byte_valid), .rx_byte(rx_byte),
		.rx_done(rx_done), .rx_ok(rx_ok), .tx_start(tx_start), .tx_pid(tx_pid),
		.tx_has_data(tx_has_data), .tx_next(tx_next), .tx_done(tx_done), .n(n),
		.to_control(to_control), .address(address), .setup_byte(setup_byte),
		.setup_done(setup_done), .control_stall(control_stall), .control_ready(control_ready),
		.control_advance(control_advance), .control_acked(control_acked),
		.configured(configured), .clear_out(clear_out), .clear_in(clear_in),
		.out_stall(halt_out), .out_ready(out_ready), .out_byte(out_byte),
		.out_advance(out_advance), .in_stall(halt_in), .in_ready(in_ready),
		.in_begin(in_begin), .in_advance(in_advance), .in_acked(in_acked)
	);

	// ---- endpoints
	usb_control u_control (
		.clk(clk), .rst(clear), .setup_byte(setup_byte), .rx_byte(rx_byte),
		.setup_done(setup_done), .n(n), .stall(control_stall), .ready(control_ready),
		.data(control_data), .last(control_last), .advance(control_advance),
		.acked(control_acked), .address(address), .configured(configured),
		.halt_out(halt_out), .halt_in(halt_in), .clear_out(clear_out), .clear_in(clear_in),
		.flush(flush)
	);

	usb_bulk_out u_bulk_out (
		.clk(clk), .clear(clear || flush), .store(out_byte), .n(n), .data(rx_byte),
		.advance(out_advance), .ready(out_ready), .out_data(rx_data), .out_valid(rx_valid),
		.out_ready(rx_ready)
	);

	usb_bulk_in #(.FLUSH(FLUSH)) u_bulk_in (
		.clk(clk), .clear(clear || flush), .in_data(tx_data), .in_valid(tx_valid),
		.in_ready(tx_ready), .ready(in_ready), .begin_packet(in_begin), .n(n), .data(in_data),
		.last(in_last), .acked(in_acked), .advance(in_advance)
	);

	assign send_data = to_control ? control_data : in_data;
	always @(posedge clk)
		send_last <= to_control ? control_last : in_last;
endmodule

`default_nettype wire
