/* SPDX-License-Identifier: MIT
 * The mistakes with the largest margins, as images. */
#include <stdlib.h>

#include "examples.h"
#include "html.h"
#include "sections.h"

#define SIDE 128   /* of an image at most, in its own pixels */
#define WANTED 128 /* on the page */

/* The image itself; a file that is gone since is said. */
static int image(FILE *f, const struct report *r, int number, struct bnn_err *err)
{
	struct bnn_image im;
	struct bnn_err why;
	struct picture p;
	int rc = labelled_read(r->set, number, &im, &why);

	if (rc) {
		html_text(f, why.text);
		fputs("<br/>", f);
		return BNN_OK;
	}
	rc = picture_of_image(&im, SIDE, &p, err);
	bnn_image_free(&im);
	if (!rc)
		rc = picture_write(&p, picture_scale(&p, WANTED), "", f, err);
	picture_free(&p);
	return rc;
}

static void kind(FILE *f, const struct report *r, const struct answer *a)
{
	if (r->good && r->good[a->said] && !r->good[a->truth])
		fputs("<span class=\"escape\">escape</span><br/>", f);
	else if (r->good && !r->good[a->said] && r->good[a->truth])
		fputs("<span class=\"escape\">false reject</span><br/>", f);
}

static int figures(FILE *f, const struct report *r, const int *list, int count, struct bnn_err *err)
{
	int rc = BNN_OK;

	fputs("<div class=\"pictures\">\n", f);
	for (int i = 0; !rc && i < count; i++) {
		fputs("<figure>", f);
		rc = image(f, r, list[i], err);
		kind(f, r, &r->answers->answer[list[i]]);
		example_caption(f, r, list[i]);
		fputs("</figure>\n", f);
	}
	fputs("</div>\n", f);
	return rc;
}

int section_mistakes(FILE *f, const struct report *r, struct bnn_err *err)
{
	long mistakes = r->answers->count - r->answers->correct;
	int *list = malloc(((size_t)r->worst + 1) * sizeof(*list));
	int count, rc;

	if (!list)
		return err_set(err, BNN_E_MEMORY, "out of memory for %d mistakes", r->worst);
	count = examples_worst(r, list, r->worst);
	html_section(f, "mistakes", "Worst mistakes");
	html_note(f,
		  "%ld of %ld images are mistakes; here are %d, those with the largest margins "
		  "first. What looks right here is often a wrong label.",
		  mistakes, r->answers->count, count);
	rc = figures(f, r, list, count, err);
	html_section_end(f);
	free(list);
	return rc;
}
