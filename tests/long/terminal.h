/* SPDX-License-Identifier: MIT
 * A terminal of one status line at its foot, for a program under test: what scrolled by, what the line said
 * at chosen moments, and both as a picture. */
#ifndef TESTS_TERMINAL_H
#define TESTS_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#define TERMINAL_LINES 64
#define TERMINAL_COLS 128

struct terminal {
	char line[TERMINAL_LINES][TERMINAL_COLS + 1]; /* what scrolled by, and chosen moments */
	int lines;
	char now[TERMINAL_COLS + 1]; /* the line at the foot */
	size_t at;                   /* column of the next character */
	int escape;                  /* characters of an escape sequence so far */
};

/* Bytes of the program. Carriage return, line feed and "erase to the end of the line" are known. */
void terminal_bytes(struct terminal *t, const char *bytes, size_t n);
/* True when a line that scrolled by has this text in it. */
bool terminal_said(const struct terminal *t, const char *text);
/* Keeps the line at the foot as it is now. */
void terminal_keep(struct terminal *t);
/* An SVG file; command: the first line. 0, or -1 with a message. */
int terminal_picture(const struct terminal *t, const char *command, const char *path);

#endif
