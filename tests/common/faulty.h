/* SPDX-License-Identifier: MIT
 * A transport that damages what passes through another one. */
#ifndef TESTS_FAULTY_H
#define TESTS_FAULTY_H

#include "random_net.h"
#include "transport.h"

enum fault {
	FAULT_NONE,
	FAULT_FLIP,   /* one bit */
	FAULT_LOSE,   /* one byte */
	FAULT_DOUBLE, /* one byte */
	FAULT_CUT,    /* the rest of a call's bytes */
	FAULT_NOISE,  /* bytes of garbage in between */
	FAULT_GONE,   /* from then on every call fails */
	FAULTS
};

/* What faulty_transport does; one at a time in a process. */
struct faulty_plan {
	const struct transport *below;
	enum fault to_device, from_device;
	int every; /* one fault in this many calls, on average */
	struct random_source source;
	long done; /* faults made */
};

extern struct faulty_plan faulty_plan;
extern const struct transport faulty_transport;

#endif
