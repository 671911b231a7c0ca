/* SPDX-License-Identifier: MIT
 * Images: which decoder, limits, gray and RGB, fitting to a model. */
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "image.h"

int image_check(const char *name, uint64_t rows, uint64_t cols, struct bnn_err *err)
{
	if (!rows || !cols)
		return err_set(err, BNN_E_FILE, "%s: an image of %llu x %llu pixels", name,
			       (unsigned long long)cols, (unsigned long long)rows);
	if (rows > IMAGE_MAX_SIDE || cols > IMAGE_MAX_SIDE || rows * cols > IMAGE_MAX_PIXELS)
		return err_set(err, BNN_E_LIMIT,
			       "%s: %llu x %llu pixels; at most %d a side and %u in all", name,
			       (unsigned long long)cols, (unsigned long long)rows, IMAGE_MAX_SIDE,
			       IMAGE_MAX_PIXELS);
	return BNN_OK;
}

int image_alloc(const char *name, uint64_t rows, uint64_t cols, int channels, struct bnn_image *out,
		struct bnn_err *err)
{
	int code = image_check(name, rows, cols, err);

	if (code)
		return code;
	out->rows = (int)rows;
	out->cols = (int)cols;
	out->channels = channels;
	out->pixels = calloc(rows * cols, (size_t)channels);
	if (!out->pixels)
		return err_set(err, BNN_E_MEMORY, "%s: no memory for %d x %d pixels", name,
			       out->cols, out->rows);
	return BNN_OK;
}

int image_decode(const char *name, const uint8_t *buf, size_t len, struct bnn_image *out,
		 struct bnn_err *err)
{
	static const uint8_t pnm[4] = { '2', '3', '5', '6' };
	static const uint8_t png[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n' };

	memset(out, 0, sizeof *out);
	if (!len)
		return err_set(err, BNN_E_FILE, "%s: the file is empty", name);
	if (len >= 2 && buf[0] == 'P' && memchr(pnm, buf[1], sizeof(pnm)))
		return image_decode_pnm(name, buf, len, out, err);
	if (len >= 8 && memcmp(buf, png, 8) == 0)
		return image_decode_png(name, buf, len, out, err);
	if (len >= 3 && buf[0] == 0xFF && buf[1] == 0xD8 && buf[2] == 0xFF)
		return image_decode_jpeg(name, buf, len, out, err);
	return err_set(err, BNN_E_FILE, "%s: not a PGM, PPM, PNG or JPEG image", name);
}

int bnn_image_read(const char *path, struct bnn_image *out, struct bnn_err *err)
{
	uint8_t *buf;
	size_t len;

	memset(out, 0, sizeof *out);
	int code = file_read(path, IMAGE_MAX_FILE, &buf, &len, err);
	if (code)
		return code;
	code = image_decode(file_shown(path), buf, len, out, err);
	free(buf);
	return code;
}

void bnn_image_free(struct bnn_image *im)
{
	if (!im)
		return;
	free(im->pixels);
	memset(im, 0, sizeof *im);
}

int image_convert(const struct bnn_image *in, int channels, struct bnn_image *out,
		  struct bnn_err *err)
{
	size_t n = (size_t)in->rows * (size_t)in->cols;
	int code = image_alloc("image", (uint64_t)in->rows, (uint64_t)in->cols, channels, out, err);

	if (code)
		return code;
	if (channels == in->channels) {
		memcpy(out->pixels, in->pixels, n * (size_t)channels);
	} else if (channels == 1) {
		for (size_t i = 0; i < n; i++) {
			const uint8_t *p = in->pixels + 3 * i;
			out->pixels[i] =
				(uint8_t)((299 * p[0] + 587 * p[1] + 114 * p[2] + 500) / 1000);
		}
	} else {
		for (size_t i = 0; i < 3 * n; i++)
			out->pixels[i] = in->pixels[i / 3];
	}
	return BNN_OK;
}

/* Colours, then size. Gray to RGB comes last instead: the same values from less memory. */
static int convert_and_resize(const struct bnn_image *in, int channels, int rows, int cols,
			      struct bnn_image *out, struct bnn_err *err)
{
	struct bnn_image middle = { 0 };
	int code;

	if (channels == in->channels)
		return image_resize(in, rows, cols, out, err);
	if (channels == 1) {
		code = image_convert(in, channels, &middle, err);
		if (!code)
			code = image_resize(&middle, rows, cols, out, err);
	} else {
		code = image_resize(in, rows, cols, &middle, err);
		if (!code)
			code = image_convert(&middle, channels, out, err);
	}
	bnn_image_free(&middle);
	return code;
}

int bnn_image_fit(const struct bnn_model *m, const struct bnn_image *in, struct bnn_image *out,
		  struct bnn_err *err)
{
	int code;

	memset(out, 0, sizeof(*out));
	code = convert_and_resize(in, bnn_model_channels(m), bnn_model_rows(m), bnn_model_cols(m),
				  out, err);
	if (!code)
		code = image_preprocess(&m->pre, out, err);
	if (code)
		bnn_image_free(out);
	return code;
}
