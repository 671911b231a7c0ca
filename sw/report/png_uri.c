/* SPDX-License-Identifier: MIT
 * Pictures as PNG data in the page itself. */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "picture.h"

static bool is_gray(const struct picture *p)
{
	size_t points = (size_t)p->rows * (size_t)p->cols;

	for (size_t i = 0; i < points; i++)
		if (p->rgb[3 * i] != p->rgb[3 * i + 1] || p->rgb[3 * i] != p->rgb[3 * i + 2])
			return false;
	return true;
}

/* One byte of each point. */
static void pack_gray(const struct picture *p, uint8_t *to)
{
	size_t points = (size_t)p->rows * (size_t)p->cols;

	for (size_t i = 0; i < points; i++)
		to[i] = p->rgb[3 * i];
}

/* The file is *png, the caller's. */
static int encode(const struct picture *p, uint8_t **png, size_t *size, struct bnn_err *err)
{
	bool gray = is_gray(p);
	png_image im = { .version = PNG_IMAGE_VERSION,
			 .width = (png_uint_32)p->cols,
			 .height = (png_uint_32)p->rows,
			 .format = gray ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB };
	uint8_t *packed = malloc((size_t)p->rows * (size_t)p->cols + 1);
	png_alloc_size_t need = PNG_IMAGE_PNG_SIZE_MAX(im);
	bool done = false;

	*png = malloc(need);
	if (packed && *png) {
		pack_gray(p, packed);
		done = png_image_write_to_memory(&im, *png, &need, 0, gray ? packed : p->rgb, 0,
						 NULL) != 0;
	}
	free(packed);
	if (done) {
		*size = need;
		return BNN_OK;
	}
	free(*png);
	return err_set(err, BNN_E_MEMORY, "out of memory for a picture of %d x %d", p->rows,
		       p->cols);
}

static void write_base64(const uint8_t *p, size_t size, FILE *f)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t v = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
			     (left > 2 ? p[i + 2] : 0);

		putc(digit[v >> 18], f);
		putc(digit[v >> 12 & 63], f);
		putc(left > 1 ? digit[v >> 6 & 63] : '=', f);
		putc(left > 2 ? digit[v & 63] : '=', f);
	}
}

int picture_write(const struct picture *p, int scale, const char *alt, FILE *f, struct bnn_err *err)
{
	uint8_t *png;
	size_t size;
	int rc = encode(p, &png, &size, err);

	if (rc)
		return rc;
	fprintf(f, "<img width=\"%d\" height=\"%d\" alt=\"", p->cols * scale, p->rows * scale);
	html_text(f, alt);
	fputs("\" src=\"data:image/png;base64,", f);
	write_base64(png, size, f);
	fputs("\"/>", f);
	free(png);
	return BNN_OK;
}
