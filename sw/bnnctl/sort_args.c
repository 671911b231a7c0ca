/* SPDX-License-Identifier: MIT
 * Options of bnnctl sort. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image.h"
#include "sort_args.h"
#include "source_camera.h"

/* "A<c>B<c>..." of n whole numbers from 0 to IMAGE_MAX_SIDE. */
static bool numbers(const char *text, char between, int n, int *out)
{
	for (int i = 0; i < n; i++) {
		if (*text < '0' || *text > '9')
			return false;
		for (out[i] = 0; *text >= '0' && *text <= '9'; text++) {
			out[i] = 10 * out[i] + (*text - '0');
			if (out[i] > IMAGE_MAX_SIDE)
				return false;
		}
		if (*text++ != (i + 1 < n ? between : 0))
			return false;
	}
	return true;
}

static int crop_args(struct ctl *c, struct prepare *p)
{
	const char *text = ctl_value(c, "crop");
	int n[4];

	if (!text)
		return EXIT_OK;
	if (!numbers(text, ',', 4, n) || n[2] < 1 || n[3] < 1)
		return ctl_usage(c, "--crop %s: X,Y,W,H in pixels is needed, W and H from 1 to %d",
				 text, IMAGE_MAX_SIDE);
	p->x = n[0];
	p->y = n[1];
	p->w = n[2];
	p->h = n[3];
	return EXIT_OK;
}

static int parts_args(struct ctl *c, struct prepare *p)
{
	const char *text = ctl_value(c, "parts"), *number = text ? strchr(text, ':') : NULL;
	long area = 64, border = 2;
	int status;

	status = ctl_integer(c, "area", 1, IMAGE_MAX_PIXELS, &area);
	if (!status)
		status = ctl_integer(c, "border", 0, IMAGE_MAX_SIDE, &border);
	if (status)
		return status;
	p->finder.area_least = area;
	p->finder.border = (int)border;
	p->finder.whole = ctl_value(c, "whole") != NULL;
	p->find = text != NULL;
	if (!text)
		return ctl_value(c, "area") || ctl_value(c, "border") || p->finder.whole
			       ? ctl_usage(c, "--area, --border and --whole need --parts")
			       : EXIT_OK;
	p->finder.dark = strncmp(text, "dark:", 5) == 0;
	if ((!p->finder.dark && strncmp(text, "bright:", 7) != 0) ||
	    !numbers(number + 1, 0, 1, &p->finder.threshold) || p->finder.threshold > 255)
		return ctl_usage(c, "--parts %s: bright:N or dark:N with N from 0 to 255 is needed",
				 text);
	return EXIT_OK;
}

/* The one of two or more options that was given, -1: none, -2: several (said). */
static int only_one(struct ctl *c, const char *const *name, int count)
{
	int found = -1;

	for (int i = 0; i < count; i++) {
		if (!ctl_value(c, name[i]))
			continue;
		if (found >= 0) {
			ctl_usage(c, "--%s and --%s exclude each other", name[found], name[i]);
			return -2;
		}
		found = i;
	}
	return found;
}

static int folder_args(struct ctl *c, bool from_folder, struct sorter *s)
{
	static const char *const action[] = { "move", "link", "save" };
	static const char *const layout[] = { "both", "lane", "class" };
	const char *wanted = ctl_value(c, "layout");
	int which = only_one(c, action, 3);

	if (which == -2)
		return EXIT_USAGE;
	if (which >= 0) {
		s->outputs.action = (enum file_action)(FILE_MOVE + which);
		s->outputs.folder = ctl_value(c, action[which]);
		s->prepare.keep = s->outputs.action == FILE_SAVE;
		if (!s->prepare.keep && !from_folder)
			return ctl_usage(c, "--%s needs a folder of images; --save writes pictures",
					 action[which]);
	}
	for (int i = 0; wanted && i < 3; i++) {
		if (strcmp(wanted, layout[i]) == 0) {
			s->outputs.layout = (enum file_layout)i;
			wanted = NULL;
		}
	}
	if (wanted)
		return ctl_usage(c, "--layout %s: both, lane or class is needed", wanted);
	return EXIT_OK;
}

static int log_args(struct ctl *c, struct outputs *o)
{
	const char *json = ctl_value(c, "log"), *csv = ctl_value(c, "csv");
	const char *run = ctl_value(c, "run"), *mqtt = ctl_value(c, "mqtt");
	struct bnn_err err = { 0 };
	long megabytes = 100, keep = 5;
	int rc = BNN_OK, status;

	status = ctl_integer(c, "rotate", 1, 1000000, &megabytes);
	if (!status)
		status = ctl_integer(c, "keep", 0, 1000, &keep);
	if (status)
		return status;
	if (json)
		rc = log_open(&o->json, json, NULL, megabytes * 1000000, (int)keep, &err);
	if (!rc && csv)
		rc = log_open(&o->csv, csv, event_csv_header, megabytes * 1000000, (int)keep, &err);
	if (!rc && run) {
		o->use_run = true;
		rc = run_open(&o->run, run, &err);
	}
	if (!rc && mqtt)
		rc = mqtt_parse(&o->mqtt, mqtt, &err);
	if (!rc && mqtt)
		rc = mqtt_open(&o->mqtt, o->console, getenv("BNN_MQTT_USER"),
			       getenv("BNN_MQTT_PASSWORD"), &err);
	return rc ? ctl_fail(&err) : EXIT_OK;
}

static int camera_args(struct ctl *c, const char *path, int stop_fd, struct sorter *s)
{
	const char *size = ctl_value(c, "size");
	struct bnn_err err = { 0 };
	int n[2] = { 0, 0 }, rc;

	if (size && (!numbers(size, 'x', 2, n) || n[0] < 1 || n[1] < 1))
		return ctl_usage(c, "--size %s: COLSxROWS is needed, from 1 to %d", size,
				 IMAGE_MAX_SIDE);
	rc = source_camera_open(path, n[0], n[1], bnn_model_channels(c->model), stop_fd,
				&camera_system, s->console, &s->source, &err);
	return rc ? ctl_fail(&err) : EXIT_OK;
}

static int stream_args(struct ctl *c, int stop_fd, struct sorter *s)
{
	const char *raw = ctl_value(c, "raw");
	struct bnn_err err = { 0 };
	int n[3] = { 0, 0, 0 }, rc;

	if (raw && (!numbers(raw, 'x', 3, n) || n[0] < 1 || n[1] < 1 || (n[2] != 1 && n[2] != 3)))
		return ctl_usage(c,
				 "--raw %s: COLSxROWSxN is needed, sides from 1 to %d, N 1 or 3 "
				 "bytes a pixel",
				 raw, IMAGE_MAX_SIDE);
	rc = source_stream_open(STDIN_FILENO, n[1], n[0], n[2], stop_fd, &s->source, &err);
	return rc ? ctl_fail(&err) : EXIT_OK;
}

static int folder_source(struct ctl *c, const char *path, int stop_fd, struct sorter *s)
{
	struct bnn_err err = { 0 };
	int rc = source_folder_open(path, ctl_value(c, "once") != NULL, stop_fd, &s->source, &err);

	return rc ? ctl_fail(&err) : EXIT_OK;
}

static int source_args(struct ctl *c, const char *operand, int stop_fd, struct sorter *s)
{
	const char *camera = ctl_value(c, "camera");
	bool folder = operand && strcmp(operand, "-") != 0;

	if (!operand && !camera)
		return ctl_usage(
			c, "no source: a folder, - for standard input, or --camera is needed");
	if (operand && camera)
		return ctl_usage(c, "--camera and %s are two sources", operand);
	if (ctl_value(c, "raw") && (folder || camera))
		return ctl_usage(c, "--raw needs - as the source");
	if (ctl_value(c, "once") && !folder)
		return ctl_usage(c, "--once needs a folder");
	if (ctl_value(c, "size") && !camera)
		return ctl_usage(c, "--size needs --camera");
	if (camera)
		return camera_args(c, camera, stop_fd, s);
	return folder ? folder_source(c, operand, stop_fd, s) : stream_args(c, stop_fd, s);
}

int sort_args(struct ctl *c, const char *operand, int stop_fd, struct sorter *s)
{
	bool from_folder = operand && strcmp(operand, "-") != 0;
	int status = crop_args(c, &s->prepare);

	s->prepare.model = c->model;
	s->outputs.console = s->console;
	s->outputs.json_out = c->json;
	s->status_file = ctl_value(c, "status-file");
	if (!status)
		status = parts_args(c, &s->prepare);
	if (!status)
		status = folder_args(c, from_folder, s);
	if (!status)
		status = log_args(c, &s->outputs);
	if (!status)
		status = source_args(c, operand, stop_fd, s);
	return status;
}
