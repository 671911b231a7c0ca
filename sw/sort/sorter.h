/* SPDX-License-Identifier: MIT
 * A sorting line as a whole: a thread for the source, one for each board, decisions and what is done
 * with them in the caller's. */
#ifndef SORT_SORTER_H
#define SORT_SORTER_H

#include <signal.h>

#include "crew.h"
#include "outputs.h"
#include "prepare.h"
#include "stats.h"

struct sorter {
	struct rules rules; /* bound */
	const bnn_model *model;
	struct console *console;
	struct sort_source source;
	struct prepare prepare;
	struct crew crew;       /* open */
	struct ejector ejector; /* planned and begun when crew.ejector is it */
	struct outputs outputs;
	const char *status_file; /* NULL: none */
	const volatile sig_atomic_t
		*stop; /* becomes other than 0 to end; stop_fd of the source too */
	/* Its own: */
	struct line line;
	struct stats stats;
	double frame_time; /* of the newest frame of a stream */
	bool crowded;      /* it came too soon */
	int feed_rc;
	struct bnn_err feed_err;
};

/* Runs until the source ends or *stop; what is on the line then is finished. Returns BNN_OK, or why
 * the source or a thread failed. */
int sorter_run(struct sorter *s, struct bnn_err *err);
/* The statistics, for people. */
void sorter_report(struct sorter *s, FILE *to);
/* Frees all it has, also what was only set up. */
void sorter_close(struct sorter *s);

#endif
