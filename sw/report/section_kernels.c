/* SPDX-License-Identifier: MIT
 * What the first layer looks for. */
#include <stdlib.h>

#include "html.h"
#include "jet_name.h"
#include "model_text.h"
#include "picture.h"
#include "ref.h"
#include "sections.h"

#define MOST_OUTPUTS 128 /* shown */
#define PIXEL 255
#define TAPS 25

/* The layer's kernels as one thing: what an output sums of an input channel. */
struct first {
	const struct net_layer *l;
	const struct model_layer *p;
};

static int jet_number(const struct first *x, int out, int in)
{
	return x->p->kernel[x->l->kind == NET_SJET ? out : out * x->l->in_ch + in];
}

/* Coefficients of an output on an input channel, [k][k]. */
static void coefficients(const struct first *x, int out, int in, int32_t *to)
{
	int taps = x->l->k * x->l->k, pair = out * x->l->in_ch + in;

	if (x->l->kind == NET_BCONV) {
		for (int i = 0; i < taps; i++)
			to[i] = x->p->weight[pair * taps + i] < 0 ? -1 : 1;
		return;
	}
	ref_jet_kernel(x->l->k, jet_number(x, out, in), to);
	for (int i = 0; i < taps; i++)
		to[i] *= x->p->sign[pair];
}

/* Blue below 0, red above, one point a coefficient. */
static int kernel_picture(const int32_t *c, int k, int side, FILE *f, struct bnn_err *err)
{
	const struct colour white = { 255, 255, 255 };
	struct picture p;
	int32_t most = 1;
	int rc = picture_new(k, k, white, &p, err);

	if (rc)
		return rc;
	for (int i = 0; i < k * k; i++)
		most = abs(c[i]) > most ? abs(c[i]) : most;
	for (int i = 0; i < k * k; i++)
		picture_fill(&p, i / k, i % k, 1, 1, colour_signed((double)c[i] / most));
	rc = picture_write(&p, picture_scale(&p, side), "", f, err);
	picture_free(&p);
	return rc;
}

/* Smallest and largest sum over pixels. */
static void range(const int32_t *c, int k, long *low, long *high)
{
	*low = *high = 0;
	for (int i = 0; i < k * k; i++)
		*(c[i] < 0 ? low : high) += (long)c[i] * PIXEL;
}

/* Where the thresholds of a kernel on gray pixels are: a tick up for "at least", down for "at most". */
static void threshold_strip(FILE *f, const struct first *x, int number, long low, long high)
{
	const int width = 300, middle = 15;
	double unit = (double)width / (double)(high - low);

	fprintf(f,
		"<svg viewBox=\"-4 0 %d 42\" width=\"%d\" height=\"42\" role=\"img\" "
		"aria-label=\"thresholds\"><path class=\"axis\" d=\"M0 %dH%d\"/>"
		"<path class=\"axis\" d=\"M%.1f %dv7\"/>\n",
		width + 8, width + 8, middle, width, (double)-low * unit, middle - 3);
	for (int o = 0; o < x->l->out; o++) {
		long sign = x->p->sign[o] < 0 ? -1 : 1, at = sign * x->p->threshold[o];

		if (jet_number(x, o, 0) != number || at < low || at > high)
			continue;
		fprintf(f, "<path class=\"curve %s\" d=\"M%.1f %dv%d\"/>\n",
			sign > 0 ? "one" : "two", (double)(at - low) * unit, middle,
			sign > 0 ? -12 : 12);
	}
	fprintf(f,
		"<text x=\"0\" y=\"40\">%ld</text><text x=\"%d\" y=\"40\" text-anchor=\"end\">%ld"
		"</text></svg>",
		low, width, high);
}

static void threshold_list(FILE *f, const struct first *x, int number)
{
	int told = 0;

	fputs("<span class=\"soft\">", f);
	for (int side = 1; side >= -1; side -= 2)
		for (int o = 0, n = 0; o < x->l->out; o++)
			if (jet_number(x, o, 0) == number && x->p->sign[o] == side) {
				fprintf(f, "%s%s%ld",
					n      ? ", "
					: told ? "; "
					       : "",
					n          ? ""
					: side > 0 ? "&#8805; "
						   : "&#8804; ",
					(long)side * x->p->threshold[o]);
				n++;
				told++;
			}
	fputs("</span>", f);
}

/* How many (output, channel) pairs take the kernel. */
static int users(const struct first *x, int number)
{
	int count = 0;

	for (int o = 0; o < x->l->out; o++)
		for (int i = 0; i < x->l->in_ch; i++)
			count += jet_number(x, o, i) == number;
	return count;
}

static int jet_row(FILE *f, const struct first *x, int number, int count, struct bnn_err *err)
{
	char name[64], composition[128];
	int32_t c[TAPS];
	long low, high;
	int rc;

	ref_jet_kernel(x->l->k, number, c);
	range(c, x->l->k, &low, &high);
	jet_name(x->l->k, number, name, sizeof(name));
	jet_composition(x->l->k, number, composition, sizeof(composition));
	fputs("<tr><td>", f);
	rc = kernel_picture(c, x->l->k, 45, f, err);
	fprintf(f, "</td><td class=\"text\">%s<br/><span class=\"soft\">%s</span></td><td>%d</td>",
		name, composition, count);
	if (x->l->in_ch == 1) {
		fputs("<td class=\"text\">", f);
		threshold_strip(f, x, number, low, high);
		threshold_list(f, x, number);
		fputs("</td>", f);
	}
	fputs("</tr>\n", f);
	return rc;
}

static int jet_table(FILE *f, const struct first *x, struct bnn_err *err)
{
	int rc = BNN_OK;

	html_note(
		f,
		"A jet kernel is a chain of sums [1 1] and differences [1 &#8722;1]; red is "
		"positive, blue negative. %s",
		x->l->in_ch == 1
			? "A tick up is an output that is 1 where the sum is at least that, a tick "
			  "down one that is 1 where it is at most that; the scale is what pixels "
			  "can reach."
			: "An output sums one kernel of every channel, as below.");
	fprintf(f,
		"<div class=\"wide\"><table><thead><tr><th></th><th class=\"text\">kernel</th>"
		"<th>used</th>%s</tr></thead>\n<tbody>\n",
		x->l->in_ch == 1 ? "<th class=\"text\">thresholds</th>" : "");
	for (int n = 0; !rc && n < x->l->k * x->l->k; n++) {
		int count = users(x, n);

		if (count)
			rc = jet_row(f, x, n, count, err);
	}
	fputs("</tbody></table></div>\n", f);
	return rc;
}

/* Every output: a kernel a channel, then the threshold. */
static int outputs(FILE *f, const struct first *x, struct bnn_err *err)
{
	int shown = x->l->out < MOST_OUTPUTS ? x->l->out : MOST_OUTPUTS, rc = BNN_OK;

	html_note(f,
		  "Outputs%s: red adds, blue subtracts%s; the output is 1 where the sum is at "
		  "least the number below.",
		  shown < x->l->out ? " (the first 128)" : "",
		  x->l->in_ch == 3 ? ", for red, green and blue" : "");
	fputs("<div class=\"pictures\">\n", f);
	for (int o = 0; !rc && o < shown; o++) {
		fputs("<figure class=\"flat kernel\"><div>", f);
		for (int i = 0; !rc && i < x->l->in_ch; i++) {
			int32_t c[TAPS];

			coefficients(x, o, i, c);
			rc = kernel_picture(c, x->l->k, 40, f, err);
		}
		fprintf(f, "</div>%ld</figure>\n", (long)x->p->threshold[o]);
	}
	fputs("</div>\n", f);
	return rc;
}

int section_kernels(FILE *f, const struct report *r, struct bnn_err *err)
{
	const struct first x = { &r->model->net.layer[0], &r->model->layer[0] };
	char text[LAYER_TEXT_MAX];
	int rc = BNN_OK;

	html_section(f, "kernels", "First layer");
	html_note(f, "<b>%s</b> on pixels of 0 to 255, after preprocessing.",
		  layer_text(&r->model->net, 0, text));
	if (x.l->kind != NET_BCONV)
		rc = jet_table(f, &x, err);
	if (!rc && (x.l->kind == NET_BCONV || x.l->in_ch > 1))
		rc = outputs(f, &x, err);
	html_section_end(f);
	return rc;
}
