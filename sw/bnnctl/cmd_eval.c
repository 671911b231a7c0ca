/* SPDX-License-Identifier: MIT
 * bnnctl eval: accuracy of a model on labelled images. */
#include <stdio.h>
#include <stdlib.h>

#include "escapes.h"
#include "file.h"
#include "json.h"
#include "report.h"

#define DEFAULT_ESCAPE 1.0 /* percent */
#define DEFAULT_WORST 24
#define MAX_WORST 200

const struct ctl_option eval_options[] = {
	{ 0, "report", "FILE", "a page with all there is to see, HTML" },
	{ 0, "good", "NAME[,NAME]", "classes of good parts [those named good or ok]" },
	{ 0, "escape", "RATE", "escapes allowed, percent: the margin for that [1 in the page]" },
	{ 0, "worst", "N", "mistakes shown in the page, 0 to 200 [24]" },
	{ 0, NULL, NULL, NULL },
};

/* Everything of a run. */
struct run {
	const struct ctl *c;
	struct labelled set;
	struct evaluation answers;
	struct escapes escapes;
	bool good[JB_MAX_CLASSES];
	int goods;
	double wanted; /* escape rate, percent */
	bool tell;     /* escapes were asked for */
	long worst;
};

static int get_options(struct run *run)
{
	const struct ctl *c = run->c;
	const char *list = ctl_value(c, "good");
	char unknown[MODEL_NAME_MAX + 1];
	int rc;

	run->tell = list || ctl_value(c, "escape");
	run->wanted = DEFAULT_ESCAPE;
	run->worst = DEFAULT_WORST;
	rc = ctl_real(c, "escape", 0, 100, &run->wanted);
	if (!rc)
		rc = ctl_integer(c, "worst", 0, MAX_WORST, &run->worst);
	if (rc)
		return rc;
	run->goods = escapes_good(c->model, list, run->good, unknown, sizeof(unknown));
	if (run->goods < 0)
		return ctl_usage(c, "--good: the model has no class named \"%s\"", unknown);
	if (list && !run->goods)
		return ctl_usage(c, "--good: all %d classes are good, nothing is left to escape",
				 bnn_model_classes(c->model));
	return EXIT_OK;
}

static void print_escapes(const struct run *run)
{
	const struct escapes *e = &run->escapes;
	int64_t margins[] = { 0, escapes_margin(e, run->wanted / 100) };

	if (run->goods) {
		fputs("good       ", stdout);
		for (int i = 0, n = 0; i < bnn_model_classes(run->c->model); i++)
			if (run->good[i])
				printf("%s %s", n++ ? "," : "", bnn_model_class(run->c->model, i));
		putchar('\n');
	}
	for (int i = 0; i < (margins[1] ? 2 : 1); i++)
		printf("margin %-4lld escapes %.2f %% (%ld of %ld), false rejects %.2f %% (%ld of %ld)\n",
		       (long long)margins[i], 100 * escapes_rate(e, margins[i]),
		       escapes_count(e, margins[i]), e->bad_all,
		       100 * escapes_reject_rate(e, margins[i]), escapes_rejects(e, margins[i]),
		       e->good_all);
}

static void print_escapes_json(const struct run *run)
{
	const struct escapes *e = &run->escapes;
	int64_t margin = escapes_margin(e, run->wanted / 100);

	fputs(", \"good\": [", stdout);
	for (int i = 0, n = 0; i < bnn_model_classes(run->c->model); i++)
		if (run->good[i]) {
			fputs(n++ ? ", " : "", stdout);
			json_string(bnn_model_class(run->c->model, i));
		}
	printf("], \"escape_wanted\": %g, \"margin\": %lld, \"escapes\": %ld, \"escape_of\": %ld, "
	       "\"escape_rate\": %.6f, \"false_rejects\": %ld, \"false_reject_of\": %ld, "
	       "\"false_reject_rate\": %.6f",
	       run->wanted / 100, (long long)margin, escapes_count(e, margin), e->bad_all,
	       escapes_rate(e, margin), escapes_rejects(e, margin), e->good_all,
	       escapes_reject_rate(e, margin));
}

static void print_json(const struct run *run)
{
	const struct evaluation *e = &run->answers;
	const struct ctl *c = run->c;

	printf("{\"images\": %ld, \"correct\": %ld, \"accuracy\": %.6f, "
	       "\"balanced_accuracy\": %.6f, \"unreadable\": %d, \"device\": ",
	       e->count, e->correct, evaluation_accuracy(e),
	       confusion_balanced(e->table, bnn_model_classes(c->model)), e->unreadable);
	json_string(bnn_device_name(c->device));
	printf(", \"classes\": [");
	for (int i = 0; i < bnn_model_classes(c->model); i++) {
		fputs(i ? ", " : "", stdout);
		json_string(bnn_model_class(c->model, i));
	}
	printf("], \"confusion\": ");
	confusion_print_json(c->model, e->table);
	if (run->tell)
		print_escapes_json(run);
	puts("}");
}

static void print(const struct run *run)
{
	const struct evaluation *e = &run->answers;
	const bnn_model *m = run->c->model;

	printf("accuracy    %.2f %% (%ld of %ld images)\n", 100 * evaluation_accuracy(e),
	       e->correct, e->count);
	printf("balanced    %.2f %%\n", 100 * confusion_balanced(e->table, bnn_model_classes(m)));
	if (run->tell)
		print_escapes(run);
	confusion_print(m, e->table);
}

static int evaluate(struct run *run, const char *images, const char *labels, struct bnn_err *err)
{
	const char *page = ctl_value(run->c, "report");
	int rc = page ? file_check_place(page, err) : BNN_OK;

	if (!rc)
		rc = labelled_open(run->c->model, images, labels, &run->set, err);
	if (!rc)
		rc = evaluation_run(run->c, &run->set, &run->answers, err);
	if (!rc)
		rc = escapes_new(run->answers.answer, run->set.count, run->goods ? run->good : NULL,
				 &run->escapes, err);
	if (!rc && page) {
		struct report report = { .model = run->c->model,
					 .model_path = run->c->model_path,
					 .device = run->c->device,
					 .set = &run->set,
					 .answers = &run->answers,
					 .escapes = &run->escapes,
					 .good = run->goods ? run->good : NULL,
					 .wanted = run->wanted / 100,
					 .worst = (int)run->worst };

		rc = report_write(&report, page, err);
	}
	return rc;
}

int cmd_eval(struct ctl *c, int argc, char **argv)
{
	struct run *run = calloc(1, sizeof(*run));
	struct bnn_err err = { 0 };
	int rc, status;

	if (!run) {
		ctl_error("out of memory");
		return EXIT_INTERNAL;
	}
	run->c = c;
	status = get_options(run);
	if (!status) {
		rc = evaluate(run, argv[1], argc > 2 ? argv[2] : NULL, &err);
		if (!rc && c->json)
			print_json(run);
		else if (!rc)
			print(run);
		status = rc ? ctl_fail(&err) : run->answers.unreadable ? EXIT_FILE : EXIT_OK;
	}
	escapes_free(&run->escapes);
	evaluation_free(&run->answers);
	labelled_free(&run->set);
	free(run);
	return status;
}
