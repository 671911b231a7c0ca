/* SPDX-License-Identifier: MIT
 * Verilated popcount (hw/engine/popcount.v), one clock at a time. */
#ifndef SIM_POPCOUNT_H
#define SIM_POPCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct popcount_sim;

/* NULL: out of memory. popcount_sim_close takes NULL. */
struct popcount_sim *popcount_sim_open(void);
void popcount_sim_close(struct popcount_sim *s);
/* Applies the inputs, returns `count` as it is before the clock edge. */
unsigned popcount_sim_clock(struct popcount_sim *s, bool enable, uint32_t x, uint32_t w);

#ifdef __cplusplus
}
#endif

#endif
