/* SPDX-License-Identifier: MIT
 * The real-valued network of a network's shape: by itself, and as the teacher of a run. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* A run's options without what is about bits and files. */
static struct train_options real_options(const struct train_options *o)
{
	struct train_options real = *o;

	real.distil = false;
	real.soften = 0;
	real.base = NULL;
	real.freeze = 0;
	real.patience = 0;
	real.held_loss = NULL;
	real.checkpoint = NULL;
	real.resume = false;
	return real;
}

int teacher_new(struct run *r, const struct net *n, struct bnn_err *err)
{
	struct teacher *t = calloc(1, sizeof(*t));

	if (!t)
		return err_set(err, BNN_E_MEMORY, "out of memory for a teacher");
	r->teacher = t;
	t->options = real_options(r->o);
	t->run = (struct run){
		.set = r->set, .o = &t->options, .outcome = &t->outcome, .real = true
	};
	return run_start(&t->run, n, err);
}

void teacher_free(struct teacher *t)
{
	if (!t)
		return;
	run_end(&t->run);
	free(t);
}

const float *teacher_logits(struct teacher *t, const struct graph *pupil)
{
	struct graph *g = t->run.graph;

	memcpy(g->pixels, pupil->pixels,
	       (size_t)pupil->images * pupil->layer[0].in_size * sizeof(*g->pixels));
	graph_forward(g, pupil->images, PASS_FOLDED);
	return g->logits;
}

/* The trained network on images; the run has no other use afterwards. */
static int evaluate(struct run *r, const struct train_set *test, struct train_report *out,
		    struct bnn_err *err)
{
	int *said = calloc((size_t)test->count + 1, sizeof(int)), classes = r->set->classes;
	int *all = calloc((size_t)test->count + 1, sizeof(int)), rc = BNN_E_MEMORY;

	for (int i = 0; all && i < test->count; i++)
		all[i] = i;
	r->set = test;
	for (int at = 0; said && all && at < test->count; at += r->graph->batch) {
		int left = test->count - at;
		int images = left < r->graph->batch ? left : r->graph->batch;

		run_gather(r, all + at, images, false);
		graph_forward(r->graph, images, PASS_FOLDED);
		for (int i = 0; i < images; i++)
			said[at + i] = run_said(r->graph->logits + i * classes, classes);
	}
	if (said && all)
		rc = train_report_fill(test, said, classes, out);
	free(said);
	free(all);
	return rc ? err_set(err, rc, "out of memory while evaluating") : BNN_OK;
}

int train_real(const struct net *n, const struct train_set *set, const struct train_set *test,
	       const struct train_options *o, struct train_report *report,
	       struct train_outcome *outcome, struct bnn_err *err)
{
	struct train_options real = real_options(o);
	struct run r = { .set = set, .o = &real, .outcome = outcome, .real = true };
	int rc;

	memset(outcome, 0, sizeof(*outcome));
	rc = run_start(&r, n, err);
	if (!rc)
		rc = run_epochs(&r, err);
	if (!rc && test->count)
		rc = evaluate(&r, test, report, err);
	run_end(&r);
	return rc;
}
