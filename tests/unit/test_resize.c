/* SPDX-License-Identifier: MIT
 * Resizing and colours: values worked out by hand, the formula in another form, and fitting. */
#include <string.h>

#include "../check_main.h"
#include "image.h"

static struct bnn_image out;

static void teardown(void)
{
	bnn_image_free(&out);
}

static const struct {
	int rows, cols, channels;
	uint8_t in[16];
	int to_rows, to_cols;
	uint8_t want[16];
} cases[] = {
	{ 2, 2, 1, { 0, 1, 2, 3 }, 1, 1, { 2 } }, /* 1.5 rounds up */
	{ 2, 2, 1, { 0, 1, 2, 2 }, 1, 1, { 1 } }, /* 1.25 */
	{ 1, 1, 1, { 9 }, 2, 3, { 9, 9, 9, 9, 9, 9 } },
	{ 1, 3, 1, { 0, 90, 255 }, 1, 2, { 30, 200 } }, /* (0*2+90)/3, (90+255*2)/3 */
	{ 1, 2, 1, { 0, 100 }, 1, 3, { 0, 50, 100 } },
	{ 3, 1, 1, { 0, 90, 255 }, 2, 1, { 30, 200 } },
	{ 1, 2, 3, { 0, 10, 20, 100, 50, 21 }, 1, 1, { 50, 30, 21 } },
	{ 2, 2, 1, { 255, 255, 255, 254 }, 1, 1, { 255 } },
	{ 2, 3, 1, { 1, 2, 3, 4, 5, 6 }, 2, 3, { 1, 2, 3, 4, 5, 6 } },
	{ 2, 2, 1, { 0, 40, 80, 120 }, 3, 3, { 0, 20, 40, 40, 60, 80, 80, 100, 120 } },
};

START_TEST(by_hand)
{
	uint8_t pixels[16];
	struct bnn_image in = { cases[_i].rows, cases[_i].cols, cases[_i].channels, pixels };

	memcpy(pixels, cases[_i].in, sizeof(pixels));
	ck_assert_int_eq(image_resize(&in, cases[_i].to_rows, cases[_i].to_cols, &out, NULL),
			 BNN_OK);
	ck_assert_int_eq(out.channels, in.channels);
	ck_assert_mem_eq(out.pixels, cases[_i].want, (size_t)(out.rows * out.cols * out.channels));
}
END_TEST

/* The input blown up to rows*R x cols*C pixels, where every area is whole. */
static int blown_up(const struct bnn_image *in, int rows, int cols, int r, int c, int ch)
{
	long sum = 0, area = (long)in->rows * in->cols;

	for (int y = r * in->rows; y < (r + 1) * in->rows; y++)
		for (int x = c * in->cols; x < (c + 1) * in->cols; x++)
			sum += in->pixels[(y / rows * in->cols + x / cols) * in->channels + ch];
	return (int)((2 * sum + area) / (2 * area));
}

START_TEST(other_form)
{
	uint8_t pixels[23 * 17 * 3];
	uint32_t state = 1 + (uint32_t)_i;
	struct bnn_image in = { 1 + 5 * _i % 23, 1 + 7 * _i % 17, _i % 2 ? 3 : 1, pixels };
	int rows = 1 + 3 * _i % 11, cols = 1 + 11 * _i % 19;

	for (size_t i = 0; i < sizeof(pixels); i++) {
		state = state * 1664525 + 1013904223;
		pixels[i] = (uint8_t)(state >> 24);
	}
	ck_assert_int_eq(image_resize(&in, rows, cols, &out, NULL), BNN_OK);
	ck_assert_int_eq(out.rows, rows);
	ck_assert_int_eq(out.cols, cols);
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < cols; c++)
			for (int ch = 0; ch < in.channels; ch++)
				ck_assert_int_eq(out.pixels[(r * cols + c) * in.channels + ch],
						 blown_up(&in, rows, cols, r, c, ch));
}
END_TEST

START_TEST(colours)
{
	uint8_t rgb[] = { 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 1, 0, 0, 0, 1 };
	const uint8_t gray[] = { 255, 76, 150, 29, 1, 0 }; /* 76.245, 149.685, 29.07, 0.886 */
	const uint8_t tripled[] = { 7, 7, 7, 9, 9, 9 };
	uint8_t two[] = { 7, 9 };
	struct bnn_image colour = { 2, 3, 3, rgb }, plain = { 1, 2, 1, two };

	ck_assert_int_eq(image_convert(&colour, 1, &out, NULL), BNN_OK);
	ck_assert_int_eq(out.channels, 1);
	ck_assert_mem_eq(out.pixels, gray, sizeof(gray));
	bnn_image_free(&out);
	ck_assert_int_eq(image_convert(&plain, 3, &out, NULL), BNN_OK);
	ck_assert_mem_eq(out.pixels, tripled, sizeof(tripled));
	bnn_image_free(&out);
	ck_assert_int_eq(image_convert(&colour, 3, &out, NULL), BNN_OK);
	ck_assert_mem_eq(out.pixels, rgb, sizeof(rgb));
}
END_TEST

/* Fitting converts colours before it resizes, and rounds both times. */
START_TEST(fits_a_model)
{
	struct bnn_model gray = { .net = { .rows = 8, .cols = 8, .channels = 1 } };
	struct bnn_model rgb = { .net = { .rows = 8, .cols = 8, .channels = 3 } };
	uint8_t pixels[16 * 8 * 3];
	struct bnn_image in = { 16, 8, 3, pixels }, one = { 1, 1, 1, pixels };

	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = i / 3 / 8 % 2 ? 0 : i % 3 == 0 ? 5 : 0; /* rows of red 5 and black */
	ck_assert_int_eq(bnn_image_fit(&gray, &in, &out, NULL), BNN_OK);
	ck_assert_int_eq(out.rows * out.cols * out.channels, 64);
	ck_assert_int_eq(out.pixels[0], 1); /* gray 1.495 is 1, mean with 0 is 0.5: 1 */
	bnn_image_free(&out);
	ck_assert_int_eq(bnn_image_fit(&rgb, &in, &out, NULL), BNN_OK);
	ck_assert_int_eq(out.pixels[0], 3);
	ck_assert_int_eq(out.pixels[1], 0);
	bnn_image_free(&out);
	ck_assert_int_eq(bnn_image_fit(&rgb, &one, &out, NULL), BNN_OK);
	for (int i = 0; i < 8 * 8 * 3; i++)
		ck_assert_int_eq(out.pixels[i], 5);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("resize");
	TCase *t = tcase_create("resize");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_loop_test(t, by_hand, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_loop_test(t, other_form, 0, 40);
	tcase_add_test(t, colours);
	tcase_add_test(t, fits_a_model);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
