/* SPDX-License-Identifier: MIT
 * From what the network makes of a pixel to whole numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

/* Frameworks compute the numbers in single precision, with a few roundings on the way; relative to
 * the largest number. */
#define FLOAT_NOISE 0x1p-21

static void range_of(const double v[256], double *least, double *most)
{
	*least = *most = v[0];
	for (int p = 1; p < 256; p++) {
		*least = fmin(*least, v[p]);
		*most = fmax(*most, v[p]);
	}
}

/* True when all values are least + a whole number * step, but for rounding. */
static bool on_grid(const double v[256], double least, double step, double noise)
{
	for (int p = 0; p < 256; p++) {
		double at = (v[p] - least) / step;

		if (fabs(at - nearbyint(at)) * step > noise)
			return false;
	}
	return true;
}

/* The coarsest grid with at most 255 steps that all values lie on; 0 when there is none. */
static int grid_levels(const double v[256])
{
	double least, most, noise;

	range_of(v, &least, &most);
	noise = FLOAT_NOISE * fmax(fabs(least), fabs(most));
	if (most - least <= noise * 256)
		return 0;
	for (int n = 1; n < 256; n++)
		if (on_grid(v, least, (most - least) / n, noise))
			return n;
	return 0;
}

int pixels_fit(struct walk *w, uint8_t q[256], double *step, double offset[3], int *levels)
{
	const struct flow *f = &w->f;
	double least, most;

	*levels = grid_levels(f->pixel[0]);
	if (!*levels)
		return err_set(w->err, BNN_E_LIMIT,
			       "what becomes of the pixels is no grid of 2 to 256 evenly spaced "
			       "numbers; quantise the input to at most 8 bits");
	for (int c = 0; c < f->ch; c++) {
		double s;

		range_of(f->pixel[c], &least, &most);
		offset[c] = least;
		s = (most - least) / *levels;
		if (c == 0)
			*step = s;
		else if (fabs(s - *step) > 1e-5 * *step)
			return err_set(w->err, BNN_E_LIMIT,
				       "the colours are scaled differently (%g and %g); one scale "
				       "for all is supported",
				       *step, s);
		for (int p = 0; p < 256; p++) {
			uint8_t whole = (uint8_t)lrint((f->pixel[c][p] - least) / *step);

			if (c > 0 && q[p] != whole)
				return err_set(w->err, BNN_E_LIMIT,
					       "pixel %d becomes step %d of one colour and %d of "
					       "another; one table for all is supported",
					       p, q[p], whole);
			q[p] = whole;
		}
	}
	return BNN_OK;
}

void draft_table(struct draft *d, const uint8_t q[256])
{
	d->use_table = false;
	for (int p = 0; p < 256; p++) {
		d->table[p] = q[p];
		d->use_table = d->use_table || q[p] != p;
	}
}

/* A dense layer cannot read pixels. A first layer of 1x1 compares each pixel with every level: bit i
 * is q >= i + 1, and q = sum of the levels' (bit + 1) / 2 exactly, in which all have the same
 * weight. Two levels need one bit. */
int pixels_to_bits(struct walk *w)
{
	struct net_layer l = { .kind = NET_BCONV, .k = 1, .stride = 1 };
	struct flow *f = &w->f;
	double step, offset[3];
	uint8_t q[256];
	int levels, rc;

	if (f->ch != 1)
		return err_set(w->err, BNN_E_LIMIT,
			       "a dense layer on colours; begin with a convolution, or use gray");
	rc = pixels_fit(w, q, &step, offset, &levels);
	l.out = levels;
	l.conv_rows = f->rows;
	l.conv_cols = f->cols;
	if (!rc)
		rc = draft_add(w, &l, 1);
	if (!rc)
		rc = flow_sums(w, 1);
	if (!rc)
		rc = threshold_begin(w);
	for (int i = 0; !rc && i < levels; i++) {
		w->d.layer[0].weight[i] = 1;
		w->d.layer[0].threshold[i] = i + 1;
	}
	if (rc)
		return rc;
	draft_table(&w->d, q);
	f->c[0].value[0] = offset[0] + step * (levels - 1) / 2;
	f->c[0].value[1] = f->c[0].value[0] + step;
	f->stage = STAGE_BITS;
	w->d.copies = levels;
	return BNN_OK;
}
