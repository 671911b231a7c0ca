/* SPDX-License-Identifier: MIT
 * The training loop. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "ref.h"
#include "run.h"

#define ROOM_IMAGES 128 /* of a batch at least, for evaluation and for placing first thresholds */
#define SAVE_SECONDS 5  /* between checkpoints at least */
#define CHECK_IMAGES 4  /* trained network and folded model are compared on so many */

void train_defaults(struct train_options *o)
{
	*o = (struct train_options){ .epochs = 20,
				     .batch = 64,
				     .warmup = 100,
				     .seed = 1,
				     .holdout = 0.1,
				     .soften = 0.6,
				     .optimizer = &optimizers[0],
				     .rate = optimizers[0].rate };
}

static int check_base(const struct net *n, const struct train_options *o, struct bnn_err *err)
{
	char is[NET_TEXT_MAX], wanted[NET_TEXT_MAX];
	struct net same;
	int last = n->count - 1;

	if (o->freeze < 0 || o->freeze > (o->base ? last : 0))
		return err_set(err, BNN_E_ARG,
			       "%d frozen layers; with a base of %d layers 0 to %d are possible",
			       o->freeze, o->base ? n->count : 0, o->base ? last : 0);
	if (!o->base)
		return BNN_OK;
	same = o->base->net;
	if (!o->base_head)
		same.layer[same.count - 1].out = n->layer[last].out;
	net_print(&same, wanted, sizeof(wanted));
	net_print(n, is, sizeof(is));
	if (strcmp(is, wanted) != 0)
		return err_set(err, BNN_E_ARG,
			       "the network is not that of the model to start from, %.150s",
			       wanted);
	return BNN_OK;
}

static int check_options(const struct net *n, const struct train_set *s,
			 const struct train_options *o, struct bnn_err *err)
{
	int classes = n->layer[n->count - 1].out;

	if (s->rows != n->rows || s->cols != n->cols || s->channels != n->channels)
		return err_set(err, BNN_E_ARG, "images of %dx%dx%d, the network reads %dx%dx%d",
			       s->rows, s->cols, s->channels, n->rows, n->cols, n->channels);
	if (s->classes != classes)
		return err_set(err, BNN_E_ARG, "%d classes, the network's head has %d", s->classes,
			       classes);
	if (o->epochs < 1 || o->epochs > 100000)
		return err_set(err, BNN_E_ARG, "%d epochs, allowed are 1 to 100000", o->epochs);
	if (o->batch < 2 || o->batch > 4096)
		return err_set(err, BNN_E_ARG, "a batch of %d, allowed are 2 to 4096", o->batch);
	if (!(o->rate > 0 && o->rate <= 1))
		return err_set(err, BNN_E_ARG, "a rate of %g, allowed are above 0 to 1", o->rate);
	if (!(o->holdout >= 0 && o->holdout <= 0.9))
		return err_set(err, BNN_E_ARG, "a held-out part of %g, allowed are 0 to 0.9",
			       o->holdout);
	if (o->warmup < 0 || o->patience < 0 || !(o->balance >= 0 && o->balance <= 1) ||
	    !(o->soften >= 0 && o->soften <= 1) || o->augment.shift < 0 ||
	    o->augment.shift > AUGMENT_MAX_SHIFT)
		return err_set(err, BNN_E_ARG,
			       "warm-up %d, patience %d, balance %g, soften %g or shift %d is out "
			       "of range",
			       o->warmup, o->patience, o->balance, o->soften, o->augment.shift);
	if (o->augment.transpose && n->rows != n->cols)
		return err_set(err, BNN_E_ARG,
			       "images of %dx%d: only square ones can be transposed", n->rows,
			       n->cols);
	return check_base(n, o, err);
}

/* Weights of mean 1 over the images learned from. */
static void weigh_classes(struct run *r)
{
	int count[JB_MAX_CLASSES] = { 0 };
	double sum = 0;

	for (int i = 0; i < r->split.learn_count; i++)
		count[r->set->label[r->split.learn[i]]]++;
	for (int c = 0; c < r->set->classes; c++) {
		double weight = count[c] ? pow(count[c], -r->o->balance) : 0;

		r->class_weight[c] = (float)weight;
		sum += weight * count[c];
	}
	for (int c = 0; c < r->set->classes; c++)
		r->class_weight[c] *= (float)(r->split.learn_count / sum);
}

static void gather_item(void *ctx, int shard, int worker)
{
	struct run *r = ctx;
	size_t size = r->graph->layer[0].in_size;

	(void)worker;
	for (int i = shard * SHARD; i < shard * SHARD + SHARD && i < r->graph->images; i++) {
		struct rng rng = rng_stream(r->o->seed ^ 0xA5, r->draw + (uint64_t)i);

		augment_sample(r->set, r->index[i], r->augment, &rng,
			       r->graph->pixels + (size_t)i * size);
		r->label[i] = r->set->label[r->index[i]];
	}
}

void run_gather(struct run *r, const int *index, int images, bool augment)
{
	r->index = index;
	r->augment = augment ? &r->o->augment : NULL;
	r->draw = (uint64_t)r->step * (uint64_t)r->batch;
	r->graph->images = images;
	workers_run(r->workers, gather_item, r, shard_count(images));
}

/* Of the scores of the folded model, with the scale it is displayed by. */
static float held_loss(const struct run *r, const float *score, int label)
{
	float scale = head_scale(&r->graph->layer[r->graph->net.count - 1]), most = score[0],
	      sum = 0;

	for (int c = 1; c < r->set->classes; c++)
		most = fmaxf(most, score[c]);
	for (int c = 0; c < r->set->classes; c++)
		sum += expf(scale * (score[c] - most));
	return r->class_weight[label] * (logf(fmaxf(sum, 1)) + scale * (most - score[label]));
}

int run_said(const float *score, int classes)
{
	int best = 0;

	for (int c = 1; c < classes; c++)
		best = score[c] > score[best] ? c : best;
	return best;
}

/* Accuracy on the held-out part with the integer thresholds, images weighed by class; -1 without
 * one. */
static double held_accuracy(struct run *r)
{
	int classes = r->set->classes;
	double correct = 0, all = 0;

	for (int at = 0; at < r->split.held_count; at += r->graph->batch) {
		int left = r->split.held_count - at;
		int images = left < r->graph->batch ? left : r->graph->batch;

		run_gather(r, r->split.held + at, images, false);
		graph_forward(r->graph, images, PASS_FOLDED);
		for (int i = 0; i < images; i++) {
			const float *score = r->graph->logits + i * classes;

			if (r->o->held_loss)
				r->o->held_loss[r->split.held[at + i]] =
					held_loss(r, score, r->label[i]);
			all += (double)r->class_weight[r->label[i]];
			if (run_said(score, classes) == r->label[i])
				correct += (double)r->class_weight[r->label[i]];
		}
	}
	return all > 0 ? correct / all : -1;
}

static void tell(struct run *r, struct train_progress *p)
{
	double now = clock_seconds();
	long done = r->step - r->begun;

	if (!r->o->progress || (!p->epoch_done && now - r->told < 1))
		return;
	r->told = now;
	p->epochs = r->o->epochs;
	p->real = r->real;
	p->step = r->step;
	p->steps = r->steps;
	p->seconds_left = done ? (now - r->started) / (double)done * (double)(r->steps - r->step)
			       : 0;
	r->o->progress(r->o->ctx, p);
}

/* Every epoch is an order of its own, so that a run can go on from any step. */
static void shuffle_epoch(struct run *r, int epoch)
{
	struct rng shuffle = rng_stream(r->o->seed ^ 0x5A, (uint64_t)epoch);

	memcpy(r->order, r->split.learn, (size_t)r->split.learn_count * sizeof(int));
	data_shuffle(r->order, r->split.learn_count, &shuffle);
}

static bool stop_wanted(const struct run *r)
{
	return r->o->stop && *r->o->stop;
}

/* Steps up to the end of an epoch, counted from 1, or until a stop is wanted. */
static void run_epoch(struct run *r, int epoch)
{
	long warmup = r->o->warmup < r->steps / 10 ? r->o->warmup : r->steps / 10;
	struct train_progress p = { .epoch = epoch };

	shuffle_epoch(r, epoch);
	for (long b = r->step % r->batches; b < r->batches && !stop_wanted(r); b++) {
		run_gather(r, r->order + b * r->batch, r->batch, true);
		run_harden(r);
		graph_forward(r->graph, r->batch, PASS_TRAIN);
		r->loss += graph_loss(r->graph, r->label, r->class_weight,
				      r->teacher ? teacher_logits(r->teacher, r->graph) : NULL);
		graph_backward(r->graph);
		graph_step(r->graph, r->o->optimizer,
			   schedule_rate(r->o->rate, r->step, warmup, r->steps), r->step + 1);
		r->step++;
		tell(r, &p);
	}
}

/* The folded model through the reference against the trained network, on the first images. */
static int check_fold(struct run *r, const struct bnn_model *m, struct bnn_err *err)
{
	int images = r->batch < CHECK_IMAGES ? r->batch : CHECK_IMAGES;
	struct bnn_result result;

	run_gather(r, r->split.learn, images, false);
	graph_forward(r->graph, images, PASS_FOLDED);
	for (int i = 0; i < images; i++) {
		int rc = ref_run(m, train_set_image(r->set, r->split.learn[i]), &result, NULL);

		if (rc)
			return err_set(err, rc, "out of memory while comparing");
		for (int c = 0; c < r->set->classes; c++)
			if ((float)result.scores[c] != r->graph->logits[i * r->set->classes + c])
				return err_set(err, BNN_E_MISMATCH,
					       "folded model: image %d class %d has "
					       "score %ld, the trained network %.0f",
					       r->split.learn[i], c, (long)result.scores[c],
					       (double)r->graph->logits[i * r->set->classes + c]);
	}
	return BNN_OK;
}

/* Folds, and keeps the model if it is the best so far. batches: done in the epoch. */
static int end_epoch(struct run *r, int epoch, long batches, struct bnn_err *err)
{
	struct train_progress p = { .epoch = epoch, .epoch_done = true };
	struct bnn_model *m;
	int rc = BNN_OK;

	p.loss = batches ? r->loss / (double)batches : 0;
	run_settle(r);
	graph_freeze(r->graph);
	p.held_accuracy = held_accuracy(r);
	r->outcome->epochs = epoch;
	if (r->real) { /* the last one is kept, not the best */
		r->outcome->epoch = epoch;
		r->outcome->held_accuracy = p.held_accuracy;
		tell(r, &p);
		return BNN_OK;
	}
	p.best = !r->best || p.held_accuracy >= r->outcome->held_accuracy;
	if (p.best) {
		rc = graph_fold(r->graph, &m, err);
		if (rc)
			return rc;
		bnn_model_free(r->best);
		r->best = m;
		r->outcome->epoch = epoch;
		r->outcome->held_accuracy = p.held_accuracy;
		rc = check_fold(r, m, err);
	}
	tell(r, &p);
	return rc;
}

int run_start(struct run *r, const struct net *n, struct bnn_err *err)
{
	int how = (r->o->gain ? GRAPH_GAIN : 0) | (r->real ? GRAPH_REAL : 0);
	int room, rc = check_options(n, r->set, r->o, err);

	if (rc)
		return rc;
	rc = data_split_new(r->set, r->o->holdout, r->o->seed, &r->split);
	if (rc)
		return err_set(err, rc, "out of memory for %d images", r->set->count);
	if (r->split.learn_count < 2)
		return err_set(err, BNN_E_ARG, "%d images to learn from, at least 2 are needed",
			       r->split.learn_count);
	r->batch = r->o->batch < r->split.learn_count ? r->o->batch : r->split.learn_count;
	room = r->batch > ROOM_IMAGES ? r->batch : ROOM_IMAGES;
	r->batches = r->split.learn_count / r->batch;
	r->steps = (long)r->o->epochs * r->batches;
	r->outcome->learned = r->split.learn_count;
	r->outcome->held = r->split.held_count;
	weigh_classes(r);
	r->label = calloc((size_t)room, 1);
	r->order = calloc((size_t)r->split.learn_count, sizeof(int));
	rc = workers_new(r->o->threads, &r->workers);
	if (rc || !r->label || !r->order)
		return err_set(err, BNN_E_MEMORY, "out of memory or threads");
	rc = graph_new(n, room, how, r->o->seed, r->o->base, r->workers, &r->graph, err);
	if (rc)
		return rc;
	shuffle_epoch(r, 0);
	room = room < r->split.learn_count ? room : r->split.learn_count;
	run_gather(r, r->order, room, false);
	rc = r->o->base ? graph_adopt(r->graph, r->o->base, r->o->base_head, room)
			: graph_start(r->graph, room);
	r->graph->frozen = r->o->freeze;
	if (rc)
		return err_set(err, BNN_E_MEMORY, "out of memory for the first thresholds");
	return r->o->distil ? teacher_new(r, n, err) : BNN_OK;
}

void run_end(struct run *r)
{
	teacher_free(r->teacher);
	graph_free(r->graph);
	workers_free(r->workers);
	data_split_free(&r->split);
	free(r->order);
	free(r->label);
}

static int save(const struct run *r, struct bnn_err *err)
{
	return r->o->checkpoint ? checkpoint_save(r, err) : BNN_OK;
}

static bool is_over(const struct run *r)
{
	int epochs = r->outcome->epochs;

	return r->step >= r->steps ||
	       (r->o->patience && epochs - r->outcome->epoch >= r->o->patience);
}

/* On a stop what is there is saved before it is judged, so that going on is as if nothing had
 * been. */
int run_epochs(struct run *r, struct bnn_err *err)
{
	int rc = r->teacher ? run_epochs(&r->teacher->run, err) : BNN_OK;
	double saved;

	r->started = r->told = saved = clock_seconds();
	r->begun = r->step;
	while (!rc && !stop_wanted(r) && !is_over(r)) {
		int epoch = (int)(r->step / r->batches) + 1;

		run_epoch(r, epoch);
		if (r->step % r->batches) {
			rc = save(r, err);
			if (!rc)
				rc = end_epoch(r, epoch, r->step % r->batches, err);
			break;
		}
		if (!r->o->last_only || epoch == r->o->epochs)
			rc = end_epoch(r, epoch, r->batches, err);
		r->loss = 0;
		if (!rc && (clock_seconds() - saved > SAVE_SECONDS || stop_wanted(r))) {
			rc = save(r, err);
			saved = clock_seconds();
		}
	}
	if (!rc && !r->best && !r->real) { /* stopped before an epoch was judged */
		rc = save(r, err);
		if (!rc)
			rc = end_epoch(r, (int)(r->step / r->batches) + 1, 0, err);
	}
	r->outcome->stopped = stop_wanted(r) && !is_over(r);
	return rc;
}

int train_run(const struct net *n, const struct train_set *set, const struct train_options *o,
	      struct bnn_model **out, struct train_outcome *outcome, struct bnn_err *err)
{
	struct run r = { .set = set, .o = o, .outcome = outcome };
	int rc;

	memset(outcome, 0, sizeof(*outcome));
	rc = run_start(&r, n, err);
	if (!rc && o->resume)
		rc = checkpoint_load(&r, err);
	if (!rc)
		rc = run_epochs(&r, err);
	run_end(&r);
	if (rc) {
		bnn_model_free(r.best);
		return rc;
	}
	*out = r.best;
	return BNN_OK;
}
