/* SPDX-License-Identifier: MIT
 * Linux's usbfs in a process of its own: the ioctls of one plugged-in device, as umockdev delivers them,
 * become transfers of a usb_port. A thread lets the port's bus time pass, never ahead of the wall clock. */
#ifndef TESTS_USBFS_H
#define TESTS_USBFS_H

#include <stdbool.h>
#include <umockdev.h>

#include "usb_port.h"
#include "usbfs_node.h"

struct usbfs;

struct usbfs_descriptors {
	uint8_t bytes[512]; /* device descriptor, then the first configuration's; what sysfs shows */
	size_t size;
};

/* Plugs the port's device in: attach, reset, descriptors, SET_CONFIGURATION(1), as a kernel does, and serves
 * ioctls from then on. The port stays the caller's. NULL with a message in why[128]. */
struct usbfs *usbfs_new(struct usb_port *port, char why[128]);
/* After the last client has gone. */
void usbfs_free(struct usbfs *u);
const struct usbfs_descriptors *usbfs_descriptors(const struct usbfs *u);
/* Path to point the device node at. */
const char *usbfs_path(const struct usbfs *u);
/* To connect to the testbed. */
UMockdevIoctlBase *usbfs_handler(const struct usbfs *u);
/* Pulls the device out: transfers in flight end, poll() says POLLERR, every ioctl but reaping ENODEV. */
void usbfs_unplug(struct usbfs *u);
/* Nothing runs in the port between these two. */
void usbfs_lock(struct usbfs *u);
void usbfs_unlock(struct usbfs *u);
/* Pulls the device out as soon as this many bytes went through bulk transfers (whole ones). plugged() is
 * false from then on. 0: never. */
void usbfs_unplug_after(struct usbfs *u, size_t bytes);
bool usbfs_plugged(struct usbfs *u);

#endif
