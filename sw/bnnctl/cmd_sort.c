/* SPDX-License-Identifier: MIT
 * bnnctl sort: images from a folder, standard input or a camera to lanes. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cmd.h"
#include "sort_args.h"
#include "sorter.h"

const struct ctl_option sort_options[] = {
	{ 'r', "rules", "FILE", "rules of the line (docs/sort.md) [all classes to lane accept]" },
	{ 0, "check", "FILE", "check rules against the model, say what they do, and end" },
	{ 0, "raw", "COLSxROWSxN", "standard input has raw frames of N = 1 or 3 bytes a pixel" },
	{ 0, "camera", "DEVICE", "frames of a V4L2 camera such as /dev/video0" },
	{ 0, "size", "COLSxROWS", "of the camera's frames [as it is set]" },
	{ 0, "once", NULL, "end behind the files that are in the folder" },
	{ 0, "crop", "X,Y,W,H", "take this rectangle of each frame" },
	{ 0, "parts", "bright:N", "sort the parts brighter than N of 255, or dark:N the darker" },
	{ 0, "area", "N", "least pixels of a part [64]" },
	{ 0, "border", "N", "pixels added around a part [2]" },
	{ 0, "whole", NULL, "pass over parts that touch the edge of the frame" },
	{ 0, "eject", NULL, "the board pulses its own outputs by the rules (docs/eject.md)" },
	{ 0, "devices", "A,B...", "several devices side by side, in place of -d" },
	{ 0, "move", "DIR", "move files to DIR/LANE/CLASS; a taken name gets a number" },
	{ 0, "link", "DIR", "link them there instead" },
	{ 0, "save", "DIR", "write the pictures of parts and frames there" },
	{ 0, "layout", "WHICH", "folders in DIR: both, lane or class [both]" },
	{ 0, "log", "FILE", "add a JSON object a line for each image" },
	{ 0, "csv", "FILE", "add a line of comma-separated values for each image" },
	{ 0, "rotate", "MB", "size at which a log becomes FILE.1 [100]" },
	{ 0, "keep", "N", "older logs that are kept [5]" },
	{ 0, "run", "COMMAND", "program for each image; {lane} {class} {file} ... are replaced" },
	{ 0, "mqtt", "HOST...", "publish each image at HOST[:PORT][/TOPIC] [:1883/jetbnn/sort]" },
	{ 0, "status-file", "FILE", "JSON statistics, written every second" },
	{ 0 },
};

/* Set by SIGINT and SIGTERM. The descriptor wakes the source. */
static volatile sig_atomic_t stop;
static int stop_fd = -1;

static void on_signal(int number)
{
	const uint64_t one = 1;
	ssize_t n;

	(void)number;
	stop = 1;
	n = write(stop_fd, &one, sizeof(one));
	(void)n; /* the counter is not at its limit */
}

/* The first signal ends the line in order, a second one as ever. */
static int catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stop_fd < 0 || sigaction(SIGINT, &action, NULL) || sigaction(SIGTERM, &action, NULL) ||
	    sigaction(SIGPIPE, &ignore, NULL)) {
		ctl_error("signals cannot be caught");
		return EXIT_INTERNAL;
	}
	return EXIT_OK;
}

static int read_rules(const struct ctl *c, const char *path, struct rules *r)
{
	struct bnn_err err = { 0 };
	int rc = BNN_OK;

	if (path)
		rc = rules_read(path, r, &err);
	else
		rules_default(r);
	if (!rc)
		rc = rules_bind(path ? path : "default rules", r, c->model, &err);
	return rc ? ctl_fail(&err) : EXIT_OK;
}

static int plan_ejector(const char *path, const struct rules *r, struct ejector *e)
{
	struct bnn_err err = { 0 };

	return ejector_plan(path ? path : "default rules", r, e, &err) ? ctl_fail(&err) : EXIT_OK;
}

static int check_rules(const struct ctl *c, const char *path)
{
	struct rules r;
	struct ejector e;
	int status = read_rules(c, path, &r);

	if (status)
		return status;
	rules_explain(&r, c->model, stdout);
	if (!ctl_value(c, "eject"))
		return EXIT_OK;
	status = plan_ejector(path, &r, &e);
	if (!status)
		ejector_explain(&e, &r, stdout);
	return status;
}

/* The one board that pulses its outputs. */
static int set_up_ejector(struct ctl *c, const char *list, struct sorter *s)
{
	int status;

	if (!ctl_value(c, "eject"))
		return EXIT_OK;
	if (list && strchr(list, ','))
		return ctl_usage(c, "--eject needs one device: an image must be on the board whose "
				    "output is behind it");
	status = plan_ejector(ctl_value(c, "rules"), &s->rules, &s->ejector);
	if (status)
		return status;
	ejector_begin(&s->ejector, s->console);
	s->crew.ejector = &s->ejector;
	s->crew.options.send_once = 1;
	return EXIT_OK;
}

static int run_line(struct ctl *c, struct sorter *s)
{
	struct bnn_err err = { 0 };
	int rc = sorter_run(s, &err);

	if (!c->quiet)
		sorter_report(s, stderr);
	return rc ? ctl_fail(&err) : EXIT_OK;
}

int cmd_sort(struct ctl *c, int argc, char **argv)
{
	const char *check = ctl_value(c, "check"), *list = ctl_value(c, "devices");
	struct sorter s = { .model = c->model, .stop = &stop };
	struct bnn_err err = { 0 };
	struct console console;
	int status;

	if (check)
		return check_rules(c, check);
	if (c->trace && (list || strncmp(c->device_spec, "sim", 3) != 0))
		return ctl_usage(c, "--trace needs one simulated device: -d sim");
	status = read_rules(c, ctl_value(c, "rules"), &s.rules);
	if (!status)
		status = catch_signals();
	if (status)
		return status;
	console_open(&console, c->quiet);
	s.console = &console;
	crew_begin(&s.crew, &console, c->model);
	s.crew.options.timeout_ms = (int)c->timeout_ms;
	s.crew.options.trace = c->trace;
	status = set_up_ejector(c, list, &s);
	if (!status)
		status = sort_args(c, argc > 1 ? argv[1] : NULL, stop_fd, &s);
	if (!status && crew_open(&s.crew, list ? list : c->device_spec, &err))
		status = ctl_fail(&err);
	if (!status)
		status = run_line(c, &s);
	sorter_close(&s);
	console_close(&console);
	close(stop_fd);
	return status;
}
