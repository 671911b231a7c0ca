/* SPDX-License-Identifier: MIT
 * Models from other frameworks: binary networks as ONNX files with the QONNX quantisers, as Brevitas
 * exports them. What is accepted and how it is folded: docs/model-format.md. */
#ifndef JB_IMPORT_H
#define JB_IMPORT_H

#include "model.h"

/* No ONNX file is read that is longer. */
#define IMPORT_FILE_MAX (256u << 20)

/* The number that the network was fed for pixel p, 0 to 255. */
enum import_range {
	IMPORT_UNIT, /* p / 255 */
	IMPORT_BYTE  /* p */
};

/* Turns the len bytes of an ONNX file into a model of integers (*out, freed with bnn_model_free).
 * Class names are numbers. Errors, each naming the node: BNN_E_FILE (not an ONNX file, damaged),
 * BNN_E_LIMIT (a node, a number or a size that a model cannot hold), BNN_E_MEMORY. */
int import_onnx(const uint8_t *p, size_t len, enum import_range range, struct bnn_model **out,
		struct bnn_err *err);

#endif
