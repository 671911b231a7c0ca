/* SPDX-License-Identifier: MIT
 * The boards of a sorting line: a thread each. A board that fails or is unplugged gives its images
 * back to the line and is opened again, later and later, until it answers. */
#ifndef SORT_CREW_H
#define SORT_CREW_H

#include <stdatomic.h>

#include "console.h"
#include "ejector.h"
#include "line.h"

#define CREW_FLIGHT 2 /* images a device keeps in flight */

struct crew;

struct crew_board {
	struct crew *crew;
	int index;
	char spec[96]; /* as named; once opened as the device calls itself */
	bnn_device *device;
	pthread_t thread;
	bool started; /* and not joined */
	atomic_bool present;
	uint8_t *pixels; /* of the image to be sent, owned */
	struct crew_flight {
		uint64_t number;
		double taken; /* clock_seconds */
	} flight[CREW_FLIGHT];
	int flying;
};

struct crew {
	struct line *line;
	struct console *console;
	const bnn_model *model;
	struct bnn_open_options options;
	struct ejector *ejector; /* of the one board, NULL: the boards' outputs are left alone */
	/* How a board is opened: bnn_device_open, or a test's. */
	int (*open)(const char *spec, const struct bnn_open_options *opt, bnn_device **out,
		    struct bnn_err *err);
	double backoff_first, backoff_most; /* seconds between attempts to open */
	struct crew_board board[LINE_MAX_BOARDS];
	int boards;
	atomic_uint losses; /* boards lost, in all */
};

/* Sets the defaults. The pointers stay the caller's and must outlive the crew. */
void crew_begin(struct crew *c, struct console *console, const bnn_model *model);
/* Opens the boards of a list "usb:A,usb:B" and loads the model on them: all of them must be there.
 * Errors: BNN_E_ARG, those of bnn_device_open and bnn_device_load. */
int crew_open(struct crew *c, const char *list, struct bnn_err *err);
/* Starts the threads. Errors: BNN_E_INTERNAL. */
int crew_start(struct crew *c, struct line *line, struct bnn_err *err);
/* Waits until all have left the line; with an ejector, until the last pulse has ended. */
void crew_join(struct crew *c);
/* Closes the boards, joined before if need be. */
void crew_end(struct crew *c);
/* Boards that are there now. */
int crew_present(const struct crew *c);

#endif
