/* SPDX-License-Identifier: MIT
 * A sorting line as a whole. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "file.h"
#include "sorter.h"

static const double tick = 0.25;        /* seconds between looks at the clock and the terminal */
static const double status_every = 1.0; /* seconds between status files */

static void *feed(void *context)
{
	struct sorter *s = context;
	struct frame f;
	bool go_on = true;

	while (go_on && (s->feed_rc = s->source.next(s->source.state, &f, &s->feed_err)) > 0) {
		go_on = prepare_put(&s->prepare, &f, &s->line);
		bnn_image_free(&f.image);
	}
	line_end(&s->line);
	return NULL;
}

/* True when the frame of this image came too soon behind the one before. Files have no time on a
 * belt. */
static bool is_crowded(struct sorter *s, const struct origin *from)
{
	if (from->is_file || !s->rules.spacing_us)
		return false;
	if (from->part == 0) {
		s->crowded = s->frame_time > 0 &&
			     from->captured - s->frame_time < (double)s->rules.spacing_us * 1e-6;
		s->frame_time = from->captured;
	}
	return s->crowded;
}

static void decide(struct sorter *s, const struct item *item)
{
	struct event e = { .item = item,
			   .rules = &s->rules,
			   .model = s->model,
			   .reason = item->reason,
			   .device = item->board >= 0 ? s->crew.board[item->board].spec : NULL };
	bool crowded = is_crowded(s, &item->from);
	double now = clock_seconds();

	if (item->reason == REASON_OK && !crowded) {
		e.lane = rules_decide(&s->rules, &item->result, &e.reason);
	} else {
		e.reason = item->reason == REASON_OK ? REASON_CROWDED : item->reason;
		e.lane = s->rules.fault_lane[e.reason];
	}
	e.latency = now - item->from.captured;
	outputs_event(&s->outputs, &e);
	stats_add(&s->stats, &e, now);
}

static struct stats_now now_of(struct sorter *s, const char *state)
{
	struct stats_now n = { .state = state };

	s->stats.empty_frames = atomic_load(&s->prepare.empty_frames);
	s->stats.skipped_frames = atomic_load(&s->prepare.skipped_frames);
	s->stats.action_faults = s->outputs.faults;
	line_counts(&s->line, &n.queue, &n.resent);
	n.boards = s->crew.boards;
	n.present = crew_present(&s->crew);
	n.losses = atomic_load(&s->crew.losses);
	n.ejects = s->crew.ejector != NULL;
	if (n.ejects)
		n.ejector = ejector_now(&s->ejector);
	return n;
}

static void write_status(struct sorter *s, const char *state)
{
	struct stats_now n = now_of(s, state);
	struct bnn_err why = { 0 };
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return;
	stats_json(&s->stats, &s->rules, s->model, &n, clock_seconds(), to);
	putc('\n', to);
	if (fclose(to) == 0 && file_write(s->status_file, text, size, &why))
		outputs_fault(&s->outputs, &why);
	free(text);
}

static void show(struct sorter *s, const char *state, double *status_due)
{
	struct stats_now n = now_of(s, state);
	double now = clock_seconds();
	char line[512];

	if (s->console->live) {
		stats_line(&s->stats, &s->rules, &n, now, line, sizeof(line));
		console_status(s->console, line);
	}
	if (s->status_file && now >= *status_due) {
		write_status(s, state);
		*status_due = now + status_every;
	}
}

static void run(struct sorter *s)
{
	double due = clock_seconds(), status_due = due;
	bool stopping = false;
	struct item item;

	for (;;) {
		enum line_out out = line_next(&s->line, due, &item);

		if (out == LINE_EMPTY)
			break;
		if (out == LINE_ITEM) {
			decide(s, &item);
			item_free(&item);
		}
		if (*s->stop && !stopping) {
			stopping = true;
			line_stop(&s->line);
		}
		if (clock_seconds() >= due) {
			show(s, stopping ? "ending" : "running", &status_due);
			due = clock_seconds() + tick;
		}
	}
}

int sorter_run(struct sorter *s, struct bnn_err *err)
{
	size_t size = (size_t)bnn_model_rows(s->model) * (size_t)bnn_model_cols(s->model) *
		      (size_t)bnn_model_channels(s->model);
	pthread_t feeder;
	int rc =
		line_open(&s->line, size, (double)s->rules.deadline_us * 1e-6, s->crew.boards, err);

	if (rc)
		return rc;
	if (s->crew.ejector)
		s->line.fresh = s->ejector.fresh;
	stats_begin(&s->stats, clock_seconds());
	rc = crew_start(&s->crew, &s->line, err);
	if (!rc && pthread_create(&feeder, NULL, feed, s) == 0) {
		run(s);
		line_stop(&s->line);
		pthread_join(feeder, NULL);
		crew_join(&s->crew);
		rc = s->feed_rc < 0 ? s->feed_rc : BNN_OK;
		*err = s->feed_err;
	} else {
		line_end(&s->line);
		line_stop(&s->line);
	}
	outputs_close(&s->outputs);
	console_wipe(s->console);
	if (s->status_file)
		write_status(s, "ended");
	return rc;
}

void sorter_report(struct sorter *s, FILE *to)
{
	struct stats_now n = now_of(s, "ended");

	stats_text(&s->stats, &s->rules, s->model, &n, clock_seconds(), to);
}

void sorter_close(struct sorter *s)
{
	if (s->source.close)
		s->source.close(s->source.state);
	crew_end(&s->crew);
	outputs_close(&s->outputs);
	line_close(&s->line);
	if (s->crew.ejector)
		ejector_end(&s->ejector);
}
