/* SPDX-License-Identifier: MIT
 * Verilated ctrl_link (hw/ctrl/ctrl_link.v), one clock at a time. */
#ifndef SIM_CTRL_LINK_H
#define SIM_CTRL_LINK_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ctrl_sim;

struct ctrl_in {
	bool rst;
	uint8_t rx_data;
	bool rx_valid, tx_ready;
	bool px_ready, front_done, front_busy;
	uint32_t front_cycles;
	uint16_t image_bytes, map0, map1;
	uint8_t classes, ops;
	bool boot_done, engine_ready, engine_paused, engine_done;
	uint8_t engine_ops_done;
	bool res_we, op_we;
	uint8_t res_index, res_class, op_index;
	uint32_t res_score, engine_cycles;
	uint32_t mm_data;
	bool dbg_gnt;
	uint32_t dbg_data[4]; /* MW in use */
};

struct ctrl_out {
	bool rx_ready, tx_valid;
	uint8_t tx_data, led;
	bool front_start, front_buf, front_drop, px_valid;
	bool boot, stop, engine_start, engine_drop, engine_pause_en, engine_resume;
	uint32_t engine_base;
	bool model_side, ct_req, ct_we;
	uint32_t ct_addr, ct_wdata;
	uint32_t row_we, row_addr, row_data[9]; /* weight rows */
	bool dbg_req;
	uint32_t dbg_addr;
};

/* NULL: out of memory. ctrl_sim_close takes NULL. */
struct ctrl_sim *ctrl_sim_open(void);
void ctrl_sim_close(struct ctrl_sim *s);

/* Outputs of the clock in which `in` is applied, before its edge. */
void ctrl_sim_clock(struct ctrl_sim *s, const struct ctrl_in *in, struct ctrl_out *out);

#ifdef __cplusplus
}
#endif

#endif
