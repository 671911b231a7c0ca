/* SPDX-License-Identifier: MIT
 * Simulated USB ports in a umockdev testbed: /sys and /dev/bus/usb of the programs that run in it. */
#ifndef TESTS_UMOCK_BED_H
#define TESTS_UMOCK_BED_H

#include "usbfs.h"

enum { UMOCK_DEVICES = 4, UMOCK_WHY = 128 };

struct umock_bed;

/* One testbed a process, which must run with umockdev's preload library. NULL: why[] says why. */
struct umock_bed *umock_bed_new(char why[UMOCK_WHY]);
/* After the last program has ended. The ports stay. */
void umock_bed_free(struct umock_bed *b);
/* Plugs a port in as device `slot` under the next free device number. allowed: programs may open its node.
 * 0, or -1 with why[]. */
int umock_bed_plug(struct umock_bed *b, int slot, struct usb_port *port, bool allowed,
		   char why[UMOCK_WHY]);
/* Pulls it out; nothing happens when it is not there. */
void umock_bed_unplug(struct umock_bed *b, int slot);
/* The one plugged into a slot, NULL: none. Until umock_bed_unplug. */
struct usbfs *umock_bed_usbfs(const struct umock_bed *b, int slot);

#endif
