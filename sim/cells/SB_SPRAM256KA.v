// SPDX-License-Identifier: MIT
// SB_SPRAM256KA: behaviour of the iCE40 UltraPlus memory block, for simulation and lint only.
//
//   CHIPSELECT & !WREN: DATAOUT(t+1) = mem[ADDRESS];  CHIPSELECT & WREN: nibbles with MASKWREN written
//
// After a write DATAOUT is undefined in the part; here it is the complement of the written word, so
// that a core relying on it fails. Used by hw/mem/ice40up/big_ram.v (which feeds and reads it).
// Latency 1, one access a cycle. Reset: none. Not handled: STANDBY, SLEEP and POWEROFF, which the
// wrapper ties to "always on" (checked).
`default_nettype none

module SB_SPRAM256KA (
	input  wire [13:0] ADDRESS,
	input  wire [15:0] DATAIN,
	input  wire [3:0]  MASKWREN,
	input  wire        WREN,
	input  wire        CHIPSELECT,
	input  wire        CLOCK,
	input  wire        STANDBY,
	input  wire        SLEEP,
	input  wire        POWEROFF,
	output reg  [15:0] DATAOUT
);
	reg [15:0] mem [0:16383];

	integer i;
	always @(posedge CLOCK)
		if (CHIPSELECT) begin
			if (WREN) begin
				for (i = 0; i < 4; i = i + 1)
					if (MASKWREN[i])
						mem[ADDRESS][4*i +: 4] <= DATAIN[4*i +: 4];
				DATAOUT <= ~DATAIN;
			end else
				DATAOUT <= mem[ADDRESS];
		end

	always @(posedge CLOCK)
		if (STANDBY || SLEEP || !POWEROFF) begin
			$display("SB_SPRAM256KA: power pins are not modelled");
			$finish;
		end
endmodule

`default_nettype wire
