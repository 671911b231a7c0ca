/* SPDX-License-Identifier: MIT
 * libFuzzer target: .npy files. The start inputs in npy/ were made by numpy.save. */
#include <stdlib.h>

#include "npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bnn_err err;
	struct npy a;
	size_t count = 1;

	if (npy_parse("fuzz", data, size, &a, &err))
		return 0;
	for (int d = 0; d < a.ndim; d++)
		count *= a.shape[d];
	if (count != a.count)
		abort();
	npy_free(&a);
	return 0;
}
