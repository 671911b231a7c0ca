/* SPDX-License-Identifier: MIT
 * Transports built in. */
#include "transport_sim.h"

const struct transport *const transports[] = { &transport_sim, NULL };
