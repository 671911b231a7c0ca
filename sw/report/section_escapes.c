/* SPDX-License-Identifier: MIT
 * Escapes and false rejects against the margin. */
#include "html.h"
#include "plot.h"
#include "sections.h"

#define POINTS 300 /* of a curve at most */
#define RATES 9    /* of escapes shown at most */

static void explain(FILE *f, const struct report *r)
{
	if (!r->good) {
		html_note(f,
			  "No class is named as good (<code>--good</code>), so every class has a "
			  "lane of its own and images below the margin are rejected. "
			  "An <b>escape</b> is an image in a wrong lane, a <b>false reject</b> "
			  "one that is rejected although its class is right; both as parts of "
			  "all images.");
		return;
	}
	fputs("<p>Good are: <b>", f);
	for (int c = 0, n = 0; c < bnn_model_classes(r->model); c++)
		if (r->good[c]) {
			fputs(n++ ? ", " : "", f);
			html_text(f, bnn_model_class(r->model, c));
		}
	fputs("</b>. An image is passed when it is said to be good with at least the margin. An "
	      "<b>escape</b> is a bad one that is passed, as a part of the bad ones; a <b>false "
	      "reject</b> is a good one that is not, as a part of the good ones.</p>\n",
	      f);
}

static void plot(FILE *f, const struct report *r)
{
	const struct escapes *e = r->escapes;
	int64_t bad = e->bads ? e->bad[e->bads - 1] : 0;
	int64_t good = e->goods ? e->good[e->goods - 1] : 0;
	int64_t most = bad > good ? bad : good, step = most / POINTS + 1;
	struct point escape[POINTS + 2], reject[POINTS + 2];
	int count = (int)(most / step) + 2; /* from 0 to above the largest margin */
	struct plot p = { .f = f,
			  .x1 = (double)(step * (count - 1)),
			  .y1 = 100,
			  .x_title = "least margin",
			  .y_title = "percent",
			  .alt = "escapes and false rejects against the least margin" };
	int64_t wanted = escapes_margin(e, r->wanted);
	char word[48];

	for (int i = 0; i < count; i++) {
		double at = (double)(step * i);

		escape[i] = (struct point){ at, 100 * escapes_rate(e, step * i) };
		reject[i] = (struct point){ at, 100 * escapes_reject_rate(e, step * i) };
	}
	plot_begin(&p);
	snprintf(word, sizeof(word), "margin %lld", (long long)wanted);
	plot_line(&p, "one", reject, count);
	plot_line(&p, "two", escape, count);
	if (wanted <= p.x1)
		plot_mark(&p, (double)wanted, word);
	plot_end(&p);
	fputs("<p><span style=\"color:var(--two)\">&#9473;</span> escapes &#160; "
	      "<span style=\"color:var(--one)\">&#9473;</span> false rejects</p>\n",
	      f);
}

static void rates(FILE *f, const struct escapes *e, int64_t margin)
{
	fprintf(f,
		"<td>%lld</td><td>%.2f %%</td><td class=\"soft\">%ld</td><td>%.2f %%</td>"
		"<td class=\"soft\">%ld</td></tr>\n",
		(long long)margin, 100 * escapes_rate(e, margin), escapes_count(e, margin),
		100 * escapes_reject_rate(e, margin), escapes_rejects(e, margin));
}

/* The usual rates with the wanted one among them, falling. Returns how many. */
static int rates_shown(double wanted, double *out)
{
	static const double usual[] = { 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0 };
	double last = 2; /* above every rate */
	int n = 0;

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (wanted > usual[i] && wanted < last)
			out[n++] = wanted;
		out[n++] = last = usual[i];
	}
	return n;
}

static void needed(FILE *f, const struct report *r)
{
	const struct escapes *e = r->escapes;
	double rate[RATES];
	int count = rates_shown(r->wanted, rate);

	fprintf(f,
		"<h3>Margin needed</h3>\n<p>Of %ld images that could escape and %ld that could be "
		"rejected falsely.</p>\n<div class=\"wide\"><table><thead><tr>"
		"<th class=\"text\">escapes wanted</th><th>margin</th><th>escapes</th><th></th>"
		"<th>false rejects</th><th></th></tr></thead>\n<tbody>\n<tr><th>no margin</th>",
		e->bad_all, e->good_all);
	rates(f, e, 0);
	for (int i = 0; i < count; i++) {
		bool chosen = rate[i] == r->wanted;

		if (escapes_rate(e, 0) <= rate[i] && !chosen)
			continue;
		fprintf(f, "<tr%s><th>at most %g %%</th>", chosen ? " class=\"chosen\"" : "",
			100 * rate[i]);
		rates(f, e, escapes_margin(e, rate[i]));
	}
	fputs("</tbody></table></div>\n", f);
}

/* Every class as if it were the only good one. */
static int by_class(FILE *f, const struct report *r, struct bnn_err *err)
{
	int classes = bnn_model_classes(r->model), rc = BNN_OK;

	fputs("<h3>Class by class</h3>\n", f);
	html_note(f,
		  "Each class as if it were the only good one and all others bad: escapes are "
		  "images of other classes in its lane. A rules file of <code>bnnctl sort</code> "
		  "may give every class its margin: this one is for at most %g %% escapes.",
		  100 * r->wanted);
	fputs("<div class=\"wide\"><table><thead><tr><th class=\"text\">class</th>"
	      "<th>escapes, no margin</th><th>false rejects, no margin</th><th>margin</th>"
	      "<th>escapes</th><th></th><th>false rejects</th><th></th></tr></thead>\n<tbody>\n",
	      f);
	for (int c = 0; !rc && c < classes; c++) {
		bool good[JB_MAX_CLASSES] = { false };
		struct escapes e;

		good[c] = true;
		rc = escapes_new(r->answers->answer, r->set->count, good, &e, err);
		if (rc)
			break;
		fputs("<tr><th>", f);
		html_text(f, bnn_model_class(r->model, c));
		fprintf(f, "</th><td>%.2f %%</td><td>%.2f %%</td>", 100 * escapes_rate(&e, 0),
			100 * escapes_reject_rate(&e, 0));
		rates(f, &e, escapes_margin(&e, r->wanted));
		escapes_free(&e);
	}
	fputs("</tbody></table></div>\n", f);
	return rc;
}

int section_escapes(FILE *f, const struct report *r, struct bnn_err *err)
{
	int rc;

	html_section(f, "escapes", "Escapes and false rejects");
	explain(f, r);
	plot(f, r);
	needed(f, r);
	rc = by_class(f, r, err);
	html_section_end(f);
	return rc;
}
