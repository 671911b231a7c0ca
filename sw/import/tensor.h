/* SPDX-License-Identifier: MIT
 * Constant tensors of an ONNX graph. */
#ifndef JB_IMPORT_TENSOR_H
#define JB_IMPORT_TENSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "bnn.h"
#include "onnx.pb-c.h"

#define TENSOR_MAX_DIMS 6
/* Elements at most: a layer has no more weights (NET_MAX_WEIGHTS). */
#define TENSOR_MAX_COUNT ((size_t)1 << 24)

/* Row-major. Every element type of the file becomes double, which holds all their values that a
 * model can use. */
struct tensor {
	int ndim; /* 0: a scalar */
	size_t dim[TENSOR_MAX_DIMS];
	size_t count;
	double *v; /* owned */
};

/* Allocates v, zeroed, for the given shape. Errors: BNN_E_LIMIT, BNN_E_MEMORY. */
int tensor_new(struct tensor *t, int ndim, const size_t *dim, struct bnn_err *err);
void tensor_free(struct tensor *t);
/* From the file. Errors: BNN_E_FILE (data missing, of the wrong length or in another file),
 * BNN_E_LIMIT (shape, element type), BNN_E_MEMORY. */
int tensor_read(struct tensor *t, const Onnx__TensorProto *p, struct bnn_err *err);
/* Index into t of element `at` of a tensor of shape dim[ndim] to which t is broadcast by the rules
 * of NumPy; t fits that shape (tensor_broadcasts). */
size_t tensor_index(const struct tensor *t, int ndim, const size_t *dim, size_t at);
/* True for the number of an element type that is float or double. */
bool tensor_type_is_real(int64_t type);
/* True when t can be broadcast to the shape. */
bool tensor_broadcasts(const struct tensor *t, int ndim, const size_t *dim);

#endif
