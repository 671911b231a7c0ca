/* SPDX-License-Identifier: MIT
 * Verilated jet_hidden (hw/engine/jet_hidden.v), one clock at a time. */
#ifndef SIM_JET_HIDDEN_H
#define SIM_JET_HIDDEN_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct jet_sim;

struct jet_in {
	bool rst;
	bool k5;
	uint8_t delay;
	bool param_we;
	uint8_t param_index;
	uint32_t param_data;
	bool valid, first, last, x_first, y_first;
	uint8_t row;
	const uint8_t *sums; /* O*9*P counts [(u*9+s)*P+p]; read while valid */
};

struct jet_out {
	bool valid;
	bool busy;
	uint32_t words[8]; /* P in use */
};

/* NULL: out of memory. jet_sim_close takes NULL. */
struct jet_sim *jet_sim_open(void);
void jet_sim_close(struct jet_sim *s);

/* Outputs of the clock in which `in` is applied, before its edge. */
void jet_sim_clock(struct jet_sim *s, const struct jet_in *in, struct jet_out *out);

#ifdef __cplusplus
}
#endif

#endif
