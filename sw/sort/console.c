/* SPDX-License-Identifier: MIT
 * Standard error of a sorting line. */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "console.h"

void console_open(struct console *c, bool quiet)
{
	*c = (struct console){ .quiet = quiet,
			       .live = !quiet && isatty(STDERR_FILENO),
			       .shared = isatty(STDOUT_FILENO) };
	pthread_mutex_init(&c->lock, NULL);
}

void console_close(struct console *c)
{
	console_wipe(c);
	pthread_mutex_destroy(&c->lock);
}

static void wipe(struct console *c)
{
	if (c->drawn)
		fputs("\r\033[K", stderr);
	c->drawn = false;
}

static void say(struct console *c, const char *fmt, va_list args)
{
	pthread_mutex_lock(&c->lock);
	wipe(c);
	fputs("bnnctl: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	pthread_mutex_unlock(&c->lock);
}

void console_note(struct console *c, const char *fmt, ...)
{
	va_list args;

	if (c->quiet)
		return;
	va_start(args, fmt);
	say(c, fmt, args);
	va_end(args);
}

void console_fault(struct console *c, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(c, fmt, args);
	va_end(args);
}

void console_status(struct console *c, const char *text)
{
	struct winsize size;
	int width = 80;

	if (!c->live)
		return;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		width = size.ws_col;
	pthread_mutex_lock(&c->lock);
	fprintf(stderr, "\r\033[K%.*s", width - 1, text);
	c->drawn = true;
	pthread_mutex_unlock(&c->lock);
}

void console_wipe(struct console *c)
{
	pthread_mutex_lock(&c->lock);
	wipe(c);
	pthread_mutex_unlock(&c->lock);
}

void console_make_room(struct console *c)
{
	if (c->shared)
		console_wipe(c);
}
