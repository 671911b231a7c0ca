/* SPDX-License-Identifier: MIT
 * Transports built in. */
#include "transport_ftdi.h"
#include "transport_sim.h"
#include "transport_usb.h"

const struct transport *const transports[] = { &transport_usb, &transport_ftdi, &transport_sim,
					       NULL };
