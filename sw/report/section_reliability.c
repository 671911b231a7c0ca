/* SPDX-License-Identifier: MIT
 * Accuracy of images by their margin. */
#include <stdlib.h>

#include "html.h"
#include "plot.h"
#include "reliability.h"
#include "sections.h"

static int by_margin(const void *a, const void *b)
{
	int32_t x = ((const struct answer *)a)->margin, y = ((const struct answer *)b)->margin;

	return (x > y) - (x < y);
}

int reliability_make(const struct answer *a, int count, struct reliability_bin *out, int *bins,
		     struct bnn_err *err)
{
	struct answer *rising = malloc(((size_t)count + 1) * sizeof(*rising));
	long all = 0, at = 0;

	*bins = 0;
	if (!rising)
		return err_set(err, BNN_E_MEMORY, "out of memory for %d margins", count);
	for (int i = 0; i < count; i++)
		if (a[i].said >= 0)
			rising[all++] = a[i];
	qsort(rising, (size_t)all, sizeof(*rising), by_margin);
	for (int b = 0; b < RELIABILITY_BINS; b++) {
		long end = (b + 1) * all / RELIABILITY_BINS;
		struct reliability_bin *bin = &out[*bins];

		if (end <= at)
			continue;
		*bin = (struct reliability_bin){ .from = rising[at].margin };
		for (; at < all && (at < end || rising[at].margin == bin->to); at++) {
			bin->to = rising[at].margin;
			bin->count++;
			bin->correct += rising[at].truth == rising[at].said;
		}
		++*bins;
	}
	free(rising);
	return BNN_OK;
}

static void plot(FILE *f, const struct reliability_bin *bin, int bins)
{
	struct plot p = { .f = f,
			  .x0 = 0.5,
			  .x1 = bins + 0.5,
			  .y1 = 100,
			  .x_title = "bin, from the smallest margins to the largest",
			  .y_title = "right, percent",
			  .alt = "accuracy against the margin",
			  .height = 220 };

	plot_begin(&p);
	for (int b = 0; b < bins; b++)
		plot_bar(&p, b + 0.6, b + 1.4,
			 100.0 * (double)bin[b].correct / (double)bin[b].count);
	plot_end(&p);
}

static void table(FILE *f, const struct reliability_bin *bin, int bins)
{
	fputs("<div class=\"wide\"><table><thead><tr><th>bin</th><th>margin</th><th>images</th>"
	      "<th>wrong</th><th>right</th></tr></thead>\n<tbody>\n",
	      f);
	for (int b = 0; b < bins; b++) {
		fprintf(f, "<tr><td>%d</td><td>%ld to %ld</td><td>%ld</td><td>%ld</td>", b + 1,
			(long)bin[b].from, (long)bin[b].to, bin[b].count,
			bin[b].count - bin[b].correct);
		html_part(f, (double)bin[b].correct / (double)bin[b].count);
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

int section_reliability(FILE *f, const struct report *r, struct bnn_err *err)
{
	struct reliability_bin bin[RELIABILITY_BINS];
	int bins, rc = reliability_make(r->answers->answer, r->set->count, bin, &bins, err);

	if (rc)
		return rc;
	html_section(f, "margins", "How far the margin can be trusted");
	html_note(f, "The margin is the best score less the second best. Images in order of their "
		     "margins, in bins of about as many each.");
	if (bins) {
		plot(f, bin, bins);
		table(f, bin, bins);
	} else {
		html_note(f, "No image was classified.");
	}
	html_section_end(f);
	return BNN_OK;
}
