// SPDX-License-Identifier: MIT
// model_mem: program memory; written and checked by control (ctrl_load), read by the engine.
//
// One access a cycle on a single-port memory of OWN 32-bit words. The control port is always taken; the
// engine's read waits for it (mm_gnt low), so that loading a second model beside a running one only
// slows the weight stream.
// Handshake: mm_gnt in the cycle of mm_req means taken; mm_data is valid two cycles later, for that cycle only. A read
// of the control port (ct_we low) gives its word on mm_data two cycles later too.
//
// WORDS > OWN: words from OWN on are rows of map memory, counted from row 0 (map_mem.v, LENT). lent_req asks for one,
// ml_* is the request there, of the engine or of control. Its word is two cycles later on map memory's data:
// late says that it is there. A program that is so long is alone and on side 0; mm_side, the running program's side,
// inverts addresses below OWN.
// Latency 2: a register behind the memory, whose access time leaves no room for what follows. Parameters: WORDS
// words; OWN, a power of two, of them here; MODEL_AW address bits of the ports (>= clog2(WORDS)), MAP_AW of map rows.
// No reset. Addresses at or above WORDS are not handled (control checks the size).
`default_nettype none

module model_mem #(
	parameter WORDS = 16384,
	parameter OWN = WORDS,
	parameter MODEL_AW = 14,
	parameter MAP_AW = 14
) (
	input  wire                clk,
	input  wire                ct_req,
	input  wire                ct_we,
	input  wire [MODEL_AW-1:0] ct_addr,
	input  wire [31:0]         ct_wdata,
	input  wire                mm_req,
	input  wire                mm_side,
	input  wire [MODEL_AW-1:0] mm_addr,
	output wire                mm_gnt,
	output reg  [31:0]         mm_data,
	// lent rows
	input  wire                lent_req,
	input  wire [MODEL_AW-1:0] lent_addr,
	output wire                ml_req,
	output wire [MAP_AW-1:0]   ml_addr,
	input  wire                ml_gnt,
	output wire                late
);
	localparam ADDR = $clog2(OWN);

	localparam [31:0] FIRST_LENT = OWN;
	wire [ADDR-1:0] addr = ct_req ? ct_addr[ADDR-1:0] : mm_addr[ADDR-1:0] ^ {ADDR{mm_side}};
	wire            ct_own;

	generate
		if (WORDS > OWN) begin : g_lent
			reg  [1:0]        taken;
			wire [MAP_AW-1:0] lent = ct_req ? ct_addr[MAP_AW-1:0] : lent_addr[MAP_AW-1:0];
			assign ct_own = (ct_addr[MODEL_AW-1:ADDR] == {(MODEL_AW-ADDR){1'b0}});
			assign ml_req = ct_req ? !ct_own : lent_req;
			assign ml_addr = lent - FIRST_LENT[MAP_AW-1:0];
			assign late = taken[1];
			always @(posedge clk)
				taken <= {taken[0], ml_gnt};
			wire unused = &{1'b0, mm_addr, lent_addr};
		end else begin : g_own
			assign ct_own = 1'b1;
			assign ml_req = 1'b0;
			assign late = 1'b0;
			assign ml_addr = {MAP_AW{1'b0}};
			wire unused = &{1'b0, ml_gnt, lent_req, lent_addr, FIRST_LENT[0]};
		end
	endgenerate
	assign mm_gnt = mm_req && !ct_req;

	wire [31:0] word;
	big_ram #(.WORDS32(1), .DEPTH(OWN)) u_ram (
		.clk(clk), .en((ct_req && ct_own) || mm_req), .we(ct_req && ct_own && ct_we), .be(4'hF),
		.addr(addr), .wdata(ct_wdata), .rdata(word)
	);

	always @(posedge clk)
		mm_data <= word;
endmodule

`default_nettype wire
