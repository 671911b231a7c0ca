/* SPDX-License-Identifier: MIT
 * An ONNX graph and the constants in it. */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "model.h"

const struct tensor *graph_constant(const struct graph *g, const char *name)
{
	for (size_t i = 0; *name && i < g->constants; i++)
		if (strcmp(g->constant[i].name, name) == 0)
			return &g->constant[i].t;
	return NULL;
}

int graph_add(struct graph *g, const char *name, struct tensor *t, struct bnn_err *err)
{
	int rc = BNN_OK;

	if (graph_constant(g, name))
		rc = err_set(err, BNN_E_FILE, "tensor '%.80s' is made twice", name);
	else if (g->constants == g->room)
		rc = err_set(err, BNN_E_LIMIT, "more than %zu constants", g->room);
	else if (t->count > GRAPH_MAX_ELEMENTS - g->elements)
		rc = err_set(err, BNN_E_LIMIT, "constants have more than %zu elements together",
			     GRAPH_MAX_ELEMENTS);
	if (rc) {
		tensor_free(t);
		return rc;
	}
	g->elements += t->count;
	g->constant[g->constants++] = (struct constant){ .name = name, .t = *t };
	return BNN_OK;
}

static int read_constants(struct graph *g, struct bnn_err *err)
{
	int rc = BNN_OK;

	if (g->g->n_node > GRAPH_MAX_NODES || g->g->n_initializer > GRAPH_MAX_NODES ||
	    g->g->n_input > GRAPH_MAX_NODES || g->g->n_output > GRAPH_MAX_NODES)
		return err_set(err, BNN_E_LIMIT,
			       "%zu nodes, %zu constants, %zu inputs, %zu outputs, at most %d each",
			       g->g->n_node, g->g->n_initializer, g->g->n_input, g->g->n_output,
			       GRAPH_MAX_NODES);
	/* Each node makes at most one constant. */
	g->room = g->g->n_node + g->g->n_initializer;
	g->constant = calloc(g->room ? g->room : 1, sizeof(*g->constant));
	if (!g->constant)
		return err_set(err, BNN_E_MEMORY, "out of memory");
	for (size_t i = 0; !rc && i < g->g->n_initializer; i++) {
		const Onnx__TensorProto *p = g->g->initializer[i];
		struct tensor t;

		rc = tensor_read(&t, p, err);
		if (!rc)
			rc = graph_add(g, p->name ? p->name : "", &t, err);
	}
	return rc;
}

int graph_open(struct graph *g, const uint8_t *p, size_t len, struct bnn_err *err)
{
	int rc;

	memset(g, 0, sizeof(*g));
	g->model = onnx__model_proto__unpack(NULL, len, p);
	if (!g->model || !g->model->graph || !g->model->graph->n_node) {
		graph_close(g);
		return err_set(err, BNN_E_FILE, "not an ONNX file, or damaged");
	}
	g->g = g->model->graph;
	rc = read_constants(g, err);
	if (rc)
		graph_close(g);
	return rc;
}

void graph_close(struct graph *g)
{
	for (size_t i = 0; i < g->constants; i++)
		tensor_free(&g->constant[i].t);
	free(g->constant);
	if (g->model)
		onnx__model_proto__free_unpacked(g->model, NULL);
	memset(g, 0, sizeof(*g));
}

int graph_input(const struct graph *g, const Onnx__ValueInfoProto **out, struct bnn_err *err)
{
	*out = NULL;
	for (size_t i = 0; i < g->g->n_input; i++) {
		const Onnx__ValueInfoProto *v = g->g->input[i];

		if (!v->name || graph_constant(g, v->name))
			continue;
		if (*out)
			return err_set(err, BNN_E_LIMIT,
				       "inputs '%.80s' and '%.80s'; one image is supported",
				       (*out)->name, v->name);
		*out = v;
	}
	if (!*out)
		return err_set(err, BNN_E_FILE, "the graph has no input");
	return BNN_OK;
}

bool graph_is_output(const struct graph *g, const char *name)
{
	for (size_t i = 0; i < g->g->n_output; i++)
		if (g->g->output[i]->name && strcmp(g->g->output[i]->name, name) == 0)
			return true;
	return false;
}

const Onnx__AttributeProto *node_attribute(const Onnx__NodeProto *n, const char *name)
{
	for (size_t i = 0; i < n->n_attribute; i++)
		if (n->attribute[i]->name && strcmp(n->attribute[i]->name, name) == 0)
			return n->attribute[i];
	return NULL;
}

int64_t node_integer(const Onnx__NodeProto *n, const char *name, int64_t missing)
{
	const Onnx__AttributeProto *a = node_attribute(n, name);

	return a ? a->i : missing;
}

double node_real(const Onnx__NodeProto *n, const char *name, double missing)
{
	const Onnx__AttributeProto *a = node_attribute(n, name);

	return a ? a->f : missing;
}

bool node_text_differs(const Onnx__NodeProto *n, const char *name, const char *value)
{
	const Onnx__AttributeProto *a = node_attribute(n, name);
	size_t len = strlen(value);

	return a && a->has_s && (a->s.len != len || memcmp(a->s.data, value, len) != 0);
}

bool node_all_are(const Onnx__NodeProto *n, const char *name, int64_t v, int64_t missing)
{
	const Onnx__AttributeProto *a = node_attribute(n, name);

	if (!a || !a->n_ints)
		return v == missing;
	for (size_t i = 0; i < a->n_ints; i++)
		if (a->ints[i] != v)
			return false;
	return true;
}

const char *node_input(const Onnx__NodeProto *n, size_t i)
{
	return i < n->n_input ? n->input[i] : "";
}
