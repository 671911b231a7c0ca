/* SPDX-License-Identifier: MIT
 * Counts of a sorting line: fixed memory, however long it runs. */
#ifndef SORT_STATS_H
#define SORT_STATS_H

#include "ejector.h"
#include "event.h"

/* Latencies are kept in bins 1/16 of a power of two wide, from 1 us to an hour. */
#define STATS_BINS 512
#define STATS_SECONDS 10 /* over which the rate is told */

struct stats {
	uint64_t images; /* decided */
	uint64_t lane[RULES_MAX_LANES];
	uint64_t class_[RULES_MAX_CLASSES]; /* with a result */
	uint64_t reason[REASONS];
	uint64_t bin[STATS_BINS];
	uint64_t empty_frames;   /* of a stream, without a part */
	uint64_t skipped_frames; /* that a camera dropped */
	uint64_t action_faults;  /* files not moved, lines not written, commands not run */
	double begun;            /* clock_seconds */
	uint64_t second[STATS_SECONDS + 1]; /* decided in the last seconds, a ring */
	long at;                            /* second of the newest, since begun */
};

/* What else a report tells. */
struct stats_now {
	int queue, boards, present;
	unsigned losses;
	uint64_t resent;
	const char *state; /* "running", "ending", "ended" */
	bool ejects;       /* the board's outputs are in use: */
	struct ejector_counts ejector;
};

void stats_begin(struct stats *s, double now);
void stats_add(struct stats *s, const struct event *e, double now);
/* Latency in seconds below which the given part of the images stayed, within 1/16; 0 without
 * images. */
double stats_percentile(const struct stats *s, double part);
/* Images a second, of the last seconds; in the first one what there was. */
double stats_rate(struct stats *s, double now);
uint64_t stats_faults(const struct stats *s, const struct stats_now *n);

/* One line for the terminal. */
void stats_line(struct stats *s, const struct rules *r, const struct stats_now *n, double now,
		char *out, size_t size);
/* One JSON object. */
void stats_json(struct stats *s, const struct rules *r, const bnn_model *m,
		const struct stats_now *n, double now, FILE *to);
/* At the end, for people. */
void stats_text(const struct stats *s, const struct rules *r, const bnn_model *m,
		const struct stats_now *n, double now, FILE *to);

#endif
