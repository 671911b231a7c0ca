// SPDX-License-Identifier: MIT
// map_mem: feature-map memory behind a fixed-priority arbiter.
//
// PORTS 1: one access a cycle on a single-port memory of ROWS rows of MW 32-bit words. Priority: engine read
// (always granted), program, engine write, front-end write, debug read. The engine leaves free slots in every
// step (see walk.v), so the lower ports always get on: of the cycles without an engine read the program port
// never gets two in a row.
// PORTS 3: writes have a port of their own, so the engine's are always granted too, and an engine read brings the row
// at mr_addr + mr_step as well (two copies of the memory).
//
// LENT 1 (with MW 1, PORTS 1): the end of a program lies in rows that no map uses (see model_mem.v). Its port: ml_gnt
// means taken, ml_data is valid two cycles later. ml_now takes a request at once; only for use while nothing runs.
//
// Handshakes: engine read: mr_req/mr_addr, data two cycles later, never refused.
//   Writes: *_gnt/fm_ready in the cycle of the request means taken; hold everything while it is low.
//   Debug read: dbg_gnt means taken; dbg_data is valid two cycles later for one cycle.
// Latency 2: the memory's own register and one more, where its family wants it (big_ram STAGE).
// Byte enables: bit i covers bits 8i+7..8i.
// Parameters: MW words a row (1, 2, 4); ROWS rows; LENT 0 or 1; PORTS 1 or 3; MAP_AW address bits of the ports
// (>= clog2(ROWS)).
// Reset clears the pending request. Addresses at or above ROWS are not handled (the host checks).
`default_nettype none

module map_mem #(
	parameter MW = 1,
	parameter ROWS = 16384,
	parameter LENT = 0,
	parameter PORTS = 1,
	parameter MAP_AW = 14
) (
	input  wire              clk,
	input  wire              rst,
	// engine
	input  wire              mr_req,
	input  wire [MAP_AW-1:0] mr_addr,
	input  wire [5:0]        mr_step,
	output wire [MW*32-1:0]  mr_data,
	output wire [MW*32-1:0]  mr_data_2,
	input  wire              mw_req,
	input  wire [MAP_AW-1:0] mw_addr,
	input  wire [MW*32-1:0]  mw_data,
	input  wire [MW*4-1:0]   mw_be,
	output wire              mw_gnt,
	// program
	/* verilator lint_off UNUSEDSIGNAL */ // LENT 0
	input  wire              ml_req,
	input  wire              ml_now,
	input  wire              ml_we,
	input  wire [MAP_AW-1:0] ml_addr,
	input  wire [31:0]       ml_wdata,
	/* verilator lint_on UNUSEDSIGNAL */
	output wire              ml_gnt,
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

	wire [MW*32-1:0] rdata;

	generate
		if (PORTS == 3) begin : g_three_ports
			wire [MAP_AW-1:0] waddr = mw_req ? mw_addr : fm_addr;
			wire [MAP_AW-1:0] raddr = mr_req ? mr_addr : dbg_addr;
			wire [MAP_AW-1:0] raddr_2 = mr_addr + {{(MAP_AW-6){1'b0}}, mr_step};
			wire              we = (mw_req || fm_valid) && !rst;
			wire [MW*4-1:0]   be = mw_req ? mw_be : fm_be;
			wire [MW*32-1:0]  wdata = mw_req ? mw_data : fm_data;

			assign ml_gnt = 1'b0;
			assign mw_gnt = mw_req;
			assign fm_ready = !mw_req;
			assign dbg_gnt = dbg_req && !mr_req;
			if (LENT != 0) begin : g_bad
				map_mem_LENT_needs_PORTS_1 bad ();
			end
			if (MAP_AW > ADDR) begin : g_high
				wire unused = &{1'b0, waddr[MAP_AW-1:ADDR], raddr[MAP_AW-1:ADDR], raddr_2[MAP_AW-1:ADDR]};
			end
			map_ports #(.WORDS32(MW), .DEPTH(ROWS)) u_ram (
				.clk(clk), .we(we), .be(be), .waddr(waddr[ADDR-1:0]), .wdata(wdata),
				.raddr(raddr[ADDR-1:0]), .rdata(rdata)
			);
			map_ports #(.WORDS32(MW), .DEPTH(ROWS)) u_copy (
				.clk(clk), .we(we), .be(be), .waddr(waddr[ADDR-1:0]), .wdata(wdata),
				.raddr(raddr_2[ADDR-1:0]), .rdata(mr_data_2)
			);
		end else begin : g_one_port
			assign mr_data_2 = {MW*32{1'b0}};
			wire unused_step = &{1'b0, mr_step};
			wire mr_none = !mr_req && !ml_gnt;
			assign mw_gnt = mw_req && mr_none;
			assign fm_ready = mr_none && !mw_req;
			assign dbg_gnt = dbg_req && mr_none && !mw_req && !fm_valid;

			wire              en = (mr_req || ml_gnt || mw_req || fm_valid || dbg_req) && !rst;
			wire              we;
			wire [MW*4-1:0]   be;
			wire [MAP_AW-1:0] addr;
			wire [MW*32-1:0]  wdata;
			wire [MAP_AW-1:0] low_addr = mw_req ? mw_addr : fm_valid ? fm_addr : dbg_addr;
			wire [MW*32-1:0]  low_wdata = mw_req ? mw_data : fm_data;
			wire [MW*4-1:0]   low_be = mw_req ? mw_be : fm_be;

			if (LENT != 0) begin : g_lent
				reg others; // the program had the last free cycle
				assign ml_gnt = ml_req && !mr_req && (!others || ml_now);
				always @(posedge clk) begin
					if (!mr_req)
						others <= ml_gnt;
					if (rst)
						others <= 1'b0;
				end
				assign we = ml_gnt ? ml_we : !mr_req && (mw_req || fm_valid);
				assign be = ml_gnt ? {MW*4{1'b1}} : low_be;
				assign addr = mr_req ? mr_addr : ml_gnt ? ml_addr : low_addr;
				assign wdata = ml_gnt ? ml_wdata : low_wdata;
				if (MW != 1) begin : g_bad
					map_mem_LENT_needs_MW_1 bad ();
				end
			end else begin : g_own
				assign ml_gnt = 1'b0;
				assign we = !mr_req && (mw_req || fm_valid);
				assign be = low_be;
				assign addr = mr_req ? mr_addr : low_addr;
				assign wdata = low_wdata;
			end

			if (MAP_AW > ADDR) begin : g_high
				wire unused = &{1'b0, addr[MAP_AW-1:ADDR]};
			end

			big_ram #(.WORDS32(MW), .DEPTH(ROWS), .STAGE(1)) u_ram (
				.clk(clk), .en(en), .we(we), .be(be), .addr(addr[ADDR-1:0]), .wdata(wdata), .rdata(rdata)
			);
		end
	endgenerate

	assign mr_data = rdata;
	assign dbg_data = rdata;
endmodule

`default_nettype wire
