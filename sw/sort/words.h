/* SPDX-License-Identifier: MIT
 * Words of a line of text, and numbers and times in them. */
#ifndef SORT_WORDS_H
#define SORT_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "bnn.h"

#define WORDS_MAX 80
#define WORD_MAX 63 /* bytes */

struct words {
	const char *file; /* for messages */
	int line;
	int count;
	char word[WORDS_MAX][WORD_MAX + 1];
};

/* Takes the next line of *text apart and moves *text behind it. Words are separated by blanks; one
 * in double quotes may hold blanks; # starts a comment. w->file is set by the caller, w->line
 * counts on from what it was. Returns 1, 0 at the end of the text, or BNN_E_FILE. */
int words_next(struct words *w, const char **text, struct bnn_err *err);
/* Sets err to "FILE:LINE: TEXT" and returns BNN_E_FILE. */
int words_bad(const struct words *w, struct bnn_err *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Word i as a whole number; what: its meaning, for the message. Errors: BNN_E_FILE. */
int words_number(const struct words *w, int i, const char *what, int64_t least, int64_t most,
		 int64_t *out, struct bnn_err *err);
/* Word *i and the one behind it, or one word, as a number with the unit us, ms or s; moves *i behind
 * it. Errors: BNN_E_FILE. */
int words_time_at(const struct words *w, int *i, const char *what, int64_t least_us,
		  int64_t most_us, int64_t *out_us, struct bnn_err *err);
/* The same at word i, the end of the line. */
int words_time(const struct words *w, int i, const char *what, int64_t least_us, int64_t most_us,
	       int64_t *out_us, struct bnn_err *err);

#endif
