/* SPDX-License-Identifier: MIT
 * Area averaging with exact integer weights: an axis of n input pixels becomes m; in units of 1/m
 * input pixels, output i covers [i*n, (i+1)*n) and input j covers [j*m, (j+1)*m). */
#include <stdlib.h>
#include <string.h>

#include "image.h"

static int64_t overlap(int64_t n, int64_t m, int64_t i, int64_t j)
{
	int64_t from = i * n > j * m ? i * n : j * m;
	int64_t to = (i + 1) * n < (j + 1) * m ? (i + 1) * n : (j + 1) * m;

	return to - from;
}

/* Sums of one output row over its input rows: sums[col*channels + ch]. */
static void sum_rows(const struct bnn_image *in, int rows, int r, uint64_t *sums)
{
	size_t width = (size_t)in->cols * (size_t)in->channels;
	int64_t first = (int64_t)r * in->rows / rows;

	memset(sums, 0, width * sizeof(*sums));
	for (int64_t j = first; j * rows < ((int64_t)r + 1) * in->rows; j++) {
		uint64_t weight = (uint64_t)overlap(in->rows, rows, r, j);
		const uint8_t *p = in->pixels + (size_t)j * width;
		for (size_t i = 0; i < width; i++)
			sums[i] += weight * p[i];
	}
}

int image_resize(const struct bnn_image *in, int rows, int cols, struct bnn_image *out,
		 struct bnn_err *err)
{
	size_t ch = (size_t)in->channels;
	uint64_t area = (uint64_t)in->rows * (uint64_t)in->cols;
	int code = image_alloc("image", (uint64_t)rows, (uint64_t)cols, in->channels, out, err);

	if (code)
		return code;
	if (rows == in->rows && cols == in->cols) {
		memcpy(out->pixels, in->pixels, (size_t)area * ch);
		return BNN_OK;
	}
	uint64_t *sums = malloc((size_t)in->cols * ch * sizeof(*sums));
	if (!sums) {
		bnn_image_free(out);
		return err_set(err, BNN_E_MEMORY, "no memory to resize an image");
	}
	for (int r = 0; r < rows; r++) {
		sum_rows(in, rows, r, sums);
		for (int c = 0; c < cols; c++)
			for (size_t k = 0; k < ch; k++) {
				uint64_t sum = 0;
				for (int64_t j = (int64_t)c * in->cols / cols;
				     j * cols < ((int64_t)c + 1) * in->cols; j++)
					sum += (uint64_t)overlap(in->cols, cols, c, j) *
					       sums[(size_t)j * ch + k];
				out->pixels[((size_t)r * (size_t)cols + (size_t)c) * ch + k] =
					(uint8_t)((2 * sum + area) / (2 * area));
			}
	}
	free(sums);
	return BNN_OK;
}
