/* SPDX-License-Identifier: MIT
 * Finds the parts in a frame: runs of part pixels row by row, joined with the runs they touch in
 * the row above. A run's part is found along its `up` links, which lead to ever lower numbers. */
#include <stdlib.h>

#include "finder.h"
#include "model.h"

struct run {
	int row, from, to;     /* columns from..to-1 */
	int up;                /* a run of the same part, itself: the first one */
	struct finder_box box; /* of the first one: right and lower edge in w and h */
};

struct runs {
	struct run *run; /* owned */
	int count, size;
};

static bool is_part(const struct bnn_image *im, const struct finder_options *o, size_t pixel)
{
	const uint8_t *p = im->pixels + pixel * (size_t)im->channels;
	int gray = im->channels == 1 ? p[0] : (299 * p[0] + 587 * p[1] + 114 * p[2] + 500) / 1000;

	return o->dark ? gray < o->threshold : gray > o->threshold;
}

static int first_of(struct runs *r, int i)
{
	while (r->run[i].up != i) {
		r->run[i].up = r->run[r->run[i].up].up;
		i = r->run[i].up;
	}
	return i;
}

static void join(struct runs *r, int a, int b)
{
	struct finder_box *into, *from;

	a = first_of(r, a);
	b = first_of(r, b);
	if (a == b)
		return;
	if (b < a) {
		int t = a;

		a = b;
		b = t;
	}
	into = &r->run[a].box;
	from = &r->run[b].box;
	into->x = from->x < into->x ? from->x : into->x;
	into->y = from->y < into->y ? from->y : into->y;
	into->w = from->w > into->w ? from->w : into->w;
	into->h = from->h > into->h ? from->h : into->h;
	into->area += from->area;
	r->run[b].up = a;
}

static int add_run(struct runs *r, int row, int from, int to, struct bnn_err *err)
{
	if (r->count == r->size) {
		int size = r->size ? 2 * r->size : 256;
		struct run *more = realloc(r->run, (size_t)size * sizeof(*more));

		if (!more)
			return err_set(err, BNN_E_MEMORY, "out of memory for %d runs of pixels",
				       size);
		r->run = more;
		r->size = size;
	}
	r->run[r->count] =
		(struct run){ row, from, to, r->count, { from, row, to, row + 1, to - from } };
	r->count++;
	return BNN_OK;
}

/* Runs of one row; *above is the first run of the row before it. */
static int scan_row(const struct bnn_image *im, const struct finder_options *o, int row,
		    struct runs *r, int *above, struct bnn_err *err)
{
	size_t at = (size_t)row * (size_t)im->cols;
	int begin = r->count, over = *above, rc;

	for (int x = 0; x < im->cols; x++) {
		int from = x;

		while (x < im->cols && is_part(im, o, at + (size_t)x))
			x++;
		if (x == from)
			continue;
		rc = add_run(r, row, from, x, err);
		if (rc)
			return rc;
		/* One pixel further to both sides: corners connect. */
		while (over < begin && r->run[over].to < from)
			over++;
		for (int i = over; i < begin && r->run[i].from <= x; i++)
			join(r, i, r->count - 1);
	}
	*above = begin;
	return BNN_OK;
}

static int from_left(const void *a, const void *b)
{
	const struct finder_box *p = a, *q = b;

	return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->y > q->y) - (p->y < q->y);
}

/* Edges become sizes, with the border as far as the frame goes. */
static struct finder_box with_border(struct finder_box b, int border, const struct bnn_image *im)
{
	int right = b.w + border, low = b.h + border;

	b.x = b.x > border ? b.x - border : 0;
	b.y = b.y > border ? b.y - border : 0;
	b.w = (right < im->cols ? right : im->cols) - b.x;
	b.h = (low < im->rows ? low : im->rows) - b.y;
	return b;
}

static int collect(const struct bnn_image *im, const struct finder_options *o, const struct runs *r,
		   struct finder_box *box, int *count, struct bnn_err *err)
{
	for (int i = 0; i < r->count; i++) {
		const struct finder_box *b = &r->run[i].box;

		if (r->run[i].up != i || b->area < o->area_least)
			continue;
		if (o->whole && (b->x == 0 || b->y == 0 || b->w == im->cols || b->h == im->rows))
			continue;
		if (*count == FINDER_MAX_PARTS)
			return err_set(err, BNN_E_LIMIT,
				       "more than %d parts of %ld pixels or more in one frame",
				       FINDER_MAX_PARTS, o->area_least);
		box[(*count)++] = *b;
	}
	qsort(box, (size_t)*count, sizeof(*box), from_left);
	for (int i = 0; i < *count; i++)
		box[i] = with_border(box[i], o->border, im);
	return BNN_OK;
}

int finder_find(const struct bnn_image *im, const struct finder_options *o,
		struct finder_box box[FINDER_MAX_PARTS], int *count, struct bnn_err *err)
{
	struct runs r = { 0 };
	int above = 0, rc = BNN_OK;

	*count = 0;
	for (int row = 0; !rc && row < im->rows; row++)
		rc = scan_row(im, o, row, &r, &above, err);
	if (!rc)
		rc = collect(im, o, &r, box, count, err);
	free(r.run);
	return rc;
}
