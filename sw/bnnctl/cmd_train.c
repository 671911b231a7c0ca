/* SPDX-License-Identifier: MIT
 * bnnctl train: trains a network on a folder of class folders or on IDX files. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "class_names.h"
#include "curve.h"
#include "file.h"
#include "train_choose.h"
#include "train_data.h"
#include "train_print.h"
#include "trials.h"

static volatile sig_atomic_t stop_wanted;

/* The first one ends training, the second one the program. */
static void on_interrupt(int number)
{
	stop_wanted = 1;
	signal(number, SIG_DFL);
}

/* Everything of a run. */
struct job {
	struct train_args args;
	char checkpoint[4096];
	struct ctl *c;
	struct curve curve;
	struct bnn_err curve_err; /* the first one of its */
	struct bnn_model *base;   /* --from, or NULL */
	struct net net;
	struct train_data data;
	struct bnn_model *model;
	bool by_trial; /* the model is a trial's, which was stopped */
	struct train_outcome outcome;
	struct train_report report;
};

static void on_progress(void *ctx, const struct train_progress *p)
{
	struct job *j = ctx;

	/* Beside the checkpoint, for a run that goes on from there; a float net has none. */
	if (p->epoch_done && !j->args.real && !j->curve_err.code &&
	    !curve_add(&j->curve,
		       (struct curve_row){ p->epoch, p->loss, p->held_accuracy, p->best },
		       &j->curve_err))
		curve_save(&j->curve, j->checkpoint, &j->curve_err);
	train_print_progress(j->c, p);
}

/* Names and preprocessing of a model to be. Errors also: names that a model cannot have. */
static int dress_model(const struct job *j, struct bnn_model *m, struct bnn_err *err)
{
	int rc = BNN_OK;

	m->pre = j->args.train.pre;
	for (int c = 0; !rc && c < j->data.classes; c++)
		rc = class_name_set(m, c, j->data.name[c], MODEL_NAME_MAX, err);
	return rc ? rc : model_check(m, err);
}

static int check_names(const struct job *j, struct bnn_err *err)
{
	struct bnn_model *m;
	int rc = model_new(&j->net, &m, err);

	if (rc)
		return rc;
	rc = dress_model(j, m, err);
	bnn_model_free(m);
	return rc;
}

/* Preprocesses a set in its place. */
static int preprocess(struct train_set *s, const struct model_pre *pre, struct bnn_err *err)
{
	struct train_set done;
	int rc = train_set_preprocess(s, pre, &done, err);

	if (rc)
		return rc;
	train_set_free(s);
	*s = done;
	return BNN_OK;
}

/* The network of the model to start from, with a head of its own where the classes are others. */
static int take_base(struct job *j, struct bnn_err *err)
{
	struct train_options *t = &j->args.train;
	int classes = bnn_model_classes(j->base);

	t->base = j->base;
	t->base_head = classes == j->data.classes;
	for (int c = 0; t->base_head && c < classes; c++)
		t->base_head = strcmp(j->base->class_name[c], j->data.name[c]) == 0;
	j->net = j->base->net;
	j->net.layer[j->net.count - 1].out = j->data.classes;
	j->args.train.pre = j->base->pre;
	return net_infer(&j->net, err);
}

/* What was not said. */
static int choose(const struct ctl *c, struct job *j, struct bnn_err *err)
{
	struct train_options *t = &j->args.train;
	char text[NET_TEXT_MAX];
	int rc = BNN_OK;

	if (j->base)
		rc = take_base(j, err);
	else if (!j->args.net)
		rc = choose_net(&j->data.learn, j->args.board ? j->args.board : boards, &j->net,
				err);
	if (rc)
		return rc;
	if (j->args.choose_batch)
		t->batch = choose_batch(j->data.learn.count);
	if (j->args.choose_rate)
		t->rate = choose_rate(t->batch);
	if (j->args.choose_epochs)
		t->epochs = choose_epochs(j->data.learn.count, t->batch);
	if (j->args.choose_balance)
		t->balance = choose_balance(&j->data.learn);
	if (j->args.choose_soften && choose_signs(&j->net))
		t->soften = 0;
	net_print(&j->net, text, sizeof(text));
	ctl_note(c, "%s", text);
	ctl_note(c, "%d epochs in batches of %d, rate %g, class weights %s", t->epochs, t->batch,
		 t->rate,
		 t->balance >= 1  ? "full"
		 : t->balance > 0 ? "sqrt"
				  : "none");
	return BNN_OK;
}

/* Reads the images, smaller ones where no network of the larger fits the board. */
static int read_and_choose(const struct ctl *c, struct job *j, struct load_shape shape,
			   struct bnn_err *err)
{
	static const int sides[] = { 64, 48, 32, 24, 16, 0 };
	const struct board *board = j->args.board ? j->args.board : boards;
	int rc = BNN_E_LIMIT;

	for (int i = 0; rc == BNN_E_LIMIT && sides[i]; i++) {
		if (i > 0 && j->data.shape.rows <= sides[i] && j->data.shape.cols <= sides[i])
			continue; /* they are no larger */
		j->args.most = (struct load_most){ sides[i], board->limits.front_channels };
		train_data_free(&j->data);
		rc = train_data_read(c, &j->args, shape, &j->data, err);
		if (rc)
			return rc;
		rc = choose(c, j, err);
		if (shape.rows)
			return rc;
	}
	return rc;
}

static int prepare(const struct ctl *c, struct job *j, struct bnn_err *err)
{
	struct load_shape shape = { 0 };
	int rc = j->args.net ? net_parse(j->args.net, &j->net, err) : BNN_OK;

	if (!rc && j->args.from) {
		rc = bnn_model_load(j->args.from, &j->base, err);
		if (!rc)
			j->net = j->base->net;
	}
	if (!rc && (j->args.net || j->args.from))
		shape = (struct load_shape){ j->net.rows, j->net.cols, j->net.channels };
	if (!rc && !j->args.real) {
		rc = file_check_place(j->args.output, err);
		snprintf(j->checkpoint, sizeof(j->checkpoint), "%s.checkpoint", j->args.output);
	}
	if (!rc && shape.rows && j->args.board)
		rc = choose_check(&j->net, j->args.board, err);
	if (!rc)
		rc = read_and_choose(c, j, shape, err);
	if (!rc)
		rc = check_names(j, err);
	return rc;
}

/* Last part of the data's path. */
static const char *data_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* By trial, or what a run that goes on had chosen. Stopped in a trial, the job has its model. */
static int choose_by_trial(const struct ctl *c, struct job *j, struct bnn_err *err)
{
	struct train_options *t = &j->args.train;
	struct trials trials = { .augment = j->args.choose_augment,
				 .normalize = j->args.choose_normalize,
				 .tell = train_print_trial,
				 .ctx = j->c };
	struct augment augment = t->augment;
	struct model_pre pre = t->pre;
	int rc = BNN_OK;

	if (!trials.augment && !trials.normalize)
		return BNN_OK;
	if (t->resume) {
		rc = checkpoint_choice(j->checkpoint, &augment, &pre, err);
		if (!rc && trials.augment)
			t->augment = augment;
		if (!rc && trials.normalize)
			t->pre = pre;
	} else {
		rc = trials_run(&j->net, &j->data.learn, &trials, t, &j->model, &j->outcome, err);
		j->by_trial = j->model != NULL;
	}
	if (!rc)
		train_print_choice(c, t);
	return rc;
}

/* --float: of the model there are only its names. */
static int train_float(struct job *j, struct bnn_err *err)
{
	struct bnn_model *names;
	int rc = train_real(&j->net, &j->data.learn, &j->data.test, &j->args.train, &j->report,
			    &j->outcome, err);

	if (!rc)
		rc = model_new(&j->net, &names, err);
	if (rc)
		return rc;
	bnn_model_free(j->model); /* of a trial that was stopped */
	j->model = names;
	return BNN_OK;
}

static int train(const struct ctl *c, struct job *j, struct bnn_err *err)
{
	const struct train_options *t = &j->args.train;
	int rc = choose_by_trial(c, j, err);
	struct bnn_err why;

	if (!rc && t->resume && curve_load(j->checkpoint, &j->curve, &why))
		ctl_note(c, "%s; the curve begins here", why.text);
	if (!rc)
		rc = preprocess(&j->data.learn, &t->pre, err);
	if (!rc)
		rc = preprocess(&j->data.test, &t->pre, err);
	if (!rc && j->args.real)
		rc = train_float(j, err);
	else if (!rc && !j->model)
		rc = train_run(&j->net, &j->data.learn, t, &j->model, &j->outcome, err);
	return rc ? rc : dress_model(j, j->model, err);
}

static void remove_checkpoint(const struct job *j)
{
	char curve[sizeof(j->checkpoint) + 4];

	unlink(j->checkpoint);
	snprintf(curve, sizeof(curve), "%s.csv", j->checkpoint);
	unlink(curve);
}

static int save(const struct ctl *c, struct job *j, struct bnn_err *err)
{
	const struct train_args *a = &j->args;
	int rc;

	train_facts(j->model, data_name(a->idx ? a->idx : a->folder), &a->train, &j->outcome,
		    j->data.test.count ? &j->report : NULL);
	rc = bnn_model_save(j->model, a->output, err);
	if (!rc && j->curve_err.code)
		rc = err_set(err, j->curve_err.code, "%s", j->curve_err.text);
	if (!rc)
		rc = curve_save(&j->curve, a->output, err);
	if (!rc && j->outcome.stopped)
		ctl_note(c, j->by_trial ? "stopped in a trial: this is its model"
					: "stopped; the same command with --resume goes on");
	else if (!rc)
		remove_checkpoint(j);
	return rc;
}

static int train_and_save(const struct ctl *c, struct job *j, struct bnn_err *err)
{
	int rc;

	signal(SIGINT, on_interrupt);
	signal(SIGTERM, on_interrupt);
	rc = train(c, j, err);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	if (rc || j->args.real)
		return rc;
	if (j->data.test.count)
		rc = train_evaluate(j->model, &j->data.test, j->args.train.threads, &j->report,
				    err);
	return rc ? rc : save(c, j, err);
}

int cmd_train(struct ctl *c, int argc, char **argv)
{
	struct job j = { 0 };
	struct bnn_err err = { 0 };
	int rc = train_args_get(c, argc, argv, &j.args);

	if (rc)
		return rc;
	j.c = c;
	j.args.train.progress = on_progress;
	j.args.train.ctx = &j;
	j.args.train.stop = &stop_wanted;
	j.args.train.checkpoint = j.checkpoint;
	rc = prepare(c, &j, &err);
	if (!rc)
		rc = train_and_save(c, &j, &err);
	if (!rc)
		rc = (j.args.real ? train_print_real : train_print_result)(
			c, j.model, &j.outcome, j.data.test.count ? &j.report : NULL, &err);
	bnn_model_free(j.model);
	bnn_model_free(j.base);
	curve_free(&j.curve);
	train_data_free(&j.data);
	return rc ? ctl_fail(&err) : EXIT_OK;
}
