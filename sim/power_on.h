/* SPDX-License-Identifier: MIT
 * The Verilated power_on. */
#ifndef JB_SIM_POWER_ON_H
#define JB_SIM_POWER_ON_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct power_sim;

/* As after configuration. */
struct power_sim *power_sim_open(void);
void power_sim_close(struct power_sim *s);
/* The reset before an edge of clk, which sees ready. */
bool power_sim_clock(struct power_sim *s, bool ready);

#ifdef __cplusplus
}
#endif
#endif
