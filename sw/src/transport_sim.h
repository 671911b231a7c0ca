/* SPDX-License-Identifier: MIT
 * Transport "sim": the simulated accelerators linked into the program. */
#ifndef JB_TRANSPORT_SIM_H
#define JB_TRANSPORT_SIM_H

#include "transport.h"

extern const struct transport transport_sim;
/* Name of the configuration that "sim" means; NULL when none is linked in. */
const char *transport_sim_default(void);

/* Device clocks since the open of a state that transport_sim.open gave. */
uint64_t transport_sim_clocks(void *state);

#endif
