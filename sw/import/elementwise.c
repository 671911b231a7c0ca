/* SPDX-License-Identifier: MIT
 * Nodes that treat each element by itself: arithmetic with constants, normalisation, limits and
 * quantisers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

enum kind { KIND_AFFINE, KIND_CLIP, KIND_QUANT, KIND_SIGN };

/* The function of one channel. */
struct element {
	double gain, offset; /* affine: x * gain + offset, or x / gain + offset */
	bool divide;
	double low, high; /* clip */
	struct quantiser q;
};

static double apply(enum kind kind, const struct element *e, double x, bool single)
{
	switch (kind) {
	case KIND_AFFINE:
		x = rounded(e->divide ? x / e->gain : x * e->gain, single);
		return rounded(x + e->offset, single);
	case KIND_CLIP: return x < e->low ? e->low : x > e->high ? e->high : x;
	case KIND_QUANT: return quantiser_value(&e->q, quantiser_integer(&e->q, x, single), single);
	default: return x > 0 ? 1 : x < 0 ? -1 : 0;
	}
}

/* clamp(gain * z + offset) through another affine function or clamp is one again. */
static void compose(enum kind kind, const struct element *e, struct channel *c)
{
	if (kind == KIND_CLIP) {
		c->low = apply(kind, e, c->low, false);
		c->high = apply(kind, e, c->high, false);
		return;
	}
	c->gain = e->divide ? c->gain / e->gain : c->gain * e->gain;
	c->offset = apply(kind, e, c->offset, false);
	if (e->gain == 0) {
		c->low = -INFINITY;
		c->high = INFINITY;
		return;
	}
	c->low = apply(kind, e, c->low, false);
	c->high = apply(kind, e, c->high, false);
	if (e->gain < 0) {
		double t = c->low;

		c->low = c->high;
		c->high = t;
	}
}

static int check_finite(struct walk *w)
{
	struct flow *f = &w->f;
	bool ok = true;

	for (int c = 0; c < f->ch; c++) {
		if (f->stage == STAGE_PIXELS)
			for (int p = 0; p < 256; p++)
				ok = ok && isfinite(f->pixel[c][p]);
		else if (f->stage == STAGE_BITS)
			ok = ok && isfinite(f->c[c].value[0]) && isfinite(f->c[c].value[1]);
		else
			ok = ok && isfinite(f->c[c].gain) && isfinite(f->c[c].offset);
	}
	return ok ? BNN_OK : err_set(w->err, BNN_E_LIMIT, "its result is not a finite number");
}

static int quantise_sums(struct walk *w, enum kind kind, const struct element *e)
{
	const struct quantiser sign = { .bipolar = true, .scale = 1 };
	int rc = threshold_begin(w);

	for (int c = 0; !rc && c < w->f.ch; c++)
		rc = kind == KIND_SIGN ? threshold_channel(w, c, &sign, true)
				       : threshold_channel(w, c, &e[c].q, false);
	w->f.stage = STAGE_BITS;
	return rc;
}

static int run(struct walk *w, enum kind kind, const struct element *e)
{
	struct flow *f = &w->f;

	if (f->mean && kind != KIND_AFFINE)
		return err_set(w->err, BNN_E_LIMIT,
			       "behind an average over the map; only the class scores may follow");
	if (f->stage == STAGE_SUMS && (kind == KIND_QUANT || kind == KIND_SIGN))
		return quantise_sums(w, kind, e);
	for (int c = 0; c < f->ch; c++) {
		if (f->stage == STAGE_PIXELS)
			for (int p = 0; p < 256; p++)
				f->pixel[c][p] = apply(kind, &e[c], f->pixel[c][p], true);
		else if (f->stage == STAGE_BITS)
			for (int b = 0; b < 2; b++)
				f->c[c].value[b] = apply(kind, &e[c], f->c[c].value[b], false);
		else
			compose(kind, &e[c], &f->c[c]);
	}
	return check_finite(w);
}

/* Add, Sub, Mul, Div: one input flows, the other is constant. */
static int read_arithmetic(struct walk *w, const Onnx__NodeProto *n, struct element *e, double *v)
{
	const char *op = n->op_type;
	bool first = strcmp(node_input(n, 0), w->f.tensor) == 0;
	int rc = flow_values(w, n, first, v);

	if (!rc && strcmp(op, "Div") == 0 && !first)
		return err_set(w->err, BNN_E_LIMIT, "a constant divided by the data");
	for (int c = 0; !rc && c < w->f.ch; c++) {
		e[c].gain = strcmp(op, "Mul") == 0 || strcmp(op, "Div") == 0 ? v[c] : 1;
		e[c].divide = strcmp(op, "Div") == 0;
		e[c].offset = strcmp(op, "Add") == 0 ? v[c] : 0;
		if (strcmp(op, "Sub") == 0) {
			e[c].gain = first ? 1 : -1;
			e[c].offset = first ? -v[c] : v[c];
		}
	}
	return rc;
}

/* As the frameworks compute it: gain = scale / root(variance + epsilon), offset = bias - mean * gain,
 * both rounded to float where pixels flow. */
static int read_batch_norm(struct walk *w, const Onnx__NodeProto *n, struct element *e, double *v)
{
	double epsilon = node_real(n, "epsilon", 1e-5);
	bool single = w->f.stage == STAGE_PIXELS;
	double *scale = v, *bias = v + w->f.ch, *mean = bias + w->f.ch, *var = mean + w->f.ch;
	int rc = BNN_OK;

	if (node_integer(n, "training_mode", 0))
		return err_set(w->err, BNN_E_LIMIT, "in training mode; export after eval()");
	for (size_t i = 1; !rc && i <= 4; i++) {
		const struct tensor *t = graph_constant(&w->g, node_input(n, i));

		/* One dimension, the channels, which broadcasting would take for columns. */
		if (!t || t->count != (size_t)w->f.ch || (w->f.flat && w->f.rows * w->f.cols != 1))
			rc = err_set(w->err, BNN_E_LIMIT,
				     "input %zu is not a constant of %d numbers, one a channel",
				     i + 1, w->f.ch);
		else
			memcpy(v + (i - 1) * (size_t)w->f.ch, t->v, t->count * sizeof(*v));
	}
	for (int c = 0; !rc && c < w->f.ch; c++) {
		if (!(var[c] + epsilon > 0))
			return err_set(w->err, BNN_E_LIMIT, "variance %d is %g", c, var[c]);
		e[c].gain = rounded(scale[c] / sqrt(var[c] + epsilon), single);
		e[c].offset = rounded(bias[c] - rounded(mean[c] * e[c].gain, single), single);
	}
	return rc;
}

/* A limit of a Clip: input of opset 11 and later, or attribute. */
static double clip_limit(const struct walk *w, const Onnx__NodeProto *n, size_t input,
			 const char *name, double missing)
{
	const struct tensor *t = graph_constant(&w->g, node_input(n, input));

	return t && t->count == 1 ? t->v[0] : node_real(n, name, missing);
}

static int read_clip(struct walk *w, const Onnx__NodeProto *n, struct element *e)
{
	bool relu = strcmp(n->op_type, "Relu") == 0;
	double low = relu ? 0 : clip_limit(w, n, 1, "min", -INFINITY);
	double high = relu ? INFINITY : clip_limit(w, n, 2, "max", INFINITY);

	if (!(low <= high))
		return err_set(w->err, BNN_E_LIMIT, "limits %g and %g", low, high);
	for (int c = 0; c < w->f.ch; c++) {
		e[c].low = low;
		e[c].high = high;
	}
	return BNN_OK;
}

static int read_quant(struct walk *w, const Onnx__NodeProto *n, struct element *e, double *v)
{
	struct quantiser q = { .bipolar = strcmp(n->op_type, "BipolarQuant") == 0 };
	double *zero = v + w->f.ch;
	int rc = q.bipolar ? BNN_OK : quantiser_read(&q, &w->g, n, w->err);

	if (!rc)
		rc = flow_values(w, n, 1, v);
	if (!rc && strcmp(n->op_type, "Quant") == 0)
		rc = flow_values(w, n, 2, zero);
	for (int c = 0; !rc && c < w->f.ch; c++) {
		e[c].q = q;
		e[c].q.scale = v[c];
		e[c].q.zero = zero[c];
		if (!isfinite(v[c]) || v[c] == 0 || !isfinite(zero[c]) || (!q.bipolar && v[c] < 0))
			rc = err_set(w->err, BNN_E_LIMIT, "scale %g, zero point %g of channel %d",
				     v[c], zero[c], c);
	}
	return rc;
}

int walk_elementwise(struct walk *w, const Onnx__NodeProto *n)
{
	const char *op = n->op_type;
	enum kind kind = KIND_AFFINE;
	struct element *e = calloc((size_t)w->f.ch, sizeof(*e));
	double *v = calloc((size_t)w->f.ch * 4, sizeof(*v));
	int rc = BNN_OK;

	if (!e || !v) {
		rc = err_set(w->err, BNN_E_MEMORY, "out of memory");
	} else if (strcmp(op, "BatchNormalization") == 0) {
		rc = read_batch_norm(w, n, e, v);
	} else if (strcmp(op, "Clip") == 0 || strcmp(op, "Relu") == 0) {
		kind = KIND_CLIP;
		rc = read_clip(w, n, e);
	} else if (strcmp(op, "Quant") == 0 || strcmp(op, "BipolarQuant") == 0) {
		kind = KIND_QUANT;
		rc = read_quant(w, n, e, v);
	} else if (strcmp(op, "Sign") == 0) {
		kind = KIND_SIGN;
	} else {
		rc = read_arithmetic(w, n, e, v);
	}
	if (!rc)
		rc = run(w, kind, e);
	free(e);
	free(v);
	return rc;
}
