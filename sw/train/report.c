/* SPDX-License-Identifier: MIT
 * A folded model on a set of images, through the reference. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ref.h"
#include "train.h"
#include "workers.h"

#define ITEM 16 /* images of a work item */

struct evaluation {
	const struct bnn_model *model;
	const struct train_set *set;
	int *said; /* [image]: class, or a negative error */
};

static void evaluate_item(void *ctx, int item, int worker)
{
	struct evaluation *e = ctx;
	struct bnn_result result;

	(void)worker;
	for (int i = item * ITEM; i < (item + 1) * ITEM && i < e->set->count; i++) {
		int rc = ref_run(e->model, train_set_image(e->set, i), &result, NULL);

		e->said[i] = rc ? rc : result.index;
	}
}

int train_report_fill(const struct train_set *set, const int *said, int classes,
		      struct train_report *out)
{
	int present = 0;

	*out = (struct train_report){ .count = set->count, .classes = classes };
	for (int i = 0; i < set->count; i++) {
		if (said[i] < 0)
			return said[i];
		out->confusion[set->label[i]][said[i]]++;
		out->correct += said[i] == set->label[i];
	}
	for (int c = 0; c < out->classes; c++) {
		int all = 0;

		for (int d = 0; d < out->classes; d++)
			all += out->confusion[c][d];
		if (all)
			out->balanced += (double)out->confusion[c][c] / all;
		present += all > 0;
	}
	out->balanced /= present ? present : 1;
	return BNN_OK;
}

int train_evaluate(const struct bnn_model *m, const struct train_set *set, int threads,
		   struct train_report *out, struct bnn_err *err)
{
	struct evaluation e = { m, set, NULL };
	struct workers *w = NULL;
	int rc;

	if (set->rows != m->net.rows || set->cols != m->net.cols ||
	    set->channels != m->net.channels || set->classes > bnn_model_classes(m))
		return err_set(err, BNN_E_ARG,
			       "images of %dx%dx%d in %d classes, the model has %dx%dx%d "
			       "in %d",
			       set->rows, set->cols, set->channels, set->classes, m->net.rows,
			       m->net.cols, m->net.channels, bnn_model_classes(m));
	e.said = calloc((size_t)set->count + 1, sizeof(int));
	rc = e.said ? workers_new(threads, &w) : BNN_E_MEMORY;
	if (!rc) {
		workers_run(w, evaluate_item, &e, (set->count + ITEM - 1) / ITEM);
		rc = train_report_fill(set, e.said, bnn_model_classes(m), out);
	}
	workers_free(w);
	free(e.said);
	return rc ? err_set(err, rc, "out of memory while evaluating") : BNN_OK;
}

/* Adds to the one line of facts, as far as there is room. */
static void __attribute__((format(printf, 2, 3)))
add_text(struct model_facts *f, const char *fmt, ...)
{
	size_t at = strlen(f->text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(f->text + at, sizeof(f->text) - at, fmt, args);
	va_end(args);
}

void train_facts(struct bnn_model *m, const char *data, const struct train_options *o,
		 const struct train_outcome *outcome, const struct train_report *test)
{
	struct model_facts *f = &m->facts;
	char augment[AUGMENT_TEXT];

	f->text[0] = 0;
	add_text(f, "%.60s: epoch %d of %d, batch %d, %s, rate %g, seed %llu", data, outcome->epoch,
		 o->epochs, o->batch, o->optimizer->name, o->rate, (unsigned long long)o->seed);
	augment_print(&o->augment, augment);
	add_text(f, ", augment %s", augment);
	if (o->base)
		add_text(f, ", from a model, %d layers frozen", o->freeze);
	if (o->gain)
		add_text(f, ", gain");
	if (o->distil)
		add_text(f, ", distilled");
	if (o->balance > 0)
		add_text(f, ", class weights images^-%g", o->balance);
	add_text(f, "; %d images", outcome->learned);
	if (outcome->held)
		add_text(f, ", %.2f %% of %d held out", 100 * outcome->held_accuracy,
			 outcome->held);
	f->train_images = (uint32_t)outcome->learned;
	f->test_images = test ? (uint32_t)test->count : 0;
	f->test_correct = test ? (uint32_t)test->correct : 0;
}
