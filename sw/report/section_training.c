/* SPDX-License-Identifier: MIT
 * Loss and accuracy of the epochs. */
#include <math.h>
#include <stdlib.h>

#include "curve.h"
#include "html.h"
#include "plot.h"
#include "sections.h"

/* The last one that was the best so far: that is the model. */
static int kept_epoch(const struct curve *c)
{
	int epoch = 0;

	for (int i = 0; i < c->count; i++)
		if (c->row[i].kept)
			epoch = c->row[i].epoch;
	return epoch;
}

/* One of the two numbers over the epochs; those that are not finite or not there are left out. */
static int plot(FILE *f, const struct curve *c, bool accuracy, struct bnn_err *err)
{
	struct point *at = malloc(((size_t)c->count + 1) * sizeof(*at));
	struct plot p = { .f = f,
			  .x_title = "epoch",
			  .y_title = accuracy ? "held out, percent right" : "loss",
			  .alt = accuracy ? "accuracy on images held out" : "training loss",
			  .y0 = accuracy ? 100 : 0,
			  .y1 = accuracy ? 100 : 0,
			  .height = 220 };
	int n = 0;

	if (!at)
		return err_set(err, BNN_E_MEMORY, "out of memory for the training curve");
	for (int i = 0; i < c->count; i++) {
		double y = accuracy ? 100 * c->row[i].held_accuracy : c->row[i].loss;

		if (!isfinite(y) || y < 0)
			continue;
		at[n++] = (struct point){ c->row[i].epoch, y };
		p.y0 = fmin(p.y0, y);
		p.y1 = fmax(p.y1, y);
	}
	if (n) {
		p.x0 = at[0].x - (n == 1);
		p.x1 = at[n - 1].x + (n == 1);
		p.y0 = accuracy ? 10 * floor(fmin(p.y0, 99) / 10) : 0;
		p.y1 = p.y1 > 0 ? p.y1 : 1;
		plot_begin(&p);
		plot_line(&p, accuracy ? "one" : "two", at, n);
		if (accuracy && kept_epoch(c) >= p.x0 && kept_epoch(c) <= p.x1)
			plot_mark(&p, kept_epoch(c), "kept");
		plot_end(&p);
	}
	free(at);
	return BNN_OK;
}

int section_training(FILE *f, const struct report *r, struct bnn_err *err)
{
	struct curve c;
	struct bnn_err why = { 0 };
	int rc = curve_load(r->model_path, &c, &why), drawn = BNN_OK;

	if (rc == BNN_E_MEMORY) {
		if (err)
			*err = why;
		return rc;
	}
	html_section(f, "training", "Training");
	if (rc) {
		fputs("<p>The training curve cannot be read: ", f);
		html_text(f, why.text);
		fputs("</p>\n", f);
	} else if (!c.count) {
		fputs("<p>There is no training curve: ", f);
		html_text(f, r->model_path);
		fputs(".csv is missing. <code>bnnctl train</code> writes it beside the model.</p>\n",
		      f);
	} else {
		drawn = plot(f, &c, true, err);
		if (!drawn)
			drawn = plot(f, &c, false, err);
		curve_free(&c);
	}
	html_section_end(f);
	return drawn;
}
