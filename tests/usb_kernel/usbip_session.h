/* SPDX-License-Identifier: MIT
 * One USB/IP connection: a client's kernel on one side, a port of the simulated USB host on the other. */
#ifndef USBIP_SESSION_H
#define USBIP_SESSION_H

#include <signal.h>
#include <stdint.h>
#include <stdio.h>

#include "usb_port.h"

struct usbip_options {
	const char *busid; /* name of the device */
	FILE *setups;      /* every set-up packet, 8 bytes in hex a line; NULL: none */
	const volatile sig_atomic_t *stop; /* not 0: the session ends */
};

/* Serves one client on the connected stream socket fd until it goes away, the plug is pulled, or *stop.
 * The client imports BUSID, or BUSID@N: the plug is pulled as soon as N bytes of bulk data have gone over
 * the bus. A GET_DESCRIPTOR(device) of 64 bytes, the first request of Linux after it has reset a port,
 * stands for that reset, which the protocol does not carry; SET_ADDRESS comes from the port for the same
 * reason. Bus time passes only while transfers are queued. The port is left without a device; fd stays
 * open. Returns 0, or -1 when the client broke the protocol or no device answered (said on stderr). */
int usbip_serve(int fd, struct usb_port *port, const struct usbip_options *opt);

#endif
