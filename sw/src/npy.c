/* SPDX-License-Identifier: MIT
 * NumPy .npy files of integers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "file.h"
#include "npy_header.h"
#include "net.h"
#include "model.h"

/* The largest array of a model in 8-byte elements, and a header. */
#define FILE_MAX ((size_t)NET_MAX_WEIGHTS * 8 + 65536)

const char *npy_shape_text(int ndim, const size_t *shape, char *text, size_t size)
{
	size_t len = 0;

	snprintf(text, size, "(");
	for (int i = 0; i < ndim; i++) {
		len = strlen(text);
		snprintf(text + len, size - len, "%s%zu", i ? ", " : "", shape[i]);
	}
	len = strlen(text);
	snprintf(text + len, size - len, "%s", ndim == 1 ? ",)" : ")");
	return text;
}

/* Number of elements, checked against the bytes that follow the header. */
static int check_size(const char *name, const struct npy_header *h, size_t bytes, size_t *count,
		      struct bnn_err *err)
{
	char shape[96];
	uint64_t n = 1;

	for (int i = 0; i < h->ndim; i++) {
		n *= h->shape[i]; /* both below 2^32 */
		if (n > UINT32_MAX)
			break;
	}
	if (n > UINT32_MAX || n * (uint64_t)h->width != bytes)
		return err_set(err, BNN_E_FILE,
			       "%s: shape %s of %d-byte elements does not fit the %zu "
			       "bytes of data",
			       name, npy_shape_text(h->ndim, h->shape, shape, sizeof(shape)),
			       h->width, bytes);
	*count = (size_t)n;
	return BNN_OK;
}

/* Reads an element; false when it does not fit 32 bits signed. */
static bool element(const struct npy_header *h, const uint8_t *p, int32_t *out)
{
	uint64_t v = 0, sign = UINT64_C(1) << (8 * h->width - 1);

	for (int i = 0; i < h->width; i++)
		v |= (uint64_t)p[h->big ? h->width - 1 - i : i] << (8 * i);
	if (h->is_signed)
		v = (v ^ sign) - sign;
	else if (v > INT32_MAX)
		return false;
	*out = (int32_t)(uint32_t)v;
	return (uint64_t)(int64_t)*out == v;
}

/* Place in C order of element i in Fortran order. */
static size_t c_place(const struct npy_header *h, size_t count, size_t i)
{
	size_t at = 0, stride = count; /* of a dimension in C order */

	for (int d = 0; d < h->ndim; d++) {
		stride /= h->shape[d];
		at += i % h->shape[d] * stride;
		i /= h->shape[d];
	}
	return at;
}

int npy_parse(const char *name, const uint8_t *p, size_t len, struct npy *out, struct bnn_err *err)
{
	struct npy_header h;
	struct npy a = { 0 };
	int rc = npy_header_parse(name, p, len, &h, err);

	if (!rc)
		rc = check_size(name, &h, len - h.data, &a.count, err);
	if (rc)
		return rc;
	a.ndim = h.ndim;
	memcpy(a.shape, h.shape, sizeof(a.shape));
	a.data = malloc((a.count ? a.count : 1) * sizeof(*a.data));
	if (!a.data)
		return err_set(err, BNN_E_MEMORY, "%s: out of memory", name);
	for (size_t i = 0; i < a.count; i++) {
		size_t at = h.fortran ? c_place(&h, a.count, i) : i;

		if (!element(&h, p + h.data + i * (size_t)h.width, &a.data[at])) {
			free(a.data);
			return err_set(err, BNN_E_FILE,
				       "%s: element %zu does not fit 32 bits signed", name, at);
		}
	}
	*out = a;
	return BNN_OK;
}

int npy_read(const char *path, struct npy *out, struct bnn_err *err)
{
	uint8_t *p;
	size_t len;
	int rc = file_read(path, FILE_MAX, &p, &len, err);

	if (rc)
		return rc;
	rc = npy_parse(file_shown(path), p, len, out, err);
	free(p);
	return rc;
}

void npy_free(struct npy *a)
{
	free(a->data);
	a->data = NULL;
}

/* Header text, padded so that the data begins at a multiple of 64 bytes. */
static void put_header(struct bytes *b, enum npy_type type, int ndim, const size_t *shape)
{
	static const char *const descr[] = { "|u1", "|i1", "<i4" }; /* by enum npy_type */
	char text[192], shape_text[96];
	int n = snprintf(text, sizeof(text),
			 "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr[type],
			 npy_shape_text(ndim, shape, shape_text, sizeof(shape_text)));
	int total = (10 + n + 1 + 63) / 64 * 64;

	bytes_put(b, "\x93NUMPY\x01\x00", 8);
	bytes_put_u8(b, (uint8_t)(total - 10));
	bytes_put_u8(b, (uint8_t)((total - 10) >> 8));
	bytes_put(b, text, (size_t)n);
	for (int i = 10 + n; i < total - 1; i++)
		bytes_put_u8(b, ' ');
	bytes_put_u8(b, '\n');
}

int npy_write(const char *path, enum npy_type type, int ndim, const size_t *shape, const void *data,
	      struct bnn_err *err)
{
	struct bytes b = { 0 };
	size_t count = 1;
	int rc;

	for (int i = 0; i < ndim; i++)
		count *= shape[i];
	put_header(&b, type, ndim, shape);
	if (type == NPY_I32)
		bytes_put_i32s(&b, data, count);
	else
		bytes_put(&b, data, count);
	rc = b.failed ? err_set(err, BNN_E_MEMORY, "%s: out of memory", file_shown(path))
		      : file_write(path, b.p, b.len, err);
	free(b.p);
	return rc;
}
