/* SPDX-License-Identifier: MIT
 * A decision and how it is written. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <string.h>

#include "event.h"
#include "json.h"

const char event_csv_header[] =
	"time,number,file,part,x,y,width,height,class,margin,lane,output,eject_at,"
	"reason,latency_ms,device,to";

static bool has_result(const struct event *e)
{
	return e->item->reason == REASON_OK && e->item->board >= 0;
}

const char *event_class(const struct event *e)
{
	return has_result(e) ? bnn_model_class(e->model, e->item->result.index) : NULL;
}

void event_time(const struct timespec *t, char *out, size_t size)
{
	struct tm tm;
	size_t n;

	gmtime_r(&t->tv_sec, &tm);
	n = strftime(out, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, size - n, ".%03ldZ", t->tv_nsec / 1000000);
}

/* When the part is at the ejector; false when it is not to be ejected. */
static bool eject_time(const struct event *e, char *out, size_t size)
{
	struct timespec t = e->item->from.wall;
	int64_t us = e->rules->lane[e->lane].delay_us;

	if (e->rules->lane[e->lane].output < 0)
		return false;
	t.tv_sec += (time_t)(us / 1000000);
	t.tv_nsec += (long)(us % 1000000 * 1000);
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	event_time(&t, out, size);
	return true;
}

static void json_text(FILE *to, const char *key, const char *text)
{
	fprintf(to, ", \"%s\": ", key);
	if (text)
		json_write(to, text);
	else
		fputs("null", to);
}

void event_json(const struct event *e, FILE *to)
{
	const struct origin *o = &e->item->from;
	const struct rules_lane *lane = &e->rules->lane[e->lane];
	char time[32];

	event_time(&o->wall, time, sizeof(time));
	fprintf(to, "{\"time\": \"%s\", \"number\": %" PRIu64, time, e->item->number);
	json_text(to, "file", o->name);
	if (o->parts > 0)
		fprintf(to, ", \"part\": %d, \"box\": [%d, %d, %d, %d]", o->part, o->x, o->y, o->w,
			o->h);
	json_text(to, "class", event_class(e));
	if (has_result(e))
		fprintf(to, ", \"margin\": %" PRId32, e->item->result.margin);
	else
		fputs(", \"margin\": null", to);
	json_text(to, "lane", lane->name);
	if (eject_time(e, time, sizeof(time)))
		fprintf(to, ", \"output\": %d, \"eject_at\": \"%s\"", lane->output, time);
	json_text(to, "reason", reason_name[e->reason]);
	if (e->item->why[0])
		json_text(to, "why", e->item->why);
	fprintf(to, ", \"latency_ms\": %.3f", e->latency * 1e3);
	json_text(to, "device", e->device);
	if (e->to[0])
		json_text(to, "to", e->to);
	putc('}', to);
}

/* A field, quoted where it must be. */
static void csv_field(FILE *to, const char *text)
{
	if (!strpbrk(text, "\",\r\n")) {
		fputs(text, to);
		return;
	}
	putc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', to);
		putc(*text, to);
	}
	putc('"', to);
}

void event_csv(const struct event *e, FILE *to)
{
	const struct origin *o = &e->item->from;
	const struct rules_lane *lane = &e->rules->lane[e->lane];
	const char *class = event_class(e);
	char time[32];

	event_time(&o->wall, time, sizeof(time));
	fprintf(to, "%s,%" PRIu64 ",", time, e->item->number);
	csv_field(to, o->name);
	if (o->parts > 0)
		fprintf(to, ",%d,%d,%d,%d,%d,", o->part, o->x, o->y, o->w, o->h);
	else
		fputs(",,,,,,", to);
	csv_field(to, class ? class : "");
	if (class)
		fprintf(to, ",%" PRId32 ",", e->item->result.margin);
	else
		fputs(",,", to);
	csv_field(to, lane->name);
	if (eject_time(e, time, sizeof(time)))
		fprintf(to, ",%d,%s,", lane->output, time);
	else
		fputs(",,,", to);
	fprintf(to, "%s,%.3f,", reason_name[e->reason], e->latency * 1e3);
	csv_field(to, e->device ? e->device : "");
	putc(',', to);
	csv_field(to, e->to);
}

void event_text(const struct event *e, FILE *to)
{
	const struct origin *o = &e->item->from;
	const char *class = event_class(e);

	fputs(o->name, to);
	if (o->parts > 0)
		fprintf(to, " part %d", o->part);
	fprintf(to, "\t%s", e->rules->lane[e->lane].name);
	if (class)
		fprintf(to, "\t%s\tmargin %" PRId32, class, e->item->result.margin);
	if (e->reason != REASON_OK)
		fprintf(to, "\t%s", reason_name[e->reason]);
	if (e->item->why[0])
		fprintf(to, ": %s", e->item->why);
}
