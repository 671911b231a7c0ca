/* SPDX-License-Identifier: MIT
 * An ONNX graph and the constants in it. */
#ifndef JB_IMPORT_GRAPH_H
#define JB_IMPORT_GRAPH_H

#include <stdbool.h>

#include "tensor.h"

/* Nodes, initial constants, inputs and outputs at most: bounds the time a file can take. */
#define GRAPH_MAX_NODES 4096
/* Inputs of a node at most. */
#define GRAPH_MAX_INPUTS 8
/* Elements of all constants together at most: bounds the memory. */
#define GRAPH_MAX_ELEMENTS ((size_t)1 << 26)

struct constant {
	const char *name; /* owned by the protobuf message */
	struct tensor t;
};

struct graph {
	Onnx__ModelProto *model; /* owned */
	const Onnx__GraphProto *g;
	struct constant *constant; /* owned, as are its tensors */
	size_t constants, room;
	size_t elements; /* of all constants */
};

/* Unpacks a file and reads its initial constants. On an error nothing is left to close.
 * Errors: BNN_E_FILE, BNN_E_LIMIT, BNN_E_MEMORY. */
int graph_open(struct graph *g, const uint8_t *p, size_t len, struct bnn_err *err);
void graph_close(struct graph *g);
/* The constant of that name, or NULL. */
const struct tensor *graph_constant(const struct graph *g, const char *name);
/* Adds a constant and takes over its values, also on an error. */
int graph_add(struct graph *g, const char *name, struct tensor *t, struct bnn_err *err);
/* The image input: the graph input that is no constant. Errors: BNN_E_FILE, BNN_E_LIMIT (more than
 * one). */
int graph_input(const struct graph *g, const Onnx__ValueInfoProto **out, struct bnn_err *err);
/* True for the name of an output of the graph. */
bool graph_is_output(const struct graph *g, const char *name);

/* The attribute of that name, or NULL. */
const Onnx__AttributeProto *node_attribute(const Onnx__NodeProto *n, const char *name);
int64_t node_integer(const Onnx__NodeProto *n, const char *name, int64_t missing);
double node_real(const Onnx__NodeProto *n, const char *name, double missing);
/* True for a text attribute that is there and has another value. */
bool node_text_differs(const Onnx__NodeProto *n, const char *name, const char *value);
/* True when all numbers of an attribute are v; one that is missing or empty counts as `missing`. */
bool node_all_are(const Onnx__NodeProto *n, const char *name, int64_t v, int64_t missing);
/* Input i of the node, "" when it is left out. */
const char *node_input(const Onnx__NodeProto *n, size_t i);

/* Computes a node all of whose inputs are constants and adds its result to the graph.
 * Errors: BNN_E_LIMIT (names the operators that are known), BNN_E_FILE, BNN_E_MEMORY. */
int fold_node(struct graph *g, const Onnx__NodeProto *n, struct bnn_err *err);

#endif
