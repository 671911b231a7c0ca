/* SPDX-License-Identifier: MIT
 * The parts of the usbfs server among themselves. All of it is guarded by lock. */
#ifndef TESTS_USBFS_PARTS_H
#define TESTS_USBFS_PARTS_H

#include <linux/usbdevice_fs.h>
#include <pthread.h>
#include <sys/ioctl.h>

#include "usbfs.h"

enum { USBFS_INTERFACES = 8 };

/* One URB of a client. */
struct usbfs_urb {
	struct usb_transfer transfer;
	UMockdevIoctlClient *client; /* owner, for the comparison only */
	UMockdevIoctlData *urb,
		*buffer; /* memory of the client, references held; buffer may be NULL */
	bool done;
	unsigned order; /* of the end */
	struct usbfs_urb *next;
};

struct usbfs {
	struct usb_port *port;
	struct usbfs_node node;
	struct usbfs_descriptors descriptors;
	UMockdevIoctlBase *handler;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int waiting; /* threads that want the lock; the pump gives way */
	bool plugged, stop;
	struct usbfs_urb *urbs;                /* flying and done */
	unsigned ended;                        /* URBs so far */
	int pending;                           /* flying */
	const void *claimed[USBFS_INTERFACES]; /* by which open file */
	size_t moved, unplug_at;
};

/* usbfs.c */
/* Gives back what the port has ended. */
void usbfs_collect(struct usbfs *u);
/* A control transfer of the kernel itself: enum usb_status, *length becomes what was moved. */
int usbfs_control(struct usbfs *u, const uint8_t setup[8], uint8_t *data, size_t *length);
void usbfs_urb_free(struct usbfs_urb *urb);

/* usbfs_ioctl.c */
/* poll() as the list of URBs wants it. */
void usbfs_show_ready(struct usbfs *u);
gboolean usbfs_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer user);

#endif
