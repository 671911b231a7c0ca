/* SPDX-License-Identifier: MIT
 * Standard error of a sorting line: notes from any thread, and on a terminal one line that is
 * redrawn. */
#ifndef SORT_CONSOLE_H
#define SORT_CONSOLE_H

#include <pthread.h>
#include <stdbool.h>

struct console {
	pthread_mutex_t lock;
	bool quiet;
	bool live;   /* a status line may be drawn */
	bool shared; /* standard output goes to a terminal, too */
	bool drawn;  /* a status line stands there */
};

/* The status line is drawn when standard error is a terminal and not quiet. */
void console_open(struct console *c, bool quiet);
void console_close(struct console *c);
/* "bnnctl: TEXT"; a note is not printed when quiet, a fault always is. */
void console_note(struct console *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void console_fault(struct console *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Redraws the status line, cut to the terminal's width. */
void console_status(struct console *c, const char *text);
/* Wipes it. */
void console_wipe(struct console *c);
/* Wipes it if what is to be printed on standard output would come behind it. */
void console_make_room(struct console *c);

#endif
