/* SPDX-License-Identifier: MIT
 * Bytes no faster than a device digests them, for a link that cannot be held back: at most PACE_ROOM bytes are
 * ahead of what the device has had the time for. */
#ifndef JB_PACE_H
#define JB_PACE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Well below the 511 bytes of hw/uart/uart_fifo.v: a bridge that was late sends what it has at once. */
enum { PACE_ROOM = 128 };

/* Times in any unit, the same for all; zeroed: no limit. */
struct pace {
	double byte; /* a byte takes the device so long */
	double due;  /* when all that was sent is digested */
};

/* How many of n bytes may go at `now`; 0: not before *at. */
size_t pace_allow(const struct pace *p, double now, size_t n, double *at);
/* n bytes went at `now`. */
void pace_sent(struct pace *p, double now, size_t n);

#ifdef __cplusplus
}
#endif
#endif
