/* SPDX-License-Identifier: MIT
 * Programs that put a bitstream on a board. */
#ifndef BNNCTL_PROGRAMMER_H
#define BNNCTL_PROGRAMMER_H

#include <stdio.h>

#include "cmd.h"

/* A board of constraints/: the "# board:" lines of its file. */
struct flash_board {
	const char *name;
	const char *family;  /* "ice40" or "ecp5" */
	const char *program; /* "dfu" ... */
	const char *value;   /* the program's: "1209:5bf0"; "" when it needs none */
};

/* Ends with a NULL name. */
extern const struct flash_board flash_boards[];
/* NULL when there is none whose name is the first n bytes of name. */
const struct flash_board *flash_board_find(const char *name, size_t n);

enum { PROGRAMMER_ARGS = 8 };

/* The command that puts a file on a board, and what helps when it does not. The words are borrowed from
 * the board and the name of the file. */
struct programmer {
	const char *argv[PROGRAMMER_ARGS + 1]; /* NULL at the end */
	const char *install;                   /* what brings the program */
	const char *hint;                      /* what is wrong most often */
};

/* file must not begin with '-'. */
void programmer_command(const struct flash_board *b, const char *file, struct programmer *out);
/* The command as a shell reads it, with a newline. */
void programmer_print(FILE *to, const struct programmer *p);
/* Runs it without a shell and waits; what it prints goes to stderr. Returns an exit status: EXIT_DEVICE
 * when it is not installed or fails (said). */
int programmer_run(const struct programmer *p);

#endif
