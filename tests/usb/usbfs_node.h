/* SPDX-License-Identifier: MIT
 * A device node whose poll() answers as that of Linux's usbfs does: the slave of a pseudo terminal. Output
 * stopped: nothing to reap; output on: POLLOUT; master closed: POLLERR, the device is gone. */
#ifndef TESTS_USBFS_NODE_H
#define TESTS_USBFS_NODE_H

#include <stdbool.h>

struct usbfs_node {
	int master, slave; /* -1: closed */
	char path[64];     /* of the slave, to point a link at */
};

/* 0, or -1 with errno. Not ready at first. */
int usbfs_node_open(struct usbfs_node *n);
void usbfs_node_ready(struct usbfs_node *n, bool ready);
/* POLLERR for everybody who has it open; may be called again. */
void usbfs_node_hang_up(struct usbfs_node *n);

#endif
