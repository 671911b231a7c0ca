/* SPDX-License-Identifier: MIT
 * Fit and rate on every board, cycles of the layers. */
#include "budget.h"
#include "html.h"
#include "model_text.h"
#include "sections.h"

static void board(FILE *f, const struct board *b, const struct budget *need)
{
	fprintf(f, "<tr><th>%s<br/><span class=\"soft\">", b->name);
	html_text(f, b->line);
	fputs("</span></th>", f);
	if (need->why.code) {
		fputs("<td>no</td><td class=\"text\" colspan=\"7\">", f);
		html_text(f, need->why.text);
		fputs("</td></tr>\n", f);
		return;
	}
	fprintf(f,
		"<td>yes</td><td><b>%.0f</b></td><td>%s</td><td>%.0f</td><td>%.0f</td><td>%.0f</td>"
		"<td>%d of %d</td><td>%d of %d</td></tr>\n",
		b->limits.clock_hz / need->cycles[need->bound], bound_name(need->bound),
		need->cycles[BOUND_LINK], need->cycles[BOUND_FRONT], need->cycles[BOUND_ENGINE],
		need->model_words, b->limits.model_words, need->map_rows, b->limits.map_rows);
}

static void layers(FILE *f, const struct bnn_model *m, const struct board *b,
		   const struct budget *need)
{
	char text[LAYER_TEXT_MAX];

	fprintf(f,
		"<h3>Layers on %s</h3>\n<div class=\"wide\"><table><thead><tr>"
		"<th class=\"text\">layer</th><th>map</th><th>engine cycles</th><th>lanes used</th>"
		"</tr></thead>\n<tbody>\n",
		b->name);
	for (int i = 0; i < m->net.count; i++) {
		const struct net_layer *l = &m->net.layer[i];

		fprintf(f, "<tr><th>%s</th>", layer_text(&m->net, i, text));
		if (i == m->net.count - 1)
			fprintf(f, "<td>%d scores</td>", l->out);
		else
			fprintf(f, "<td>%d x %d x %d</td>", l->out_rows, l->out_cols, l->out);
		if (need->layer[i].cycles)
			fprintf(f, "<td>%ld</td>", need->layer[i].cycles);
		else
			fputs("<td class=\"soft\">front end</td>", f);
		if (need->layer[i].used > 0)
			fprintf(f, "<td>%.1f %%</td></tr>\n", 100 * need->layer[i].used);
		else
			fputs("<td></td></tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

int section_boards(FILE *f, const struct report *r, struct bnn_err *err)
{
	const struct board *shown = NULL;
	struct budget need, shown_need = { 0 };
	int rc = BNN_OK;

	html_section(f, "boards", "Boards");
	html_note(
		f,
		"Computed, as by <code>bnnctl info</code>. Link, front end and engine work at the "
		"same time: the one with the most cycles an image decides the rate.");
	fputs("<div class=\"wide\"><table><thead><tr><th class=\"text\">board</th><th>fits</th>"
	      "<th>images/s</th><th>bound by</th><th>link</th><th>front end</th><th>engine</th>"
	      "<th>model words</th><th>map rows</th></tr></thead>\n<tbody>\n",
	      f);
	for (const struct board *b = boards; !rc && b->name; b++) {
		rc = budget_make(r->model, b, &need, err);
		if (rc)
			break;
		board(f, b, &need);
		if (!shown && !need.why.code) {
			shown = b;
			shown_need = need;
		}
	}
	fputs("</tbody></table></div>\n", f);
	if (shown)
		layers(f, r->model, shown, &shown_need);
	html_section_end(f);
	return rc;
}
