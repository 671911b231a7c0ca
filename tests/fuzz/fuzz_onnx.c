/* SPDX-License-Identifier: MIT
 * libFuzzer target: ONNX files. What is accepted is a valid model. The start inputs are the fixtures
 * of tests/onnx, linked to from tests/fuzz/onnx. */
#include <stdlib.h>

#include "import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bnn_err err = { 0 };
	struct bnn_model *m;

	if (import_onnx(data, size, size % 2 ? IMPORT_UNIT : IMPORT_BYTE, &m, &err)) {
		if (m || err.code == BNN_E_INTERNAL || !*err.text)
			abort();
		return 0;
	}
	if (model_check(m, &err))
		abort();
	bnn_model_free(m);
	return 0;
}
