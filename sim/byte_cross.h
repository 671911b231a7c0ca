/* SPDX-License-Identifier: MIT
 * The Verilated byte_cross with its two clocks. */
#ifndef JB_SIM_BYTE_CROSS_H
#define JB_SIM_BYTE_CROSS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cross_sim;

/* Both sides reset. */
struct cross_sim *cross_sim_open(void);
void cross_sim_close(struct cross_sim *s);
/* An edge of in_clk: offers byte (-1: none); true when it was taken. */
bool cross_sim_in(struct cross_sim *s, int byte);
/* An edge of out_clk: the byte that is there, or -1; it is taken when ready. */
int cross_sim_out(struct cross_sim *s, bool ready);

#ifdef __cplusplus
}
#endif
#endif
