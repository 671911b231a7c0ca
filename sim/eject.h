/* SPDX-License-Identifier: MIT
 * The Verilated eject, clock by clock. */
#ifndef JB_SIM_EJECT_H
#define JB_SIM_EJECT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct eject_sim;

/* Ports of hw/eject/eject.v by their names. */
struct eject_in {
	bool rst, eye, encoder;
	bool word_valid, word_first, configure, alive, start, push, drop, changed, res_we, done;
	uint32_t word, res_score;
	int push_number, res_class, run_number, state_word, state_index;
};

struct eject_out {
	uint8_t valve;
	bool state_bit;
};

struct eject_sim *eject_sim_open(void);
void eject_sim_close(struct eject_sim *s);
/* The outputs of a clock, then its edge, which sees `in`. */
struct eject_out eject_sim_clock(struct eject_sim *s, const struct eject_in *in);

#ifdef __cplusplus
}
#endif
#endif
