/* SPDX-License-Identifier: MIT
 * From sums to bits: one integer threshold a channel, whatever lies between sum and quantiser. */
#include <math.h>
#include <stdlib.h>

#include "walk.h"

static double sum_value(const struct channel *c, int64_t z)
{
	double v = c->gain * (double)z + c->offset;

	return v < c->low ? c->low : v > c->high ? c->high : v;
}

/* The two integers a quantiser gives. */
static bool two_levels(const struct quantiser *q, double level[2])
{
	level[0] = q->bipolar ? -1 : q->least;
	level[1] = q->bipolar ? 1 : q->most;
	return q->bipolar || q->most - q->least == 1;
}

static bool is_one(const struct channel *c, const struct quantiser *q, int64_t z)
{
	double level[2];

	two_levels(q, level);
	return quantiser_integer(q, sum_value(c, z), false) == level[1];
}

/* Smallest z in -reach..reach for which the bit differs from `below`, or reach + 1. Every step
 * from z to the bit is monotone, and stays so with rounded numbers. */
static int64_t boundary(const struct channel *c, const struct quantiser *q, int64_t reach,
			bool below)
{
	int64_t least = -reach, most = reach + 1;

	while (least < most) {
		int64_t z = least + (most - least) / 2;

		if (is_one(c, q, z) != below)
			most = z;
		else
			least = z + 1;
	}
	return least;
}

/* ONNX's Sign gives 0 for 0. That is no bit, but no harm where no sum gets there. */
static int check_zero(struct walk *w, int o, int64_t z)
{
	const struct draft *d = &w->d;
	int64_t reach = draft_reach(d);
	bool pixels = d->net.count == 1;
	/* A sum of n numbers +1 and -1 is even or odd as n is. */
	bool reached = llabs(z) <= reach && (pixels || (z - reach) % 2 == 0);

	if (reached && sum_value(&w->f.c[o], z) == 0)
		return err_set(
			w->err, BNN_E_LIMIT,
			"the sum of channel %d can be 0, whose Sign is neither 1 nor -1; use "
			"BipolarQuant",
			o);
	return BNN_OK;
}

int threshold_begin(struct walk *w)
{
	struct draft *d = &w->d;
	struct model_layer *p = &d->layer[d->net.count - 1];

	if (draft_last(d)->kind == NET_CAM)
		return err_set(w->err, BNN_E_LIMIT,
			       "a quantiser behind an average over the map; only the class scores "
			       "may be averages");
	p->threshold = calloc((size_t)draft_last(d)->out, sizeof(*p->threshold));
	if (!p->threshold)
		return err_set(w->err, BNN_E_MEMORY, "out of memory");
	return BNN_OK;
}

int threshold_channel(struct walk *w, int o, const struct quantiser *q, bool zero_is_third)
{
	struct draft *d = &w->d;
	struct channel *c = &w->f.c[o];
	int64_t reach = draft_reach(d), z;
	bool falls = c->gain < 0;
	double level[2];

	if (!two_levels(q, level))
		return err_set(w->err, BNN_E_LIMIT,
			       "activations of %g levels; one bit (BipolarQuant) is supported",
			       q->most - q->least + 1);
	z = boundary(c, q, reach, falls);
	if (zero_is_third) {
		int rc = check_zero(w, o, falls ? z - 1 : z);

		if (rc)
			return rc;
	}
	c->value[0] = quantiser_value(q, level[0], false);
	c->value[1] = quantiser_value(q, level[1], false);
	if (falls && draft_last(d)->pools == 0) {
		/* bit = z < boundary = -z >= 1 - boundary */
		draft_negate(d, o);
		z = 1 - z;
	} else if (falls) {
		/* The pool takes the largest sum, and that must stay an OR: the layer's bit is the
		 * other one, and stands for the other value. */
		double t = c->value[0];

		c->value[0] = c->value[1];
		c->value[1] = t;
	}
	d->layer[d->net.count - 1].threshold[o] = (int32_t)z;
	return BNN_OK;
}
