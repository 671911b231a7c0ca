/* SPDX-License-Identifier: MIT
 * From a frame to what the boards are sent. */
#include <stdio.h>
#include <string.h>

#include "image.h"
#include "prepare.h"

static int crop(const struct bnn_image *in, int x, int y, int w, int h, struct bnn_image *out,
		struct bnn_err *err)
{
	size_t n = (size_t)in->channels;
	int rc;

	memset(out, 0, sizeof(*out));
	if (x > in->cols - w || y > in->rows - h)
		return err_set(err, BNN_E_LIMIT,
			       "the crop %d,%d,%d,%d is beyond the frame of %d x %d pixels", x, y,
			       w, h, in->cols, in->rows);
	rc = image_alloc("crop", (uint64_t)h, (uint64_t)w, in->channels, out, err);
	for (int r = 0; !rc && r < h; r++)
		memcpy(out->pixels + (size_t)r * (size_t)w * n,
		       in->pixels + ((size_t)(y + r) * (size_t)in->cols + (size_t)x) * n,
		       (size_t)w * n);
	return rc;
}

/* Moves the picture into an item of its own and puts that. */
static bool put_picture(struct prepare *p, const struct origin *from, struct bnn_image *picture,
			struct line *line)
{
	struct item item = { .from = *from };
	struct bnn_image fit;
	struct bnn_err why = { 0 };
	bool put;

	if (bnn_image_fit(p->model, picture, &fit, &why)) {
		item.reason = REASON_UNREADABLE;
		snprintf(item.why, sizeof(item.why), "%s", why.text);
	} else {
		item.pixels = fit.pixels;
	}
	if (p->keep) {
		item.picture = *picture;
		memset(picture, 0, sizeof(*picture));
	}
	put = line_put(line, &item);
	item_free(&item);
	return put;
}

static bool put_fault(const struct origin *from, enum reason reason, const char *why,
		      struct line *line)
{
	struct item item = { .from = *from, .reason = reason };

	snprintf(item.why, sizeof(item.why), "%s", why);
	return line_put(line, &item);
}

static bool put_parts(struct prepare *p, const struct origin *from, const struct bnn_image *im,
		      struct line *line)
{
	struct finder_box box[FINDER_MAX_PARTS];
	struct origin part = *from;
	struct bnn_err why = { 0 };
	bool put = true;

	if (finder_find(im, &p->finder, box, &part.parts, &why))
		return put_fault(from, REASON_UNREADABLE, why.text, line);
	if (part.parts == 0) {
		if (from->is_file)
			return put_fault(from, REASON_EMPTY, "", line);
		atomic_fetch_add(&p->empty_frames, 1);
	}
	for (part.part = 0; put && part.part < part.parts; part.part++) {
		const struct finder_box *b = &box[part.part];
		struct bnn_image picture;

		part.x = b->x + p->x;
		part.y = b->y + p->y;
		part.w = b->w;
		part.h = b->h;
		if (crop(im, b->x, b->y, b->w, b->h, &picture, &why))
			put = put_fault(&part, REASON_UNREADABLE, why.text, line);
		else
			put = put_picture(p, &part, &picture, line);
		bnn_image_free(&picture);
	}
	return put;
}

bool prepare_put(struct prepare *p, struct frame *f, struct line *line)
{
	struct bnn_image cropped = { 0 }, *im = &f->image;
	struct bnn_err why = { 0 };
	bool put;

	atomic_fetch_add(&p->skipped_frames, f->skipped);
	if (!f->image.pixels)
		return put_fault(&f->from, REASON_UNREADABLE, f->why, line);
	if (p->w) {
		if (crop(im, p->x, p->y, p->w, p->h, &cropped, &why))
			return put_fault(&f->from, REASON_UNREADABLE, why.text, line);
		im = &cropped;
	}
	put = p->find ? put_parts(p, &f->from, im, line) : put_picture(p, &f->from, im, line);
	bnn_image_free(&cropped);
	return put;
}
