/* SPDX-License-Identifier: MIT
 * A log of lines that keeps to a size: FILE, and older ones FILE.1, FILE.2 ... */
#ifndef SORT_ACTION_LOG_H
#define SORT_ACTION_LOG_H

#include <stddef.h>

#include "bnn.h"

struct log {
	const char *path;
	const char *header; /* first line of every file, NULL: none */
	int64_t most;       /* bytes of a file; a longer line has a file of its own */
	int keep;           /* older files */
	int fd;
	int64_t size;
};

/* Opens or goes on with a log; a line that a crash cut is ended. path and header stay the
 * caller's. Errors: BNN_E_FILE. */
int log_open(struct log *l, const char *path, const char *header, int64_t most, int keep,
	     struct bnn_err *err);
/* Adds a line (its end is added) with one write. Errors: BNN_E_FILE; the next line is tried
 * again. */
int log_line(struct log *l, const char *line, size_t n, struct bnn_err *err);
/* Nothing happens when it was never opened (path NULL). */
void log_close(struct log *l);

#endif
