/* SPDX-License-Identifier: MIT
 * Confusion matrix, recall and precision. */
#include <math.h>

#include "html.h"
#include "sections.h"

#define MANY 20  /* classes above which cells are small and pairs are listed */
#define PAIRS 15 /* of them */

struct pair {
	int truth, said, count;
};

static long row_sum(const confusion_row *t, int classes, int c)
{
	long sum = 0;

	for (int d = 0; d < classes; d++)
		sum += t[c][d];
	return sum;
}

static long col_sum(const confusion_row *t, int classes, int c)
{
	long sum = 0;

	for (int d = 0; d < classes; d++)
		sum += t[d][c];
	return sum;
}

/* Blue on the diagonal, red beside it, stronger with the part of the row. */
static void cell(FILE *f, int count, double part, bool right)
{
	double strength = sqrt(part);

	if (!count) {
		fputs("<td></td>", f);
		return;
	}
	fprintf(f, "<td style=\"background:rgba(%s,%.2f)%s\">%d</td>",
		right ? "22,104,168" : "194,65,12", strength, strength > 0.6 ? ";color:#fff" : "",
		count);
}

static void matrix(FILE *f, const struct report *r)
{
	int classes = bnn_model_classes(r->model);
	const confusion_row *t = r->answers->table;

	html_note(f, "A row is a true class, a column what the model said; the colour is the part "
		     "of the row.");
	fprintf(f, "<div class=\"wide\"><table class=\"confusion%s\"><thead><tr><th></th>",
		classes > MANY ? " many" : "");
	for (int c = 0; c < classes; c++) {
		fputs("<th><span>", f);
		html_text(f, bnn_model_class(r->model, c));
		fputs("</span></th>", f);
	}
	fputs("</tr></thead>\n<tbody>\n", f);
	for (int c = 0; c < classes; c++) {
		long all = row_sum(t, classes, c);

		fputs("<tr><th>", f);
		html_text(f, bnn_model_class(r->model, c));
		fputs("</th>", f);
		for (int d = 0; d < classes; d++)
			cell(f, t[c][d], all ? (double)t[c][d] / (double)all : 0, c == d);
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

/* Keeps the list falling and at most PAIRS long. */
static void add_pair(struct pair *list, int *count, struct pair p)
{
	int at = *count;

	while (at > 0 && list[at - 1].count < p.count)
		at--;
	if (at == PAIRS)
		return;
	*count += *count < PAIRS;
	for (int i = *count - 1; i > at; i--)
		list[i] = list[i - 1];
	list[at] = p;
}

/* The most frequent mistakes. Returns how many. */
static int find_pairs(const confusion_row *t, int classes, struct pair *out)
{
	int count = 0;

	for (int c = 0; c < classes; c++)
		for (int d = 0; d < classes; d++)
			if (c != d && t[c][d])
				add_pair(out, &count, (struct pair){ c, d, t[c][d] });
	return count;
}

static void pairs(FILE *f, const struct report *r)
{
	int classes = bnn_model_classes(r->model);
	struct pair list[PAIRS];
	int count = find_pairs(r->answers->table, classes, list);

	if (classes <= MANY || !count)
		return;
	fputs("<h3>Most frequent mistakes</h3>\n<table><thead><tr><th class=\"text\">true</th>"
	      "<th class=\"text\">said</th><th>images</th></tr></thead>\n<tbody>\n",
	      f);
	for (int i = 0; i < count; i++) {
		fputs("<tr><th>", f);
		html_text(f, bnn_model_class(r->model, list[i].truth));
		fputs("</th><td class=\"text\">", f);
		html_text(f, bnn_model_class(r->model, list[i].said));
		fprintf(f, "</td><td>%d</td></tr>\n", list[i].count);
	}
	fputs("</tbody></table>\n", f);
}

static void part_of(FILE *f, long count, long all)
{
	if (all)
		html_part(f, (double)count / (double)all);
	else
		fputs("<td class=\"soft\">none</td>", f);
}

static void recall(FILE *f, const struct report *r)
{
	int classes = bnn_model_classes(r->model);
	const confusion_row *t = r->answers->table;

	fputs("<h3>Recall and precision</h3>\n", f);
	html_note(f, "Recall: part of a class's images that are said to be it. Precision: part of "
		     "the images said to be of a class that are.");
	fputs("<div class=\"wide\"><table><thead><tr><th class=\"text\">class</th><th>images</th>"
	      "<th>recall</th><th>said</th><th>precision</th></tr></thead>\n<tbody>\n",
	      f);
	for (int c = 0; c < classes; c++) {
		long all = row_sum(t, classes, c), said = col_sum(t, classes, c);

		fputs("<tr><th>", f);
		html_text(f, bnn_model_class(r->model, c));
		fprintf(f, "%s</th><td>%ld</td>", r->good && r->good[c] ? " (good)" : "", all);
		part_of(f, t[c][c], all);
		fprintf(f, "<td>%ld</td>", said);
		part_of(f, t[c][c], said);
		fputs("</tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

void section_classes(FILE *f, const struct report *r)
{
	html_section(f, "classes", "Classes");
	matrix(f, r);
	pairs(f, r);
	recall(f, r);
	html_section_end(f);
}
