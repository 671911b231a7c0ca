// SPDX-License-Identifier: MIT
// usb_tx_packet: sends a packet: SYNC, PID, payload, CRC16, end; stuffing and NRZI.
//
// Fed by usb_transaction, feeds usb_line, paced by its strobe. start is a pulse while !busy, pid and
// has_data stay valid until done. Payload: data is taken in the clock of next, unless last, looked at in
// the same clock, says that there is none left; both must be right a few clocks after the previous next.
// busy from start until the line is released; done is a pulse with its end.
// Latency: the first edge is on the wires about 2 bits after start (it waits for the host's end of packet
// and the gap of two bits the standard asks for); 32 clocks a byte and more with stuffing.
// crc_* is the port of the shared usb_crc16. Reset: idle. Counterpart: sim/usb_host/usb_packets.c.
`default_nettype none

module usb_tx_packet (
	input  wire       clk,
	input  wire       rst,
	input  wire       strobe,
	input  wire       start,
	input  wire [3:0] pid,
	input  wire       has_data,
	input  wire [7:0] data,
	input  wire       last,
	output wire       next,
	output wire       busy,
	output wire       done,
	// line
	output reg        drive,
	output reg        tx_j,
	output reg        tx_se0,
	// CRC
	output wire       crc_clear,
	output wire       crc_step,
	output wire       crc_data,
	output wire       crc_shift,
	input  wire       check_bit
);
	localparam [2:0] IDLE = 3'd0, GAP = 3'd1, SYNC = 3'd2, NAME = 3'd3, PAYLOAD = 3'd4, CHECK = 3'd5,
		END = 3'd6, RELEASE = 3'd7;
	localparam [2:0] STUFF = 3'd6;
	localparam [7:0] SYNC_BYTE = 8'h80;

	reg [2:0] state;
	reg [3:0] count;        // bits of the state that are still to go, less one
	reg [7:0] shift;
	reg [2:0] ones;

	wire stuffing = (ones == STUFF);
	wire sends = (state == SYNC) || (state == NAME) || (state == PAYLOAD) || (state == CHECK);
	wire value = (state == CHECK) ? check_bit : shift[0];

	// All that moves does a clock after the strobe, and the line takes it with the next one: registers, for the line is
	// at the pads and has little time left. A start in between has the bits of its state whole.
	reg pace, step, ends;
	always @(posedge clk) begin
		pace <= strobe && !start && !rst;
		step <= strobe && !stuffing && !start && !rst;
		ends <= strobe && !stuffing && (count == 4'd0) && !start && !rst;
	end

	assign busy = (state != IDLE);
	assign done = ends && (state == RELEASE);
	assign next = ends && has_data && ((state == NAME) || (state == PAYLOAD)) && !last;
	assign crc_clear = (state == NAME);
	assign crc_step = step && ((state == PAYLOAD) || (state == CHECK));
	assign crc_data = shift[0];
	assign crc_shift = (state == CHECK);

	always @(posedge clk)
		if (rst) begin
			state <= IDLE;
			drive <= 1'b0;
		end else begin
			if (step) begin
				count <= count - 4'd1;
				shift <= {1'b0, shift[7:1]};
			end
			if (pace) begin
				drive <= sends || (state == END);
				tx_se0 <= (state == END) && (count != 4'd0) && !stuffing;
				if (stuffing || (sends && !value))
					tx_j <= !tx_j;
				else if (!sends)
					tx_j <= 1'b1;
				ones <= (stuffing || !sends || !value) ? 3'd0 : ones + 3'd1;
			end
			if (start) begin
				state <= GAP;
				count <= 4'd1;
			end else if (ends) begin
				count <= 4'd7;
				case (state)
				GAP: begin
					state <= SYNC;
					shift <= SYNC_BYTE;
				end
				SYNC: begin
					state <= NAME;
					shift <= {~pid, pid};
				end
				NAME, PAYLOAD: begin
					shift <= data;
					if (next) begin
						state <= PAYLOAD;
					end else if (has_data) begin
						state <= CHECK;
						count <= 4'd15;
					end else begin
						state <= END;
						count <= 4'd2;
					end
				end
				CHECK: begin
					state <= END;
					count <= 4'd2;
				end
				END: begin
					state <= RELEASE;
					count <= 4'd1;
				end
				default: state <= IDLE;
				endcase
			end
		end
endmodule

`default_nettype wire
