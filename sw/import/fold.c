/* SPDX-License-Identifier: MIT
 * Nodes whose inputs are all constants, as Brevitas leaves them: the quantisers of weights, their
 * transposes, the arithmetic of a normalisation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "quantiser.h"

struct fold {
	const struct graph *g;
	const Onnx__NodeProto *n;
	const struct tensor *in[GRAPH_MAX_INPUTS]; /* NULL: left out */
	struct tensor *out;
	struct bnn_err *err;
};

static int copy(struct fold *f)
{
	int rc = tensor_new(f->out, f->in[0]->ndim, f->in[0]->dim, f->err);

	if (!rc)
		memcpy(f->out->v, f->in[0]->v, f->in[0]->count * sizeof(*f->out->v));
	return rc;
}

/* To an integer a number is cut off. */
static int cast(struct fold *f)
{
	bool real = tensor_type_is_real(node_integer(f->n, "to", 0));
	int rc = copy(f);

	for (size_t i = 0; !rc && !real && i < f->out->count; i++)
		f->out->v[i] = trunc(f->out->v[i]);
	return rc;
}

static int constant(struct fold *f)
{
	const Onnx__AttributeProto *a = node_attribute(f->n, "value");

	if (!a || !a->t)
		return err_set(f->err, BNN_E_LIMIT, "a constant that is no tensor");
	return tensor_read(f->out, a->t, f->err);
}

static double arithmetic(const char *op, double a, double b)
{
	if (strcmp(op, "Add") == 0)
		return a + b;
	if (strcmp(op, "Sub") == 0)
		return a - b;
	if (strcmp(op, "Mul") == 0)
		return a * b;
	if (strcmp(op, "Div") == 0)
		return a / b;
	return pow(a, b);
}

/* Elementwise with broadcasting; results are rounded to float, as the frameworks do. */
static int binary(struct fold *f)
{
	const struct tensor *a = f->in[0], *b = f->in[1];
	size_t dim[TENSOR_MAX_DIMS];
	int ndim = a->ndim > b->ndim ? a->ndim : b->ndim;
	int rc;

	for (int i = 0; i < ndim; i++) {
		int ia = i - (ndim - a->ndim), ib = i - (ndim - b->ndim);
		size_t da = ia < 0 ? 1 : a->dim[ia], db = ib < 0 ? 1 : b->dim[ib];

		dim[i] = da == 1 ? db : da;
	}
	if (!tensor_broadcasts(a, ndim, dim) || !tensor_broadcasts(b, ndim, dim))
		return err_set(f->err, BNN_E_FILE, "shapes of its constants do not fit");
	rc = tensor_new(f->out, ndim, dim, f->err);
	for (size_t i = 0; !rc && i < f->out->count; i++)
		f->out->v[i] = (float)arithmetic(f->n->op_type, a->v[tensor_index(a, ndim, dim, i)],
						 b->v[tensor_index(b, ndim, dim, i)]);
	return rc;
}

static double function(const char *op, double x)
{
	if (strcmp(op, "Sqrt") == 0)
		return sqrt(x);
	if (strcmp(op, "Reciprocal") == 0)
		return 1 / x;
	if (strcmp(op, "Neg") == 0)
		return -x;
	return x > 0 ? 1 : x < 0 ? -1 : 0; /* Sign */
}

static int unary(struct fold *f)
{
	int rc = copy(f);

	for (size_t i = 0; !rc && i < f->out->count; i++)
		f->out->v[i] = (float)function(f->n->op_type, f->out->v[i]);
	return rc;
}

static int quant(struct fold *f)
{
	struct quantiser q = { .bipolar = strcmp(f->n->op_type, "BipolarQuant") == 0 };
	const struct tensor *x = f->in[0], *scale = f->in[1], *zero = f->in[2];
	int rc = q.bipolar ? BNN_OK : quantiser_read(&q, f->g, f->n, f->err);

	if (rc)
		return rc;
	if (!tensor_broadcasts(scale, x->ndim, x->dim) ||
	    (zero && !tensor_broadcasts(zero, x->ndim, x->dim)))
		return err_set(f->err, BNN_E_FILE, "shapes of its constants do not fit");
	rc = tensor_new(f->out, x->ndim, x->dim, f->err);
	for (size_t i = 0; !rc && i < x->count; i++) {
		q.scale = scale->v[tensor_index(scale, x->ndim, x->dim, i)];
		q.zero = zero ? zero->v[tensor_index(zero, x->ndim, x->dim, i)] : 0;
		f->out->v[i] = quantiser_value(&q, quantiser_integer(&q, x->v[i], true), true);
	}
	return rc;
}

/* The permutation of a Transpose; without the attribute the dimensions are turned round. */
static int read_perm(const struct fold *f, int perm[TENSOR_MAX_DIMS])
{
	const Onnx__AttributeProto *a = node_attribute(f->n, "perm");
	int ndim = f->in[0]->ndim, seen = 0;

	for (int i = 0; i < ndim; i++)
		perm[i] = ndim - 1 - i;
	if (!a)
		return BNN_OK;
	if (a->n_ints != (size_t)ndim)
		return err_set(f->err, BNN_E_FILE, "perm has %zu numbers, the tensor %d dimensions",
			       a->n_ints, ndim);
	for (int i = 0; i < ndim; i++) {
		if (a->ints[i] < 0 || a->ints[i] >= ndim || seen & 1 << a->ints[i])
			return err_set(f->err, BNN_E_FILE, "perm is no permutation");
		perm[i] = (int)a->ints[i];
		seen |= 1 << perm[i];
	}
	return BNN_OK;
}

static int transpose(struct fold *f)
{
	const struct tensor *x = f->in[0];
	size_t dim[TENSOR_MAX_DIMS], step[TENSOR_MAX_DIMS] = { 0 }, s = 1;
	int perm[TENSOR_MAX_DIMS];
	int rc = read_perm(f, perm);

	for (int i = x->ndim - 1; i >= 0; i--) {
		step[i] = s;
		s *= x->dim[i];
	}
	for (int i = 0; !rc && i < x->ndim; i++)
		dim[i] = x->dim[perm[i]];
	if (!rc)
		rc = tensor_new(f->out, x->ndim, dim, f->err);
	for (size_t to = 0; !rc && to < x->count; to++) {
		size_t from = 0, rest = to;

		for (int i = x->ndim - 1; i >= 0; i--) {
			from += rest % dim[i] * step[perm[i]];
			rest /= dim[i];
		}
		f->out->v[to] = x->v[from];
	}
	return rc;
}

static int reshape(struct fold *f)
{
	const struct tensor *x = f->in[0], *shape = f->in[1];
	size_t dim[TENSOR_MAX_DIMS], known = 1, count = 1;
	int unknown = -1, rc;

	if (shape->count > TENSOR_MAX_DIMS)
		return err_set(f->err, BNN_E_LIMIT, "a shape of %zu dimensions", shape->count);
	for (int i = 0; i < (int)shape->count; i++) {
		double v = shape->v[i];

		if (v == -1 && unknown < 0)
			unknown = i;
		else if (!(v >= 0 && v <= (double)TENSOR_MAX_COUNT) || (v == 0 && i >= x->ndim))
			return err_set(f->err, BNN_E_FILE, "its shape has the number %g", v);
		dim[i] = v == -1 ? 1 : v == 0 ? x->dim[i] : (size_t)v;
		known *= dim[i];
		if (known > TENSOR_MAX_COUNT)
			return err_set(f->err, BNN_E_LIMIT, "its shape is too large");
	}
	if (unknown >= 0 && known)
		dim[unknown] = x->count / known;
	for (int i = 0; i < (int)shape->count; i++)
		count *= dim[i];
	if (count != x->count)
		return err_set(f->err, BNN_E_FILE, "%zu elements do not fill its shape", x->count);
	rc = tensor_new(f->out, (int)shape->count, dim, f->err);
	if (!rc)
		memcpy(f->out->v, x->v, count * sizeof(*x->v));
	return rc;
}

static int constant_of_shape(struct fold *f)
{
	const Onnx__AttributeProto *a = node_attribute(f->n, "value");
	const struct tensor *shape = f->in[0];
	size_t dim[TENSOR_MAX_DIMS];
	struct tensor value = { 0 };
	int rc = BNN_OK;

	if (shape->count > TENSOR_MAX_DIMS)
		return err_set(f->err, BNN_E_LIMIT, "a shape of %zu dimensions", shape->count);
	for (size_t i = 0; i < shape->count; i++) {
		if (!(shape->v[i] >= 0 && shape->v[i] <= (double)TENSOR_MAX_COUNT))
			return err_set(f->err, BNN_E_LIMIT, "its shape has the number %g",
				       shape->v[i]);
		dim[i] = (size_t)shape->v[i];
	}
	if (a && a->t)
		rc = tensor_read(&value, a->t, f->err);
	if (!rc)
		rc = tensor_new(f->out, (int)shape->count, dim, f->err);
	for (size_t i = 0; !rc && value.count && i < f->out->count; i++)
		f->out->v[i] = value.v[0];
	tensor_free(&value);
	return rc;
}

/* One element of a list: the batch size in a shape. */
static int gather(struct fold *f)
{
	const struct tensor *x = f->in[0], *index = f->in[1];
	double at = index->v[0];
	int rc;

	if (x->ndim != 1 || index->ndim > 1 || index->count != 1)
		return err_set(f->err, BNN_E_LIMIT, "only one element of a list is supported");
	at += at < 0 ? (double)x->count : 0;
	if (!(at >= 0 && at < (double)x->count))
		return err_set(f->err, BNN_E_FILE, "its index is %g", index->v[0]);
	rc = tensor_new(f->out, index->ndim, index->dim, f->err);
	if (!rc)
		f->out->v[0] = x->v[(size_t)at];
	return rc;
}

/* A number becomes a list. */
static int unsqueeze(struct fold *f)
{
	size_t one = 1;
	int rc;

	if (f->in[0]->ndim != 0)
		return err_set(f->err, BNN_E_LIMIT, "only of a single number");
	rc = tensor_new(f->out, 1, &one, f->err);
	if (!rc)
		f->out->v[0] = f->in[0]->v[0];
	return rc;
}

/* Of lists only: shapes and pads. */
static int concat(struct fold *f)
{
	size_t count = 0;
	int rc;

	for (size_t i = 0; i < f->n->n_input; i++) {
		if (!f->in[i] || f->in[i]->ndim != 1)
			return err_set(f->err, BNN_E_LIMIT, "input %zu is no list", i + 1);
		count += f->in[i]->count;
	}
	rc = tensor_new(f->out, 1, &count, f->err);
	count = 0;
	for (size_t i = 0; !rc && i < f->n->n_input; i++) {
		memcpy(f->out->v + count, f->in[i]->v, f->in[i]->count * sizeof(*f->out->v));
		count += f->in[i]->count;
	}
	return rc;
}

/* A place along a dimension of `size`, counted from its end when negative, kept in least..most. */
static int64_t slice_end(double v, int64_t size, int64_t least, int64_t most)
{
	if (v < 0)
		v += (double)size;
	return !(v >= (double)least) ? least : v > (double)most ? most : (int64_t)v;
}

/* Along the one axis that is named, forwards or backwards. */
static int slice(struct fold *f)
{
	const struct tensor *x = f->in[0];
	double axis = f->in[3] ? f->in[3]->v[0] : 0, step = f->in[4] ? f->in[4]->v[0] : 1;
	size_t dim[TENSOR_MAX_DIMS] = { 0 }, inner = 1, length;
	int64_t size, from, to;
	int at, rc;

	for (size_t i = 1; i < 5; i++)
		if (f->in[i] && f->in[i]->count != 1)
			return err_set(f->err, BNN_E_LIMIT, "slices of several dimensions");
	if (!(axis >= -x->ndim && axis < x->ndim) || (step != 1 && step != -1))
		return err_set(f->err, BNN_E_LIMIT, "axis %g with step %g", axis, step);
	at = (int)axis + (axis < 0 ? x->ndim : 0);
	size = (int64_t)x->dim[at];
	from = slice_end(f->in[1]->v[0], size, 0, step > 0 ? size : size - 1);
	to = slice_end(f->in[2]->v[0], size, step > 0 ? 0 : -1, size);
	length = (size_t)((to - from) * step > 0 ? llabs(to - from) : 0);
	for (int i = 0; i < x->ndim; i++) {
		dim[i] = i == at ? length : x->dim[i];
		inner *= i > at ? x->dim[i] : 1;
	}
	rc = tensor_new(f->out, x->ndim, dim, f->err);
	for (size_t i = 0; !rc && i < f->out->count; i++) {
		size_t outer = i / inner / length;
		int64_t place = from + (int64_t)step * (int64_t)(i / inner % length);

		f->out->v[i] = x->v[(outer * (size_t)size + (size_t)place) * inner + i % inner];
	}
	return rc;
}

static const struct {
	const char *op;
	size_t least; /* inputs it needs */
	int (*run)(struct fold *f);
} folds[] = {
	{ "Constant", 0, constant },
	{ "Identity", 1, copy },
	{ "Cast", 1, cast },
	{ "Add", 2, binary },
	{ "Sub", 2, binary },
	{ "Mul", 2, binary },
	{ "Div", 2, binary },
	{ "Pow", 2, binary },
	{ "Sqrt", 1, unary },
	{ "Reciprocal", 1, unary },
	{ "Neg", 1, unary },
	{ "Sign", 1, unary },
	{ "BipolarQuant", 2, quant },
	{ "Quant", 4, quant },
	{ "Transpose", 1, transpose },
	{ "Reshape", 2, reshape },
	{ "Slice", 3, slice },
	{ "Gather", 2, gather },
	{ "Unsqueeze", 1, unsqueeze },
	{ "Concat", 1, concat },
	{ "ConstantOfShape", 1, constant_of_shape },
};

int fold_node(struct graph *g, const Onnx__NodeProto *n, struct bnn_err *err)
{
	struct tensor t = { 0 };
	struct fold f = { .g = g, .n = n, .out = &t, .err = err };
	int rc = BNN_E_LIMIT;
	size_t i = 0, all = sizeof(folds) / sizeof(*folds);

	while (i < all && strcmp(folds[i].op, n->op_type) != 0)
		i++;
	if (i == all)
		return err_set(err, rc,
			       "not known between constants; export with constant folding");
	for (size_t k = 0; k < GRAPH_MAX_INPUTS; k++) {
		f.in[k] = graph_constant(g, node_input(n, k));
		if (k < folds[i].least && !f.in[k])
			return err_set(err, BNN_E_FILE, "input %zu is missing", k + 1);
	}
	rc = folds[i].run(&f);
	if (rc) {
		tensor_free(&t);
		return rc;
	}
	return graph_add(g, n->output[0], &t, err);
}
