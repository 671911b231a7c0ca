/* SPDX-License-Identifier: MIT
 * An accelerator in C behind a transport: control as hw/ctrl does it, programs by the interpreter,
 * no time. With switches for misbehaviour. */
#ifndef TESTS_FAKE_DEVICE_H
#define TESTS_FAKE_DEVICE_H

#include "device_limits.h"
#include "transport.h"

/* What devices opened from now on do; one plan in a process. */
struct fake_plan {
	struct device_limits limits;
	int silent;         /* answers nothing */
	int babbles;        /* sends garbage without end */
	int bad_identify;   /* 1: short block, 2: wrong magic, 3: refused */
	int forgets_model;  /* once, when an image comes */
	int wrong_classes;  /* in results */
	int bad_counters;   /* block shorter than it says */
	int refuses_images; /* with this reason */
	int stuck_writes;   /* takes no bytes */
};

extern struct fake_plan fake_plan;
extern const struct transport fake_transport;

#endif
