// SPDX-License-Identifier: MIT
// jetbnn: the accelerator behind a byte stream: link and control, front end, engine, memories.
//
//   rx -> ctrl_link -> front -> map_mem <-> engine -> ctrl_link -> tx
//                  \-> model_mem -> engine (loader) -> front (configuration)
//
// rx and tx are valid/ready byte streams of packets (docs/protocol.md); a board top connects them to USB
// or UART. Images stream into the front end while the engine runs the one before.
// led = {link active, image in flight, model loaded}.
// Parameters: O, P engine lanes (outputs, positions); F, KMAX, CMAX, SIDE, CODE_ROWS, OUT_MAX front end;
// WROWS rows of a weight half, with RESIDENT 1 of all weights (engine.v); PARTS 2: half the lanes (engine.v); AW
// accumulator bits; MODEL_WORDS, MAP_ROWS (rows of P/2 32-bit words) memory sizes; LENT 1 (P to 2): the last MAP_ROWS
// of MODEL_WORDS are map memory itself; JETS, JET_COLS shared jets; BOARD, CLOCK_HZ, BUILD reported by IDENTIFY;
// TIMEOUT cycles without a byte inside a packet; EJECT 1: eye and encoder drive the pulses on valve (eject.v), for
// clocks of whole MHz from 24 on; else valve is low. Ranges: see the parts.
// Reset: no model, no image. Equals ref_run (sw/src/ref_run.c); compared by tests/chain.
`default_nettype none
`include "jetbnn_defs.vh"

module jetbnn #(
	parameter O = 1,
	parameter P = 2,
	parameter F = 2,
	parameter KMAX = 5,
	parameter CMAX = 3,
	parameter SIDE = 128,
	parameter CODE_ROWS = 1024,
	parameter OUT_MAX = 512,
	parameter WROWS = 128,
	parameter RESIDENT = 0,
	parameter PARTS = 1,
	parameter AW = 16,
	parameter MODEL_WORDS = 16384,
	parameter MAP_ROWS = 16384,
	parameter LENT = 0,
	parameter JETS = 0,
	parameter JET_COLS = 128,
	parameter [31:0] BOARD = 0,
	parameter [31:0] CLOCK_HZ = 48000000,
	parameter [31:0] BUILD = 0,
	parameter TIMEOUT = 20000,
	parameter EJECT = 0
) (
	input  wire       clk,
	input  wire       rst,
	input  wire [7:0] rx_data,
	input  wire       rx_valid,
	output wire       rx_ready,
	output wire [7:0] tx_data,
	output wire       tx_valid,
	input  wire       tx_ready,
	output wire [2:0] led,
	input  wire       eye,
	input  wire       encoder,
	output wire [7:0] valve
);
	localparam MW = (P > 1) ? P/2 : 1;
	localparam MODEL_AW = $clog2(MODEL_WORDS);
	localparam MAP_AW = $clog2(MAP_ROWS);
	localparam OWN = (LENT != 0) ? MODEL_WORDS - MAP_ROWS : MODEL_WORDS;
	localparam WAW = $clog2((RESIDENT != 0) ? WROWS : 2*WROWS*PARTS);

	// Identify block, word 0 last.
	localparam [31:0] JET_LIMIT = (JETS != 0) ? JET_COLS : 0;
	localparam [31:0] CAPABLE = ((EJECT != 0) ? `JB_CAP_OUTPUTS : 0) | ((LENT != 0) ? `JB_CAP_LENT : 0) |
		((RESIDENT != 0) ? `JB_CAP_RESIDENT : 0) |
		((PARTS == 2) ? `JB_CAP_PARTS : 0);
	localparam [31:0] OUTPUTS = O, POSITIONS = P, FRONT = F, KERNEL = KMAX, CHANNELS = CMAX;
	localparam [31:0] MODEL = MODEL_WORDS, MAPS = MAP_ROWS, ROWS = WROWS, CODES = CODE_ROWS;
	localparam [31:0] OUTS = OUT_MAX, BITS = AW, LONGEST = SIDE, MAGIC = `JB_ID_MAGIC_VALUE;
	/* verilator lint_off WIDTHCONCAT */ // all are 32 bits wide or selected
	localparam [14*32-1:0] IDENTIFY = {
		JET_LIMIT, LONGEST, BITS, OUTS, CODES,
		FRONT[7:0], KERNEL[7:0], CHANNELS[7:0], CAPABLE[7:0],
		ROWS, MAPS, MODEL, CLOCK_HZ,
		OUTPUTS[15:0], POSITIONS[7:0], 8'd9,
		BOARD, BUILD, MAGIC
	};
	/* verilator lint_on WIDTHCONCAT */

	// ---- model memory
	wire                ct_req, ct_we, model_side, mm_req, mm_gnt;
	wire [MODEL_AW-1:0] ct_addr, mm_addr;
	wire [31:0]         ct_wdata, mm_data;

	wire                lent_req, ml_req, ml_gnt, mm_late;
	wire [MODEL_AW-1:0] lent_addr;
	wire [MAP_AW-1:0]   ml_addr;

	model_mem #(.WORDS(MODEL_WORDS), .OWN(OWN), .MODEL_AW(MODEL_AW), .MAP_AW(MAP_AW)) u_model_mem (
		.clk(clk), .ct_req(ct_req), .ct_we(ct_we), .ct_addr(ct_addr), .ct_wdata(ct_wdata),
		.mm_req(mm_req), .mm_side(model_side), .mm_addr(mm_addr), .mm_gnt(mm_gnt),
		.mm_data(mm_data), .lent_req(lent_req), .lent_addr(lent_addr), .ml_req(ml_req), .ml_addr(ml_addr),
		.ml_gnt(ml_gnt), .late(mm_late)
	);

	// ---- map memory
	wire              mr_req, mw_req, mw_gnt, fm_valid, fm_ready, dbg_req, dbg_gnt;
	wire [MAP_AW-1:0] mr_addr, mw_addr, fm_addr, dbg_addr;
	wire [MW*32-1:0]  mr_data, mr_data_2, mw_data, fm_data, dbg_data;
	wire [5:0]        mr_step;
	wire [MW*4-1:0]   mw_be, fm_be;

	map_mem #(.MW(MW), .ROWS(MAP_ROWS), .LENT(LENT), .PORTS((RESIDENT != 0) ? 3 : 1), .MAP_AW(MAP_AW)) u_map_mem (
		.clk(clk), .rst(rst), .mr_req(mr_req), .mr_addr(mr_addr), .mr_step(mr_step), .mr_data(mr_data),
		.mr_data_2(mr_data_2),
		.mw_req(mw_req), .mw_addr(mw_addr), .mw_data(mw_data), .mw_be(mw_be), .mw_gnt(mw_gnt),
		.ml_req(ml_req), .ml_now(ct_req), .ml_we(ct_req && ct_we), .ml_addr(ml_addr),
		.ml_wdata(ct_wdata), .ml_gnt(ml_gnt),
		.fm_valid(fm_valid), .fm_ready(fm_ready), .fm_addr(fm_addr), .fm_data(fm_data),
		.fm_be(fm_be), .dbg_req(dbg_req), .dbg_addr(dbg_addr), .dbg_gnt(dbg_gnt),
		.dbg_data(dbg_data)
	);

	// ---- front end
	wire        cfg_we, front_start, front_buf, front_drop, px_valid, px_ready, front_done, front_busy;
	wire [1:0]  cfg_sel;
	wire [15:0] cfg_addr, image_bytes, map0, map1;
	wire [31:0] cfg_data, front_cycles;
	wire [6:0]  classes;
	wire [7:0]  ops;

	front #(.F(F), .KMAX(KMAX), .CMAX(CMAX), .SIDE(SIDE), .MW(MW), .CODE_ROWS(CODE_ROWS), .OUT_MAX(OUT_MAX),
		.MAP_AW(MAP_AW)) u_front (
		.clk(clk), .rst(rst), .cfg_we(cfg_we), .cfg_sel(cfg_sel), .cfg_addr(cfg_addr),
		.cfg_data(cfg_data), .start(front_start), .start_buf(front_buf), .drop(front_drop),
		.px_valid(px_valid), .px_ready(px_ready), .px_data(rx_data), .done(front_done),
		.busy(front_busy), .cycles(front_cycles), .fm_valid(fm_valid), .fm_ready(fm_ready),
		.fm_addr(fm_addr), .fm_data(fm_data), .fm_be(fm_be), .image_bytes(image_bytes),
		.map0(map0), .map1(map1), .classes(classes), .ops(ops)
	);

	// ---- engine
	wire              boot, stop, boot_done, engine_start, engine_ready, engine_drop, pause_en;
	wire              resume, paused, res_we, engine_done, op_we;
	wire [MAP_AW-1:0] engine_base;
	wire [6:0]        ops_done;
	wire [5:0]        res_index, res_class, op_index;
	wire [31:0]       res_score, engine_cycles;
	wire [O-1:0]      row_we;
	wire [WAW-1:0]    row_addr;
	wire [9*32-1:0]   row_data;

	engine #(.O(O), .P(P), .WROWS(WROWS), .RESIDENT(RESIDENT), .PARTS(PARTS), .AW(AW), .MODEL_AW(MODEL_AW), .OWN_AW($clog2(OWN)),
		.MAP_AW(MAP_AW), .JETS(JETS),
		.JET_COLS(JET_COLS)) u_engine (
		.clk(clk), .rst(rst), .boot(boot), .stop(stop),
		.boot_done(boot_done), .cfg_we(cfg_we), .cfg_sel(cfg_sel), .cfg_addr(cfg_addr),
		.cfg_data(cfg_data), .mm_req(mm_req), .mm_addr(mm_addr), .mm_gnt(mm_gnt),
		.mm_data(mm_data), .ml_req(lent_req), .ml_addr(lent_addr), .ml_gnt(ml_gnt), .mm_late(mm_late),
		.row_we(row_we), .row_addr(row_addr), .row_data(row_data), .side(model_side), .classes(classes),
		.start(engine_start), .start_base(engine_base), .ready(engine_ready),
		/* verilator lint_off PINCONNECTEMPTY */ .busy() /* control counts images itself */,
		/* verilator lint_on PINCONNECTEMPTY */ .abort(engine_drop), .pause_en(pause_en),
		.resume(resume), .paused(paused), .ops_done(ops_done), .mr_req(mr_req),
		.mr_addr(mr_addr), .mr_step(mr_step), .mr_data(mr_data), .mr_data_2(mr_data_2), .mw_req(mw_req), .mw_addr(mw_addr),
		.mw_data(mw_data), .mw_be(mw_be), .mw_gnt(mw_gnt), .res_we(res_we),
		.res_index(res_index), .res_score(res_score), .done(engine_done), .res_class(res_class),
		.cycles(engine_cycles), .op_we(op_we), .op_index(op_index)
	);

	// ---- link and control
	ctrl_link #(.MW(MW), .MODEL_WORDS(MODEL_WORDS), .OWN(OWN), .MODEL_AW(MODEL_AW),
		.WROWS((RESIDENT != 0) ? WROWS : 0), .WAW(WAW), .O(O), .MAP_ROWS(MAP_ROWS),
		.MAP_AW(MAP_AW), .TIMEOUT(TIMEOUT), .EJECT(EJECT), .CYCLES(CLOCK_HZ / 1000000),
		.IDENTIFY(IDENTIFY)) u_ctrl (
		.clk(clk), .rst(rst), .rx_data(rx_data), .rx_valid(rx_valid), .rx_ready(rx_ready),
		.tx_data(tx_data), .tx_valid(tx_valid), .tx_ready(tx_ready), .led(led), .eye(eye),
		.encoder(encoder), .valve(valve),
		.front_start(front_start), .front_buf(front_buf), .front_drop(front_drop),
		.px_valid(px_valid), .px_ready(px_ready), .front_done(front_done),
		.front_busy(front_busy), .front_cycles(front_cycles), .image_bytes(image_bytes),
		.map0(map0), .map1(map1), .classes(classes), .ops(ops), .boot(boot), .stop(stop),
		.boot_done(boot_done), .engine_start(engine_start), .engine_base(engine_base),
		.engine_ready(engine_ready), .engine_drop(engine_drop), .engine_pause_en(pause_en),
		.engine_resume(resume), .engine_paused(paused), .engine_ops_done(ops_done),
		.res_we(res_we), .res_index(res_index), .res_score(res_score),
		.engine_done(engine_done), .res_class(res_class), .engine_cycles(engine_cycles),
		.op_we(op_we), .op_index(op_index), .row_we(row_we), .row_addr(row_addr),
		.row_data(row_data), .model_side(model_side), .ct_req(ct_req), .ct_we(ct_we), .ct_addr(ct_addr),
		.ct_wdata(ct_wdata), .mm_data(cfg_data), .dbg_req(dbg_req), .dbg_addr(dbg_addr), .dbg_gnt(dbg_gnt),
		.dbg_data(dbg_data)
	);
endmodule

`default_nettype wire
