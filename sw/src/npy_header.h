/* SPDX-License-Identifier: MIT
 * Header of a .npy file: magic, version, length, a Python dictionary. */
#ifndef JB_NPY_HEADER_H
#define JB_NPY_HEADER_H

#include <stdbool.h>

#include "npy.h"

struct npy_header {
	bool big, is_signed, fortran;
	int width; /* bytes of an element: 1, 2, 4, 8 */
	int ndim;
	size_t shape[NPY_MAX_DIMS];
	size_t data; /* offset of the first element */
};

/* Errors: BNN_E_FILE. */
int npy_header_parse(const char *name, const uint8_t *p, size_t len, struct npy_header *h,
		     struct bnn_err *err);

#endif
