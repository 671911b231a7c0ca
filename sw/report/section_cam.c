/* SPDX-License-Identifier: MIT
 * Class maps over images. */
#include <math.h>
#include <stdlib.h>

#include "examples.h"
#include "html.h"
#include "image.h"
#include "sections.h"

#define CLASSES 12 /* with an example of their own at most */
#define MISTAKES 6 /* shown */
#define SIDE 128   /* of a picture */

struct cam {
	const int32_t *score; /* [rows][cols][classes] */
	int rows, cols, classes;
	double most; /* the largest absolute score of the classes shown */
};

static double at_position(const struct cam *m, int row, int col, int class)
{
	return m->score[(row * m->cols + col) * m->classes + class] / m->most;
}

/* Score at a place of the image, 0 to 1 down and across, between the positions' centres. */
static double score(const struct cam *m, double down, double across, int class)
{
	double y = fmin(fmax(down * m->rows - 0.5, 0), m->rows - 1);
	double x = fmin(fmax(across * m->cols - 0.5, 0), m->cols - 1);
	int row = (int)y, col = (int)x;
	int low = row + 1 < m->rows ? row + 1 : row, right = col + 1 < m->cols ? col + 1 : col;
	double top = at_position(m, row, col, class) * (1 - (x - col)) +
		     at_position(m, row, right, class) * (x - col);
	double bottom = at_position(m, low, col, class) * (1 - (x - col)) +
			at_position(m, low, right, class) * (x - col);

	return top * (1 - (y - row)) + bottom * (y - row);
}

static uint8_t mix(double below, double above, double part)
{
	return (uint8_t)(below * (1 - part) + above * part + 0.5);
}

/* The gray image under the map of a class: red speaks for it, blue against. */
static int overlay(const struct bnn_image *gray, const struct cam *m, int class,
		   struct picture *out, struct bnn_err *err)
{
	int scale = SIDE / (gray->rows > gray->cols ? gray->rows : gray->cols);
	int rc;

	scale = scale > 1 ? scale : 1;
	rc = picture_new(gray->rows * scale, gray->cols * scale, (struct colour){ 0 }, out, err);
	for (int r = 0; !rc && r < out->rows; r++)
		for (int c = 0; c < out->cols; c++) {
			double v = score(m, (r + 0.5) / out->rows, (c + 0.5) / out->cols, class);
			int point = r / scale * gray->cols + c / scale;
			double below = gray->pixels[point];
			double part = 0.65 * fabs(v);

			picture_fill(out, r, c, 1, 1,
				     (struct colour){ mix(below, v > 0 ? 230 : 30, part),
						      mix(below, v > 0 ? 40 : 90, part),
						      mix(below, v > 0 ? 20 : 240, part) });
		}
	return rc;
}

static int figure(FILE *f, const struct report *r, const struct bnn_image *gray,
		  const struct cam *m, int class, struct bnn_err *err)
{
	struct picture p;
	int rc = overlay(gray, m, class, &p, err);

	if (!rc) {
		fputs("<div>", f);
		rc = picture_write(&p, 1, "", f, err);
		fputs("<span class=\"soft\">for</span> ", f);
		html_text(f, bnn_model_class(r->model, class));
		fputs("</div>", f);
	}
	picture_free(&p);
	return rc;
}

/* As large as the network's input, before preprocessing. */
static int small_gray(const struct report *r, const struct bnn_image *in, struct bnn_image *out,
		      struct bnn_err *err)
{
	struct bnn_image small;
	int rc = image_resize(in, r->model->net.rows, r->model->net.cols, &small, err);

	if (rc)
		return rc;
	rc = image_convert(&small, 1, out, err);
	bnn_image_free(&small);
	return rc;
}

/* The map of the class that was said, and of the true one when that is another. */
static int example(FILE *f, const struct report *r, int number, struct bnn_err *err)
{
	const struct answer *a = &r->answers->answer[number];
	int shown[] = { a->said, a->truth }, count = a->said == a->truth ? 1 : 2;
	struct bnn_image gray = { 0 };
	struct example e;
	struct cam m;
	int rc = example_compute(r, number, &e, err);

	if (rc)
		return rc;
	m = (struct cam){ e.layers.cam, e.layers.cam_rows, e.layers.cam_cols,
			  e.layers.result.classes, 1 };
	for (int i = 0; i < m.rows * m.cols; i++)
		for (int s = 0; s < count; s++)
			m.most = fmax(m.most, abs(m.score[i * m.classes + shown[s]]));
	rc = small_gray(r, &e.image, &gray, err);
	fputs("<figure class=\"cam\"><div class=\"pair\">", f);
	for (int s = 0; !rc && s < count; s++)
		rc = figure(f, r, &gray, &m, shown[s], err);
	fputs("</div>", f);
	example_caption(f, r, number);
	fputs("</figure>\n", f);
	bnn_image_free(&gray);
	example_free(&e);
	return rc;
}

static int pictures(FILE *f, const struct report *r, struct bnn_err *err)
{
	int worst[MISTAKES], mistakes = examples_worst(r, worst, MISTAKES), rc = BNN_OK;
	int classes = bnn_model_classes(r->model);

	fputs("<div class=\"pictures\">\n", f);
	for (int c = 0, n = 0; !rc && c < classes && n < CLASSES; c++) {
		int best = examples_sure(r, c);

		if (best >= 0) {
			rc = example(f, r, best, err);
			n++;
		}
	}
	for (int i = 0; !rc && i < mistakes; i++)
		rc = example(f, r, worst[i], err);
	fputs("</div>\n", f);
	return rc;
}

int section_cam(FILE *f, const struct report *r, struct bnn_err *err)
{
	int rc = BNN_OK;

	html_section(f, "cam", "Class maps");
	if (r->model->net.layer[r->model->net.count - 1].kind == NET_CAM) {
		html_note(f,
			  "Where in the image the score comes from: red speaks for the class, "
			  "blue against it. The surest image of a class (of the first %d), then "
			  "the worst mistakes. The map is stretched over the image.",
			  CLASSES);
		rc = pictures(f, r, err);
	} else {
		html_note(f, "This network ends in a dense layer, which has no class map. One that "
			     "ends in <code>cam</code> has.");
	}
	html_section_end(f);
	return rc;
}
