/* SPDX-License-Identifier: MIT
 * Preprocessing: values worked out by hand, and the definitions in plain loops and in floating
 * point. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../check_main.h"
#include "image.h"

enum { MAX = 20 * 20 * 3 };

static uint8_t pixels[MAX];

static int clamp(long v)
{
	return v < 0 ? 0 : v > 255 ? 255 : (int)v;
}

/* floor(a / b + 1/2), b > 0 */
static long rounded(long a, long b)
{
	long n = 2 * a + b, d = 2 * b;

	return n / d - (n % d < 0);
}

static long root(long v)
{
	long r = (long)sqrt((double)v);

	while (r * r > v)
		r--;
	while ((r + 1) * (r + 1) <= v)
		r++;
	return r;
}

struct sums {
	long n, s, q;
};

static void add(struct sums *t, long v)
{
	t->n++;
	t->s += v;
	t->q += v * v;
}

/* Random, noise around one level, or two levels. */
static struct bnn_image make_image(int number)
{
	struct bnn_image im = { 1 + number * 7 % 20, 1 + number * 3 % 20, number % 2 ? 3 : 1,
				pixels };
	uint32_t state = 99 + (uint32_t)number;

	for (int i = 0; i < MAX; i++) {
		state = state * 1664525 + 1013904223;
		pixels[i] = number % 3 == 0   ? (uint8_t)(state >> 24)
			    : number % 3 == 1 ? (uint8_t)(100 + (state >> 30))
					      : (state >> 31) * 255;
	}
	return im;
}

static int count_of(const struct bnn_image *im)
{
	return im->rows * im->cols * im->channels;
}

START_TEST(mean_and_spread)
{
	const struct model_pre pre = { .normalize = 1 };
	struct bnn_image im = make_image(_i);
	struct sums t = { 0 };
	uint8_t before[MAX];
	long spread;

	memcpy(before, pixels, sizeof(before));
	for (int i = 0; i < count_of(&im); i++)
		add(&t, before[i]);
	spread = root(t.n * t.q - t.s * t.s);
	if (spread < 3 * t.n)
		spread = 3 * t.n;
	ck_assert_int_eq(image_preprocess(&pre, &im, NULL), BNN_OK);
	for (int i = 0; i < count_of(&im); i++) {
		double mean = (double)t.s / (double)t.n;
		double sd = sqrt((double)t.q / (double)t.n - mean * mean);
		double real = 128 + 50 * (before[i] - mean) / (sd > 3 ? sd : 3);

		ck_assert_int_eq(im.pixels[i],
				 clamp(128 + rounded(50 * (t.n * before[i] - t.s), spread)));
		if (real > 0 && real < 255)
			ck_assert_double_lt(fabs(im.pixels[i] - real), 0.75);
	}
}
END_TEST

START_TEST(local_contrast)
{
	const struct model_pre pre = { .contrast = 1, .window = (uint8_t)(3 + 2 * (_i % 9)) };
	struct bnn_image im = make_image(_i);
	int half = pre.window / 2;
	uint8_t before[MAX];

	memcpy(before, pixels, sizeof(before));
	ck_assert_int_eq(image_preprocess(&pre, &im, NULL), BNN_OK);
	for (int i = 0; i < count_of(&im); i++) {
		int ch = i % im.channels, col = i / im.channels % im.cols;
		int row = i / im.channels / im.cols;
		struct sums t = { 0 };

		for (int r = 0; r < im.rows; r++)
			for (int c = 0; c < im.cols; c++)
				if (abs(r - row) <= half && abs(c - col) <= half)
					add(&t, before[(r * im.cols + c) * im.channels + ch]);
		ck_assert_int_eq(im.pixels[i],
				 clamp(128 + rounded(40 * (t.n * before[i] - t.s),
						     root(t.n * t.q - t.s * t.s) + 4 * t.n)));
	}
}
END_TEST

START_TEST(by_hand)
{
	const struct model_pre normalize = { .normalize = 1 };
	const struct model_pre local = { .contrast = 1, .window = 3 };
	/* mean 10, spread 10: 128 - 50 and 128 + 50 */
	uint8_t two[] = { 0, 20 };
	/* the same with spread 1, taken as 3: 128 -+ 50/3 = 111.33, 144.67 */
	uint8_t near[] = { 9, 11 };
	/* mean 3, spread 3: 128 -+ 40 * 3 / 7 = 110.86, 145.14 */
	uint8_t window[] = { 0, 6 };
	struct bnn_image im = { 1, 2, 1, two };

	ck_assert_int_eq(image_preprocess(&normalize, &im, NULL), BNN_OK);
	ck_assert_int_eq(two[0], 78);
	ck_assert_int_eq(two[1], 178);
	im.pixels = near;
	ck_assert_int_eq(image_preprocess(&normalize, &im, NULL), BNN_OK);
	ck_assert_int_eq(near[0], 111);
	ck_assert_int_eq(near[1], 145);
	im.pixels = window;
	ck_assert_int_eq(image_preprocess(&local, &im, NULL), BNN_OK);
	ck_assert_int_eq(window[0], 111);
	ck_assert_int_eq(window[1], 145);
}
END_TEST

START_TEST(order_and_table)
{
	struct model_pre pre = { .normalize = 1, .contrast = 1, .use_table = 1, .window = 5 };
	const struct model_pre first = { .normalize = 1 };
	const struct model_pre second = { .contrast = 1, .window = 5 };
	uint8_t all[MAX], none[MAX];
	struct bnn_image im = make_image(3);
	int n = count_of(&im);

	for (int i = 0; i < 256; i++)
		pre.table[i] = (uint8_t)(255 - i);
	memcpy(none, pixels, MAX);
	ck_assert_int_eq(image_preprocess(&pre, &im, NULL), BNN_OK);
	memcpy(all, pixels, MAX);
	memcpy(pixels, none, MAX);
	ck_assert_int_eq(image_preprocess(&first, &im, NULL), BNN_OK);
	ck_assert_int_eq(image_preprocess(&second, &im, NULL), BNN_OK);
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(all[i], 255 - pixels[i]);
	memcpy(pixels, none, MAX);
	ck_assert_int_eq(image_preprocess(&(struct model_pre){ 0 }, &im, NULL), BNN_OK);
	ck_assert_mem_eq(pixels, none, MAX);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("preprocess");
	TCase *t = tcase_create("preprocess");

	tcase_add_loop_test(t, mean_and_spread, 0, 30);
	tcase_add_loop_test(t, local_contrast, 0, 30);
	tcase_add_test(t, by_hand);
	tcase_add_test(t, order_and_table);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
