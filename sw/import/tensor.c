/* SPDX-License-Identifier: MIT
 * Constant tensors of an ONNX graph. */
#include "tensor.h"

#include <stdlib.h>
#include <string.h>

#include "model.h"

/* TensorProto.DataType of the standard. */
enum {
	TYPE_FLOAT = 1,
	TYPE_UINT8 = 2,
	TYPE_INT8 = 3,
	TYPE_INT32 = 6,
	TYPE_INT64 = 7,
	TYPE_BOOL = 9,
	TYPE_DOUBLE = 11
};

int tensor_new(struct tensor *t, int ndim, const size_t *dim, struct bnn_err *err)
{
	size_t count = 1;

	memset(t, 0, sizeof(*t));
	if (ndim < 0 || ndim > TENSOR_MAX_DIMS)
		return err_set(err, BNN_E_LIMIT, "a tensor of %d dimensions, at most %d", ndim,
			       TENSOR_MAX_DIMS);
	for (int i = 0; i < ndim; i++) {
		t->dim[i] = dim[i];
		if (dim[i] > TENSOR_MAX_COUNT || count * dim[i] > TENSOR_MAX_COUNT)
			return err_set(err, BNN_E_LIMIT,
				       "a tensor of more than %zu elements, the largest layer's",
				       TENSOR_MAX_COUNT);
		count *= dim[i];
	}
	t->v = calloc(count ? count : 1, sizeof(*t->v));
	if (!t->v)
		return err_set(err, BNN_E_MEMORY, "out of memory");
	t->ndim = ndim;
	t->count = count;
	return BNN_OK;
}

void tensor_free(struct tensor *t)
{
	free(t->v);
	memset(t, 0, sizeof(*t));
}

static size_t element_size(int type)
{
	switch (type) {
	case TYPE_UINT8:
	case TYPE_INT8:
	case TYPE_BOOL: return 1;
	case TYPE_FLOAT:
	case TYPE_INT32: return 4;
	case TYPE_INT64:
	case TYPE_DOUBLE: return 8;
	default: return 0;
	}
}

/* One element of raw data, which is little-endian whatever the machine. */
static double raw_element(int type, const uint8_t *p)
{
	uint64_t bits = 0;
	uint32_t word;
	float f;
	double d;

	for (size_t i = element_size(type); i-- > 0;)
		bits = bits << 8 | p[i];
	word = (uint32_t)bits;
	switch (type) {
	case TYPE_FLOAT: memcpy(&f, &word, sizeof(f)); return f;
	case TYPE_DOUBLE: memcpy(&d, &bits, sizeof(d)); return d;
	case TYPE_INT8: return (int8_t)bits;
	case TYPE_INT32: return (int32_t)word;
	case TYPE_INT64: return (double)(int64_t)bits;
	default: return (double)bits;
	}
}

/* How many elements the file has of the tensor, outside raw data. */
static size_t typed_count(const Onnx__TensorProto *p)
{
	switch (p->data_type) {
	case TYPE_FLOAT: return p->n_float_data;
	case TYPE_DOUBLE: return p->n_double_data;
	case TYPE_INT64: return p->n_int64_data;
	default: return p->n_int32_data;
	}
}

static double typed_element(const Onnx__TensorProto *p, size_t i)
{
	switch (p->data_type) {
	case TYPE_FLOAT: return p->float_data[i];
	case TYPE_DOUBLE: return p->double_data[i];
	case TYPE_INT64: return (double)p->int64_data[i];
	default: return p->int32_data[i];
	}
}

/* The shape and how many bytes an element has; that the data is there is checked before memory is
 * taken for it. */
static int check(const Onnx__TensorProto *p, size_t dim[TENSOR_MAX_DIMS], struct bnn_err *err)
{
	const char *name = p->name ? p->name : "";
	size_t size = element_size(p->data_type), count = 1, have;

	if (p->data_location == 1)
		return err_set(err, BNN_E_FILE,
			       "tensor '%.80s' lies in another file; save all in one file", name);
	if (!size)
		return err_set(err, BNN_E_LIMIT,
			       "tensor '%.80s' has element type %d; float, double and integers of "
			       "8, 32 and 64 bits are read",
			       name, p->data_type);
	if (p->n_dims > TENSOR_MAX_DIMS)
		return err_set(err, BNN_E_LIMIT, "tensor '%.80s' has %zu dimensions, at most %d",
			       name, p->n_dims, TENSOR_MAX_DIMS);
	for (size_t i = 0; i < p->n_dims; i++) {
		if (p->dims[i] < 0 || p->dims[i] > (int64_t)TENSOR_MAX_COUNT ||
		    count * (size_t)p->dims[i] > TENSOR_MAX_COUNT)
			return err_set(err, BNN_E_LIMIT,
				       "tensor '%.80s' has more than %zu elements, the largest "
				       "layer's",
				       name, TENSOR_MAX_COUNT);
		dim[i] = (size_t)p->dims[i];
		count *= dim[i];
	}
	have = p->has_raw_data ? p->raw_data.len / size : typed_count(p);
	if (have != count || (p->has_raw_data && p->raw_data.len % size))
		return err_set(err, BNN_E_FILE, "tensor '%.80s' has %zu elements, its shape %zu",
			       name, have, count);
	return BNN_OK;
}

int tensor_read(struct tensor *t, const Onnx__TensorProto *p, struct bnn_err *err)
{
	size_t dim[TENSOR_MAX_DIMS] = { 0 };
	size_t size = element_size(p->data_type);
	int rc;

	memset(t, 0, sizeof(*t));
	rc = check(p, dim, err);
	if (!rc)
		rc = tensor_new(t, (int)p->n_dims, dim, err);
	for (size_t i = 0; !rc && i < t->count; i++)
		t->v[i] = p->has_raw_data ? raw_element(p->data_type, p->raw_data.data + i * size)
					  : typed_element(p, i);
	return rc;
}

bool tensor_type_is_real(int64_t type)
{
	return type == TYPE_FLOAT || type == TYPE_DOUBLE;
}

bool tensor_broadcasts(const struct tensor *t, int ndim, const size_t *dim)
{
	for (int i = 0; i < t->ndim; i++) {
		int to = ndim - t->ndim + i;

		if (t->dim[i] != 1 && (to < 0 || t->dim[i] != dim[to]))
			return false;
	}
	return true;
}

size_t tensor_index(const struct tensor *t, int ndim, const size_t *dim, size_t at)
{
	size_t index = 0, step = 1;

	for (int i = ndim - 1, from = t->ndim - 1; i >= 0 && from >= 0; i--, from--) {
		if (t->dim[from] != 1)
			index += at % dim[i] * step;
		at /= dim[i];
		step *= t->dim[from];
	}
	return index;
}
