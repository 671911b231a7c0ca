/* SPDX-License-Identifier: MIT
 * Part finder: boxes drawn by hand, and random frames against a flood fill. */
#include <string.h>

#include "../check_main.h"
#include "finder.h"
#include "random_net.h"

static struct finder_box box[FINDER_MAX_PARTS];
static int count;
static struct bnn_err err;

/* A frame from rows of text, '#' is 200, '+' is 101, the rest 100. */
static struct bnn_image draw(const char *const *row, int rows, uint8_t *pixels)
{
	struct bnn_image im = { rows, (int)strlen(row[0]), 1, pixels };

	for (int y = 0; y < rows; y++)
		for (int x = 0; x < im.cols; x++)
			pixels[y * im.cols + x] = row[y][x] == '#'   ? 200
						  : row[y][x] == '+' ? 101
								     : 100;
	return im;
}

static const char
	*const
		picture[] = {
			"............#####", ".##...#.....#...#",
			".##....#....#.#.#", /* a ring, with a part of its own inside */
			"........#...#...#", "+...........#####",
			".......##........", ".......##.......#",
		};
static uint8_t pixels[7 * 17];

START_TEST(by_hand)
{
	struct bnn_image im = draw(picture, 7, pixels);
	struct finder_options o = { .threshold = 101, .area_least = 1 };
	static const struct finder_box want[] = {
		{ 1, 1, 2, 2, 4 },   { 6, 1, 3, 3, 3 },  { 7, 5, 2, 2, 4 },
		{ 12, 0, 5, 5, 16 }, { 14, 2, 1, 1, 1 }, { 16, 6, 1, 1, 1 },
	};

	ck_assert_int_eq(finder_find(&im, &o, box, &count, &err), BNN_OK);
	ck_assert_int_eq(count, 6);
	ck_assert_mem_eq(box, want, sizeof(want));
	o.threshold = 100; /* the + too */
	o.area_least = 4;
	ck_assert_int_eq(finder_find(&im, &o, box, &count, &err), BNN_OK);
	ck_assert_int_eq(count, 3);
	o.area_least = 1;
	o.whole = true; /* not +, the ring, the lowest two */
	ck_assert_int_eq(finder_find(&im, &o, box, &count, &err), BNN_OK);
	ck_assert_int_eq(count, 3);
	ck_assert_int_eq(box[2].x, 14);
}
END_TEST

START_TEST(borders)
{
	struct bnn_image im = draw(picture, 7, pixels);
	struct finder_options o = { .threshold = 150, .area_least = 16, .border = 2 };
	static const struct finder_box want = { 10, 0, 7, 7, 16 };

	ck_assert_int_eq(finder_find(&im, &o, box, &count, &err), BNN_OK);
	ck_assert_int_eq(count, 1);
	ck_assert_mem_eq(box, &want, sizeof(want));
}
END_TEST

START_TEST(dark_and_colour)
{
	uint8_t rgb[] = { 255, 255, 255, 0, 0, 255, 255, 255, 255 }; /* gray 255, 29, 255 */
	struct bnn_image im = { 1, 3, 3, rgb };
	struct finder_options o = { .threshold = 30, .dark = true, .area_least = 1 };

	ck_assert_int_eq(finder_find(&im, &o, box, &count, &err), BNN_OK);
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(box[0].x, 1);
	o.threshold = 29;
	ck_assert_int_eq(finder_find(&im, &o, box, &count, &err), BNN_OK);
	ck_assert_int_eq(count, 0);
}
END_TEST

START_TEST(limit)
{
	uint8_t wide[2 * FINDER_MAX_PARTS + 1];
	struct bnn_image im = { 1, (int)sizeof(wide), 1, wide };
	struct finder_options o = { .threshold = 0, .area_least = 1 };

	for (size_t i = 0; i < sizeof(wide); i++)
		wide[i] = i % 2;
	ck_assert_int_eq(finder_find(&im, &o, box, &count, &err), BNN_OK);
	ck_assert_int_eq(count, FINDER_MAX_PARTS);
	wide[0] = 0;
	for (size_t i = 0; i < sizeof(wide); i++)
		wide[i] = i % 2 == 0;
	ck_assert_int_eq(finder_find(&im, &o, box, &count, &err), BNN_E_LIMIT);
	ck_assert_str_eq(err.text, "more than 64 parts of 1 pixels or more in one frame");
}
END_TEST

enum { SIDE = 24 };

/* Clears a part, grows its box (right and lower edge in w and h). */
static void flood(uint8_t *p, int x, int y, struct finder_box *b)
{
	if (x < 0 || y < 0 || x >= SIDE || y >= SIDE || !p[y * SIDE + x])
		return;
	p[y * SIDE + x] = 0;
	b->area++;
	b->x = x < b->x ? x : b->x;
	b->y = y < b->y ? y : b->y;
	b->w = x + 1 > b->w ? x + 1 : b->w;
	b->h = y + 1 > b->h ? y + 1 : b->h;
	for (int d = 0; d < 9; d++)
		flood(p, x + d % 3 - 1, y + d / 3 - 1, b);
}

static int has(const struct finder_box *b)
{
	for (int i = 0; i < count; i++)
		if (memcmp(&box[i], b, sizeof(*b)) == 0)
			return 1;
	return 0;
}

START_TEST(random_frames)
{
	struct random_source source = { 1000 + (uint64_t)_i };
	struct finder_options o = { .threshold = 0, .area_least = 2 };
	uint8_t p[SIDE * SIDE];
	struct bnn_image im = { SIDE, SIDE, 1, p };
	int parts = 0;

	for (int i = 0; i < SIDE * SIDE; i++)
		p[i] = random_below(&source, 100) < 15 + _i;
	ck_assert_int_eq(finder_find(&im, &o, box, &count, &err), BNN_OK);
	for (int i = 0; i < SIDE * SIDE; i++) {
		struct finder_box b = { SIDE, SIDE, 0, 0, 0 };

		flood(p, i % SIDE, i / SIDE, &b);
		if (b.area < o.area_least)
			continue;
		b.w -= b.x;
		b.h -= b.y;
		ck_assert(has(&b));
		parts++;
	}
	ck_assert_int_eq(parts, count);
	for (int i = 1; i < count; i++)
		ck_assert_int_le(box[i - 1].x, box[i].x);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sort_finder");
	TCase *t = tcase_create("finder");

	tcase_add_test(t, by_hand);
	tcase_add_test(t, borders);
	tcase_add_test(t, dark_and_colour);
	tcase_add_test(t, limit);
	tcase_add_loop_test(t, random_frames, 0, 50);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
