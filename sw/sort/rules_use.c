/* SPDX-License-Identifier: MIT
 * Rules of a sorting line: with a model. */
#include <string.h>

#include "model.h"
#include "rules.h"

static void bind_class(struct rules *r, int c, const struct rules_class *from)
{
	r->class_lane[c] = from->lane;
	r->class_margin[c] = from->margin < 0 ? r->margin : from->margin;
}

int rules_bind(const char *name, struct rules *r, const bnn_model *m, struct bnn_err *err)
{
	r->classes = bnn_model_classes(m);
	for (int c = 0; c < r->classes; c++)
		bind_class(r, c, &r->other);
	for (int i = 0; i < r->nameds; i++) {
		int c = model_find_class(m, r->named[i].name, strlen(r->named[i].name));

		if (c < 0)
			return err_set(err, BNN_E_FILE,
				       "%s:%d: class \"%s\": the model has no such class, but %d, "
				       "\"%s\" to \"%s\"",
				       name, r->named[i].line, r->named[i].name, r->classes,
				       bnn_model_class(m, 0), bnn_model_class(m, r->classes - 1));
		bind_class(r, c, &r->named[i]);
	}
	for (int c = 0; c < r->classes; c++)
		if (r->class_lane[c] < 0)
			return err_set(err, BNN_E_FILE,
				       "%s: class \"%s\" of the model has no lane: name it, or say "
				       "\"other -> LANE\"",
				       name, bnn_model_class(m, c));
	return BNN_OK;
}

int rules_decide(const struct rules *r, const struct bnn_result *result, enum reason *reason)
{
	int c = result->index;

	*reason = result->margin < r->class_margin[c] ? REASON_UNCERTAIN : REASON_OK;
	return *reason == REASON_OK ? r->class_lane[c] : r->fault_lane[*reason];
}

/* (ejector output 3, 400 ms behind the image, for 30 ms) */
static void explain_output(const struct rules_lane *l, FILE *to)
{
	fprintf(to, " (ejector output %d", l->output);
	if (l->delay_us)
		fprintf(to, ", %g ms behind the part", (double)l->delay_us / 1e3);
	else
		fputs(", at once", to);
	if (l->pulse_us)
		fprintf(to, ", for %g ms", (double)l->pulse_us / 1e3);
	fprintf(to, "%s%s)", l->inverted ? ", low" : "", l->safe_on ? ", on after a fault" : "");
}

static void explain_lane(const struct rules *r, const bnn_model *m, int lane, FILE *to)
{
	const char *between = "";

	fprintf(to, "lane %s", r->lane[lane].name);
	if (r->lane[lane].output >= 0)
		explain_output(&r->lane[lane], to);
	fputs(": ", to);
	for (int c = 0; c < r->classes; c++) {
		if (r->class_lane[c] != lane)
			continue;
		fprintf(to, "%s%s", between, bnn_model_class(m, c));
		if (r->class_margin[c])
			fprintf(to, " with a margin of %d or more", (int)r->class_margin[c]);
		between = ", ";
	}
	for (int i = REASON_OK + 1; i < REASONS; i++) {
		if (r->fault_lane[i] != lane)
			continue;
		fprintf(to, "%s%s images", between, reason_name[i]);
		between = ", ";
	}
	fputs(*between ? "\n" : "nothing\n", to);
}

static void explain_time(const char *what, int64_t us, const char *else_what, FILE *to)
{
	if (us)
		fprintf(to, "%s %g ms\n", what, (double)us / 1e3);
	else
		fprintf(to, "%s\n", else_what);
}

void rules_explain(const struct rules *r, const bnn_model *m, FILE *to)
{
	int ejected = 0, passing = 0;

	for (int i = 0; i < r->lanes; i++) {
		explain_lane(r, m, i, to);
		ejected += r->lane[i].output >= 0;
		passing += r->lane[i].output < 0;
	}
	explain_time("late: no class within", r->deadline_us, "late: never, no deadline is set",
		     to);
	explain_time("crowded: behind the part before it by less than", r->spacing_us,
		     "crowded: never, no spacing is set", to);
	for (int i = REASON_OK + 1; ejected && i < REASONS; i++)
		if (r->lane[r->fault_lane[i]].output >= 0)
			fprintf(to,
				"not safe: %s images need output %d; without power or air they go "
				"where parts go that nothing ejects\n",
				reason_name[i], r->lane[r->fault_lane[i]].output);
	if (ejected && passing > 1)
		fprintf(to, "not sorted: %d lanes have no output, their parts stay together\n",
			passing);
}
