/* SPDX-License-Identifier: MIT
 * A program an event, started without a shell. */
#ifndef SORT_ACTION_RUN_H
#define SORT_ACTION_RUN_H

#include <stdbool.h>
#include <sys/types.h>

#include "event.h"

#define RUN_WORDS 32
#define RUN_MOST 16 /* programs that run at a time */

struct run_action {
	char *text;                /* owned, cut into words */
	char *word[RUN_WORDS + 1]; /* NULL behind the last */
	pid_t pid[RUN_MOST];       /* 0: free */
	unsigned long failures;    /* programs that ended with another status than 0 */
};

/* Takes a command apart at its blanks. {file} {class} {lane} {reason} {margin} {number}
 * {latency} {to} in its words are replaced. Errors: BNN_E_ARG (empty, too long, an unknown {word}),
 * BNN_E_MEMORY. */
int run_open(struct run_action *a, const char *command, struct bnn_err *err);
/* Starts it; standard input is empty, standard output is our standard error. Errors: BNN_E_FILE (it
 * cannot be started), BNN_E_LIMIT (RUN_MOST are running). */
int run_event(struct run_action *a, const struct event *e, struct bnn_err *err);
/* Collects those that have ended; wait: waits for all, at most some seconds. */
void run_collect(struct run_action *a, bool wait);
void run_close(struct run_action *a);

#endif
