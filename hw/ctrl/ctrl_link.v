// SPDX-License-Identifier: MIT
// ctrl_link: the byte link to everything behind it: packet_rx, control, packet_tx.
//
//   rx -> packet_rx -> ctrl_dispatch -> front (pixels), ctrl_load (model memory), ctrl_read (map memory)
//   images, engine, eye and encoder -> eject -> valve (with EJECT, else low)
//   engine -> ctrl_image, ctrl_ram -> ctrl_answer -> packet_tx -> tx
//
// The ports are those of the neighbours: front and engine (their headers say what each means), the control
// port of model_mem and the debug port of map_mem. Program addresses of the engine's loader start at 0 and
// must be inverted while model_side is 1, see ctrl_load.v.
// An image byte every 9 cycles while the front end takes it. Parameters: MW words of a map row; MODEL_WORDS (OWN:
// ctrl_load.v), MAP_ROWS sizes of the memories, MODEL_AW, MAP_AW their address bits; WROWS, WAW, O weight rows, see
// ctrl_load.v; TIMEOUT cycles, see packet_rx.v;
// EJECT 1: with an ejector, CYCLES clocks of its microsecond; IDENTIFY the constant words 0 to 13 of the identify
// block.
// Reset: no model, no image, nothing sent. Compared by tests/rtl/test_ctrl_link.c.
`default_nettype none

module ctrl_link #(
	parameter MW = 1,
	parameter MODEL_WORDS = 16384,
	parameter OWN = MODEL_WORDS,
	parameter MODEL_AW = $clog2(MODEL_WORDS),
	parameter WROWS = 0,
	parameter WAW = (WROWS != 0) ? $clog2(WROWS) : 1,
	parameter O = 1,
	parameter MAP_ROWS = 16384,
	parameter MAP_AW = $clog2(MAP_ROWS),
	parameter TIMEOUT = 20000,
	parameter EJECT = 0,
	parameter CYCLES = 48,
	parameter [14*32-1:0] IDENTIFY = {14*32{1'b0}}
) (
	input  wire                clk,
	input  wire                rst,
	input  wire [7:0]          rx_data,
	input  wire                rx_valid,
	output wire                rx_ready,
	output wire [7:0]          tx_data,
	output wire                tx_valid,
	input  wire                tx_ready,
	output wire [2:0]          led,
	// ejector
	/* verilator lint_off UNUSEDSIGNAL */ // without an ejector
	input  wire                eye,
	input  wire                encoder,
	/* verilator lint_on UNUSEDSIGNAL */
	output wire [7:0]          valve,
	// front
	output wire                front_start,
	output wire                front_buf,
	output wire                front_drop,
	output wire                px_valid,
	input  wire                px_ready,
	input  wire                front_done,
	input  wire                front_busy,
	input  wire [31:0]         front_cycles,
	input  wire [15:0]         image_bytes,
	input  wire [15:0]         map0,
	input  wire [15:0]         map1,
	input  wire [6:0]          classes,
	input  wire [7:0]          ops,
	// engine
	output wire                boot,
	output wire                stop,
	input  wire                boot_done,
	output wire                engine_start,
	output wire [MAP_AW-1:0]   engine_base,
	input  wire                engine_ready,
	output wire                engine_drop,
	output wire                engine_pause_en,
	output wire                engine_resume,
	input  wire                engine_paused,
	input  wire [6:0]          engine_ops_done,
	input  wire                res_we,
	input  wire [5:0]          res_index,
	input  wire [31:0]         res_score,
	input  wire                engine_done,
	input  wire [5:0]          res_class,
	input  wire [31:0]         engine_cycles,
	input  wire                op_we,
	input  wire [5:0]          op_index,
	// weight memory
	output wire [O-1:0]        row_we,
	output wire [WAW-1:0]      row_addr,
	output wire [9*32-1:0]     row_data,
	// model memory
	output wire                model_side,
	output wire                ct_req,
	output wire                ct_we,
	output wire [MODEL_AW-1:0] ct_addr,
	output wire [31:0]         ct_wdata,
	input  wire [31:0]         mm_data,
	// map memory
	output wire                dbg_req,
	output wire [MAP_AW-1:0]   dbg_addr,
	input  wire                dbg_gnt,
	input  wire [MW*32-1:0]    dbg_data
);
	// ---- link
	wire        head, head_ready, pause, version_ok, field, p_valid, p_ready, tail, tail_ready;
	wire        crc_ok, timed_out, rx_busy, resync;
	wire [7:0]  kind;
	wire [15:0] length;
	wire        check_init, check_step, match;
	wire        check_bit, check_close;
	wire        send, send_given, send_valid, send_ready, send_taken, send_loading, send_end, tx_busy;
	wire [3:0]  send_at;
	wire [2:0]  send_rank;
	wire [1:0]  send_turn;

	packet_rx #(.TIMEOUT(TIMEOUT)) u_rx (
		.clk(clk), .rst(rst), .rx_data(rx_data), .rx_valid(rx_valid), .rx_ready(rx_ready),
		.head(head), .head_ready(head_ready), .kind(kind), .pause(pause), .version_ok(version_ok),
		.length(length), .field(field), .p_valid(p_valid), .p_ready(p_ready), .tail(tail),
		.tail_ready(tail_ready), .crc_ok(crc_ok), .timed_out(timed_out), .busy(rx_busy),
		.resync(resync), .lend_init(check_init), .lend_step(check_step), .lend_bit(check_bit),
		.lend_close(check_close), .match(match)
	);
	packet_tx u_tx (
		.clk(clk), .rst(rst), .start(send), .at(send_at), .rank(send_rank), .turn(send_turn),
		.loading(send_loading), .given(send_given), .p_valid(send_valid), .ready(send_ready), .taken(send_taken),
		.p_end(send_end), .busy(tx_busy), .tx_data(tx_data), .tx_valid(tx_valid),
		.tx_ready(tx_ready)
	);

	// ---- requests
	wire        is_begin, is_data, begin_ok, data_ok, data_bad, undo, commit, unload, verify, verified, good;
	wire        fits, disorder, complete, loaded, push, go_on, drop, buffer_free, pausing, waiting;
	wire        images_idle, quiet, word_valid, word_first, is_read, read_fits;
	wire        ask, hold, is_identify, is_counters, ask_sent, answer_idle, crc_error;
	wire [1:0]  fill_number, run_number, sent_number;
	wire [31:0] word;
	wire [23:0] stall_cycles;
	wire [3:0]  reason;
	wire [7:0]  ram_addr, fetch_word;
	wire [16:0] free_words;
	wire        ram_we, engine_we, store, store_cycles;
	wire [4:0]  crc_at, answer_at;
	wire        fetch, fetched, map_bit;

	/* verilator lint_off UNUSEDSIGNAL */ // without an ejector
	wire        is_outputs, configure, alive;
	/* verilator lint_on UNUSEDSIGNAL */
	wire        is_state, state_bit;

	ctrl_dispatch #(.EJECT(EJECT)) u_dispatch (
		.clk(clk), .rst(rst), .head(head), .head_ready(head_ready), .kind(kind),
		.version_ok(version_ok), .length(length), .field(field), .data(rx_data), .p_valid(p_valid),
		.p_ready(p_ready), .tail(tail), .tail_ready(tail_ready), .crc_ok(crc_ok),
		.timed_out(timed_out), .crc_error(crc_error), .front_start(front_start),
		.front_drop(front_drop), .px_valid(px_valid), .px_ready(px_ready), .front_done(front_done),
		.front_busy(front_busy), .front_cycles(front_cycles), .image_bytes(image_bytes),
		.boot(boot), .boot_done(boot_done), .is_begin(is_begin), .is_data(is_data),
		.begin_ok(begin_ok), .data_ok(data_ok),
		.data_bad(data_bad), .undo(undo), .commit(commit), .unload(unload), .verify(verify),
		.verified(verified), .good(good), .fits(fits), .disorder(disorder), .complete(complete),
		.loaded(loaded), .side(model_side), .push(push), .go_on(go_on), .drop(drop),
		.fill_number(fill_number), .buffer_free(buffer_free), .pausing(pausing),
		.waiting(waiting), .images_idle(images_idle), .quiet(quiet), .word(word),
		.word_valid(word_valid), .word_first(word_first), .is_read(is_read),
		.read_fits(read_fits), .is_outputs(is_outputs), .is_state(is_state),
		.configure(configure), .alive(alive), .ask(ask), .hold(hold), .is_identify(is_identify),
		.is_counters(is_counters), .reason(reason),
		.ask_sent(ask_sent), .answer_idle(answer_idle), .ram_we(ram_we),
		.stall_cycles(stall_cycles), .ram_addr(ram_addr),
		.ram_taken(!engine_we && !store)
	);
	assign front_buf = fill_number[0];
	assign engine_drop = drop;
	assign stop = !loaded;
	assign led = {rx_busy || tx_busy, !images_idle, loaded};

	ctrl_load #(.MODEL_WORDS(MODEL_WORDS), .OWN(OWN), .MODEL_AW(MODEL_AW), .WROWS(WROWS), .WAW(WAW), .O(O)) u_load (
		.clk(clk), .rst(rst), .word(word), .word_valid(word_valid), .word_first(word_first),
		.is_begin(is_begin), .is_data(is_data), .begin_ok(begin_ok), .data_ok(data_ok),
		.data_bad(data_bad), .undo(undo), .commit(commit), .unload(unload), .fits(fits), .disorder(disorder), .complete(complete),
		.loaded(loaded), .side(model_side), .free_words(free_words), .verify(verify),
		.verified(verified), .good(good), .crc_at(crc_at), .crc_bit(ram_bit), .check_init(check_init),
		.check_step(check_step), .check_bit(check_bit), .check_close(check_close), .match(match),
		.row_we(row_we), .row_addr(row_addr), .row_data(row_data), .ct_req(ct_req), .ct_we(ct_we), .ct_addr(ct_addr), .ct_wdata(ct_wdata), .mm_data(mm_data)
	);

	ctrl_read #(.MW(MW), .MAP_ROWS(MAP_ROWS), .MAP_AW(MAP_AW)) u_read (
		.clk(clk), .rst(rst), .request(word), .fits(read_fits), .reading(ask), .fetch(fetch),
		.index(fetch_word), .at(answer_at), .fetched(fetched), .map_bit(map_bit),
		.dbg_req(dbg_req), .dbg_addr(dbg_addr), .dbg_gnt(dbg_gnt), .dbg_data(dbg_data)
	);

	// ---- images
	wire event_wanted, event_first, event_sent, result_wanted, result_sent;

	ctrl_image #(.MAP_AW(MAP_AW)) u_image (
		.clk(clk), .rst(rst), .drop(drop), .push(push), .push_pause(pause), .go_on(go_on),
		.fill_number(fill_number), .buffer_free(buffer_free), .pausing(pausing),
		.waiting(waiting), .idle(images_idle), .quiet(quiet), .map0(map0[MAP_AW-1:0]),
		.map1(map1[MAP_AW-1:0]), .start(engine_start), .start_base(engine_base),
		.pause_en(engine_pause_en), .resume(engine_resume), .ready(engine_ready),
		.paused(engine_paused), .done(engine_done), .run_number(run_number), .store(store),
		.store_cycles(store_cycles), .event_wanted(event_wanted), .event_first(event_first),
		.event_sent(event_sent), .result_wanted(result_wanted), .sent_number(sent_number),
		.result_sent(result_sent)
	);
	generate
		if (MAP_AW < 16) begin : g_map_high
			wire unused = &{1'b0, map0[15:MAP_AW], map1[15:MAP_AW]};
		end
	endgenerate

	// ---- control memory: the engine's words cannot wait
	wire [7:0]  raddr;
	wire        ram_bit;
	wire        run_slot = run_number[0];
	assign engine_we = res_we || op_we;

	ctrl_ram #(.IDENTIFY(IDENTIFY)) u_ram (
		.clk(clk), .we(engine_we || store || ram_we),
		.waddr(res_we ? {run_slot, !run_slot, res_index} : op_we ? {2'b00, op_index} :
			store ? {4'b1110, store_cycles, 1'b0, run_number} : ram_addr),
		.wdata(res_we ? res_score : (op_we || store_cycles) ? engine_cycles :
			store ? {26'd0, res_class} : word),
		.raddr(verify ? {7'b1101110, !model_side} : raddr),
		.index(verify ? crc_at : answer_at),
		.rbit(ram_bit)
	);

	// ---- ejector
	generate
		if (EJECT != 0) begin : g_eject
			eject #(.CYCLES(CYCLES)) u_eject (
				.clk(clk), .rst(rst), .eye(eye), .encoder(encoder), .valve(valve), .word(word),
				.word_valid(word_valid && is_outputs), .word_first(word_first),
				.configure(configure), .alive(alive), .start(front_start), .push(push),
				.push_number(fill_number), .drop(drop), .changed(commit || unload),
				.res_we(res_we), .res_score(res_score), .done(engine_done),
				.res_class(res_class), .run_number(run_number), .state_word(fetch_word[2:0]),
				.state_index(answer_at), .state_bit(state_bit)
			);
		end else begin : g_none
			assign valve = 8'd0;
			assign state_bit = 1'b0;
		end
	endgenerate

	// ---- answers
	reg [15:0] images;
	reg [7:0]  crc_errors, resyncs;
	reg        crc_error_q, resync_q;

	always @(posedge clk) begin
		crc_error_q <= crc_error;
		resync_q <= resync;
		if (rst) begin
			images <= 16'd0;
			crc_errors <= 8'd0;
			resyncs <= 8'd0;
		end else begin
			if (result_sent)
				images <= images + 16'd1;
			if (crc_error_q && crc_errors != 8'hFF)
				crc_errors <= crc_errors + 8'd1;
			if (resync_q && resyncs != 8'hFF)
				resyncs <= resyncs + 8'd1;
		end
	end

	ctrl_answer #(.MW(MW)) u_answer (
		.clk(clk), .rst(rst), .ask(ask), .hold(hold), .request(kind), .is_identify(is_identify),
		.is_counters(is_counters), .is_read(is_read), .is_state(is_state), .reason(reason), .read_rows(word[24:16]),
		.ask_sent(ask_sent), .event_wanted(event_wanted),
		.event_first(event_first), .event_ops(engine_ops_done), .run_number(run_number),
		.event_sent(event_sent), .result_wanted(result_wanted), .sent_number(sent_number),
		.result_sent(result_sent), .idle(answer_idle), .loaded(loaded), .side(model_side),
		.free_words(free_words), .images(images), .crc_errors(crc_errors), .resyncs(resyncs), .stall_cycles(stall_cycles),
		.ops(ops), .classes(classes), .fetch(fetch), .fetch_word(fetch_word), .state_bit(state_bit),
		.fetched(fetched), .map_bit(map_bit), .raddr(raddr), .index(answer_at),
		.ram_bit(ram_bit), .tx_start(send), .tx_at(send_at), .tx_rank(send_rank),
		.tx_turn(send_turn), .tx_loading(send_loading), .tx_given(send_given),
		.tx_valid(send_valid), .tx_ready(send_ready), .tx_taken(send_taken), .tx_end(send_end),
		.tx_busy(tx_busy)
	);
endmodule

`default_nettype wire
