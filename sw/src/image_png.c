/* SPDX-License-Identifier: MIT
 * PNG through libpng: every colour type to 8-bit gray or RGB, alpha composed over black. */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

struct source {
	const char *name;
	const uint8_t *at;
	size_t left;
	struct bnn_err *err;
	struct bnn_image *out;
	uint8_t *raw;     /* rows with alpha */
	png_bytep *rows;
	int code;
};

static void on_error(png_structp png, png_const_charp text)
{
	struct source *s = png_get_error_ptr(png);

	if (!s->code)
		s->code = err_set(s->err, BNN_E_FILE, "%s: PNG: %s", s->name, text);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
	(void)png;
	(void)text;
}

static void on_read(png_structp png, png_bytep to, size_t n)
{
	struct source *s = png_get_io_ptr(png);

	if (n > s->left)
		png_error(png, "truncated file");
	memcpy(to, s->at, n);
	s->at += n;
	s->left -= n;
}

/* 8 bits a sample, gray or RGB, alpha always there. */
static void set_transforms(png_structp png, png_infop info)
{
	int type = png_get_color_type(png, info);

	if (type == PNG_COLOR_TYPE_PALETTE)
		png_set_palette_to_rgb(png);
	if (type == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(png, info) < 8)
		png_set_expand_gray_1_2_4_to_8(png);
	if (png_get_valid(png, info, PNG_INFO_tRNS))
		png_set_tRNS_to_alpha(png);
	if (png_get_bit_depth(png, info) == 16)
		png_set_scale_16(png);
	png_set_add_alpha(png, 0xFF, PNG_FILLER_AFTER);
	png_set_interlace_handling(png);
	png_read_update_info(png, info);
}

/* sample * alpha / 255, rounded. */
static void compose(struct source *s)
{
	struct bnn_image *im = s->out;
	size_t pixels = (size_t)im->rows * (size_t)im->cols;
	int channels = im->channels;

	for (size_t i = 0; i < pixels; i++) {
		const uint8_t *p = s->raw + i * (size_t)(channels + 1);
		for (int c = 0; c < channels; c++)
			im->pixels[i * (size_t)channels + (size_t)c] =
				(uint8_t)((p[c] * p[channels] * 2 + 255) / 510);
	}
}

static void decode(png_structp png, png_infop info, struct source *s)
{
	png_read_info(png, info);
	png_uint_32 rows = png_get_image_height(png, info), cols = png_get_image_width(png, info);
	int type = png_get_color_type(png, info);
	int channels = type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_GRAY_ALPHA ? 1 : 3;

	s->code = image_alloc(s->name, rows, cols, channels, s->out, s->err);
	if (s->code)
		return;
	set_transforms(png, info);
	size_t stride = png_get_rowbytes(png, info);
	s->raw = malloc(stride * rows);
	s->rows = malloc(rows * sizeof *s->rows);
	if (!s->raw || !s->rows) {
		s->code = err_set(s->err, BNN_E_MEMORY, "%s: no memory for the PNG image", s->name);
		return;
	}
	for (png_uint_32 r = 0; r < rows; r++)
		s->rows[r] = s->raw + r * stride;
	png_read_image(png, s->rows);
	png_read_end(png, NULL);
	compose(s);
}

int image_decode_png(const char *name, const uint8_t *buf, size_t len, struct bnn_image *out,
		     struct bnn_err *err)
{
	struct source s = { .name = name, .at = buf, .left = len, .err = err, .out = out };
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
	png_infop info = png ? png_create_info_struct(png) : NULL;

	if (!info) {
		png_destroy_read_struct(&png, NULL, NULL);
		return err_set(err, BNN_E_MEMORY, "%s: no memory for the PNG reader", name);
	}
	if (!setjmp(png_jmpbuf(png))) {
		png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF); /* image_alloc names our own */
		png_set_read_fn(png, &s, on_read);
		decode(png, info, &s);
	}
	png_destroy_read_struct(&png, &info, NULL);
	free(s.raw);
	free(s.rows);
	if (s.code)
		bnn_image_free(out);
	return s.code;
}
