/* SPDX-License-Identifier: MIT
 * What can stand behind the server's port. */
#ifndef USB_KERNEL_BACKEND_H
#define USB_KERNEL_BACKEND_H

#include <stdbool.h>

#include "usb_port.h"

struct backend {
	const char *name, *help;
	/* NULL: it does not start. *device belongs to close. */
	struct usb_port *(*open)(void **device);
	/* Frees both. False when the device broke a rule of the bus, said on stderr. */
	bool (*close)(struct usb_port *port, void *device);
};

/* Ends with a NULL name; the first is the default. */
extern const struct backend backends[];

#endif
