/* SPDX-License-Identifier: MIT
 * Preprocessing on the host, integers only, in this order (n samples, S their sum, Q the sum of
 * squares, root(v) = floor of the square root, round(a/b) = floor((2a + b) / 2b), all clamped to
 * 0..255):
 *   normalize: over the whole image, all channels:
 *              x -> 128 + round(50*(n*x - S) / max(root(n*Q - S*S), 3n))
 *   contrast:  over the window around the pixel (cut at the edges), its channel:
 *              x -> 128 + round(40*(n*x - S) / (root(n*Q - S*S) + 4n))
 *   table:     x -> table[x] */
#include <stdlib.h>

#include "image.h"

static uint64_t root(uint64_t v)
{
	uint64_t r = 0;

	for (uint64_t bit = (uint64_t)1 << 62; bit; bit >>= 2) {
		if (v >= r + bit) {
			v -= r + bit;
			r = (r >> 1) + bit;
		} else {
			r >>= 1;
		}
	}
	return r;
}

static uint8_t centred(int64_t scale, int64_t difference, int64_t spread)
{
	int64_t a = 2 * scale * difference + spread, b = 2 * spread;
	int64_t v = 128 + (a >= 0 ? a / b : -((-a + b - 1) / b));

	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static void normalize(struct bnn_image *im)
{
	int64_t n = (int64_t)im->rows * im->cols * im->channels, s = 0, q = 0;

	for (int64_t i = 0; i < n; i++) {
		s += im->pixels[i];
		q += im->pixels[i] * im->pixels[i];
	}
	int64_t spread = (int64_t)root((uint64_t)(n * q - s * s));
	if (spread < 3 * n)
		spread = 3 * n;
	for (int64_t i = 0; i < n; i++)
		im->pixels[i] = centred(50, n * im->pixels[i] - s, spread);
}

/* Sums over [0, r) x [0, c) of one channel: sum[r*(cols+1) + c]. */
static void integrate(const struct bnn_image *im, int ch, int64_t *sum, int64_t *squares)
{
	size_t width = (size_t)im->cols + 1;

	for (size_t c = 0; c < width; c++)
		sum[c] = squares[c] = 0;
	for (size_t r = 1; r <= (size_t)im->rows; r++) {
		int64_t s = 0, q = 0;
		sum[r * width] = squares[r * width] = 0;
		for (size_t c = 1; c < width; c++) {
			int64_t v =
				im->pixels[((r - 1) * (width - 1) + c - 1) * (size_t)im->channels +
					   (size_t)ch];
			s += v;
			q += v * v;
			sum[r * width + c] = sum[(r - 1) * width + c] + s;
			squares[r * width + c] = squares[(r - 1) * width + c] + q;
		}
	}
}

static int64_t box(const int64_t *sum, size_t width, int r0, int r1, int c0, int c1)
{
	return sum[(size_t)r1 * width + (size_t)c1] - sum[(size_t)r0 * width + (size_t)c1] -
	       sum[(size_t)r1 * width + (size_t)c0] + sum[(size_t)r0 * width + (size_t)c0];
}

static void contrast_channel(struct bnn_image *im, int ch, int half, const int64_t *sum,
			     const int64_t *squares)
{
	size_t width = (size_t)im->cols + 1;

	for (int r = 0; r < im->rows; r++)
		for (int c = 0; c < im->cols; c++) {
			int r0 = r > half ? r - half : 0, c0 = c > half ? c - half : 0;
			int r1 = r + half + 1 < im->rows ? r + half + 1 : im->rows;
			int c1 = c + half + 1 < im->cols ? c + half + 1 : im->cols;
			int64_t n = (int64_t)(r1 - r0) * (c1 - c0);
			int64_t s = box(sum, width, r0, r1, c0, c1);
			int64_t q = box(squares, width, r0, r1, c0, c1);
			uint8_t *p =
				im->pixels +
				((size_t)r * (size_t)im->cols + (size_t)c) * (size_t)im->channels +
				ch;
			*p = centred(40, n * *p - s,
				     (int64_t)root((uint64_t)(n * q - s * s)) + 4 * n);
		}
}

static int contrast(struct bnn_image *im, int window, struct bnn_err *err)
{
	size_t cells = ((size_t)im->rows + 1) * ((size_t)im->cols + 1);
	int64_t *sum = malloc(2 * cells * sizeof(*sum));

	if (!sum)
		return err_set(err, BNN_E_MEMORY, "no memory for local contrast");
	for (int ch = 0; ch < im->channels; ch++) {
		integrate(im, ch, sum, sum + cells);
		contrast_channel(im, ch, window / 2, sum, sum + cells);
	}
	free(sum);
	return BNN_OK;
}

int image_preprocess(const struct model_pre *pre, struct bnn_image *im, struct bnn_err *err)
{
	size_t n = (size_t)im->rows * (size_t)im->cols * (size_t)im->channels;

	if (pre->normalize)
		normalize(im);
	if (pre->contrast) {
		int code = contrast(im, pre->window, err);
		if (code)
			return code;
	}
	for (size_t i = 0; pre->use_table && i < n; i++)
		im->pixels[i] = pre->table[im->pixels[i]];
	return BNN_OK;
}
