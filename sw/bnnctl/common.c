/* SPDX-License-Identifier: MIT
 * What commands share: exit statuses, messages, progress. */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "json.h"
#include "model.h"

int ctl_status(int code)
{
	switch (code) {
	case BNN_OK: return EXIT_OK;
	case BNN_E_ARG: return EXIT_USAGE;
	case BNN_E_FILE:
	case BNN_E_LIMIT: return EXIT_FILE;
	case BNN_E_NO_DEVICE: return EXIT_NO_DEVICE;
	case BNN_E_LINK:
	case BNN_E_DEVICE:
	case BNN_E_TIMEOUT: return EXIT_DEVICE;
	case BNN_E_MISMATCH: return EXIT_MISMATCH;
	default: return EXIT_INTERNAL;
	}
}

static void say(const char *fmt, va_list args)
{
	fputs("bnnctl: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

int ctl_fail(const struct bnn_err *err)
{
	ctl_error("%s", err->text);
	return ctl_status(err->code);
}

void ctl_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}

int ctl_usage(const struct ctl *c, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
	fprintf(stderr, "bnnctl: try: bnnctl%s%s --help\n", c->command ? " " : "",
		c->command ? c->command->name : "");
	return EXIT_USAGE;
}

void ctl_note(const struct ctl *c, const char *fmt, ...)
{
	va_list args;

	if (c->quiet)
		return;
	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}

void ctl_detail(const struct ctl *c, const char *fmt, ...)
{
	va_list args;

	if (!c->verbose)
		return;
	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}

void ctl_progress_begin(struct ctl_progress *p, const struct ctl *c, const char *what)
{
	double now = clock_seconds();

	*p = (struct ctl_progress){
		.what = what, .shown = !c->quiet && isatty(STDERR_FILENO), .begun = now, .last = now
	};
}

void ctl_progress_set(struct ctl_progress *p, double done, double total)
{
	static const char bar[] = "##############################";
	double now, part = total > 0 ? done / total : 0;
	int width = sizeof(bar) - 1, full = (int)(part * width), left;

	if (!p->shown)
		return;
	now = clock_seconds();
	if (now - p->last < 1)
		return;
	p->last = now;
	p->drawn = true;
	left = part > 0 ? (int)((now - p->begun) * (1 - part) / part + 0.5) : 0;
	fprintf(stderr, "\r\033[K%s [%.*s%*s] %.0f/%.0f, %d:%02d left", p->what, full, bar,
		width - full, "", done, total, left / 60, left % 60);
}

void ctl_progress_end(struct ctl_progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}

void ctl_print_model(const struct ctl *c, const bnn_model *m, const char *to)
{
	char text[NET_TEXT_MAX];

	net_print(&m->net, text, sizeof(text));
	if (c->json) {
		printf("{\"file\": ");
		json_string(to);
		printf(", \"net\": ");
		json_string(text);
		printf(", \"weight_bits\": %zu, \"pixel_table\": %s}\n", model_weight_bits(m),
		       m->pre.use_table ? "true" : "false");
	} else {
		printf("%s: %s, %zu weight bits%s\n", to, text, model_weight_bits(m),
		       m->pre.use_table ? ", pixel table" : "");
	}
}
