/* SPDX-License-Identifier: MIT
 * Nodes that move elements: Flatten, Reshape, Transpose, Squeeze; and those that do nothing. */
#include <math.h>
#include <string.h>

#include "walk.h"

int flow_shape(const struct flow *f, size_t dim[4])
{
	dim[0] = 1;
	dim[1] = f->flat ? flow_count(f) : (size_t)(f->nhwc ? f->rows : f->ch);
	dim[2] = (size_t)(f->nhwc ? f->cols : f->rows);
	dim[3] = (size_t)(f->nhwc ? f->ch : f->cols);
	return f->flat ? 2 : 4;
}

size_t flow_count(const struct flow *f)
{
	return (size_t)f->rows * (size_t)f->cols * (size_t)f->ch;
}

int flow_channel(const struct flow *f, size_t at)
{
	if (f->nhwc)
		return (int)(at % (size_t)f->ch);
	return (int)(at / ((size_t)f->rows * (size_t)f->cols));
}

/* Where the channels lie in a constant: an element's place along them is at / *step % *size. size 1:
 * all elements are for all channels. */
static void channel_axis(const struct flow *f, const struct tensor *t, size_t *step, size_t *size)
{
	int axis = f->nhwc && !f->flat ? 3 : 1;
	int from = axis - (f->flat ? 2 : 4) + t->ndim;

	*step = 1;
	*size = from < 0 ? 1 : t->dim[from];
	for (int i = from < 0 ? 0 : from + 1; i < t->ndim; i++)
		*step *= t->dim[i];
}

int flow_values(struct walk *w, const Onnx__NodeProto *n, size_t input, double *out)
{
	const struct tensor *t = graph_constant(&w->g, node_input(n, input));
	size_t dim[4], step, size;

	if (!t)
		return err_set(w->err, BNN_E_LIMIT,
			       "input %zu '%.60s' is no constant; the graph must be a chain",
			       input + 1, node_input(n, input));
	if (!t->count || !tensor_broadcasts(t, flow_shape(&w->f, dim), dim))
		return err_set(w->err, BNN_E_FILE, "the shape of input %zu does not fit the data",
			       input + 1);
	channel_axis(&w->f, t, &step, &size);
	for (int c = 0; c < w->f.ch; c++)
		out[c] = size == 1 ? t->v[0] : NAN;
	for (size_t i = 0; i < t->count; i++) {
		size_t place = i / step % size;
		double *to = &out[size == 1   ? 0
				  : w->f.flat ? (size_t)flow_channel(&w->f, place)
					      : place];

		if (!isfinite(t->v[i]))
			return err_set(w->err, BNN_E_LIMIT, "input %zu has a number %g", input + 1,
				       t->v[i]);
		if (isnan(*to))
			*to = t->v[i];
		else if (*to != t->v[i])
			return err_set(w->err, BNN_E_LIMIT,
				       "input %zu differs within a channel (%g and %g)", input + 1,
				       *to, t->v[i]);
	}
	return BNN_OK;
}

static int to_flat(struct walk *w)
{
	w->f.flat = true;
	return BNN_OK;
}

/* A list of pixels that becomes an image again; everything else is refused. */
static int to_map(struct walk *w, const size_t dim[4])
{
	struct flow *f = &w->f;
	struct flow to = *f;
	size_t have[4];

	to.flat = false;
	flow_shape(&to, have);
	if (f->flat && f->stage == STAGE_PIXELS && f->ch == 1 && dim[0] == 1 && dim[1] == 1 &&
	    dim[2] && dim[3] && dim[2] * dim[3] == flow_count(f)) {
		to.rows = w->d.net.rows = (int)dim[2];
		to.cols = w->d.net.cols = (int)dim[3];
		to.nhwc = false;
	} else if (memcmp(have, dim, sizeof(have)) != 0) {
		return err_set(
			w->err, BNN_E_LIMIT,
			"%zux%zux%zux%zu; only [1, -1] and the shape before it are supported",
			dim[0], dim[1], dim[2], dim[3]);
	}
	*f = to;
	return BNN_OK;
}

static int reshape(struct walk *w, const Onnx__NodeProto *n)
{
	const struct tensor *t = graph_constant(&w->g, node_input(n, 1));
	size_t count = flow_count(&w->f), known = 1, dim[4], have[4];
	int ndim = flow_shape(&w->f, have), unknown = -1;

	if (!t || (t->count != 2 && t->count != 4))
		return err_set(w->err, BNN_E_LIMIT, "its shape is no constant of 2 or 4 numbers");
	for (int i = 0; i < (int)t->count; i++) {
		bool copied = t->v[i] == 0 && i < ndim;

		if (t->v[i] == -1 && unknown < 0)
			unknown = i;
		else if (!copied && !(t->v[i] >= 1 && t->v[i] <= (double)count))
			return err_set(w->err, BNN_E_FILE, "its shape has the number %g", t->v[i]);
		dim[i] = copied ? have[i] : t->v[i] == -1 ? 1 : (size_t)t->v[i];
		known *= dim[i];
	}
	if (unknown >= 0)
		dim[unknown] = count / known;
	if (t->count == 4)
		return to_map(w, dim);
	if (dim[0] != 1 || dim[1] != count)
		return err_set(w->err, BNN_E_LIMIT, "%zux%zu; [1, %zu] is supported", dim[0],
			       dim[1], count);
	return to_flat(w);
}

static int transpose(struct walk *w, const Onnx__NodeProto *n)
{
	static const int64_t to_nhwc[4] = { 0, 2, 3, 1 }, to_nchw[4] = { 0, 3, 1, 2 },
			     same[4] = { 0, 1, 2, 3 };
	const Onnx__AttributeProto *a = node_attribute(n, "perm");
	const int64_t *turn = w->f.nhwc ? to_nchw : to_nhwc;
	size_t bytes;

	if (a && (a->n_ints == 2 || a->n_ints == 4)) {
		bytes = a->n_ints * sizeof(*same);
		if (w->f.flat == (a->n_ints == 2) && memcmp(a->ints, same, bytes) == 0)
			return BNN_OK;
		if (!w->f.flat && a->n_ints == 4 && memcmp(a->ints, turn, bytes) == 0) {
			w->f.nhwc = !w->f.nhwc;
			return BNN_OK;
		}
	}
	return err_set(w->err, BNN_E_LIMIT,
		       "only channels-first to channels-last and back are supported");
}

int walk_shape(struct walk *w, const Onnx__NodeProto *n)
{
	const char *op = n->op_type;

	if (strcmp(op, "Reshape") == 0)
		return reshape(w, n);
	if (strcmp(op, "Transpose") == 0)
		return transpose(w, n);
	if (strcmp(op, "Flatten") == 0) {
		if (node_integer(n, "axis", 1) != 1)
			return err_set(w->err, BNN_E_LIMIT, "only axis 1 is supported");
		return to_flat(w);
	}
	if (strcmp(op, "Squeeze") == 0) {
		if (w->f.flat || w->f.rows * w->f.cols != 1)
			return err_set(w->err, BNN_E_LIMIT, "only a map of 1x1 can be squeezed");
		return to_flat(w);
	}
	if (strcmp(op, "Cast") == 0 && !tensor_type_is_real(node_integer(n, "to", 0)))
		return err_set(w->err, BNN_E_LIMIT, "only to float and double is supported");
	return BNN_OK; /* Cast, Identity, Dropout */
}
