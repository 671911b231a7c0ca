/* SPDX-License-Identifier: MIT
 * The Verilated board_links; what it receives it gets back to send, by the accelerator's clock. */
#ifndef JB_SIM_BOARD_LINKS_H
#define JB_SIM_BOARD_LINKS_H

#include <stdbool.h>

#include "usb_host/usb_pins.h"

#ifdef __cplusplus
extern "C" {
#endif

struct links_sim;

/* The far end of the serial line, once a clock of USB: sees the level that the board drives,
 * returns the one it drives. */
typedef bool links_line(void *state, bool level);

/* After reset. core_clocks: of the accelerator in each of USB; 1 is for a build with one clock. NULL when out
 * of memory. */
struct links_sim *links_sim_open(int core_clocks, links_line *line, void *state);
void links_sim_close(struct links_sim *s);
/* The pins of USB for the host model; its clock is the only one that makes time pass. */
struct usb_device_model links_sim_usb(struct links_sim *s);
bool links_sim_configured(const struct links_sim *s);

#ifdef __cplusplus
}
#endif
#endif
