/* SPDX-License-Identifier: MIT
 * A pseudo terminal as a usbfs node. */
#define _DEFAULT_SOURCE
#include <pty.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "usbfs_node.h"

int usbfs_node_open(struct usbfs_node *n)
{
	struct termios raw;

	if (openpty(&n->master, &n->slave, NULL, NULL, NULL)) {
		n->master = n->slave = -1;
		return -1;
	}
	if (tcgetattr(n->slave, &raw) || ttyname_r(n->slave, n->path, sizeof(n->path))) {
		usbfs_node_hang_up(n);
		return -1;
	}
	cfmakeraw(&raw);
	if (tcsetattr(n->slave, TCSANOW, &raw) || tcflow(n->slave, TCOOFF)) {
		usbfs_node_hang_up(n);
		return -1;
	}
	return 0;
}

void usbfs_node_ready(struct usbfs_node *n, bool ready)
{
	if (n->slave >= 0)
		tcflow(n->slave, ready ? TCOON : TCOOFF);
}

void usbfs_node_hang_up(struct usbfs_node *n)
{
	if (n->master >= 0)
		close(n->master);
	if (n->slave >= 0)
		close(n->slave);
	n->master = n->slave = -1;
}
