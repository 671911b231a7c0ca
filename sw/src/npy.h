/* SPDX-License-Identifier: MIT
 * NumPy .npy files of integers, format versions 1.0 to 3.0. */
#ifndef JB_NPY_H
#define JB_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "bnn.h"

#define NPY_MAX_DIMS 4

enum npy_type { NPY_U8, NPY_I8, NPY_I32 };

/* An array read from a file, in C order whatever the file's order was. */
struct npy {
	int ndim;
	size_t shape[NPY_MAX_DIMS];
	size_t count;  /* product of the shape, 1 without dimensions */
	int32_t *data; /* owned; npy_free releases it */
};

/* Reads an array of any integer type of 1 to 8 bytes, either byte order, C or Fortran order, whose
 * values fit 32 bits signed. name stands in messages.
 * Errors: BNN_E_FILE (malformed, another type such as float, a value that does not fit),
 * BNN_E_MEMORY. */
int npy_parse(const char *name, const uint8_t *p, size_t len, struct npy *out, struct bnn_err *err);
/* The same from a file; BNN_E_FILE also when it is missing. */
int npy_read(const char *path, struct npy *out, struct bnn_err *err);
void npy_free(struct npy *a);
/* Writes an array in C order as numpy.save does. data: uint8_t, int8_t or int32_t by type.
 * Errors: BNN_E_FILE, BNN_E_MEMORY. */
int npy_write(const char *path, enum npy_type type, int ndim, const size_t *shape, const void *data,
	      struct bnn_err *err);
/* "(3, 4)", "(3,)" or "()" as Python prints a shape; returns text. */
const char *npy_shape_text(int ndim, const size_t *shape, char *text, size_t size);

#endif
