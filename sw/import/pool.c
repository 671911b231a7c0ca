/* SPDX-License-Identifier: MIT
 * Max pools, the average over a whole map, and padding. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

/* The larger of value[0] < value[1] is an OR of bits. Where bit 1 is the smaller one the layer's
 * output is turned round, which needs that no pool lies between. */
static int rise_bits(struct walk *w, int o)
{
	struct draft *d = &w->d;
	struct channel *c = &w->f.c[o];
	int32_t *threshold = &d->layer[d->net.count - 1].threshold[o];
	double t = c->value[0];

	if (c->value[1] >= c->value[0])
		return BNN_OK;
	if (draft_last(d)->pools)
		return err_set(w->err, BNN_E_LIMIT,
			       "the sign of channel %d changes between two pools", o);
	draft_negate(d, o);
	*threshold = 1 - *threshold;
	c->value[0] = c->value[1];
	c->value[1] = t;
	return BNN_OK;
}

static int rise_sums(struct walk *w, int o)
{
	struct channel *c = &w->f.c[o];

	if (c->gain >= 0)
		return BNN_OK;
	if (draft_last(&w->d)->pools)
		return err_set(w->err, BNN_E_LIMIT,
			       "the sign of channel %d changes between two pools", o);
	draft_negate(&w->d, o);
	c->gain = -c->gain;
	return BNN_OK;
}

int walk_max_pool(struct walk *w, const Onnx__NodeProto *n)
{
	const Onnx__AttributeProto *kernel = node_attribute(n, "kernel_shape");
	struct flow *f = &w->f;
	int64_t side = kernel && kernel->n_ints == 2 ? kernel->ints[0] : 0;
	int rc = BNN_OK;

	if (f->stage == STAGE_PIXELS || f->flat || draft_last(&w->d)->kind != NET_BCONV)
		return err_set(w->err, BNN_E_LIMIT, "a pool must follow a convolution");
	if (side < 2 || side > f->rows || side > f->cols || (side & (side - 1)) ||
	    !node_all_are(n, "kernel_shape", side, 0) || !node_all_are(n, "strides", side, 1) ||
	    !node_all_are(n, "pads", 0, 0) || !node_all_are(n, "dilations", 1, 1) ||
	    node_text_differs(n, "auto_pad", "NOTSET"))
		return err_set(w->err, BNN_E_LIMIT,
			       "pools of 2x2, 4x4, ... with the same stride, without padding, on "
			       "maps not smaller are supported");
	if (node_integer(n, "ceil_mode", 0) && (f->rows % side || f->cols % side))
		return err_set(w->err, BNN_E_LIMIT,
			       "ceil_mode on %dx%d; an odd edge is dropped, never kept", f->rows,
			       f->cols);
	for (int o = 0; !rc && o < f->ch; o++)
		rc = f->stage == STAGE_BITS ? rise_bits(w, o) : rise_sums(w, o);
	for (; side > 1; side /= 2) {
		draft_last(&w->d)->pools++;
		f->rows /= 2;
		f->cols /= 2;
	}
	return rc;
}

/* Dimension `want` of four, which may be counted from the end. */
static bool is_axis(int64_t axis, int64_t want)
{
	return axis == want || axis == want - 4;
}

/* True when the node averages over all rows and columns and nothing else. */
static bool whole_map(const struct walk *w, const Onnx__NodeProto *n)
{
	const struct flow *f = &w->f;
	const Onnx__AttributeProto *kernel = node_attribute(n, "kernel_shape");
	const Onnx__AttributeProto *axes = node_attribute(n, "axes");
	int64_t first = f->nhwc ? 1 : 2;

	if (strcmp(n->op_type, "ReduceMean") == 0)
		return axes && axes->n_ints == 2 && is_axis(axes->ints[0], first) &&
		       is_axis(axes->ints[1], first + 1);
	if (f->nhwc)
		return false;
	if (strcmp(n->op_type, "GlobalAveragePool") == 0)
		return true;
	return kernel && kernel->n_ints == 2 && kernel->ints[0] == f->rows &&
	       kernel->ints[1] == f->cols && node_all_are(n, "pads", 0, 0);
}

/* Sums of a 1x1 convolution become a cam; bits wait for the layer behind the average. */
int walk_average(struct walk *w, const Onnx__NodeProto *n)
{
	struct flow *f = &w->f;
	double count = (double)f->rows * f->cols;

	if (f->stage == STAGE_PIXELS || f->flat || f->mean || !whole_map(w, n))
		return err_set(w->err, BNN_E_LIMIT,
			       "only the average over the whole map before the class scores is "
			       "supported; use MaxPool elsewhere");
	if (count > 1 && f->stage == STAGE_SUMS) {
		struct net_layer *l = draft_last(&w->d);

		if (l->k != 1 || l->stride != 1 || l->pools)
			return err_set(w->err, BNN_E_LIMIT,
				       "an average behind a convolution other than 1x1; quantise "
				       "before it, or use 1x1");
		for (int c = 0; c < f->ch; c++) {
			if (isfinite(f->c[c].low) || isfinite(f->c[c].high))
				return err_set(w->err, BNN_E_LIMIT, "a limit before the average");
			f->c[c].gain /= count;
		}
		l->kind = NET_CAM;
	} else if (count > 1) {
		f->mean = true;
	}
	f->rows = f->cols = 1;
	f->flat = strcmp(n->op_type, "ReduceMean") == 0 && !node_integer(n, "keepdims", 1);
	return BNN_OK;
}

/* The numbers of rows and columns added: input of opset 11 and later, or attribute. The same on all
 * sides of the map, none elsewhere. Returns 0 when they are not. */
static int pad_side(const struct walk *w, const Onnx__NodeProto *n)
{
	const Onnx__AttributeProto *a = node_attribute(n, "pads");
	const struct tensor *t = graph_constant(&w->g, node_input(n, 1));
	int rows = w->f.nhwc ? 1 : 2; /* their place in the shape */
	double pads[8];

	if (t ? t->count != 8 : !a || a->n_ints != 8)
		return 0;
	for (int i = 0; i < 8; i++)
		pads[i] = t ? t->v[i] : (double)a->ints[i];
	for (int i = 0; i < 8; i++)
		if (pads[i] != (i % 4 == rows || i % 4 == rows + 1 ? pads[rows] : 0))
			return 0;
	return pads[rows] == 1 ? 1 : pads[rows] == 2 ? 2 : 0;
}

int walk_pad(struct walk *w, const Onnx__NodeProto *n)
{
	struct flow *f = &w->f;
	const struct tensor *value = graph_constant(&w->g, node_input(n, 2));
	bool edge = node_attribute(n, "mode") && !node_text_differs(n, "mode", "edge");

	f->pad_side = f->flat || f->pad != PAD_NONE ? 0 : pad_side(w, n);
	f->pad_value = value && value->count == 1 ? value->v[0] : node_real(n, "value", 0);
	f->pad = edge ? PAD_EDGE : PAD_MINUS;
	if (!f->pad_side || (!edge && node_text_differs(n, "mode", "constant")) ||
	    edge != (f->stage == STAGE_PIXELS) || f->stage == STAGE_SUMS)
		return err_set(w->err, BNN_E_LIMIT,
			       "padding by 1 or 2 on every side is supported, of pixels with mode "
			       "edge, of bits with the constant of bit -1");
	return BNN_OK;
}
