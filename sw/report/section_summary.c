/* SPDX-License-Identifier: MIT
 * Main numbers, what the model and the images are. */
#include "html.h"
#include "model_text.h"
#include "sections.h"

static void tile(FILE *f, const char *number, const char *what)
{
	fprintf(f, "<div class=\"tile\"><b>%s</b><span>%s</span></div>\n", number, what);
}

static void tiles(FILE *f, const struct report *r)
{
	const struct evaluation *e = r->answers;
	int64_t margin = escapes_margin(r->escapes, r->wanted);
	char number[32], what[128];

	fputs("<div class=\"tiles\">\n", f);
	snprintf(number, sizeof(number), "%.2f %%", 100 * evaluation_accuracy(e));
	snprintf(what, sizeof(what), "accuracy: %ld of %ld images", e->correct, e->count);
	tile(f, number, what);
	snprintf(number, sizeof(number), "%.2f %%",
		 100 * confusion_balanced(e->table, bnn_model_classes(r->model)));
	tile(f, number, "balanced accuracy: mean of the classes");
	snprintf(number, sizeof(number), "%.2f %%", 100 * escapes_rate(r->escapes, 0));
	snprintf(what, sizeof(what), "escapes without a margin: %ld of %ld",
		 escapes_count(r->escapes, 0), r->escapes->bad_all);
	tile(f, number, what);
	snprintf(number, sizeof(number), "margin %lld", (long long)margin);
	snprintf(what, sizeof(what), "for at most %g %% escapes; false rejects then %.2f %%",
		 100 * r->wanted, 100 * escapes_reject_rate(r->escapes, margin));
	tile(f, number, what);
	fputs("</div>\n", f);
}

static void class_names(FILE *f, const struct bnn_model *m)
{
	int classes = bnn_model_classes(m);

	fprintf(f, "<tr><th>classes</th><td>%d: ", classes);
	for (int c = 0; c < classes; c++) {
		fputs(c ? ", " : "", f);
		html_text(f, bnn_model_class(m, c));
	}
	fputs("</td></tr>\n", f);
}

static void facts(FILE *f, const struct report *r)
{
	const struct evaluation *e = r->answers;
	const struct bnn_model *m = r->model;
	char text[NET_TEXT_MAX], part[LAYER_TEXT_MAX];

	net_print(&m->net, text, sizeof(text));
	fputs("<table class=\"facts\"><tbody>\n", f);
	html_fact(f, "model", "%s", r->model_path);
	html_fact(f, "network", "%s", text);
	html_fact(f, "weights", "%zu bits", model_weight_bits(m));
	html_fact(f, "input", "%d x %d pixels, %s", m->net.rows, m->net.cols,
		  m->net.channels == 1 ? "gray" : "RGB");
	html_fact(f, "preprocessing", "%s", preprocess_text(&m->pre, part));
	class_names(f, m);
	if (*m->facts.text)
		html_fact(f, "training", "%s", m->facts.text);
	html_fact(f, "images", "%s: %ld classified, %d not readable", r->set->from, e->count,
		  e->unreadable);
	html_fact(f, "device", "%s", bnn_device_name(r->device));
	if (e->counted)
		html_fact(f, "engine cycles", "%.0f an image, counted by the device",
			  e->cycles / (double)e->counted);
	fputs("</tbody></table>\n", f);
}

void section_summary(FILE *f, const struct report *r)
{
	html_section(f, "summary", "Summary");
	tiles(f, r);
	facts(f, r);
	html_section_end(f);
}
