/* SPDX-License-Identifier: MIT
 * Every layer's map of some images. */
#include "examples.h"
#include "html.h"
#include "model_text.h"
#include "sections.h"

#define CHANNELS 64 /* of a map, shown */
#define WIDE 1040   /* points of the page for the maps of a layer */
#define TILE 60     /* for a channel, about */
#define MOST_SCALE 8
#define INPUT 128 /* for an image */

/* Channels side by side with a line between; 0 dark, 1 bright. */
static int montage(const uint8_t *map, int rows, int cols, int channels, int scale,
		   struct picture *out, struct bnn_err *err)
{
	const struct colour gap = { 255, 255, 255 }, bit[] = { { 31, 45, 61 }, { 255, 209, 102 } };
	int shown = channels < CHANNELS ? channels : CHANNELS;
	int room = WIDE / ((cols + 1) * scale), across = shown < room ? shown : room;
	int down = (shown + across - 1) / across;
	int rc = picture_new(down * (rows + 1) - 1, across * (cols + 1) - 1, gap, out, err);

	for (int c = 0; !rc && c < shown; c++)
		for (int i = 0; i < rows * cols; i++)
			picture_fill(out, c / across * (rows + 1) + i / cols,
				     c % across * (cols + 1) + i % cols, 1, 1,
				     bit[map[i * channels + c] & 1]);
	return rc;
}

static int layer(FILE *f, const struct report *r, const struct bnn_layers *l, int n,
		 struct bnn_err *err)
{
	char text[LAYER_TEXT_MAX];
	struct picture p;
	int scale = TILE / l->cols[n], rc;

	scale = scale > MOST_SCALE ? MOST_SCALE : scale > 1 ? scale : 1;
	fprintf(f, "<p><b>%s</b> <span class=\"soft\">%d x %d x %d%s</span></p>\n",
		layer_text(&r->model->net, n, text), l->rows[n], l->cols[n], l->channels[n],
		l->channels[n] > CHANNELS ? ", the first 64 channels" : "");
	rc = montage(l->map[n], l->rows[n], l->cols[n], l->channels[n], scale, &p, err);
	if (rc)
		return rc;
	rc = picture_write(&p, scale, "", f, err);
	picture_free(&p);
	return rc;
}

static int input(FILE *f, const struct bnn_image *im, const char *what, struct bnn_err *err)
{
	struct picture p;
	int rc = picture_of_image(im, INPUT, &p, err);

	if (rc)
		return rc;
	fputs("<figure>", f);
	rc = picture_write(&p, picture_scale(&p, INPUT), what, f, err);
	fprintf(f, "%s</figure>\n", what);
	picture_free(&p);
	return rc;
}

static int example(FILE *f, const struct report *r, const char *title, int number,
		   struct bnn_err *err)
{
	struct example e;
	int rc;

	if (number < 0)
		return BNN_OK;
	rc = example_compute(r, number, &e, err);
	if (rc)
		return rc;
	fprintf(f, "<h3>%s</h3>\n<div class=\"pictures\">\n", title);
	rc = input(f, &e.image, "as in the file", err);
	if (!rc)
		rc = input(f, &e.fit, "as the device gets it", err);
	fputs("<figure>", f);
	example_caption(f, r, number);
	fputs("</figure></div>\n", f);
	for (int n = 0; !rc && n < e.layers.count; n++)
		rc = layer(f, r, &e.layers, n, err);
	example_free(&e);
	return rc;
}

int section_maps(FILE *f, const struct report *r, struct bnn_err *err)
{
	int sure = -1, worst = -1, rc;

	for (int c = 0; c < bnn_model_classes(r->model); c++) {
		int best = examples_sure(r, c);

		if (best >= 0 &&
		    (sure < 0 || r->answers->answer[best].margin > r->answers->answer[sure].margin))
			sure = best;
	}
	examples_worst(r, &worst, 1);
	html_section(f, "maps", "Feature maps");
	html_note(f,
		  "What the device computed, layer by layer, after the pools; a tile is a channel, "
		  "bright is 1. Dense layers are a row of points.");
	rc = example(f, r, "Right, with the largest margin", sure, err);
	if (!rc)
		rc = example(f, r, "Right, with the smallest margin", examples_unsure(r), err);
	if (!rc)
		rc = example(f, r, "Wrong, with the largest margin", worst, err);
	html_section_end(f);
	return rc;
}
