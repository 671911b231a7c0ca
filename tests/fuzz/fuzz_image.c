/* SPDX-License-Identifier: MIT
 * libFuzzer target: image files. The start inputs in image/ are a PGM, a PPM, PNGs and JPEGs of a few
 * pixels, as libpng and libjpeg write them. */
#include <stdlib.h>

#include "image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bnn_image im, small;
	struct bnn_err err = { 0 };
	unsigned sum = 0;

	if (image_decode("fuzz", data, size, &im, &err)) {
		if (im.pixels || err.code == BNN_OK || !err.text[0])
			abort();
		return 0;
	}
	if (im.rows < 1 || im.cols < 1 || (im.channels != 1 && im.channels != 3))
		abort();
	/* Touches every pixel; 8x8 from a few megapixels at most keeps the rate up. */
	if ((size_t)im.rows * (size_t)im.cols < 1u << 22) {
		if (image_resize(&im, 8, 8, &small, &err))
			abort();
		for (int i = 0; i < 64 * small.channels; i++)
			sum += small.pixels[i];
		if (sum > 64u * 3 * 255)
			abort();
		bnn_image_free(&small);
	}
	bnn_image_free(&im);
	return 0;
}
