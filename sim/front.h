/* SPDX-License-Identifier: MIT
 * Verilated front (hw/front/front.v), one clock at a time. */
#ifndef SIM_FRONT_H
#define SIM_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct front_sim;

struct front_in {
	bool rst, cfg_we, start, start_buf, drop;
	uint8_t cfg_sel;
	uint16_t cfg_addr;
	uint32_t cfg_data;
	bool px_valid, fm_ready;
	uint8_t px_data;
};

struct front_out {
	bool px_ready, done, busy, fm_valid;
	uint32_t cycles, fm_addr, fm_be;
	uint32_t fm_data[4]; /* G_MW in use */
	uint32_t image_bytes, map0, map1, classes, ops;
};

/* NULL: out of memory. front_sim_close takes NULL. */
struct front_sim *front_sim_open(void);
void front_sim_close(struct front_sim *s);
/* Outputs of the clock in which `in` is applied, before its edge. */
void front_sim_clock(struct front_sim *s, const struct front_in *in, struct front_out *out);

#ifdef __cplusplus
}
#endif

#endif
