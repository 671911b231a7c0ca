/* SPDX-License-Identifier: MIT
 * PNG through libpng: every colour type to 8-bit gray or RGB, alpha composed over black. */
#include <png.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

struct source {
	const char *name;
	const uint8_t *at;
	size_t left;
	struct bnn_err *err;
	struct bnn_image *out;
	uint8_t *raw; /* samples with alpha: a row, or all rows of an interlaced image */
	png_bytep *rows;
	int code;
};

static void on_error(png_structp png, png_const_charp text)
{
	struct source *s = png_get_error_ptr(png);

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

/* A row: sample * alpha / 255, rounded half up. */
static void compose(const uint8_t *in, const struct bnn_image *im, size_t row)
{
	size_t ch = (size_t)im->channels, cols = (size_t)im->cols;
	uint8_t *out = im->pixels + row * cols * ch;

	for (size_t i = 0; i < cols; i++, in += ch + 1)
		for (size_t c = 0; c < ch; c++)
			*out++ = (uint8_t)((in[c] * in[ch] * 2 + 255) / 510);
}

static int read_rows(png_structp png, struct source *s, size_t rows)
{
	for (size_t r = 0; r < rows; r++) {
		png_read_row(png, s->raw, NULL);
		compose(s->raw, s->out, r);
	}
	return BNN_OK;
}

static int read_interlaced(png_structp png, struct source *s, size_t rows, size_t stride)
{
	s->rows = malloc(rows * sizeof(*s->rows));
	if (!s->rows)
		return err_set(s->err, BNN_E_MEMORY, "%s: no memory for the PNG image", s->name);
	for (size_t r = 0; r < rows; r++)
		s->rows[r] = s->raw + r * stride;
	png_read_image(png, s->rows);
	for (size_t r = 0; r < rows; r++)
		compose(s->rows[r], s->out, r);
	return BNN_OK;
}

static int decode(png_structp png, png_infop info, struct source *s)
{
	size_t rows, stride;
	int type, channels, code;
	bool interlaced;

	png_read_info(png, info);
	rows = png_get_image_height(png, info);
	type = png_get_color_type(png, info);
	channels = type == PNG_COLOR_TYPE_GRAY || type == PNG_COLOR_TYPE_GRAY_ALPHA ? 1 : 3;
	interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
	code = image_alloc(s->name, rows, png_get_image_width(png, info), channels, s->out, s->err);
	if (code)
		return code;
	set_transforms(png, info);
	stride = png_get_rowbytes(png, info);
	s->raw = malloc(interlaced ? stride * rows : stride);
	if (!s->raw)
		return err_set(s->err, BNN_E_MEMORY, "%s: no memory for the PNG image", s->name);
	code = interlaced ? read_interlaced(png, s, rows, stride) : read_rows(png, s, rows);
	if (!code)
		png_read_end(png, NULL);
	return code;
}

/* The one setjmp; all that changes behind it is in *s, not in a register. */
static void decode_or_return(png_structp png, png_infop info, struct source *s)
{
	if (setjmp(png_jmpbuf(png)))
		return;
	png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF); /* image_alloc names our own */
	png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
	png_set_read_fn(png, s, on_read);
	s->code = decode(png, info, s);
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
	decode_or_return(png, info, &s);
	png_destroy_read_struct(&png, &info, NULL);
	free(s.raw);
	free(s.rows);
	if (s.code)
		bnn_image_free(out);
	return s.code;
}
