/* SPDX-License-Identifier: MIT
 * Choice by trial. A trial has fewer images than the run, and not many times fewer epochs, so that
 * it shows what the run would suffer from: too few images are learned by heart. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trials.h"

#define MOST_IMAGES 12000 /* of a trial, those held out included */
#define PART 0.667        /* of the images */
#define HELD 0.5          /* of those */
#define EPOCHS 0.4        /* of the run's */
#define SHIFT_PART 24     /* of the shorter side is the shift tried, at least 1 pixel */
#define WINDOW_PART 2     /* of the shorter side is the window tried */

/* What is tried: a change of the options. */
struct addition {
	const char *what;
	bool normalize; /* else an augmentation */
	void (*add)(const struct net *n, struct train_options *o);
};

static void add_flip_h(const struct net *n, struct train_options *o)
{
	(void)n;
	o->augment.flip_h = true;
}

static void add_flip_v(const struct net *n, struct train_options *o)
{
	(void)n;
	o->augment.flip_v = true;
}

static void add_transpose(const struct net *n, struct train_options *o)
{
	(void)n;
	o->augment.transpose = true;
}

static int part_of_side(const struct net *n, int part)
{
	return (n->rows < n->cols ? n->rows : n->cols) / part;
}

static void add_shift(const struct net *n, struct train_options *o)
{
	o->augment.shift = part_of_side(n, SHIFT_PART) > 1 ? part_of_side(n, SHIFT_PART) : 1;
}

static void add_brightness(const struct net *n, struct train_options *o)
{
	(void)n;
	o->augment.brightness = true;
}

static void add_rotate(const struct net *n, struct train_options *o)
{
	(void)n;
	o->augment.rotate = true;
}

static void add_mean(const struct net *n, struct train_options *o)
{
	(void)n;
	o->pre = (struct model_pre){ .normalize = 1 };
}

static void add_local(const struct net *n, struct train_options *o)
{
	int side = part_of_side(n, WINDOW_PART) / 2 * 2 + 1;

	o->pre = (struct model_pre){ .contrast = 1, .window = (uint8_t)(side > 63 ? 63 : side) };
}

static const struct addition additions[] = {
	{ "flip-h", false, add_flip_h },         { "flip-v", false, add_flip_v },
	{ "transpose", false, add_transpose },   { "shift", false, add_shift },
	{ "normalize mean", true, add_mean },    { "normalize local", true, add_local },
	{ "brightness", false, add_brightness }, { "rotate", false, add_rotate },
};
#define ADDITIONS ((int)(sizeof(additions) / sizeof(*additions)))

struct state {
	const struct net *net;
	struct train_set set; /* of the trials, not preprocessed */
	float *loss, *best; /* [image], those held out by number; of this trial, of the last kept */
	struct bnn_model *model;
	struct train_outcome outcome; /* of the last kept */
};

/* A trial's epochs are told as steps are. */
static void tell_steps(void *ctx, const struct train_progress *p)
{
	const struct train_options *o = ctx;
	struct train_progress step = *p;

	step.epoch_done = false;
	o->progress(o->ctx, &step);
}

/* One run with such options. */
static int run_trial(struct state *s, const struct train_options *o, struct bnn_model **m,
		     struct train_outcome *outcome, struct bnn_err *err)
{
	struct train_options short_run = *o;
	struct train_set set;
	int rc = train_set_preprocess(&s->set, &o->pre, &set, err);

	if (rc)
		return rc;
	short_run.epochs = (int)ceil(EPOCHS * o->epochs);
	short_run.holdout = HELD;
	short_run.patience = 0;
	short_run.distil = false;
	short_run.last_only = true;
	short_run.progress = o->progress ? tell_steps : NULL;
	short_run.ctx = (void *)o;
	short_run.checkpoint = NULL;
	short_run.resume = false;
	short_run.held_loss = s->loss;
	memset(s->loss, 0, (size_t)s->set.count * sizeof(*s->loss));
	rc = train_run(s->net, &set, &short_run, m, outcome, err);
	train_set_free(&set);
	return rc;
}

/* True when the loss has become smaller by more than its uncertainty. */
static bool is_better(const struct state *s, int held)
{
	double sum = 0, square = 0, mean;

	for (int i = 0; i < s->set.count; i++) {
		double d = (double)s->best[i] - (double)s->loss[i];

		sum += d;
		square += d * d;
	}
	mean = sum / held;
	return mean > 0 && mean * mean > (square / held - mean * mean) / held;
}

static double mean_loss(const struct state *s, int held)
{
	double sum = 0;

	for (int i = 0; i < s->set.count; i++)
		sum += (double)s->loss[i];
	return held ? sum / held : 0;
}

static bool stop_wanted(const struct train_options *o)
{
	return o->stop && *o->stop;
}

/* Runs a trial, tells it, and keeps its options, model and losses when they are better. */
static int try_options(struct state *s, const struct trials *t, struct trial *trial,
		       const struct train_options *tried, struct train_options *kept,
		       struct bnn_err *err)
{
	struct train_outcome outcome;
	struct bnn_model *m;
	float *swap;
	int rc = run_trial(s, tried, &m, &outcome, err);

	if (rc)
		return rc;
	trial->number++;
	trial->loss = mean_loss(s, outcome.held);
	trial->kept = !s->model || (!stop_wanted(tried) && is_better(s, outcome.held));
	if (trial->kept) {
		swap = s->best;
		s->best = s->loss;
		s->loss = swap;
		bnn_model_free(s->model);
		s->model = m;
		s->outcome = outcome;
		*kept = *tried;
	} else {
		bnn_model_free(m);
	}
	if (t->tell && !stop_wanted(tried))
		t->tell(t->ctx, trial);
	return BNN_OK;
}

static bool is_tried(const struct net *n, const struct trials *t, const struct addition *a)
{
	if (a->add == add_transpose && n->rows != n->cols)
		return false;
	return a->normalize ? t->normalize : t->augment;
}

static int try_all(struct state *s, const struct trials *t, struct train_options *o,
		   struct bnn_err *err)
{
	struct trial trial = { .count = 1, .what = "nothing" };
	int rc;

	for (int i = 0; i < ADDITIONS; i++)
		trial.count += is_tried(s->net, t, &additions[i]);
	rc = try_options(s, t, &trial, o, o, err);
	for (int i = 0; !rc && i < ADDITIONS && !stop_wanted(o); i++) {
		struct train_options tried = *o;

		if (!is_tried(s->net, t, &additions[i]))
			continue;
		additions[i].add(s->net, &tried);
		trial.what = additions[i].what;
		rc = try_options(s, t, &trial, &tried, o, err);
	}
	return rc;
}

/* Takes the images of the trials. */
static int begin(struct state *s, const struct train_set *set, const struct train_options *o,
		 struct bnn_err *err)
{
	double part = set->count * PART > MOST_IMAGES ? (double)MOST_IMAGES / set->count : PART;
	struct data_split split;
	int rc = data_split_new(set, part, o->seed ^ 0x7124, &split);

	if (rc)
		return err_set(err, rc, "out of memory for trials");
	rc = train_set_take(set, split.held, split.held_count, &s->set, err);
	data_split_free(&split);
	s->loss = calloc((size_t)s->set.count + 1, sizeof(float));
	s->best = calloc((size_t)s->set.count + 1, sizeof(float));
	if (!rc && (!s->loss || !s->best))
		rc = err_set(err, BNN_E_MEMORY, "out of memory for trials");
	return rc;
}

int trials_run(const struct net *n, const struct train_set *set, const struct trials *t,
	       struct train_options *o, struct bnn_model **out, struct train_outcome *outcome,
	       struct bnn_err *err)
{
	struct state s = { .net = n };
	int rc = begin(&s, set, o, err);

	*out = NULL;
	if (!rc)
		rc = try_all(&s, t, o, err);
	if (!rc && stop_wanted(o)) {
		*out = s.model;
		*outcome = s.outcome;
		outcome->stopped = true;
		s.model = NULL;
	}
	bnn_model_free(s.model);
	train_set_free(&s.set);
	free(s.loss);
	free(s.best);
	return rc;
}
