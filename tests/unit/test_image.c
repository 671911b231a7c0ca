/* SPDX-License-Identifier: MIT
 * Image files: which reader, PGM and PPM in all forms, limits, what is refused and how it is said. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../check_main.h"
#include "file.h"
#include "image.h"

static char dir[64];
static struct bnn_image image;
static struct bnn_err err;

static const char *in_dir(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void setup(void)
{
	strcpy(dir, "/tmp/jbimageXXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	memset(&err, 0, sizeof(err));
}

static void teardown(void)
{
	char command[128];

	bnn_image_free(&image);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static const struct {
	const char *bytes;
	size_t len; /* 0: strlen */
	int rows, cols, channels;
	uint8_t pixels[8];
} good[] = {
	{ "P5 2 1 255\n\x00\xff", 13, 1, 2, 1, { 0, 255 } },
	{ "P5\n# a comment\n2 # and another\n1\n255\n\x01\x02", 0, 1, 2, 1, { 1, 2 } },
	{ "P5 1 2 255 ##", 0, 2, 1, 1, { '#', '#' } }, /* no comment behind maxval */
	{ "P5 3 1 15\n\x00\x07\x0f", 13, 1, 3, 1, { 0, 119, 255 } },
	{ "P5 3 1 1\n\x00\x01\x01", 12, 1, 3, 1, { 0, 255, 255 } },
	{ "P5 3 1 254\n\x00\x7f\xfe", 14, 1, 3, 1, { 0, 128, 255 } }, /* 127.5 rounds up */
	{ "P5 3 1 65535\n\x00\x80\x00\x81\xff\xff", 19, 1, 3, 1, { 0, 1, 255 } },
	{ "P5 2 1 256\n\x00\x01\x01\x00", 15, 1, 2, 1, { 1, 255 } },
	{ "P5 1 1 255\nxP5 1 1 255\ny", 0, 1, 1, 1, { 'x' } }, /* the first of several */
	{ "P6 1 2 255\nabcdef", 0, 2, 1, 3, { 'a', 'b', 'c', 'd', 'e', 'f' } },
	{ "P6 1 1 65535\n\xff\xff\x00\x00\x80\x00", 19, 1, 1, 3, { 255, 0, 128 } },
	{ "P2 2 2 255 0 1\n2 255", 0, 2, 2, 1, { 0, 1, 2, 255 } },
	{ "P2 2 1 65535 # c\n65535 # d\n32768", 0, 1, 2, 1, { 255, 128 } },
	{ "P2\t2\r\n1\v9\f0 9", 0, 1, 2, 1, { 0, 255 } },
	{ "P3 1 1 10 0 5 10", 0, 1, 1, 3, { 0, 128, 255 } },
};

START_TEST(reads_pnm)
{
	const char *bytes = good[_i].bytes;
	size_t len = good[_i].len ? good[_i].len : strlen(bytes);
	int rc = image_decode("x", (const uint8_t *)bytes, len, &image, &err);

	ck_assert_msg(rc == BNN_OK, "%s", err.text);
	ck_assert_int_eq(image.rows, good[_i].rows);
	ck_assert_int_eq(image.cols, good[_i].cols);
	ck_assert_int_eq(image.channels, good[_i].channels);
	ck_assert_mem_eq(image.pixels, good[_i].pixels,
			 (size_t)(image.rows * image.cols * image.channels));
}
END_TEST

static const struct {
	const char *bytes;
	int code;
	const char *said; /* part of the message */
} bad[] = {
	{ "", BNN_E_FILE, "x: the file is empty" },
	{ "P", BNN_E_FILE, "not a PGM, PPM, PNG or JPEG" },
	{ "P4 8 1 x", BNN_E_FILE, "not a PGM, PPM, PNG or JPEG" },
	{ "hello, world", BNN_E_FILE, "not a PGM, PPM, PNG or JPEG" },
	{ "P5", BNN_E_FILE, "size in the PNM header" },
	{ "P5 2", BNN_E_FILE, "size in the PNM header" },
	{ "P5 -2 2 255\nxxxx", BNN_E_FILE, "size in the PNM header" },
	{ "P5 99999999999 2 255\nx", BNN_E_FILE, "size in the PNM header" },
	{ "P5 2 2", BNN_E_FILE, "maxval in the PNM header" },
	{ "P5 2 2 0\nxxxx", BNN_E_FILE, "maxval in the PNM header" },
	{ "P5 2 2 65536\nxxxx", BNN_E_FILE, "maxval in the PNM header" },
	{ "P5 2 2 255", BNN_E_FILE, "maxval in the PNM header" },
	{ "P5 2 2 255xxxxx", BNN_E_FILE, "maxval in the PNM header" },
	{ "P5 0 2 255\n", BNN_E_FILE, "0 x 2 pixels" },
	{ "P5 2 2 255\nxxx", BNN_E_FILE, "truncated: 3 bytes for 2 x 2 pixels, which take 4" },
	{ "P5 2 2 256\nxxxxxxx", BNN_E_FILE, "truncated: 7 bytes" },
	{ "P6 2 2 255\nxxxxxxxxxxx", BNN_E_FILE, "truncated: 11 bytes" },
	{ "P5 2 1 100\nzz", BNN_E_FILE, "sample 1 is 122, above maxval 100" },
	{ "P2 2 1 9 1", BNN_E_FILE, "truncated" },
	{ "P2 2 1 9 1  ", BNN_E_FILE, "sample 2 of 2 is missing or not 0 to 9" },
	{ "P2 2 1 9 1 10", BNN_E_FILE, "sample 2 of 2 is missing or not 0 to 9" },
	{ "P2 2 1 9 1 x", BNN_E_FILE, "sample 2 of 2 is missing or not 0 to 9" },
	{ "P5 16385 1 255\n", BNN_E_LIMIT, "x: 16385 x 1 pixels; at most 16384 a side" },
	{ "P5 1 16385 255\n", BNN_E_LIMIT, "1 x 16385 pixels; at most 16384 a side" },
	{ "P5 16384 16384 255\n", BNN_E_LIMIT, "134217728 in all" },
	{ "P6 16384 8193 255\n", BNN_E_LIMIT, "134217728 in all" },
	{ "P5 16384 8192 255\n", BNN_E_FILE, "truncated" },
};

START_TEST(refuses_pnm)
{
	const char *bytes = bad[_i].bytes;
	int rc = image_decode("x", (const uint8_t *)bytes, strlen(bytes), &image, &err);

	ck_assert_int_eq(rc, bad[_i].code);
	ck_assert_int_eq(err.code, bad[_i].code);
	ck_assert_msg(strstr(err.text, bad[_i].said) != NULL, "said: %s", err.text);
	ck_assert_ptr_null(image.pixels);
}
END_TEST

START_TEST(names_the_file)
{
	ck_assert_int_eq(bnn_image_read(in_dir("none.pgm"), &image, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "none.pgm: No such file"));
	ck_assert_int_eq(bnn_image_read(dir, &image, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "directory"));
	ck_assert_int_eq(file_write(in_dir("empty.pgm"), "", 0, &err), BNN_OK);
	ck_assert_int_eq(bnn_image_read(in_dir("empty.pgm"), &image, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "empty.pgm: the file is empty"));
	ck_assert_int_eq(file_write(in_dir("notes.pgm"), "some notes\n", 11, &err), BNN_OK);
	ck_assert_int_eq(bnn_image_read(in_dir("notes.pgm"), &image, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "notes.pgm: not a PGM"));
	ck_assert_int_eq(bnn_image_read(in_dir("none.pgm"), &image, NULL), BNN_E_FILE);
}
END_TEST

START_TEST(content_decides)
{
	ck_assert_int_eq(file_write(in_dir("a.png"), "P5 1 1 255\nx", 12, &err), BNN_OK);
	ck_assert_int_eq(bnn_image_read(in_dir("a.png"), &image, &err), BNN_OK);
	ck_assert_int_eq(image.pixels[0], 'x');
	bnn_image_free(&image);
	bnn_image_free(&image);
	bnn_image_free(NULL);
}
END_TEST

START_TEST(large_image)
{
	static const char header[] = "P5 10000 10000 255\n";
	size_t pixels = 100000000, len = strlen(header) + pixels;
	uint8_t *bytes = malloc(len);

	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, header, strlen(header));
	memset(bytes + strlen(header), 77, pixels);
	ck_assert_int_eq(image_decode("x", bytes, len, &image, &err), BNN_OK);
	free(bytes);
	ck_assert_int_eq(image.rows, 10000);
	ck_assert_int_eq(image.pixels[pixels - 1], 77);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("image");
	TCase *t = tcase_create("pnm");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, reads_pnm, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(t, refuses_pnm, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, names_the_file);
	tcase_add_test(t, content_decides);
	tcase_add_test(t, large_image);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
