/* SPDX-License-Identifier: MIT
 * The board's own outputs behind the rules of a line (docs/eject.md): what they are configured to,
 * and the requests that keep the watchdog quiet and bring the board's counts. */
#ifndef SORT_EJECTOR_H
#define SORT_EJECTOR_H

#include <pthread.h>

#include "console.h"
#include "rules.h"

struct ejector_counts {
	bool armed;
	uint64_t parts, late, unmatched, missed, pulses; /* as in bnn_outputs_state, not modulo */
	uint64_t faults;                                 /* times the outputs went to safe levels */
};

struct ejector {
	struct bnn_outputs config;
	struct console *console;
	double beat;  /* seconds between requests */
	double fresh; /* seconds an image is of use to the board after its capture */
	double drain; /* seconds in which the last pulses end, at most */
	/* Its own: */
	double due;                    /* clock_seconds of the next request */
	struct bnn_outputs_state last; /* since the board was armed */
	pthread_mutex_t lock;          /* of counts: written by the board's thread */
	struct ejector_counts counts;
};

/* What the board is configured to for bound rules of a line; name is for messages. Errors:
 * BNN_E_FILE: rules the board cannot follow, the text names line's rule and limit. */
int ejector_plan(const char *name, const struct rules *r, struct ejector *out, struct bnn_err *err);
void ejector_begin(struct ejector *e, struct console *console);
void ejector_end(struct ejector *e);
/* Says in words what the board does by itself. */
void ejector_explain(const struct ejector *e, const struct rules *r, FILE *to);

/* The board's thread. Errors of all: those of bnn_device_outputs and bnn_device_outputs_state. */
int ejector_arm(struct ejector *e, bnn_device *d, struct bnn_err *err);
/* To be called at `due`: counts, and arms again after a fault, which is said. */
int ejector_look(struct ejector *e, bnn_device *d, struct bnn_err *err);
/* Looks until no part is under way any more, then holds the outputs at their safe levels. */
int ejector_drain(struct ejector *e, bnn_device *d, struct bnn_err *err);

/* Any thread. */
void ejector_lost(struct ejector *e);
struct ejector_counts ejector_now(struct ejector *e);

#endif
