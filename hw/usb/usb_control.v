// SPDX-License-Identifier: MIT
// usb_control: endpoint 0: the standard requests and the Microsoft OS 2.0 request, in hardware.
//
// Request bytes come from usb_transaction (setup_byte, n = 0 to 7) and are judged as they come; setup_done
// ends them. Requests without data take effect then, SET_ADDRESS after its status stage. Answers are items
// of a ROM (hw/defs/usb.def, generated into usb_rom.vh): its directory is searched for key = type * 8 +
// index, 3 clocks an entry, IN answered with NAK meanwhile; then the item's byte at base + n is data one
// clock after n, last two clocks after it: none is left of the size the host asked for. advance moves on past what the
// host has. Everything else is answered with STALL until the next request: unknown descriptors (device
// qualifier), SET_DESCRIPTOR, SYNCH_FRAME, remote wake-up, wrong values, requests that carry data.
// clear_out, clear_in: pulses; the endpoint begins again with DATA0; flush, a pulse: SET_CONFIGURATION or
// SET_INTERFACE, both streams are emptied.
// Reset (rst, bus reset): address 0, not configured. Test tests/rtl/test_usb_device.c.
`default_nettype none
`include "jetbnn_defs.vh"

module usb_control (
	input  wire       clk,
	input  wire       rst,
	input  wire       setup_byte,
	input  wire [7:0] rx_byte,
	input  wire       setup_done,
	input  wire [6:0] n,
	output wire       stall,
	output wire       ready,
	output wire [7:0] data,
	output reg        last,
	input  wire       advance,
	input  wire       acked,
	output reg  [6:0] address,
	output reg        configured,
	output reg        halt_out,
	output reg        halt_in,
	output reg        clear_out,
	output reg        clear_in,
	output reg        flush
);
	localparam [3:0] BAD = 4'd0, STATUS_DEVICE = 4'd1, STATUS_INTERFACE = 4'd2, STATUS_ENDPOINT = 4'd3,
		DESCRIPTOR = 4'd4, GET_CONFIG = 4'd5, GET_INTERFACE = 4'd6, MICROSOFT = 4'd7,
		SET_ADDRESS = 4'd8, SET_CONFIG = 4'd9, SET_INTERFACE = 4'd10, CLEAR_HALT = 4'd11,
		SET_HALT = 4'd12;
	// Items of type 0 in hw/defs/usb.def.
	localparam [7:0] ITEM_ONE = 8'd0, ITEM_HALTED = 8'd1, ITEM_ZERO = 8'd2, ITEM_STATUS = 8'd3,
		ITEM_MICROSOFT = 8'd4, KEY_END = 8'hFF;
	localparam [8:0] ENTRY = 9'd3;    // bytes of the directory: key, size, address / 2
	localparam [4:0] CODE_MS = 5'h1F;
	localparam [7:0] MS_INDEX = 8'd7; // wIndex of the request for the descriptor set
	localparam [2:0] IDLE = 3'd0, KEY = 3'd1, SIZE = 3'd2, PLACE = 3'd3, FOUND = 3'd4, STALL = 3'd5;

	// ---- request, judged byte by byte
	localparam [2:0] DEVICE = 3'd0, INTERFACE = 3'd1, ENDPOINT = 3'd2, VENDOR = 3'd3, NONE = 3'd4;
	reg [2:0] kind;         // of bmRequestType, without the direction; no interface before it is configured
	reg       to_host;
	reg [3:0] request;
	reg [6:0] value;
	reg [7:0] key;
	reg       wrong;        // a field has a value that the request does not take
	reg       at_in, at_out;// wIndex names the bulk endpoint
	reg [7:0] left;         // wLength up to 255, then bytes of the answer that are left

	reg       judge;        // the byte is judged a clock after it came: these are about it
	reg [2:0] place;
	reg       zero, below_2, below_8, below_32, is_out, is_in, no_endpoint, is_ms_index;
	reg [4:0] code;         // bRequest: below 16, or the vendor's
	always @(posedge clk) begin
		judge <= setup_byte;
		place <= n[2:0];
		code <= (rx_byte == `JB_USB_MS_CODE) ? CODE_MS : {rx_byte[7:4] != 4'd0, rx_byte[3:0]};
		zero <= (rx_byte == 8'd0);
		below_2 <= (rx_byte[7:1] == 7'd0);
		below_8 <= (rx_byte[7:3] == 5'd0);
		below_32 <= (rx_byte[7:5] == 3'd0);
		no_endpoint <= (rx_byte[6:0] == 7'd0);
		is_ms_index <= (rx_byte == MS_INDEX);
		is_out <= (rx_byte == `JB_USB_EP_OUT) && configured;
		is_in <= (rx_byte == `JB_USB_EP_IN) && configured;
	end

	// What bRequest is to each recipient; a clock later (named) the recipient chooses.
	reg       named;
	reg [3:0] to_device, to_interface, to_endpoint, to_vendor;
	always @(posedge clk) begin
		named <= judge && (place == 3'd1);
		case ({to_host, code})
		{1'b1, 5'h00}: to_device <= STATUS_DEVICE;
		{1'b1, 5'h06}: to_device <= DESCRIPTOR;
		{1'b1, 5'h08}: to_device <= GET_CONFIG;
		{1'b0, 5'h05}: to_device <= SET_ADDRESS;
		{1'b0, 5'h09}: to_device <= SET_CONFIG;
		default: to_device <= BAD;
		endcase
		case ({to_host, code})
		{1'b1, 5'h00}: to_interface <= STATUS_INTERFACE;
		{1'b1, 5'h0A}: to_interface <= GET_INTERFACE;
		{1'b0, 5'h0B}: to_interface <= SET_INTERFACE;
		default: to_interface <= BAD;
		endcase
		case ({to_host, code})
		{1'b1, 5'h00}: to_endpoint <= STATUS_ENDPOINT;
		{1'b0, 5'h01}: to_endpoint <= CLEAR_HALT;
		{1'b0, 5'h03}: to_endpoint <= SET_HALT;
		default: to_endpoint <= BAD;
		endcase
		to_vendor <= (to_host && (code == CODE_MS)) ? MICROSOFT : BAD;
	end

	// ---- what the request takes; bytes are 28 clocks apart or more
	reg is_descriptor, of_endpoint, is_address, is_config, is_microsoft;
	always @(posedge clk) begin
		is_descriptor <= (request == DESCRIPTOR);
		of_endpoint <= (request == STATUS_ENDPOINT) || (request == CLEAR_HALT) || (request == SET_HALT);
		is_address <= (request == SET_ADDRESS);
		is_config <= (request == SET_CONFIG);
		is_microsoft <= (request == MICROSOFT);
	end
	wire value_good = is_address ? !rx_byte[7] : is_config ? below_2 : is_descriptor ? below_8 : zero;
	wire index_good = is_descriptor || (is_microsoft ? is_ms_index :
		of_endpoint ? (is_out || is_in || no_endpoint) : zero);
	reg  judged, field_good;
	always @(posedge clk) begin
		judged <= judge;
		case (place)
		3'd2: field_good <= value_good;
		3'd3: field_good <= is_descriptor ? below_32 && !zero : zero;
		3'd4: field_good <= index_good;
		3'd5: field_good <= zero || is_descriptor;
		default: field_good <= 1'b1;
		endcase
		if (named)
			wrong <= 1'b0;
		else if (judged && !field_good)
			wrong <= 1'b1;
	end

	always @(posedge clk) begin
		if (named)
			case (kind)
			DEVICE: request <= to_device;
			INTERFACE: request <= to_interface;
			ENDPOINT: request <= to_endpoint;
			VENDOR: request <= to_vendor;
			default: request <= BAD;
			endcase
		if (judge)
			case (place)
			3'd0: begin
				to_host <= rx_byte[7];
				case (rx_byte[6:0])
				7'h00: kind <= DEVICE;
				7'h01: kind <= configured ? INTERFACE : NONE;
				7'h02: kind <= ENDPOINT;
				7'h40: kind <= VENDOR;
				default: kind <= NONE;
				endcase
			end
			3'd2: value <= rx_byte[6:0];
			3'd3: key <= {rx_byte[4:0], value[2:0]};
			3'd4: begin
				at_out <= is_out;
				at_in <= is_in;
			end
			default: ;
			endcase
	end

	// ---- ROM and the search in its directory
	(* ram_style = "block" *)
	reg [7:0] rom [0:511];
	reg [7:0] item;         // byte of the ROM at base + n
	reg [8:0] base;
	reg [2:0] state;
	reg [1:0] turn;         // clocks since base changed: at 1 item is there, at 2 what it means

	initial begin : contents
`include "usb_rom.vh"
	end

	wire [8:0] at = base + {2'd0, n};
	always @(posedge clk)
		item <= rom[at];
	assign data = item;

	reg [7:0] wanted;
	reg       match, at_end, smaller;
	always @(posedge clk) begin
		wanted <= is_descriptor ? key : is_microsoft ? ITEM_MICROSOFT :
			(request == GET_CONFIG) ? (configured ? ITEM_ONE : ITEM_ZERO) :
			(request == GET_INTERFACE) ? ITEM_ZERO :
			((at_out && halt_out) || (at_in && halt_in)) ? ITEM_HALTED : ITEM_STATUS;
		match <= (item == wanted);
		at_end <= (item == KEY_END);
		smaller <= (item < left);
	end

	// ---- verdict, one clock after setup_done
	reg accept, refuse;
	wire good = (request != BAD) && !wrong && (to_host || (left == 8'd0));
	always @(posedge clk) begin
		accept <= setup_done && good;
		refuse <= setup_done && !good;
	end

	wire act = (turn == 2'd2);
	assign stall = (state == STALL);
	assign ready = (state == IDLE) || (state == FOUND);
	always @(posedge clk)
		last <= (state == IDLE) || n[6] || ({1'b0, n} == left);

	always @(posedge clk)
		if (rst) begin
			state <= IDLE;
		end else begin
			turn <= act ? 2'd0 : turn + 2'd1;
			if (judge && (place == 3'd6))
				left <= rx_byte;
			else if (judge && (place == 3'd7) && !zero)
				left <= 8'hFF;
			else if ((state == SIZE) && act && smaller)
				left <= item;
			else if (advance)
				left <= left - 8'd1;

			if (accept || refuse) begin
				state <= refuse ? STALL : to_host ? KEY : IDLE;
				base <= 9'd0;
				turn <= 2'd0;
			end else if (advance) begin
				base <= base + 9'd1;
			end else if (act) begin
				case (state)
				KEY: begin
					base <= base + (match ? 9'd1 : ENTRY);
					state <= at_end ? STALL : match ? SIZE : KEY;
				end
				SIZE: begin
					base <= base + 9'd1;
					state <= PLACE;
				end
				PLACE: begin
					base <= {item, 1'b0};
					state <= FOUND;
				end
				default: ;
				endcase
			end
		end

	// ---- effects
	wire effect = accept && !to_host;
	wire to_empty = effect && ((request == SET_CONFIG) || (request == SET_INTERFACE));
	wire to_clear = effect && (request == CLEAR_HALT);
	always @(posedge clk) begin
		flush <= to_empty;
		clear_out <= to_empty || (to_clear && at_out);
		clear_in <= to_empty || (to_clear && at_in);
	end

	always @(posedge clk)
		if (rst) begin
			address <= 7'd0;
			configured <= 1'b0;
			halt_out <= 1'b0;
			halt_in <= 1'b0;
		end else begin
			if (effect && (request == SET_CONFIG))
				configured <= value[0];
			if (acked && (request == SET_ADDRESS))
				address <= value;
			if (clear_out)
				halt_out <= 1'b0;
			else if (effect && (request == SET_HALT) && at_out)
				halt_out <= 1'b1;
			if (clear_in)
				halt_in <= 1'b0;
			else if (effect && (request == SET_HALT) && at_in)
				halt_in <= 1'b1;
		end
endmodule

`default_nettype wire
