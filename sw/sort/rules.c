/* SPDX-License-Identifier: MIT
 * Rules of a sorting line: the file. */
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "model.h"
#include "rules.h"
#include "words.h"

const char *const reason_name[REASONS] = {
	[REASON_OK] = "ok",         [REASON_UNCERTAIN] = "uncertain",
	[REASON_LATE] = "late",     [REASON_UNREADABLE] = "unreadable",
	[REASON_FAILED] = "failed", [REASON_CROWDED] = "crowded",
	[REASON_EMPTY] = "empty",
};

enum { UNSAID = -1, LEAST_WATCHDOG_US = 100000, WATCHDOG_US = 1000000 };

struct parse {
	struct rules *r;
	struct words w;
	bool has_other, has_reject;
	int reject;
};

static int find_lane(const struct rules *r, const char *name)
{
	for (int i = 0; i < r->lanes; i++)
		if (strcmp(r->lane[i].name, name) == 0)
			return i;
	return -1;
}

static int add_lane(struct rules *r, const char *name, const struct rules_lane *like)
{
	struct rules_lane *l = &r->lane[r->lanes];

	*l = *like;
	snprintf(l->name, sizeof(l->name), "%s", name);
	return r->lanes++;
}

/* Parts get there by themselves. */
static int add_plain_lane(struct rules *r, const char *name)
{
	return add_lane(r, name, &(struct rules_lane){ .output = -1 });
}

/* A lane's name becomes a folder. */
static bool lane_name_ok(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= RULES_LANE_MAX && *s != '.' && *s != '-' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == n;
}

/* output N [inverted] [safe on] [delay TIME] [pulse TIME], from word 2 on */
static int parse_output(const struct words *w, struct rules_lane *l, struct bnn_err *err)
{
	int64_t output;
	int i = 4, rc;

	if (w->count < 4 || strcmp(w->word[2], "output") != 0)
		return words_bad(w, err, "\"%s\": only \"output N\" may follow a lane", w->word[2]);
	rc = words_number(w, 3, "output", 0, BNN_OUTPUTS - 1, &output, err);
	if (!rc)
		l->output = (int)output;
	while (!rc && i < w->count) {
		const char *what = w->word[i++];

		if (strcmp(what, "delay") == 0)
			rc = words_time_at(w, &i, what, 0, RULES_MAX_US, &l->delay_us, err);
		else if (strcmp(what, "pulse") == 0)
			rc = words_time_at(w, &i, what, RULES_LEAST_PULSE_US, RULES_MAX_US,
					   &l->pulse_us, err);
		else if (strcmp(what, "inverted") == 0)
			l->inverted = true;
		else if (strcmp(what, "safe") == 0 && i < w->count && strcmp(w->word[i], "on") == 0)
			l->safe_on = i++;
		else
			return words_bad(w, err,
					 "\"%s\": inverted, safe on, delay TIME or pulse TIME may "
					 "follow an output",
					 what);
	}
	return rc;
}

/* lane NAME [output N ...] */
static int parse_lane(struct parse *p, struct bnn_err *err)
{
	const struct words *w = &p->w;
	struct rules_lane lane = { .output = -1, .delay_us = UNSAID, .pulse_us = UNSAID };
	int rc = BNN_OK;

	if (w->count < 2 || !lane_name_ok(w->word[1]))
		return words_bad(w, err,
				 "lane \"%s\": a name of 1 to %d letters, digits and . _ - is "
				 "needed, which starts with a letter, a digit or _",
				 w->count < 2 ? "" : w->word[1], RULES_LANE_MAX);
	if (find_lane(p->r, w->word[1]) >= 0)
		return words_bad(w, err, "lane \"%s\" is there already", w->word[1]);
	if (p->r->lanes == RULES_MAX_LANES - 1) /* one is kept for the reject lane */
		return words_bad(w, err, "lane \"%s\": at most %d lanes", w->word[1],
				 RULES_MAX_LANES - 1);
	if (w->count > 2)
		rc = parse_output(w, &lane, err);
	for (int i = 0; !rc && lane.output >= 0 && i < p->r->lanes; i++)
		if (p->r->lane[i].output == lane.output)
			rc = words_bad(w, err, "output \"%d\" is that of lane \"%s\"", lane.output,
				       p->r->lane[i].name);
	if (!rc)
		add_lane(p->r, w->word[1], &lane);
	return rc;
}

/* "-> LANE" at word i. */
static int parse_target(struct parse *p, int i, int *lane, struct bnn_err *err)
{
	const struct words *w = &p->w;

	if (i + 1 >= w->count || strcmp(w->word[i], "->") != 0)
		return words_bad(w, err, "\"%s\": \"-> LANE\" is missing", w->word[i - 1]);
	*lane = find_lane(p->r, w->word[i + 1]);
	if (*lane < 0)
		return words_bad(w, err, "\"%s\": no line above declares this lane",
				 w->word[i + 1]);
	return BNN_OK;
}

/* "-> LANE [margin N]" at word i, the end of the line. */
static int parse_class_target(struct parse *p, int i, struct rules_class *c, struct bnn_err *err)
{
	const struct words *w = &p->w;
	int64_t margin = -1;
	int rc = parse_target(p, i, &c->lane, err);

	if (rc)
		return rc;
	if (w->count > i + 2) {
		if (w->count != i + 4 || strcmp(w->word[i + 2], "margin") != 0)
			return words_bad(w, err, "\"%s\": only \"margin N\" may follow the lane",
					 w->word[i + 2]);
		rc = words_number(w, i + 3, "margin", 0, INT32_MAX, &margin, err);
	}
	c->margin = (int32_t)margin;
	c->line = w->line;
	return rc;
}

/* class NAME... -> LANE [margin N] */
static int parse_class(struct parse *p, struct bnn_err *err)
{
	const struct words *w = &p->w;
	struct rules_class c = { 0 };
	int arrow = 1, rc;

	while (arrow < w->count && strcmp(w->word[arrow], "->") != 0)
		arrow++;
	if (arrow == 1)
		return words_bad(w, err, "class: no name before \"->\"");
	rc = parse_class_target(p, arrow, &c, err);
	for (int i = 1; !rc && i < arrow; i++) {
		for (int k = 0; k < p->r->nameds; k++)
			if (strcmp(p->r->named[k].name, w->word[i]) == 0)
				return words_bad(w, err,
						 "class \"%s\" has a lane already, in line %d",
						 w->word[i], p->r->named[k].line);
		if (p->r->nameds == RULES_MAX_CLASSES)
			return words_bad(w, err, "class \"%s\": at most %d classes", w->word[i],
					 RULES_MAX_CLASSES);
		snprintf(c.name, sizeof(c.name), "%s", w->word[i]);
		p->r->named[p->r->nameds++] = c;
	}
	return rc;
}

static int parse_other(struct parse *p, struct bnn_err *err)
{
	if (p->has_other)
		return words_bad(&p->w, err, "other: has a lane already, in line %d",
				 p->r->other.line);
	p->has_other = true;
	return parse_class_target(p, 1, &p->r->other, err);
}

/* trigger image, trigger eye [low] TIME to TIME */
static int parse_trigger(struct parse *p, struct bnn_err *err)
{
	const struct words *w = &p->w;
	struct rules_board *b = &p->r->board;
	int i = 2, rc;

	b->eye = w->count > 2 && strcmp(w->word[1], "eye") == 0;
	if (!b->eye && w->count == 2 && strcmp(w->word[1], "image") == 0)
		return BNN_OK;
	if (!b->eye)
		return words_bad(
			w, err,
			"trigger: \"image\", or \"eye TIME to TIME\", the age of a part when "
			"its image arrives, is needed");
	b->eye_low = strcmp(w->word[2], "low") == 0;
	i += b->eye_low;
	rc = words_time_at(w, &i, "trigger eye", 0, RULES_MAX_US, &b->from_us, err);
	if (!rc && (i >= w->count || strcmp(w->word[i], "to") != 0))
		return words_bad(w, err, "trigger eye: \"to TIME\" is missing");
	return rc ? rc
		  : words_time(w, i + 1, "trigger eye to", b->from_us + 1, RULES_MAX_US, &b->to_us,
			       err);
}

/* Statements of one number or time. */
static int parse_value(struct parse *p, struct bnn_err *err)
{
	static const struct {
		const char *name;
		int64_t least, most;
		size_t at;
	} time[] = {
		{ "deadline", 1000, RULES_MAX_US, offsetof(struct rules, deadline_us) },
		{ "delay", 0, RULES_MAX_US, offsetof(struct rules, delay_us) },
		{ "pulse", RULES_LEAST_PULSE_US, RULES_MAX_US, offsetof(struct rules, pulse_us) },
		{ "spacing", 0, RULES_MAX_US, offsetof(struct rules, spacing_us) },
		{ "filter", 0, 255, offsetof(struct rules, board.filter_us) },
		{ "encoder", 2, 100000, offsetof(struct rules, board.step_us) },
		{ "watchdog", LEAST_WATCHDOG_US, 16000000,
		  offsetof(struct rules, board.watchdog_us) },
	};
	const struct words *w = &p->w;
	int64_t margin;
	int rc;

	if (strcmp(w->word[0], "margin") == 0) {
		if (w->count > 2)
			return words_bad(w, err, "\"%s\": a margin is one number", w->word[2]);
		rc = words_number(w, 1, "margin", 0, INT32_MAX, &margin, err);
		if (!rc)
			p->r->margin = (int32_t)margin;
		return rc;
	}
	for (size_t i = 0; i < sizeof(time) / sizeof(time[0]); i++)
		if (strcmp(w->word[0], time[i].name) == 0)
			return words_time(w, 1, time[i].name, time[i].least, time[i].most,
					  (int64_t *)((char *)p->r + time[i].at), err);
	return words_bad(w, err,
			 "\"%s\": a line starts with lane, class, other, reject, uncertain, late, "
			 "unreadable, failed, crowded, empty, margin, deadline, delay, pulse, "
			 "spacing, trigger, filter, encoder or watchdog",
			 w->word[0]);
}

/* REASON -> LANE */
static int parse_fault(struct parse *p, int *lane, struct bnn_err *err)
{
	if (p->w.count > 3)
		return words_bad(&p->w, err, "\"%s\": nothing may follow the lane", p->w.word[3]);
	return parse_target(p, 1, lane, err);
}

static int parse_line(struct parse *p, struct bnn_err *err)
{
	const char *first = p->w.word[0];

	if (strcmp(first, "lane") == 0)
		return parse_lane(p, err);
	if (strcmp(first, "class") == 0)
		return parse_class(p, err);
	if (strcmp(first, "other") == 0)
		return parse_other(p, err);
	if (strcmp(first, "reject") == 0)
		return parse_fault(p, &p->reject, err);
	if (strcmp(first, "trigger") == 0)
		return parse_trigger(p, err);
	for (int i = REASON_OK + 1; i < REASONS; i++)
		if (strcmp(first, reason_name[i]) == 0)
			return parse_fault(p, &p->r->fault_lane[i], err);
	return parse_value(p, err);
}

static void clear(struct rules *r)
{
	memset(r, 0, sizeof(*r));
	r->other.lane = -1;
	r->other.margin = -1;
	r->board.watchdog_us = WATCHDOG_US;
	for (int i = 0; i < REASONS; i++)
		r->fault_lane[i] = -1;
}

/* The soonest an ejector fires behind its part, 0: at once, or there is no delay. */
static int64_t least_delay(const struct rules *r)
{
	int64_t least = UNSAID;

	for (int i = 0; i < r->lanes; i++)
		if (r->lane[i].output >= 0 && (least < 0 || r->lane[i].delay_us < least))
			least = r->lane[i].delay_us;
	return least < 0 ? r->delay_us : least;
}

/* What was not said. */
static void finish(struct rules *r, int reject)
{
	if (reject < 0)
		reject = find_lane(r, "reject");
	if (reject < 0)
		reject = add_plain_lane(r, "reject");
	for (int i = 0; i < REASONS; i++)
		if (r->fault_lane[i] < 0)
			r->fault_lane[i] = reject;
	for (int i = 0; i < r->lanes; i++) {
		if (r->lane[i].delay_us == UNSAID)
			r->lane[i].delay_us = r->delay_us;
		if (r->lane[i].pulse_us == UNSAID)
			r->lane[i].pulse_us = r->pulse_us;
	}
	/* Behind the ejector a decision is of no use. */
	if (!r->deadline_us)
		r->deadline_us = least_delay(r);
}

int rules_parse(const char *name, const char *text, struct rules *out, struct bnn_err *err)
{
	struct parse p = { .r = out, .w = { .file = name }, .reject = -1 };
	int rc;

	clear(out);
	while ((rc = words_next(&p.w, &text, err)) > 0) {
		rc = p.w.count > 0 ? parse_line(&p, err) : BNN_OK;
		if (rc)
			return rc;
	}
	if (!rc)
		finish(out, p.reject);
	if (!rc && least_delay(out) && out->deadline_us > least_delay(out))
		return err_set(
			err, BNN_E_FILE,
			"%s: the deadline of %g ms is behind the ejector: the delay is %g ms", name,
			(double)out->deadline_us / 1e3, (double)least_delay(out) / 1e3);
	return rc;
}

int rules_read(const char *path, struct rules *out, struct bnn_err *err)
{
	uint8_t *text;
	size_t n;
	int rc = file_read(path, RULES_MAX_FILE, &text, &n, err);

	if (rc)
		return rc;
	if (memchr(text, 0, n))
		rc = err_set(err, BNN_E_FILE, "%s: not a text: it has a byte 0", file_shown(path));
	else
		rc = rules_parse(file_shown(path), (const char *)text, out, err);
	free(text);
	return rc;
}

void rules_default(struct rules *out)
{
	clear(out);
	out->other.lane = add_plain_lane(out, "accept");
	finish(out, -1);
}
