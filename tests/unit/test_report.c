/* SPDX-License-Identifier: MIT
 * The page of bnnctl eval: escaping, pictures, escapes and bins against a count by hand. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>

#include "../check_main.h"
#include "examples.h"
#include "html.h"
#include "image.h"
#include "jet_name.h"
#include "random_net.h"
#include "reliability.h"

#define ANSWERS 500
#define CLASSES 4

static struct bnn_err err;

/* What a call writes into a stream; the caller's. */
static char *text_of(const char *text)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	ck_assert_ptr_nonnull(f);
	html_text(f, text);
	fclose(f);
	return out;
}

START_TEST(escaped_text)
{
	static const char *const pairs[][2] = {
		{ "a<b&\"c", "a&lt;b&amp;&quot;c" },
		{ "it's > 3", "it&#39;s &gt; 3" },
		{ "Stra\xC3\x9F"
		  "e",
		  "Stra\xC3\x9F"
		  "e" },
		{ "\xC3(", "\xEF\xBF\xBD(" }, /* half a character */
		{ "a\x01\x7F\rb", "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
				  "b" },            /* not in XML */
		{ "\xEF\xBF\xBE", "\xEF\xBF\xBD" }, /* U+FFFE */
		{ "\xEF\xBF\xBD", "\xEF\xBF\xBD" },
		{ "\xEF", "\xEF\xBF\xBD" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char *is = text_of(pairs[i][0]);

		ck_assert_str_eq(is, pairs[i][1]);
		free(is);
	}
}
END_TEST

static int digit(char c)
{
	static const char all[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return (int)(strchr(all, c) - all);
}

/* Bytes of base64 up to a quote. */
static size_t from_base64(const char *s, uint8_t *to)
{
	size_t n = 0;

	for (; *s != '"'; s += 4) {
		int v = digit(s[0]) << 18 | digit(s[1]) << 12;

		v |= (s[2] == '=' ? 0 : digit(s[2]) << 6) | (s[3] == '=' ? 0 : digit(s[3]));
		to[n++] = (uint8_t)(v >> 16);
		if (s[2] != '=')
			to[n++] = (uint8_t)(v >> 8);
		if (s[3] != '=')
			to[n++] = (uint8_t)v;
	}
	return n;
}

/* The picture that is in the page, decoded. _i 0: gray, 1: colours. */
START_TEST(picture_comes_back)
{
	static const char key[] = "base64,";

	for (int side = 1; side < 9; side++) {
		const struct colour white = { 255, 255, 255 };
		struct bnn_image back;
		struct picture p;
		uint8_t png[4096];
		char *page = NULL;
		size_t size;
		FILE *f = open_memstream(&page, &size);

		ck_assert_int_eq(picture_new(side, 3, white, &p, &err), BNN_OK);
		for (int i = 0; i < side * 3; i++)
			picture_fill(&p, i / 3, i % 3, 1, 1,
				     (struct colour){ (uint8_t)(10 * i), (uint8_t)(10 * i),
						      (uint8_t)(_i ? 255 - i : 10 * i) });
		ck_assert_int_eq(picture_write(&p, 2, "\"<", f, &err), BNN_OK);
		fclose(f);
		ck_assert_ptr_nonnull(strstr(page, "alt=\"&quot;&lt;\""));
		ck_assert_ptr_nonnull(strstr(page, "width=\"6\""));
		size = from_base64(strstr(page, key) + strlen(key), png);
		ck_assert_int_eq(image_decode_png("page", png, size, &back, &err), BNN_OK);
		ck_assert_int_eq(back.channels, _i ? 3 : 1);
		ck_assert_int_eq(back.rows, side);
		for (int i = 0; i < side * 3 * back.channels; i++)
			ck_assert_int_eq(back.pixels[i], p.rgb[back.channels == 3 ? i : 3 * i]);
		bnn_image_free(&back);
		picture_free(&p);
		free(page);
	}
}
END_TEST

static void random_answers(struct random_source *r, struct answer *a)
{
	for (int i = 0; i < ANSWERS; i++) {
		a[i].truth = (int8_t)random_below(r, CLASSES);
		a[i].said = (int8_t)(random_below(r, 20) ? random_below(r, CLASSES) : -1);
		a[i].margin = random_below(r, 60);
	}
}

struct counts {
	long escapes, rejects, bad, good;
};

/* The definition, image by image. */
static struct counts count(const struct answer *a, const bool *good, int64_t margin)
{
	struct counts n = { 0 };

	for (int i = 0; i < ANSWERS; i++) {
		bool enough = a[i].margin >= margin;

		if (a[i].said < 0)
			continue;
		if (!good) {
			n.bad++;
			n.good++;
			n.escapes += enough && a[i].said != a[i].truth;
			n.rejects += !enough && a[i].said == a[i].truth;
		} else if (good[a[i].truth]) {
			n.good++;
			n.rejects += !(enough && good[a[i].said]);
		} else {
			n.bad++;
			n.escapes += enough && good[a[i].said];
		}
	}
	return n;
}

static void check_escapes(const struct answer *a, const bool *good)
{
	struct escapes e;

	ck_assert_int_eq(escapes_new(a, ANSWERS, good, &e, &err), BNN_OK);
	for (int margin = 0; margin < 62; margin++) {
		struct counts n = count(a, good, margin);

		ck_assert_int_eq(e.bad_all, n.bad);
		ck_assert_int_eq(e.good_all, n.good);
		ck_assert_int_eq(escapes_count(&e, margin), n.escapes);
		ck_assert_int_eq(escapes_rejects(&e, margin), n.rejects);
		ck_assert_double_eq_tol(escapes_rate(&e, margin) * (double)n.bad, (double)n.escapes,
					1e-9);
	}
	for (int allowed = 0; allowed <= e.bad_all; allowed += 3) {
		int64_t least = 0;

		while (count(a, good, least).escapes > allowed)
			least++;
		ck_assert_int_eq(escapes_margin(&e, (double)allowed / (double)e.bad_all), least);
	}
	escapes_free(&e);
}

START_TEST(escapes_by_hand)
{
	static const bool one[CLASSES] = { false, true }, two[CLASSES] = { true, false, true };
	struct random_source r = { (uint64_t)_i + 1 };
	struct answer a[ANSWERS];

	random_answers(&r, a);
	check_escapes(a, NULL);
	check_escapes(a, one);
	check_escapes(a, two);
}
END_TEST

START_TEST(escapes_of_nothing)
{
	static const bool good[CLASSES] = { true };
	struct answer a = { 5, 0, 0 };
	struct escapes e;

	ck_assert_int_eq(escapes_new(&a, 1, good, &e, &err), BNN_OK);
	ck_assert_int_eq(e.bad_all, 0);
	ck_assert_double_eq(escapes_rate(&e, 0), 0);
	ck_assert_int_eq(escapes_margin(&e, 0), 0);
	ck_assert_double_eq(escapes_reject_rate(&e, 6), 1);
	escapes_free(&e);
	ck_assert_int_eq(escapes_new(NULL, 0, NULL, &e, &err), BNN_OK);
	ck_assert_int_eq(escapes_margin(&e, 0), 0);
	escapes_free(&e);
}
END_TEST

START_TEST(bins_by_hand)
{
	struct random_source r = { (uint64_t)_i + 1 };
	struct reliability_bin bin[RELIABILITY_BINS];
	struct answer a[ANSWERS];
	int bins, read = 0;
	long all = 0;

	random_answers(&r, a);
	if (_i == 0)
		for (int i = 0; i < ANSWERS; i++)
			a[i].margin = 7;
	ck_assert_int_eq(reliability_make(a, ANSWERS, bin, &bins, &err), BNN_OK);
	ck_assert_int_ge(bins, 1);
	ck_assert(_i > 0 || bins == 1);
	for (int b = 0; b < bins; b++) {
		long count_in = 0, right = 0;

		ck_assert(b == 0 || bin[b].from > bin[b - 1].to);
		for (int i = 0; i < ANSWERS; i++)
			if (a[i].said >= 0 && a[i].margin >= bin[b].from &&
			    a[i].margin <= bin[b].to) {
				count_in++;
				right += a[i].said == a[i].truth;
			}
		ck_assert_int_eq(bin[b].count, count_in);
		ck_assert_int_eq(bin[b].correct, right);
		all += count_in;
	}
	for (int i = 0; i < ANSWERS; i++)
		read += a[i].said >= 0;
	ck_assert_int_eq(all, read);
	ck_assert_int_eq(reliability_make(NULL, 0, bin, &bins, &err), BNN_OK);
	ck_assert_int_eq(bins, 0);
}
END_TEST

START_TEST(names_of_jets)
{
	char text[128];

	jet_name(3, 1, text, sizeof(text));
	ck_assert_str_eq(text, "Sobel x");
	jet_name(5, 5, text, sizeof(text));
	ck_assert_str_eq(text, "Sobel y");
	jet_name(3, 0, text, sizeof(text));
	ck_assert_str_eq(text, "Gaussian");
	jet_name(3, 6, text, sizeof(text));
	ck_assert_str_eq(text, "second derivative y (half a Laplacian)");
	jet_name(5, 24, text, sizeof(text));
	ck_assert_str_eq(text, "derivative of order 4 in x, 4 in y");
	jet_composition(5, 3, text, sizeof(text));
	ck_assert_str_eq(text, "x: [1 1] [1 &#8722;1]<sup>3</sup>&#160; y: [1 1]<sup>4</sup>");
}
END_TEST

START_TEST(good_classes)
{
	bool good[JB_MAX_CLASSES];
	char unknown[64];
	struct net net;
	bnn_model *m;

	ck_assert_int_eq(net_parse("8x8x1: jet3x4 dense3", &net, NULL), BNN_OK);
	ck_assert_int_eq(model_new(&net, &m, NULL), BNN_OK);
	ck_assert_int_eq(escapes_good(m, NULL, good, unknown, sizeof(unknown)), 0);
	ck_assert_int_eq(escapes_good(m, "2,0", good, unknown, sizeof(unknown)), 2);
	ck_assert(good[0] && !good[1] && good[2]);
	ck_assert_int_eq(escapes_good(m, "0,1,2", good, unknown, sizeof(unknown)), 0);
	ck_assert_int_eq(escapes_good(m, "2,x", good, unknown, sizeof(unknown)), -1);
	ck_assert_str_eq(unknown, "x");
	free(m->class_name[1]);
	m->class_name[1] = strdup("Good");
	ck_assert_int_eq(escapes_good(m, NULL, good, unknown, sizeof(unknown)), 1);
	ck_assert(!good[0] && good[1] && !good[2]);
	bnn_model_free(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("report");
	TCase *plain = tcase_create("parts");

	tcase_add_test(plain, escaped_text);
	tcase_add_loop_test(plain, picture_comes_back, 0, 2);
	tcase_add_loop_test(plain, escapes_by_hand, 0, 5);
	tcase_add_test(plain, escapes_of_nothing);
	tcase_add_loop_test(plain, bins_by_hand, 0, 5);
	tcase_add_test(plain, names_of_jets);
	tcase_add_test(plain, good_classes);
	suite_add_tcase(s, plain);
	return check_main(s);
}
