/* SPDX-License-Identifier: MIT
 * bnnctl train: trains a network on IDX files or a folder of class folders. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "class_names.h"
#include "confusion.h"
#include "load.h"
#include "train_args.h"

static volatile sig_atomic_t stop_wanted;

/* The first one ends training after the epoch, the second one the program. */
static void on_interrupt(int number)
{
	stop_wanted = 1;
	signal(number, SIG_DFL);
}

static void print_left(double seconds)
{
	fprintf(stderr, "%d:%02d left", (int)seconds / 60, (int)seconds % 60);
}

/* A line an epoch; within one, on a terminal, a bar. */
static void on_progress(void *ctx, const struct train_progress *p)
{
	const struct ctl *ctl = ctx;
	bool terminal = isatty(STDERR_FILENO);
	int done = (int)(24 * p->step / p->steps);

	if (ctl->quiet)
		return;
	if (terminal)
		fputs("\r\033[K", stderr);
	if (p->epoch_done) {
		fprintf(stderr, "epoch %d of %d: loss %.4f", p->epoch, p->epochs, p->loss);
		if (p->held_accuracy >= 0)
			fprintf(stderr, ", held out %.2f %%%s", 100 * p->held_accuracy,
				p->best ? " (best)" : "");
		fputs(", ", stderr);
		print_left(p->seconds_left);
		fputc('\n', stderr);
	} else if (terminal) {
		fprintf(stderr, "epoch %d of %d [%.*s%*s] ", p->epoch, p->epochs, done,
			"########################", 24 - done, "");
		print_left(p->seconds_left);
	}
}

static void print_text(const struct bnn_model *m, const struct train_outcome *o,
		       const struct train_report *test)
{
	char text[NET_TEXT_MAX];

	net_print(&m->net, text, sizeof(text));
	printf("network     %s\n", text);
	printf("weights     %zu bits\n", model_weight_bits(m));
	printf("epoch       %d kept of %d run\n", o->epoch, o->epochs);
	if (o->held)
		printf("held out    %.2f %% of %d images\n", 100 * o->held_accuracy, o->held);
	if (!test)
		return;
	printf("test        %.2f %% of %d images, balanced %.2f %%\n",
	       100.0 * test->correct / test->count, test->count, 100 * test->balanced);
	confusion_print(m, test->confusion);
}

static void print_json(const struct bnn_model *m, const struct train_outcome *o,
		       const struct train_report *test)
{
	char text[NET_TEXT_MAX];

	net_print(&m->net, text, sizeof(text));
	printf("{\"net\": \"%s\", \"weight_bits\": %zu, \"epoch\": %d, \"epochs\": %d, \"held\": %d, ",
	       text, model_weight_bits(m), o->epoch, o->epochs, o->held);
	printf("\"held_accuracy\": %.6f, \"test\": %d", o->held ? o->held_accuracy : 0,
	       test ? test->count : 0);
	if (test) {
		printf(", \"correct\": %d, \"balanced_accuracy\": %.6f, \"confusion\": ",
		       test->correct, test->balanced);
		confusion_print_json(m, test->confusion);
	}
	puts("}");
}

/* Everything of a run. */
struct job {
	struct train_args args;
	struct net net;
	struct bnn_model *fit; /* input size, preprocessing and class names of the model to be */
	struct train_set learn, test;
	bool has_test;
	struct bnn_model *model;
	struct train_outcome outcome;
	struct train_report report;
};

static int load_idx_files(struct job *j, struct bnn_err *err)
{
	int rc = j->args.classes ? class_names_set(j->fit, j->args.classes, err) : BNN_OK;

	if (!rc)
		rc = load_idx(j->fit, j->args.idx, "train", &j->learn, err);
	if (!rc)
		rc = load_idx(j->fit, j->args.idx, "t10k", &j->test, err);
	j->has_test = !rc;
	return rc;
}

static int load_list(struct job *j, const char *folder, enum dataset_part part,
		     struct train_set *out, struct bnn_err *err)
{
	struct dataset list;
	int rc = dataset_list(folder, part, &list, err);

	if (rc)
		return rc;
	if (list.classes != bnn_model_classes(j->fit))
		rc = err_set(err, BNN_E_ARG, "%.120s: %d classes, the network's head has %d",
			     folder, list.classes, bnn_model_classes(j->fit));
	for (int c = 0; !rc && c < list.classes; c++) {
		if (j->learn.count && strcmp(list.class_name[c], j->fit->class_name[c]) != 0)
			rc = err_set(err, BNN_E_ARG, "%.120s: class %.60s is not one learned",
				     folder, list.class_name[c]);
		else
			rc = class_name_set(j->fit, c, list.class_name[c], MODEL_NAME_MAX, err);
	}
	if (!rc)
		rc = load_dataset(j->fit, &list, out, err);
	dataset_free(&list);
	return rc;
}

static bool has_parts(const char *folder)
{
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/test", folder);
	bool test = n > 0 && (size_t)n < sizeof(path) && access(path, X_OK) == 0;

	snprintf(path, sizeof(path), "%s/train", folder);
	return test && access(path, X_OK) == 0;
}

static int load_folders(struct job *j, struct bnn_err *err)
{
	bool parts = has_parts(j->args.folder);
	int rc = load_list(j, j->args.folder, DATASET_TRAIN, &j->learn, err);

	j->has_test = j->args.test || parts;
	if (rc || !j->has_test)
		return rc;
	return j->args.test ? load_list(j, j->args.test, DATASET_ALL, &j->test, err)
			    : load_list(j, j->args.folder, DATASET_TEST, &j->test, err);
}

/* Said before training rather than after it. */
static int check_output(const char *path, struct bnn_err *err)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];
	int n = snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 1,
			 slash ? path : ".");

	if (n >= (int)sizeof(folder) || access(folder, W_OK | X_OK) != 0)
		return err_set(err, BNN_E_FILE, "%.200s: cannot write there", path);
	return BNN_OK;
}

static void set_preprocessing(struct bnn_model *m, const struct train_args *a)
{
	m->pre.normalize = a->normalize;
	m->pre.contrast = a->contrast != 0;
	m->pre.window = (uint8_t)a->contrast;
}

static int prepare(struct job *j, struct bnn_err *err)
{
	int rc = net_parse(j->args.net, &j->net, err);

	if (!rc)
		rc = model_new(&j->net, &j->fit, err);
	if (!rc)
		rc = check_output(j->args.output, err);
	if (rc)
		return rc;
	set_preprocessing(j->fit, &j->args);
	return j->args.idx ? load_idx_files(j, err) : load_folders(j, err);
}

/* Last part of the data's path. */
static const char *data_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static int train_and_save(struct job *j, struct bnn_err *err)
{
	int rc = train_run(&j->net, &j->learn, &j->args.train, &j->model, &j->outcome, err);

	for (int c = 0; !rc && c < bnn_model_classes(j->fit); c++)
		rc = class_name_set(j->model, c, j->fit->class_name[c], MODEL_NAME_MAX, err);
	if (rc)
		return rc;
	j->model->pre = j->fit->pre;
	if (j->has_test)
		rc = train_evaluate(j->model, &j->test, j->args.train.threads, &j->report, err);
	if (rc)
		return rc;
	train_facts(j->model, data_name(j->args.idx ? j->args.idx : j->args.folder), &j->args.train,
		    &j->outcome, j->has_test ? &j->report : NULL);
	return bnn_model_save(j->model, j->args.output, err);
}

int cmd_train(struct ctl *c, int argc, char **argv)
{
	struct job j = { 0 };
	struct bnn_err err = { 0 };
	int rc = train_args_get(c, argc, argv, &j.args);

	if (rc)
		return rc;
	j.args.train.progress = on_progress;
	j.args.train.ctx = c;
	j.args.train.stop = &stop_wanted;
	rc = prepare(&j, &err);
	if (!rc) {
		signal(SIGINT, on_interrupt);
		rc = train_and_save(&j, &err);
		signal(SIGINT, SIG_DFL);
	}
	if (!rc)
		(c->json ? print_json : print_text)(j.model, &j.outcome,
						    j.has_test ? &j.report : NULL);
	bnn_model_free(j.model);
	bnn_model_free(j.fit);
	train_set_free(&j.learn);
	train_set_free(&j.test);
	return rc ? ctl_fail(&err) : EXIT_OK;
}
