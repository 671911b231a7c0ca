/* SPDX-License-Identifier: MIT
 * What sources share. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <poll.h>

#include "clock.h"
#include "sort_source.h"

int source_wait(int fd, int stop_fd)
{
	struct pollfd p[2] = { { stop_fd, POLLIN, 0 }, { fd, POLLIN, 0 } };

	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			return 0;
	return p[0].revents ? 0 : 1;
}

void source_stamp(struct origin *from)
{
	from->captured = clock_seconds();
	clock_gettime(CLOCK_REALTIME, &from->wall);
}
