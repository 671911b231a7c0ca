/* SPDX-License-Identifier: MIT
 * IDX files and class folders: what is read, what is refused. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "../check_main.h"
#include "dataset.h"
#include "file.h"
#include "idx.h"

static char dir[64];
static struct bnn_err err;
static struct idx_images images;
static struct dataset set;

static const char *in_dir(const char *name)
{
	static char path[4][512];
	static int next;

	next = (next + 1) % 4;
	snprintf(path[next], sizeof(path[0]), "%s/%s", dir, name);
	return path[next];
}

static void setup(void)
{
	strcpy(dir, "/tmp/jbidxXXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	memset(&err, 0, sizeof(err));
}

static void teardown(void)
{
	char command[128];

	idx_images_free(&images);
	dataset_free(&set);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static const char *save(const char *name, const void *bytes, size_t len)
{
	const char *path = in_dir(name);

	ck_assert_int_eq(file_write(path, bytes, len, &err), BNN_OK);
	return path;
}

static const char *save_gzip(const char *name, const void *bytes, size_t len)
{
	const char *path = in_dir(name);
	gzFile f = gzopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(gzwrite(f, bytes, (unsigned)len), (int)len);
	ck_assert_int_eq(gzclose(f), Z_OK);
	return path;
}

#define GRAY "\0\0\x08\x03\0\0\0\2\0\0\0\1\0\0\0\3abcdef"
#define RGB "\0\0\x08\x04\0\0\0\1\0\0\0\1\0\0\0\2\0\0\0\3abcdef"
#define LABELS "\0\0\x08\x01\0\0\0\3\5\6\7"

START_TEST(reads_images)
{
	const char *path = save("a", GRAY, sizeof(GRAY) - 1);

	for (int zip = 0; zip < 2; zip++) {
		ck_assert_int_eq(idx_read_images(path, &images, &err), BNN_OK);
		ck_assert_int_eq(images.count, 2);
		ck_assert_int_eq(images.rows, 1);
		ck_assert_int_eq(images.cols, 3);
		ck_assert_int_eq(images.channels, 1);
		ck_assert_mem_eq(images.pixels, "abcdef", 6);
		ck_assert(idx_probe(path));
		idx_images_free(&images);
		ck_assert_ptr_null(images.pixels);
		path = save_gzip("a.gz", GRAY, sizeof(GRAY) - 1);
	}
	ck_assert_int_eq(idx_read_images(save("b", RGB, sizeof(RGB) - 1), &images, &err), BNN_OK);
	ck_assert_int_eq(images.channels, 3);
	ck_assert_int_eq(images.cols, 2);
	idx_images_free(NULL);
}
END_TEST

START_TEST(reads_labels)
{
	uint8_t *labels;
	int count;

	ck_assert_int_eq(idx_read_labels(save("l", LABELS, sizeof(LABELS) - 1), &labels, &count,
					 &err),
			 BNN_OK);
	ck_assert_int_eq(count, 3);
	ck_assert_mem_eq(labels, "\5\6\7", 3);
	free(labels);
}
END_TEST

static const struct {
	const char *bytes;
	size_t len;
	int code;
	const char *said;
} bad[] = {
	{ "", 0, BNN_E_FILE, "too short" },
	{ "\0\0\x08", 3, BNN_E_FILE, "too short" },
	{ "\0\1\x08\1", 4, BNN_E_FILE, "not an IDX file" },
	{ "\0\0\x0D\1", 4, BNN_E_FILE, "not an IDX file" }, /* floats */
	{ "\0\0\x08\0", 4, BNN_E_FILE, "not an IDX file" },
	{ "\0\0\x08\5", 4, BNN_E_FILE, "not an IDX file" },
	{ "\0\0\x08\3\0\0\0\2\0\0\0\1\0\0", 14, BNN_E_FILE, "truncated in its IDX header" },
	{ "\0\0\x08\3\0\0\0\2\0\0\0\0\0\0\0\1", 16, BNN_E_FILE, "dimension 2 is 0" },
	{ "\0\0\x08\3\0\1\0\0\0\1\0\0\0\1\0\0", 16, BNN_E_LIMIT, "bytes of IDX data" },
	{ "\0\0\x08\3\x7f\xff\xff\xff\0\0\0\1\0\0\0\1", 16, BNN_E_FILE, "truncated: 0 of" },
	{ GRAY, sizeof(GRAY) - 2, BNN_E_FILE, "truncated: 5 of 6 data bytes" },
	{ GRAY, sizeof(GRAY), BNN_E_FILE, "longer than the 6 data bytes" },
	{ LABELS, sizeof(LABELS) - 1, BNN_E_FILE, "IDX images are" },
	{ "\0\0\x08\4\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\2ab", 22, BNN_E_FILE, "IDX images are" },
};

START_TEST(refuses)
{
	const char *path = save("x.idx", bad[_i].bytes, bad[_i].len);

	ck_assert_int_eq(idx_read_images(path, &images, &err), bad[_i].code);
	ck_assert_msg(strstr(err.text, bad[_i].said) != NULL, "said: %s", err.text);
	ck_assert_ptr_nonnull(strstr(err.text, "x.idx: "));
	ck_assert_ptr_null(images.pixels);
}
END_TEST

START_TEST(refuses_labels)
{
	uint8_t *labels;
	int count;

	ck_assert_int_eq(idx_read_labels(save("l", GRAY, sizeof(GRAY) - 1), &labels, &count, &err),
			 BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "IDX labels have 1 dimension, not 3"));
	ck_assert_ptr_null(labels);
	ck_assert_int_eq(idx_read_labels(in_dir("none"), &labels, &count, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
	ck_assert_int_eq(idx_read_labels(dir, &labels, &count, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "directory"));
	ck_assert(!idx_probe(dir));
	ck_assert(!idx_probe(in_dir("none")));
}
END_TEST

/* gzip has a CRC and a length at its end. */
START_TEST(damaged_gzip)
{
	uint8_t *bytes;
	size_t len;

	save_gzip("a.gz", GRAY, sizeof(GRAY) - 1);
	ck_assert_int_eq(file_read(in_dir("a.gz"), 1000, &bytes, &len, &err), BNN_OK);
	for (size_t cut = 1; cut < len; cut++) {
		const char *path = save("cut.gz", bytes, cut);

		ck_assert_msg(idx_read_images(path, &images, &err) == BNN_E_FILE, "%zu bytes", cut);
	}
	bytes[len - 8] ^= 1;
	ck_assert_int_eq(idx_read_images(save("crc.gz", bytes, len), &images, &err), BNN_E_FILE);
	free(bytes);
}
END_TEST

static void make_folder(const char *name)
{
	ck_assert_int_eq(mkdir(in_dir(name), 0777), 0);
}

START_TEST(lists_classes)
{
	make_folder("b");
	make_folder("a");
	make_folder(".hidden");
	save("a/2.pgm", "", 0);
	save("a/10.pgm", "", 0);
	save("a/.no", "", 0);
	save("b/x", "", 0);
	save("readme", "", 0);
	ck_assert_int_eq(dataset_list(dir, DATASET_TRAIN, &set, &err), BNN_OK);
	ck_assert_int_eq(set.classes, 2);
	ck_assert_str_eq(set.class_name[0], "a");
	ck_assert_str_eq(set.class_name[1], "b");
	ck_assert_int_eq(set.count, 3);
	ck_assert_str_eq(set.path[0], in_dir("a/10.pgm"));
	ck_assert_str_eq(set.path[1], in_dir("a/2.pgm"));
	ck_assert_str_eq(set.path[2], in_dir("b/x"));
	ck_assert_mem_eq(set.label, "\0\0\1", 3);
}
END_TEST

START_TEST(lists_parts)
{
	static const enum dataset_part part[] = { DATASET_TRAIN, DATASET_TEST, DATASET_ALL };
	static const int count[] = { 1, 2, 3 };

	make_folder("train");
	make_folder("test");
	make_folder("train/no");
	make_folder("train/yes");
	make_folder("test/yes");
	save("train/no/1", "", 0);
	save("test/yes/1", "", 0);
	save("test/yes/2", "", 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(dataset_list(dir, part[i], &set, &err), BNN_OK);
		ck_assert_int_eq(set.classes, 2);
		ck_assert_int_eq(set.count, count[i]);
		ck_assert_int_eq(set.label[set.count - 1], part[i] == DATASET_TRAIN ? 0 : 1);
		dataset_free(&set);
	}
}
END_TEST

START_TEST(refuses_folders)
{
	char name[16];

	ck_assert_int_eq(dataset_list(in_dir("none"), DATASET_ALL, &set, &err), BNN_E_FILE);
	make_folder("a");
	ck_assert_int_eq(dataset_list(dir, DATASET_ALL, &set, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "1 class folders; 2 to 64 are possible"));
	make_folder("b");
	ck_assert_int_eq(dataset_list(dir, DATASET_ALL, &set, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "no images"));
	for (int i = 0; i < 63; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		make_folder(name);
	}
	ck_assert_int_eq(dataset_list(dir, DATASET_ALL, &set, &err), BNN_E_LIMIT);
	ck_assert_ptr_null(set.path);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("idx");
	TCase *t = tcase_create("idx");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, reads_images);
	tcase_add_test(t, reads_labels);
	tcase_add_loop_test(t, refuses, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, refuses_labels);
	tcase_add_test(t, damaged_gzip);
	tcase_add_test(t, lists_classes);
	tcase_add_test(t, lists_parts);
	tcase_add_test(t, refuses_folders);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
