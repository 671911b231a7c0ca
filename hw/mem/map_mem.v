// SPDX-License-Identifier: MIT
// map_mem: feature-map memory behind a fixed-priority arbiter.
//
// One access a cycle on a single-port memory of ROWS rows of MW 32-bit words. Priority: engine read
// (always granted), engine write, front-end write, debug read. The engine leaves free slots in every
// step (see walk.v), so the lower ports always get on.
//
// Handshakes: engine read: mr_req/mr_addr, data two cycles later, never refused.
//   Writes: *_gnt/fm_ready in the cycle of the request means taken; hold everything while it is low.
//   Debug read: dbg_gnt means taken; dbg_data is valid two cycles later for one cycle.
// Latency 2: the memory's own register and one more, where its family wants it (big_ram STAGE). Byte enables: bit i covers bits 8i+7..8i.
// Parameters: MW words a row (1, 2, 4); ROWS rows; MAP_AW address bits of the ports (>= clog2(ROWS)).
// Reset clears the pending request. Addresses at or above ROWS are not handled (the host checks).
`default_nettype none

module map_mem #(
	parameter MW = 1,
	parameter ROWS = 16384,
	parameter MAP_AW = 14
) (
	input  wire              clk,
	input  wire              rst,
	// engine
	input  wire              mr_req,
	input  wire [MAP_AW-1:0] mr_addr,
	output wire [MW*32-1:0]  mr_data,
	input  wire              mw_req,
	input  wire [MAP_AW-1:0] mw_addr,
	input  wire [MW*32-1:0]  mw_data,
	input  wire [MW*4-1:0]   mw_be,
	output wire              mw_gnt,
	// front end
	input  wire              fm_valid,
	output wire              fm_ready,
	input  wire [MAP_AW-1:0] fm_addr,
	input  wire [MW*32-1:0]  fm_data,
	input  wire [MW*4-1:0]   fm_be,
	// debug
	input  wire              dbg_req,
	input  wire [MAP_AW-1:0] dbg_addr,
	output wire              dbg_gnt,
	output wire [MW*32-1:0]  dbg_data
);
	localparam ADDR = $clog2(ROWS);

	assign mw_gnt = mw_req && !mr_req;
	assign fm_ready = !mr_req && !mw_req;
	assign dbg_gnt = dbg_req && !mr_req && !mw_req && !fm_valid;

	wire              en = (mr_req || mw_req || fm_valid || dbg_req) && !rst;
	wire              we = !mr_req && (mw_req || fm_valid);
	wire [MW*4-1:0]   be = mw_req ? mw_be : fm_be;
	wire [MAP_AW-1:0] addr = mr_req ? mr_addr : mw_req ? mw_addr : fm_valid ? fm_addr : dbg_addr;
	wire [MW*32-1:0]  wdata = mw_req ? mw_data : fm_data;
	wire [MW*32-1:0]  rdata;

	generate if (MAP_AW > ADDR) begin : g_high
		wire unused = &{1'b0, addr[MAP_AW-1:ADDR]};
	end endgenerate

	big_ram #(.WORDS32(MW), .DEPTH(ROWS), .STAGE(1)) u_ram (
		.clk(clk), .en(en), .we(we), .be(be), .addr(addr[ADDR-1:0]), .wdata(wdata), .rdata(rdata)
	);

	assign mr_data = rdata;
	assign dbg_data = rdata;
endmodule

`default_nettype wire
