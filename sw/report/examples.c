/* SPDX-License-Identifier: MIT
 * Images of the set that the page shows. */
#include "examples.h"

#include <string.h>

#include "html.h"

#define NAME_SIZE 4096

int examples_worst(const struct report *r, int *out, int most)
{
	const struct answer *a = r->answers->answer;
	int count = 0;

	for (int i = 0; i < r->set->count; i++) {
		int at = count;

		if (a[i].said < 0 || a[i].said == a[i].truth)
			continue;
		while (at > 0 && a[out[at - 1]].margin < a[i].margin)
			at--;
		if (at == most)
			continue;
		count += count < most;
		memmove(out + at + 1, out + at, (size_t)(count - 1 - at) * sizeof(*out));
		out[at] = i;
	}
	return count;
}

int examples_sure(const struct report *r, int class)
{
	const struct answer *a = r->answers->answer;
	int best = -1;

	for (int i = 0; i < r->set->count; i++)
		if (a[i].truth == class && a[i].said == class &&
		    (best < 0 || a[i].margin > a[best].margin))
			best = i;
	return best;
}

int examples_unsure(const struct report *r)
{
	const struct answer *a = r->answers->answer;
	int best = -1;

	for (int i = 0; i < r->set->count; i++)
		if (a[i].truth == a[i].said && (best < 0 || a[i].margin < a[best].margin))
			best = i;
	return best;
}

int example_compute(const struct report *r, int number, struct example *out, struct bnn_err *err)
{
	int rc;

	*out = (struct example){ 0 };
	rc = labelled_read(r->set, number, &out->image, err);
	if (!rc)
		rc = bnn_image_fit(r->model, &out->image, &out->fit, err);
	if (!rc)
		rc = bnn_device_layers(r->device, out->fit.pixels, &out->layers, err);
	if (rc)
		example_free(out);
	return rc;
}

void example_free(struct example *e)
{
	bnn_image_free(&e->image);
	bnn_image_free(&e->fit);
	bnn_layers_free(&e->layers);
	*e = (struct example){ 0 };
}

void example_caption(FILE *f, const struct report *r, int number)
{
	const struct answer *a = &r->answers->answer[number];
	size_t skip = strlen(r->set->from);
	char name[NAME_SIZE];

	fputs("<b>", f);
	html_text(f, bnn_model_class(r->model, a->truth));
	if (a->said != a->truth) {
		fputs("</b> taken as <b>", f);
		html_text(f, bnn_model_class(r->model, a->said));
	}
	fprintf(f, "</b><br/>margin %ld<br/><span class=\"soft\">", (long)a->margin);
	labelled_name(r->set, number, name, sizeof(name));
	skip = strncmp(name, r->set->from, skip) == 0 ? skip : 0;
	html_text(f, name + skip + strspn(name + skip, "/"));
	fputs("</span>", f);
}
