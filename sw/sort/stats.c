/* SPDX-License-Identifier: MIT
 * Counts of a sorting line. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "json.h"
#include "stats.h"

enum { BINS_A_DOUBLING = 16 };

void stats_begin(struct stats *s, double now)
{
	memset(s, 0, sizeof(*s));
	s->begun = now;
}

static int bin_of(double seconds)
{
	int bin = seconds > 1e-6 ? (int)(log2(seconds * 1e6) * BINS_A_DOUBLING) : 0;

	return bin < STATS_BINS ? bin : STATS_BINS - 1;
}

/* Moves the ring of seconds on to now. */
static void advance(struct stats *s, double now)
{
	long second = (long)(now - s->begun);

	if (second - s->at > STATS_SECONDS)
		s->at = second - STATS_SECONDS - 1;
	while (s->at < second)
		s->second[++s->at % (STATS_SECONDS + 1)] = 0;
}

void stats_add(struct stats *s, const struct event *e, double now)
{
	advance(s, now);
	s->second[s->at % (STATS_SECONDS + 1)]++;
	s->images++;
	s->lane[e->lane]++;
	s->reason[e->reason]++;
	s->bin[bin_of(e->latency)]++;
	if (event_class(e))
		s->class_[e->item->result.index]++;
}

double stats_percentile(const struct stats *s, double part)
{
	uint64_t below = 0, wanted = (uint64_t)ceil(part * (double)s->images);

	if (s->images == 0)
		return 0;
	for (int i = 0; i < STATS_BINS; i++) {
		below += s->bin[i];
		if (below > 0 && below >= wanted)
			return 1e-6 * exp2((double)(i + 1) / BINS_A_DOUBLING);
	}
	return 0;
}

double stats_rate(struct stats *s, double now)
{
	double whole = now - s->begun, seconds;
	uint64_t sum = 0;

	advance(s, now);
	for (int i = 0; i <= STATS_SECONDS; i++)
		sum += s->second[i];
	/* Ten whole seconds and the part of the present one; a second at least. */
	seconds = whole < STATS_SECONDS ? whole : STATS_SECONDS + whole - floor(whole);
	return (double)sum / (seconds > 1 ? seconds : 1);
}

uint64_t stats_faults(const struct stats *s, const struct stats_now *n)
{
	return s->reason[REASON_UNREADABLE] + s->reason[REASON_FAILED] + s->reason[REASON_LATE] +
	       s->skipped_frames + s->action_faults + n->losses + n->ejector.faults +
	       n->ejector.unmatched + n->ejector.missed;
}

void stats_line(struct stats *s, const struct rules *r, const struct stats_now *n, double now,
		char *out, size_t size)
{
	const char *ejector = !n->ejects ? "" : n->ejector.armed ? " | ejecting" : " | SAFE";
	/* A narrow terminal cuts the lanes, not the faults. */
	size_t at = (size_t)snprintf(out, size,
				     "%.1f/s | boards %d/%d%s | faults %" PRIu64
				     " | queue %d | p50 %.1f p95 %.1f p99 %.1f ms |",
				     stats_rate(s, now), n->present, n->boards, ejector,
				     stats_faults(s, n), n->queue, stats_percentile(s, 0.5) * 1e3,
				     stats_percentile(s, 0.95) * 1e3,
				     stats_percentile(s, 0.99) * 1e3);

	for (int i = 0; i < r->lanes && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, " %s %" PRIu64, r->lane[i].name,
				       s->lane[i]);
}

static void json_counts(FILE *to, const char *key, int count,
			const char *(*name)(const void *, int), const void *of,
			const uint64_t *value)
{
	fprintf(to, ", \"%s\": {", key);
	for (int i = 0; i < count; i++) {
		fputs(i ? ", " : "", to);
		json_write(to, name(of, i));
		fprintf(to, ": %" PRIu64, value[i]);
	}
	putc('}', to);
}

static const char *lane_name(const void *rules, int i)
{
	return ((const struct rules *)rules)->lane[i].name;
}

static const char *class_name(const void *model, int i)
{
	return bnn_model_class(model, i);
}

static const char *name_of_reason(const void *unused, int i)
{
	(void)unused;
	return reason_name[i];
}

void stats_json(struct stats *s, const struct rules *r, const bnn_model *m,
		const struct stats_now *n, double now, FILE *to)
{
	fprintf(to,
		"{\"state\": \"%s\", \"seconds\": %.1f, \"images\": %" PRIu64 ", \"rate\": %.2f",
		n->state, now - s->begun, s->images, stats_rate(s, now));
	json_counts(to, "lanes", r->lanes, lane_name, r, s->lane);
	json_counts(to, "classes", bnn_model_classes(m), class_name, m, s->class_);
	json_counts(to, "reasons", REASONS, name_of_reason, NULL, s->reason);
	fprintf(to, ", \"latency_ms\": {\"p50\": %.3f, \"p95\": %.3f, \"p99\": %.3f}",
		stats_percentile(s, 0.5) * 1e3, stats_percentile(s, 0.95) * 1e3,
		stats_percentile(s, 0.99) * 1e3);
	fprintf(to,
		", \"queue\": %d, \"boards\": %d, \"boards_present\": %d, \"boards_lost\": %u, "
		"\"sent_again\": %" PRIu64 ", \"empty_frames\": %" PRIu64
		", \"skipped_frames\": %" PRIu64 ", \"action_faults\": %" PRIu64,
		n->queue, n->boards, n->present, n->losses, n->resent, s->empty_frames,
		s->skipped_frames, s->action_faults);
	if (n->ejects)
		fprintf(to,
			", \"ejector\": {\"armed\": %s, \"parts\": %" PRIu64
			", \"pulses\": %" PRIu64 ", \"late\": %" PRIu64 ", \"unmatched\": %" PRIu64
			", \"missed\": %" PRIu64 ", \"faults\": %" PRIu64 "}",
			n->ejector.armed ? "true" : "false", n->ejector.parts, n->ejector.pulses,
			n->ejector.late, n->ejector.unmatched, n->ejector.missed,
			n->ejector.faults);
	putc('}', to);
}

void stats_text(const struct stats *s, const struct rules *r, const bnn_model *m,
		const struct stats_now *n, double now, FILE *to)
{
	double seconds = now - s->begun;

	fprintf(to, "%" PRIu64 " images in %.1f s, %.1f a second\n", s->images, seconds,
		seconds > 0 ? (double)s->images / seconds : 0);
	for (int i = 0; i < r->lanes; i++)
		fprintf(to, "  lane %-20s %10" PRIu64 "\n", r->lane[i].name, s->lane[i]);
	for (int i = 0; i < bnn_model_classes(m); i++)
		if (s->class_[i])
			fprintf(to, "  class %-19s %10" PRIu64 "\n", bnn_model_class(m, i),
				s->class_[i]);
	for (int i = REASON_OK + 1; i < REASONS; i++)
		if (s->reason[i])
			fprintf(to, "  %-25s %10" PRIu64 "\n", reason_name[i], s->reason[i]);
	if (s->images)
		fprintf(to, "latency p50 %.1f, p95 %.1f, p99 %.1f ms\n",
			stats_percentile(s, 0.5) * 1e3, stats_percentile(s, 0.95) * 1e3,
			stats_percentile(s, 0.99) * 1e3);
	if (n->ejects)
		fprintf(to,
			"ejector: parts %" PRIu64 ", pulses %" PRIu64 ", late %" PRIu64
			", images without a part %" PRIu64 ", pulses missed %" PRIu64
			", faults %" PRIu64 "\n",
			n->ejector.parts, n->ejector.pulses, n->ejector.late, n->ejector.unmatched,
			n->ejector.missed, n->ejector.faults);
	if (s->empty_frames)
		fprintf(to, "frames without a part %" PRIu64 "\n", s->empty_frames);
	if (s->skipped_frames)
		fprintf(to, "frames the camera dropped %" PRIu64 "\n", s->skipped_frames);
	if (n->losses || s->action_faults)
		fprintf(to,
			"boards lost %u times, images sent again %" PRIu64
			", actions that failed %" PRIu64 "\n",
			n->losses, n->resent, s->action_faults);
}
