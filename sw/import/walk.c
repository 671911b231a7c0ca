/* SPDX-License-Identifier: MIT
 * The walk through an ONNX graph: its input, the nodes in their order, its end. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

static const struct {
	const char *op;
	int (*run)(struct walk *w, const Onnx__NodeProto *n);
} operators[] = {
	{ "Add", walk_elementwise },
	{ "AveragePool", walk_average },
	{ "BatchNormalization", walk_elementwise },
	{ "BipolarQuant", walk_elementwise },
	{ "Cast", walk_shape },
	{ "Clip", walk_elementwise },
	{ "Conv", walk_conv },
	{ "Div", walk_elementwise },
	{ "Dropout", walk_shape },
	{ "Flatten", walk_shape },
	{ "Gemm", walk_dense },
	{ "GlobalAveragePool", walk_average },
	{ "Identity", walk_shape },
	{ "MatMul", walk_dense },
	{ "MaxPool", walk_max_pool },
	{ "Mul", walk_elementwise },
	{ "Pad", walk_pad },
	{ "Quant", walk_elementwise },
	{ "ReduceMean", walk_average },
	{ "Relu", walk_elementwise },
	{ "Reshape", walk_shape },
	{ "Sign", walk_elementwise },
	{ "Squeeze", walk_shape },
	{ "Sub", walk_elementwise },
	{ "Transpose", walk_shape },
};

/* These keep the order of the classes; behind them nothing is read. */
static bool keeps_order(const char *op)
{
	static const char *const ops[] = { "Softmax", "LogSoftmax", "Sigmoid", "ArgMax", "TopK" };

	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (strcmp(op, ops[i]) == 0)
			return true;
	return false;
}

static int unsupported(struct walk *w)
{
	return err_set(w->err, BNN_E_LIMIT,
		       "not supported; supported are Conv, MatMul, Gemm, BatchNormalization, "
		       "BipolarQuant, Quant, MaxPool, Add, Sub, Mul, Div, Clip, Pad, Flatten");
}

/* A node that reads what flows. */
static int flow_node(struct walk *w, const Onnx__NodeProto *n)
{
	size_t all = sizeof(operators) / sizeof(*operators), i = 0;
	int rc;

	if (w->f.pad != PAD_NONE && strcmp(n->op_type, "Conv") != 0)
		return err_set(w->err, BNN_E_LIMIT, "a Pad must be followed by a Conv");
	if (keeps_order(n->op_type) && graph_is_output(&w->g, n->output[0])) {
		w->done = true;
		return BNN_OK;
	}
	while (i < all && strcmp(operators[i].op, n->op_type) != 0)
		i++;
	if (i == all)
		return unsupported(w);
	rc = operators[i].run(w, n);
	w->f.tensor = n->output[0];
	w->done = graph_is_output(&w->g, n->output[0]);
	return rc;
}

/* Shape reads what flows but lets it pass. The batch is 1. */
static int take_shape(struct walk *w, const Onnx__NodeProto *n)
{
	size_t dim[4], count;
	struct tensor t;
	int rc;

	count = (size_t)flow_shape(&w->f, dim);
	rc = tensor_new(&t, 1, &count, w->err);
	for (size_t i = 0; !rc && i < count; i++)
		t.v[i] = (double)dim[i];
	return rc ? rc : graph_add(&w->g, n->output[0], &t, w->err);
}

static int take_node(struct walk *w, const Onnx__NodeProto *n)
{
	size_t constants = 0, flowing = 0, inputs = 0;

	if (n->n_input > GRAPH_MAX_INPUTS)
		return err_set(w->err, BNN_E_LIMIT, "%zu inputs, at most %d", n->n_input,
			       GRAPH_MAX_INPUTS);
	for (size_t i = 0; i < n->n_input; i++) {
		inputs += *n->input[i] != 0;
		constants += graph_constant(&w->g, n->input[i]) != NULL;
		flowing += strcmp(n->input[i], w->f.tensor) == 0;
	}
	if (flowing == 1 && inputs == 1 && strcmp(n->op_type, "Shape") == 0)
		return take_shape(w, n);
	if (constants == inputs)
		return fold_node(&w->g, n, w->err);
	/* All operators but the arithmetic ones, which look for it, have the data first. */
	if (flowing == 1 && constants + 1 == inputs &&
	    (strcmp(n->input[0], w->f.tensor) == 0 || strcmp(n->op_type, "Add") == 0 ||
	     strcmp(n->op_type, "Sub") == 0 || strcmp(n->op_type, "Mul") == 0 ||
	     strcmp(n->op_type, "Div") == 0))
		return flow_node(w, n);
	return err_set(w->err, BNN_E_LIMIT,
		       "reads what is neither constant nor the result of the node before; only a "
		       "chain of nodes is supported, without branches");
}

/* Image size from the graph's input: [1, channels, rows, columns], [1, rows, columns, channels], or
 * [1, n] for a square gray image. */
static int image_shape(struct walk *w, const Onnx__ValueInfoProto *v)
{
	const Onnx__TensorShapeProto *s =
		v->type && v->type->tensor_type ? v->type->tensor_type->shape : NULL;
	struct net *n = &w->d.net;
	int64_t d[4] = { 0 };

	for (size_t i = 1; s && i < s->n_dim && i < 4; i++)
		d[i] = s->dim[i]->has_dim_value ? s->dim[i]->dim_value : 0;
	w->f.flat = s && s->n_dim == 2;
	if (w->f.flat && d[1] > 0 && d[1] <= JB_MAX_SIDE * JB_MAX_SIDE) {
		d[2] = d[3] = lrint(sqrt((double)d[1]));
		d[1] = d[2] * d[3] == d[1];
	}
	w->f.nhwc = d[1] != 1 && d[1] != 3;
	if (w->f.nhwc) {
		int64_t channels = d[3];

		d[3] = d[2];
		d[2] = d[1];
		d[1] = channels;
	}
	if (!s || (s->n_dim != 4 && s->n_dim != 2) || (d[1] != 1 && d[1] != 3) ||
	    d[2] < JB_MIN_SIDE || d[2] > JB_MAX_SIDE || d[3] < JB_MIN_SIDE || d[3] > JB_MAX_SIDE)
		return err_set(
			w->err, BNN_E_LIMIT,
			"input '%.60s': its shape is not [1, channels, rows, columns] with 1 "
			"or 3 channels and sides of %d to %d, nor [1, side * side]",
			v->name, JB_MIN_SIDE, JB_MAX_SIDE);
	n->channels = w->f.ch = (int)d[1];
	n->rows = w->f.rows = (int)d[2];
	n->cols = w->f.cols = (int)d[3];
	return BNN_OK;
}

static int begin(struct walk *w)
{
	const Onnx__ValueInfoProto *v;
	int rc = graph_input(&w->g, &v, w->err);

	if (!rc)
		rc = image_shape(w, v);
	if (rc)
		return rc;
	w->f.tensor = v->name;
	w->f.stage = STAGE_PIXELS;
	w->d.copies = 1;
	for (int c = 0; c < w->f.ch; c++)
		for (int p = 0; p < 256; p++)
			w->f.pixel[c][p] = w->range == IMPORT_UNIT ? (double)((float)p / 255) : p;
	return BNN_OK;
}

static int take_nodes(struct walk *w)
{
	struct bnn_err *err = w->err, why = { 0 };
	int rc = BNN_OK;

	w->err = &why;
	for (size_t i = 0; !rc && !w->done && i < w->g.g->n_node; i++) {
		const Onnx__NodeProto *n = w->g.g->node[i];

		if (!n->op_type || !n->n_output || !*n->output[0])
			rc = err_set(&why, BNN_E_FILE, "no operator, or no output");
		else
			rc = take_node(w, n);
		if (rc)
			err_set(err, rc, "node %zu '%.90s' (%.30s): %s", i + 1,
				n->name ? n->name : "", n->op_type ? n->op_type : "", why.text);
	}
	w->err = err;
	return rc;
}

static void free_walk(struct walk *w)
{
	for (int i = 0; i < JB_MAX_LAYERS; i++) {
		free(w->d.layer[i].weight);
		free(w->d.layer[i].threshold);
		free(w->d.layer[i].bias);
	}
	free(w->f.c);
	graph_close(&w->g);
	free(w);
}

int import_onnx(const uint8_t *p, size_t len, enum import_range range, struct bnn_model **out,
		struct bnn_err *err)
{
	struct walk *w = calloc(1, sizeof(*w));
	struct bnn_err unused;
	int rc;

	*out = NULL;
	if (!w)
		return err_set(err, BNN_E_MEMORY, "out of memory");
	w->range = range;
	w->err = err ? err : &unused;
	rc = graph_open(&w->g, p, len, w->err);
	if (!rc)
		rc = begin(w);
	if (!rc)
		rc = take_nodes(w);
	if (!rc && !w->done)
		rc = err_set(w->err, BNN_E_FILE, "the nodes do not lead to the graph's output");
	if (!rc)
		rc = head_finish(w);
	if (!rc)
		rc = draft_model(w, out);
	free_walk(w);
	return rc;
}
