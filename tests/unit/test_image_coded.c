/* SPDX-License-Identifier: MIT
 * PNG and JPEG: every colour type and depth, alpha, interlacing; damage at every place is an error. */
#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <jpeglib.h>

#include "../check_main.h"
#include "bytes.h"
#include "image.h"

enum { ROWS = 3, COLS = 4, SIDE = 40 };

static struct bytes file;
static struct bnn_image image;
static struct bnn_err err;

static void setup(void)
{
	memset(&file, 0, sizeof(file));
	memset(&err, 0, sizeof(err));
}

static void teardown(void)
{
	free(file.p);
	bnn_image_free(&image);
}

static void on_write(png_structp png, png_bytep data, size_t n)
{
	bytes_put(png_get_io_ptr(png), data, n);
}

static void on_flush(png_structp png)
{
	(void)png;
}

static const png_color palette[4] = { { 10, 20, 30 }, { 255, 0, 0 }, { 0, 255, 0 }, { 1, 2, 3 } };
static const png_byte palette_alpha[2] = { 255, 128 };

struct png_kind {
	int type, depth, interlace;
	bool transparent; /* with a tRNS chunk */
};

/* An image of ROWS x COLS; `row` is a packed row of the file, the same for all. */
static void make_png(const struct png_kind *k, const uint8_t *row)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	png_color_16 key = { .gray = 1, .red = 1, .green = 2, .blue = 3 };

	ck_assert(!setjmp(png_jmpbuf(png)));
	png_set_write_fn(png, &file, on_write, on_flush);
	png_set_IHDR(png, info, COLS, ROWS, k->depth, k->type, k->interlace, 0, 0);
	if (k->type == PNG_COLOR_TYPE_PALETTE)
		png_set_PLTE(png, info, palette, 4);
	if (k->transparent)
		png_set_tRNS(png, info, palette_alpha, 2, &key);
	png_write_info(png, info);
	for (int pass = png_set_interlace_handling(png); pass > 0; pass--)
		for (int r = 0; r < ROWS; r++)
			png_write_row(png, row);
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
}

static const struct {
	struct png_kind kind;
	uint8_t row[32];
	int channels;
	uint8_t pixels[12];
} pngs[] = {
	{ { PNG_COLOR_TYPE_GRAY, 1, 0, false }, { 0x50 }, 1, { 0, 255, 0, 255 } },
	{ { PNG_COLOR_TYPE_GRAY, 2, 0, false }, { 0x1B }, 1, { 0, 85, 170, 255 } },
	{ { PNG_COLOR_TYPE_GRAY, 4, 0, false }, { 0x01, 0x8F }, 1, { 0, 17, 136, 255 } },
	{ { PNG_COLOR_TYPE_GRAY, 8, 0, false }, { 0, 1, 128, 255 }, 1, { 0, 1, 128, 255 } },
	{ { PNG_COLOR_TYPE_GRAY, 8, 1, false }, { 0, 1, 128, 255 }, 1, { 0, 1, 128, 255 } },
	{ { PNG_COLOR_TYPE_GRAY, 8, 0, true }, { 0, 1, 128, 255 }, 1, { 0, 0, 128, 255 } },
	{ { PNG_COLOR_TYPE_GRAY, 16, 0, false },
	  { 0, 0x80, 0, 0x81, 0x80, 0x80, 0xFF, 0xFF },
	  1,
	  { 0, 1, 128, 255 } },
	{ { PNG_COLOR_TYPE_GRAY_ALPHA, 8, 0, false },
	  { 200, 255, 200, 0, 200, 128, 255, 1 },
	  1,
	  { 200, 0, 100, 1 } },
	{ { PNG_COLOR_TYPE_GRAY_ALPHA, 16, 0, false },
	  { 200, 200, 255, 255, 9, 9, 0, 0, 200, 200, 128, 128, 255, 255, 1, 1 },
	  1,
	  { 200, 0, 100, 1 } },
	{ { PNG_COLOR_TYPE_RGB, 8, 0, false },
	  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255 },
	  3,
	  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255 } },
	{ { PNG_COLOR_TYPE_RGB, 8, 0, true },
	  { 1, 2, 3, 3, 4, 5, 6, 7, 8, 1, 2, 4 },
	  3,
	  { 0, 0, 0, 3, 4, 5, 6, 7, 8, 1, 2, 4 } },
	{ { PNG_COLOR_TYPE_RGB, 16, 1, false },
	  { 9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0, 255, 255, 254, 254 },
	  3,
	  { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 255, 254 } },
	{ { PNG_COLOR_TYPE_RGB_ALPHA, 8, 0, false },
	  { 100, 50, 255, 255, 100, 50, 255, 0, 100, 50, 255, 51, 255, 255, 255, 254 },
	  3,
	  { 100, 50, 255, 0, 0, 0, 20, 10, 51, 254, 254, 254 } },
	{ { PNG_COLOR_TYPE_RGB_ALPHA, 8, 1, false },
	  { 100, 50, 255, 255, 100, 50, 255, 0, 100, 50, 255, 51, 255, 255, 255, 254 },
	  3,
	  { 100, 50, 255, 0, 0, 0, 20, 10, 51, 254, 254, 254 } },
	{ { PNG_COLOR_TYPE_PALETTE, 2, 0, false },
	  { 0x1B },
	  3,
	  { 10, 20, 30, 255, 0, 0, 0, 255, 0, 1, 2, 3 } },
	{ { PNG_COLOR_TYPE_PALETTE, 8, 1, true },
	  { 0, 1, 2, 3 },
	  3,
	  { 10, 20, 30, 128, 0, 0, 0, 255, 0, 1, 2, 3 } },
};

START_TEST(reads_png)
{
	int rc;

	make_png(&pngs[_i].kind, pngs[_i].row);
	rc = image_decode("x", file.p, file.len, &image, &err);
	ck_assert_msg(rc == BNN_OK, "%s", err.text);
	ck_assert_int_eq(image.rows, ROWS);
	ck_assert_int_eq(image.cols, COLS);
	ck_assert_int_eq(image.channels, pngs[_i].channels);
	for (int r = 0; r < ROWS; r++)
		ck_assert_mem_eq(image.pixels + r * COLS * image.channels, pngs[_i].pixels,
				 (size_t)(COLS * image.channels));
}
END_TEST

/* PNG has a CRC over every byte, so each changed byte must be seen, and each missing end. */
START_TEST(damaged_png)
{
	make_png(&pngs[_i].kind, pngs[_i].row);
	for (size_t at = 0; at < file.len; at++) {
		file.p[at] ^= 0x10;
		ck_assert_msg(image_decode("x", file.p, file.len, &image, &err) == BNN_E_FILE ||
				      err.code == BNN_E_LIMIT,
			      "byte %zu changed", at);
		ck_assert_ptr_null(image.pixels);
		file.p[at] ^= 0x10;
		ck_assert_int_eq(image_decode("x", file.p, at, &image, &err), BNN_E_FILE);
	}
}
END_TEST

START_TEST(png_limits)
{
	const struct png_kind kind = { PNG_COLOR_TYPE_GRAY, 8, 0, false };
	const uint8_t row[COLS] = { 0 };

	uLong crc;

	make_png(&kind, row);
	bytes_set_u32(file.p + 16, 0x01400000); /* IHDR: 16385 columns, big-endian */
	crc = crc32(0, file.p + 12, 17);
	for (int i = 0; i < 4; i++)
		file.p[29 + i] = (uint8_t)(crc >> (24 - 8 * i));
	ck_assert_int_eq(image_decode("x", file.p, file.len, &image, &err), BNN_E_LIMIT);
	ck_assert_str_eq(err.text,
			 "x: 16385 x 3 pixels; at most 16384 a side and 134217728 in all");
}
END_TEST

/* SIDE x SIDE: left half dark, right half light. */
static void make_jpeg(J_COLOR_SPACE space, int components, bool progressive)
{
	struct jpeg_compress_struct j;
	struct jpeg_error_mgr manager;
	unsigned char *out = NULL;
	unsigned long size = 0;
	JSAMPLE row[SIDE * 4];
	JSAMPROW rows = row;

	j.err = jpeg_std_error(&manager);
	jpeg_create_compress(&j);
	jpeg_mem_dest(&j, &out, &size);
	j.image_width = j.image_height = SIDE;
	j.input_components = components;
	j.in_color_space = space;
	jpeg_set_defaults(&j);
	jpeg_set_quality(&j, 95, TRUE);
	if (progressive)
		jpeg_simple_progression(&j);
	for (int i = 0; i < SIDE * components; i++)
		row[i] = i < SIDE * components / 2 ? 30 : 220;
	jpeg_start_compress(&j, TRUE);
	while (j.next_scanline < j.image_height)
		jpeg_write_scanlines(&j, &rows, 1);
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	bytes_put(&file, out, size);
	free(out);
}

static const struct {
	J_COLOR_SPACE space;
	int components;
	bool progressive;
} jpegs[] = {
	{ JCS_GRAYSCALE, 1, false },
	{ JCS_RGB, 3, false },
	{ JCS_GRAYSCALE, 1, true },
	{ JCS_RGB, 3, true },
};

START_TEST(reads_jpeg)
{
	int rc;

	make_jpeg(jpegs[_i].space, jpegs[_i].components, jpegs[_i].progressive);
	rc = image_decode("x", file.p, file.len, &image, &err);
	ck_assert_msg(rc == BNN_OK, "%s", err.text);
	ck_assert_int_eq(image.rows, SIDE);
	ck_assert_int_eq(image.cols, SIDE);
	ck_assert_int_eq(image.channels, jpegs[_i].components);
	for (int r = 0; r < SIDE; r++)
		for (int c = 0; c < SIDE; c++) {
			int want = c < SIDE / 2 ? 30 : 220;
			int got = image.pixels[(r * SIDE + c) * image.channels];

			ck_assert_int_le(abs(got - want), 12);
		}
}
END_TEST

START_TEST(truncated_jpeg)
{
	make_jpeg(jpegs[_i].space, jpegs[_i].components, jpegs[_i].progressive);
	for (size_t len = 3; len < file.len; len += 1 + len / 40) {
		ck_assert_msg(image_decode("x", file.p, len, &image, &err) == BNN_E_FILE,
			      "%zu of %zu bytes", len, file.len);
		ck_assert_msg(strstr(err.text, "x: JPEG: ") == err.text, "%s", err.text);
		ck_assert_ptr_null(image.pixels);
	}
}
END_TEST

START_TEST(cmyk_is_refused)
{
	make_jpeg(JCS_CMYK, 4, false);
	ck_assert_int_eq(image_decode("x", file.p, file.len, &image, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "x: JPEG with 4 colour components (CMYK?)"));
}
END_TEST

START_TEST(jpeg_limits)
{
	size_t at = 2;

	make_jpeg(JCS_GRAYSCALE, 1, false);
	while (file.p[at + 1] != 0xC0) /* to the frame header */
		at += 2 + (size_t)(file.p[at + 2] << 8 | file.p[at + 3]);
	file.p[at + 5] = 0x40;
	file.p[at + 6] = 0x01;
	ck_assert_int_eq(image_decode("x", file.p, file.len, &image, &err), BNN_E_LIMIT);
	ck_assert_str_eq(err.text,
			 "x: 40 x 16385 pixels; at most 16384 a side and 134217728 in all");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("coded images");
	TCase *t = tcase_create("png and jpeg");
	int png_count = sizeof(pngs) / sizeof(pngs[0]),
	    jpeg_count = sizeof(jpegs) / sizeof(jpegs[0]);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_png, 0, png_count);
	tcase_add_loop_test(t, damaged_png, 0, png_count);
	tcase_add_test(t, png_limits);
	tcase_add_loop_test(t, reads_jpeg, 0, jpeg_count);
	tcase_add_loop_test(t, truncated_jpeg, 0, jpeg_count);
	tcase_add_test(t, cmyk_is_refused);
	tcase_add_test(t, jpeg_limits);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
