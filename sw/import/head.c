/* SPDX-License-Identifier: MIT
 * Class scores. The network's are gain[c] * z[c] + offset[c], the model's z[c] + bias[c] with whole
 * numbers; the classes must come in the same order for every image.
 *
 * Gains that are unit * a[c], a[c] whole numbers of at most m and odd or even as m is, become weights:
 * every input of the head m times, of which (m + a[c]) / 2 keep their weight and the rest is negated.
 * Scores then differ by multiples of `spacing`, so that of an offset / unit only what lies between
 * those multiples has to be kept, and of that only its order among the classes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

#define HEAD_MAX_COPIES 64
/* Gains are products of numbers in single precision. */
#define GAIN_NOISE 0x1p-21
#define OFFSET_NOISE 1e-9

struct head {
	int classes;
	int copies;                /* m */
	int times[JB_MAX_CLASSES]; /* a */
	double unit;
	int spacing;
	int32_t bias[JB_MAX_CLASSES];
};

static int greatest_divisor(int a, int b)
{
	while (b) {
		int t = a % b;

		a = b;
		b = t;
	}
	return a;
}

/* Gains as whole numbers with h->copies. */
static bool fit_gains(const struct walk *w, struct head *h)
{
	const struct channel *c = w->f.c;
	double most = 0;
	int divisor = 0, odd = 0;

	for (int i = 0; i < h->classes; i++)
		most = fmax(most, fabs(c[i].gain));
	h->unit = most / h->copies;
	for (int i = 0; i < h->classes; i++) {
		double times = c[i].gain / h->unit;

		h->times[i] = (int)nearbyint(times);
		if (fabs(times - h->times[i]) > GAIN_NOISE * h->copies ||
		    (h->times[i] - h->copies) % 2 != 0)
			return false;
		divisor = greatest_divisor(abs(h->times[i]), divisor);
	}
	for (int i = 0; i < h->classes; i++)
		odd += h->times[i] / divisor % 2 != 0;
	h->spacing = odd == 0 || odd == h->classes ? 2 * divisor : divisor;
	return true;
}

/* Offsets as whole numbers, counted from that of class `origin`: multiples of the spacing as they
 * are, and for the rests the fewest steps that keep their order. Of two classes with equal scores the
 * first wins, so only a later class needs a step more than an earlier one below it. */
static bool fit_offsets(const struct walk *w, struct head *h, int origin)
{
	double rest[JB_MAX_CLASSES];
	int order[JB_MAX_CLASSES], level[JB_MAX_CLASSES];

	for (int i = 0; i < h->classes; i++) {
		double at = (w->f.c[i].offset - w->f.c[origin].offset) / h->unit;
		double multiple = floor(at / h->spacing + OFFSET_NOISE);
		int place = i;

		if (fabs(at) > MODEL_MAX_BIAS - HEAD_MAX_COPIES * 2)
			return false;
		rest[i] = at - multiple * h->spacing;
		h->bias[i] = (int32_t)multiple * h->spacing;
		for (; place > 0 && rest[order[place - 1]] > rest[i]; place--)
			order[place] = order[place - 1];
		order[place] = i;
	}
	for (int i = 0; i < h->classes; i++) {
		int c = order[i];

		level[c] = 0;
		for (int j = 0; j < i; j++) {
			int below = order[j];
			bool less = rest[below] + OFFSET_NOISE * h->spacing < rest[c];
			int need = level[below] + (less && below < c);

			level[c] = need > level[c] ? need : level[c];
		}
		if (level[c] >= h->spacing)
			return false;
		h->bias[c] += level[c];
	}
	return true;
}

/* True when the layer before the head can have so many outputs. */
static bool copies_fit(const struct draft *d, int copies)
{
	const struct net_layer *l = &d->net.layer[d->net.count - 2];
	size_t limit = l->kind == NET_DENSE ? JB_MAX_DENSE : JB_MAX_CHANNELS;
	size_t outputs = (size_t)l->out * (size_t)copies;

	return outputs <= limit && outputs * d->inputs[d->net.count - 2] <= NET_MAX_WEIGHTS &&
	       d->inputs[d->net.count - 1] * (size_t)copies *
			       (size_t)d->net.layer[d->net.count - 1].out <=
		       NET_MAX_WEIGHTS;
}

static int fit(struct walk *w, struct head *h)
{
	bool gains = false;

	for (h->copies = 1; h->copies <= HEAD_MAX_COPIES && copies_fit(&w->d, h->copies);
	     h->copies++) {
		if (!fit_gains(w, h))
			continue;
		gains = true;
		for (int origin = 0; origin < h->classes; origin++)
			if (fit_offsets(w, h, origin))
				return BNN_OK;
	}
	if (!gains)
		return err_set(w->err, BNN_E_LIMIT,
			       "class scores: their scales (%g, %g, ...) are not one number times "
			       "small whole numbers; use one scale for all classes",
			       w->f.c[0].gain, w->f.c[1].gain);
	return err_set(w->err, BNN_E_LIMIT,
		       "class scores: their offsets (%g, %g, ...; scale %g) need finer steps than "
		       "whole numbers; use one offset for all classes",
		       w->f.c[0].offset, w->f.c[1].offset, w->f.c[0].gain);
}

/* Every output of the layer before the head `copies` times, side by side. */
static int copy_outputs(struct walk *w, int copies)
{
	struct draft *d = &w->d;
	int before = d->net.count - 2;
	struct net_layer *l = &d->net.layer[before];
	struct model_layer *p = &d->layer[before];
	size_t inputs = d->inputs[before];
	int8_t *weight = malloc((size_t)l->out * (size_t)copies * inputs);
	int32_t *threshold = malloc((size_t)l->out * (size_t)copies * sizeof(*threshold));

	if (!weight || !threshold) {
		free(weight);
		free(threshold);
		return err_set(w->err, BNN_E_MEMORY, "out of memory");
	}
	l->out *= copies;
	for (int o = 0; o < l->out; o++) {
		memcpy(weight + (size_t)o * inputs, p->weight + (size_t)(o / copies) * inputs,
		       inputs);
		threshold[o] = p->threshold[o / copies];
	}
	free(p->weight);
	free(p->threshold);
	p->weight = weight;
	p->threshold = threshold;
	return BNN_OK;
}

/* The head's weights times a[c]. */
static int multiply_weights(struct walk *w, const struct head *h)
{
	struct draft *d = &w->d;
	int last = d->net.count - 1;
	size_t inputs = d->inputs[last];
	int8_t *weight = malloc((size_t)h->classes * inputs * (size_t)h->copies), *to = weight;

	if (!weight)
		return err_set(w->err, BNN_E_MEMORY, "out of memory");
	for (int c = 0; c < h->classes; c++)
		for (size_t i = 0; i < inputs; i++) {
			int8_t v = d->layer[last].weight[(size_t)c * inputs + i];

			for (int m = 0; m < h->copies; m++)
				*to++ = (int8_t)(2 * m < h->copies + h->times[c] ? v : -v);
		}
	free(d->layer[last].weight);
	d->layer[last].weight = weight;
	d->inputs[last] = inputs * (size_t)h->copies;
	return BNN_OK;
}

static int check(struct walk *w)
{
	const struct net_layer *l;
	double most = 0;

	if (w->d.net.count == 0)
		return err_set(w->err, BNN_E_LIMIT, "the graph has no layers");
	l = draft_last(&w->d);
	if (w->f.stage != STAGE_SUMS || l->kind == NET_BCONV || w->d.net.count < 2)
		return err_set(w->err, BNN_E_LIMIT,
			       "the graph must end with class scores of bits: a dense layer, or a "
			       "1x1 convolution and the average over its map");
	if (l->out < JB_MIN_CLASSES || l->out > JB_MAX_CLASSES)
		return err_set(w->err, BNN_E_LIMIT, "%d classes, %d to %d are supported", l->out,
			       JB_MIN_CLASSES, JB_MAX_CLASSES);
	for (int c = 0; c < l->out; c++) {
		if (isfinite(w->f.c[c].low) || isfinite(w->f.c[c].high))
			return err_set(w->err, BNN_E_LIMIT,
				       "class scores with limits (Clip, Relu) are not supported");
		most = fmax(most, fabs(w->f.c[c].gain));
	}
	return most > 0 ? BNN_OK
			: err_set(w->err, BNN_E_LIMIT, "class scores that are all constant");
}

int head_finish(struct walk *w)
{
	struct draft *d = &w->d;
	struct head h = { .classes = draft_last(d)->out };
	int32_t *bias;
	int rc = check(w);

	if (!rc)
		rc = fit(w, &h);
	if (!rc && h.copies > 1)
		rc = copy_outputs(w, h.copies);
	if (!rc)
		rc = multiply_weights(w, &h);
	if (rc)
		return rc;
	bias = malloc((size_t)h.classes * sizeof(*bias));
	if (!bias)
		return err_set(w->err, BNN_E_MEMORY, "out of memory");
	memcpy(bias, h.bias, (size_t)h.classes * sizeof(*bias));
	d->layer[d->net.count - 1].bias = bias;
	d->display_scale = (float)h.unit;
	return BNN_OK;
}
