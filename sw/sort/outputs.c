/* SPDX-License-Identifier: MIT
 * What is done with a decision. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "action_file.h"
#include "clock.h"
#include "outputs.h"

void outputs_fault(struct outputs *o, const struct bnn_err *why)
{
	double now = clock_seconds();

	o->faults++;
	if (o->said > 0 && now - o->said < 1) {
		o->unsaid++;
		return;
	}
	if (o->unsaid)
		console_fault(o->console, "%s (and %u more since the last one)", why->text,
			      o->unsaid);
	else
		console_fault(o->console, "%s", why->text);
	o->said = now;
	o->unsaid = 0;
}

/* Where the picture goes: a file with several parts by what they have in common. */
static int choose_folder(const struct outputs *o, const struct event *e, char *out, size_t size,
			 struct bnn_err *err)
{
	int lane = o->lane >= 0 ? o->lane : e->rules->fault_lane[REASON_UNCERTAIN];
	const char *lane_name = e->rules->lane[lane].name, *second = "";

	if (o->lane < 0)
		second = "mixed";
	else if (o->reason != REASON_OK)
		second = reason_name[o->reason];
	else if (o->class_ >= 0)
		second = bnn_model_class(e->model, o->class_);
	if (o->layout == LAYOUT_LANE)
		return file_folder(o->folder, lane_name, "", out, size, err);
	if (o->layout == LAYOUT_BOTH)
		return file_folder(o->folder, lane_name, second, out, size, err);
	return file_folder(o->folder, o->reason == REASON_OK && *second ? second : lane_name, "",
			   out, size, err);
}

/* Adds the event to what is known of its file; true when it was the last part. */
static bool add_part(struct outputs *o, const struct event *e)
{
	const struct origin *from = &e->item->from;
	int class_ = event_class(e) ? e->item->result.index : -1;

	if (from->part == 0 || o->action == FILE_SAVE) {
		o->lane = e->lane;
		o->class_ = class_;
		o->reason = e->reason;
	} else {
		o->lane = o->lane == e->lane ? o->lane : -1;
		o->class_ = o->class_ == class_ ? class_ : -1;
		o->reason = o->reason == e->reason ? o->reason : REASON_UNCERTAIN;
	}
	return from->part + 1 >= from->parts;
}

/* "20261123T224517.123-000012": sorts by time, and no other image has it. */
static void picture_name(const struct event *e, char *out, size_t size)
{
	struct tm tm;
	size_t n;

	gmtime_r(&e->item->from.wall.tv_sec, &tm);
	n = strftime(out, size, "%Y%m%dT%H%M%S", &tm);
	snprintf(out + n, size - n, ".%03ld-%06" PRIu64, e->item->from.wall.tv_nsec / 1000000,
		 e->item->number);
}

static void put_away(struct outputs *o, struct event *e)
{
	const struct item *item = e->item;
	char folder[LINE_NAME], name[64];
	struct bnn_err why = { 0 };
	bool last = add_part(o, e);
	int rc;

	if (o->action == FILE_SAVE ? !item->picture.pixels : !item->from.is_file || !last)
		return;
	rc = choose_folder(o, e, folder, sizeof(folder), &why);
	if (!rc && o->action == FILE_MOVE) {
		rc = file_move(item->from.name, folder, e->to, sizeof(e->to), &why);
	} else if (!rc && o->action == FILE_LINK) {
		rc = file_link(item->from.name, folder, e->to, sizeof(e->to), &why);
	} else if (!rc) {
		picture_name(e, name, sizeof(name));
		rc = file_save(&item->picture, name, folder, e->to, sizeof(e->to), &why);
	}
	if (rc) {
		e->to[0] = 0;
		outputs_fault(o, &why);
	}
}

/* The event as a line, *n bytes; the caller frees it. NULL: out of memory, said. */
static char *line_of(struct outputs *o, void (*write_it)(const struct event *e, FILE *to),
		     const struct event *e, size_t *n)
{
	struct bnn_err why = { BNN_E_MEMORY, "out of memory for a line" };
	char *line = NULL;
	FILE *to = open_memstream(&line, n);

	if (to)
		write_it(e, to);
	if (to && fclose(to) == 0)
		return line;
	free(line);
	outputs_fault(o, &why);
	return NULL;
}

static void log_event(struct outputs *o, struct log *l, const char *line, size_t n)
{
	struct bnn_err why = { 0 };

	if (line && l->path && log_line(l, line, n, &why))
		outputs_fault(o, &why);
}

void outputs_event(struct outputs *o, struct event *e)
{
	struct bnn_err why = { 0 };
	char *json, *csv;
	size_t json_n, csv_n;

	if (o->action != FILE_LEAVE)
		put_away(o, e);
	json = line_of(o, event_json, e, &json_n);
	csv = line_of(o, event_csv, e, &csv_n);
	log_event(o, &o->json, json, json_n);
	log_event(o, &o->csv, csv, csv_n);
	console_make_room(o->console);
	if (o->json_out)
		fputs(json ? json : "", stdout);
	else
		event_text(e, stdout);
	putchar('\n');
	fflush(stdout);
	if (o->use_run && run_event(&o->run, e, &why))
		outputs_fault(o, &why);
	if (json && o->mqtt.client && mqtt_event(&o->mqtt, json, json_n, &why))
		outputs_fault(o, &why);
	free(json);
	free(csv);
}

void outputs_close(struct outputs *o)
{
	if (o->use_run) {
		run_collect(&o->run, true);
		o->faults += o->run.failures;
		run_close(&o->run);
		o->use_run = false;
	}
	o->faults += (uint64_t)mqtt_close(&o->mqtt);
	log_close(&o->json);
	log_close(&o->csv);
}
