/* SPDX-License-Identifier: MIT
 * A decision and how it is written. */
#ifndef SORT_EVENT_H
#define SORT_EVENT_H

#include "line.h"

struct event {
	const struct item *item;
	const struct rules *rules;
	const bnn_model *model;
	enum reason reason;
	int lane;
	double latency;     /* seconds from capture to decision */
	const char *device; /* that gave the result, NULL none */
	char to[LINE_NAME]; /* where the file is now, "" where it was */
};

/* The class, NULL when there is no result. */
const char *event_class(const struct event *e);
/* "2026-11-23T22:45:17.123Z"; size 32. */
void event_time(const struct timespec *t, char *out, size_t size);
/* One object, without the end of the line. */
void event_json(const struct event *e, FILE *to);
/* Comma-separated values (RFC 4180), without the end of the line. */
void event_csv(const struct event *e, FILE *to);
extern const char event_csv_header[];
/* For people: with tabs between. */
void event_text(const struct event *e, FILE *to);

#endif
