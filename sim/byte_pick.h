/* SPDX-License-Identifier: MIT
 * The Verilated byte_pick. Links: 0 the first (chosen by first), 1 the second. */
#ifndef JB_SIM_BYTE_PICK_H
#define JB_SIM_BYTE_PICK_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pick_sim;

/* What its surroundings do in a clock; bytes -1: none. */
struct pick_in {
	bool first;
	int link_byte[2];   /* from the links */
	bool link_ready[2]; /* links take a byte of the accelerator */
	bool core_byte;     /* the accelerator has one */
	bool core_ready;    /* it takes one */
};

/* Whose bytes were taken in that clock. */
struct pick_out {
	bool link_taken[2];
	int core_got; /* what the accelerator took, -1: nothing */
	bool core_taken;
	bool link_got[2];
};

/* After reset. */
struct pick_sim *pick_sim_open(void);
void pick_sim_close(struct pick_sim *s);
struct pick_out pick_sim_clock(struct pick_sim *s, const struct pick_in *in);

#ifdef __cplusplus
}
#endif
#endif
