/* SPDX-License-Identifier: MIT
 * What a sorting line does with files: folders, names that are taken, other file systems, logs. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../check_main.h"
#include "common/temp_dir.h"
#include "action_file.h"
#include "action_log.h"
#include "file.h"

static char dir[] = "/tmp/jetbnn-sort-XXXXXX", to[4400];
static struct bnn_err err;

static void setup(void)
{
	temp_dir_make(dir);
}

static void teardown(void)
{
	temp_dir_remove(dir);
}

/* dir/NAME; three at a time. */
static const char *in(const char *name)
{
	static char path[3][300];
	static int at;

	at = (at + 1) % 3;
	snprintf(path[at], sizeof(path[at]), "%s/%s", dir, name);
	return path[at];
}

static void make_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void has_text(const char *path, const char *text)
{
	uint8_t *buf;
	size_t n;

	ck_assert_msg(file_read(path, 100000, &buf, &n, &err) == BNN_OK, "%s", err.text);
	ck_assert_str_eq((char *)buf, text);
	free(buf);
}

/* Names in a folder, hidden ones included. */
static int names(const char *folder)
{
	DIR *d = opendir(folder);
	int n = -2; /* . and .. */

	ck_assert_ptr_nonnull(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

START_TEST(folders)
{
	char out[300];
	struct stat st;

	ck_assert_int_eq(file_folder(in("a"), "lane", "T-shirt/top", out, sizeof(out), &err),
			 BNN_OK);
	ck_assert_str_eq(out, in("a/lane/T-shirt_top"));
	ck_assert_int_eq(stat(out, &st), 0);
	ck_assert_int_eq(file_folder(in("a"), "lane", "..", out, sizeof(out), &err), BNN_OK);
	ck_assert_str_eq(out, in("a/lane/_."));
	ck_assert_int_eq(file_folder(in("a"), "lane", "", out, sizeof(out), &err), BNN_OK);
	ck_assert_str_eq(out, in("a/lane"));
	ck_assert_int_eq(file_folder(in("a"), "lane", "x", out, strlen(in("a/lane")) + 1, &err),
			 BNN_E_FILE);
	make_file(in("f"), "");
	ck_assert_int_eq(file_folder(in("f"), "lane", "", out, sizeof(out), &err), BNN_E_FILE);
}
END_TEST

START_TEST(moves)
{
	mkdir(in("lane"), 0777);
	make_file(in("lane/x.tar.gz"), "old");
	make_file(in("lane/x.tar-1.gz"), "older");
	make_file(in("lane/none"), "old");
	make_file(in("x.tar.gz"), "new");
	make_file(in("none"), "new");
	ck_assert_int_eq(file_move(in("x.tar.gz"), in("lane"), to, sizeof(to), &err), BNN_OK);
	ck_assert_str_eq(to, in("lane/x.tar-2.gz"));
	ck_assert_int_eq(file_move(in("none"), in("lane"), to, sizeof(to), &err), BNN_OK);
	ck_assert_str_eq(to, in("lane/none-1"));
	has_text(in("lane/x.tar.gz"), "old");
	has_text(in("lane/x.tar-2.gz"), "new");
	ck_assert_int_ne(access(in("none"), F_OK), 0);
	ck_assert_int_eq(file_move(in("none"), in("lane"), to, sizeof(to), &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
	ck_assert_int_eq(names(in("lane")), 5);
}
END_TEST

/* To /dev/shm, which is another file system; skipped where it is not. */
START_TEST(moves_far)
{
	char far[] = "/dev/shm/jetbnn-sort-XXXXXX", taken[64];
	struct stat a, b;

	if (!mkdtemp(far))
		return;
	ck_assert_int_eq(stat(dir, &a), 0);
	ck_assert_int_eq(stat(far, &b), 0);
	if (a.st_dev != b.st_dev) {
		snprintf(taken, sizeof(taken), "%s/x.pgm", far);
		make_file(taken, "old");
		make_file(in("x.pgm"), "new");
		ck_assert_int_eq(file_move(in("x.pgm"), far, to, sizeof(to), &err), BNN_OK);
		has_text(taken, "old");
		has_text(to, "new");
		ck_assert_int_ne(access(in("x.pgm"), F_OK), 0);
		ck_assert_int_eq(names(far), 2); /* nothing half-written is left */
		make_file(in("x.pgm"), "third");
		ck_assert_int_eq(file_link(in("x.pgm"), far, to, sizeof(to), &err), BNN_E_FILE);
		has_text(in("x.pgm"), "third");
	}
	temp_dir_remove(far);
}
END_TEST

START_TEST(links)
{
	struct stat a, b;

	mkdir(in("lane"), 0777);
	make_file(in("lane/x"), "old");
	make_file(in("x"), "new");
	ck_assert_int_eq(file_link(in("x"), in("lane"), to, sizeof(to), &err), BNN_OK);
	ck_assert_str_eq(to, in("lane/x-1"));
	stat(in("x"), &a);
	stat(to, &b);
	ck_assert_uint_eq(a.st_ino, b.st_ino);
	/* Again, as after a crash: nothing is added. */
	ck_assert_int_eq(file_link(in("x"), in("lane"), to, sizeof(to), &err), BNN_OK);
	ck_assert_str_eq(to, in("lane/x-1"));
	ck_assert_int_eq(names(in("lane")), 2);
}
END_TEST

START_TEST(saves)
{
	uint8_t p[6] = { 1, 2, 3, 4, 5, 6 };
	struct bnn_image rgb = { 1, 2, 3, p }, back;

	ck_assert_int_eq(file_save(&rgb, "n", dir, to, sizeof(to), &err), BNN_OK);
	ck_assert_str_eq(to, in("n.ppm"));
	ck_assert_int_eq(bnn_image_read(to, &back, &err), BNN_OK);
	ck_assert_int_eq(back.cols, 2);
	ck_assert_mem_eq(back.pixels, p, 6);
	bnn_image_free(&back);
	ck_assert_int_eq(file_save(&rgb, "n", dir, to, sizeof(to), &err), BNN_OK);
	ck_assert_str_eq(to, in("n-1.ppm"));
	ck_assert_int_eq(file_save(&rgb, "n", in("none"), to, sizeof(to), &err), BNN_E_FILE);
	ck_assert_int_eq(names(dir), 2);
}
END_TEST

static void line(struct log *l, const char *text)
{
	ck_assert_msg(log_line(l, text, strlen(text), &err) == BNN_OK, "%s", err.text);
}

START_TEST(rotation)
{
	struct log l;

	ck_assert_int_eq(log_open(&l, in("log"), "head", 15, 2, &err), BNN_OK);
	line(&l, "12345678"); /* with its header 14 bytes */
	line(&l, "b");
	line(&l, "cc");
	line(&l, "a line that is longer than any file");
	line(&l, "d");
	log_close(&l);
	has_text(in("log"), "head\nd\n");
	has_text(in("log.1"), "head\na line that is longer than any file\n");
	has_text(in("log.2"), "head\nb\ncc\n");
	ck_assert_int_eq(names(dir), 3);
	ck_assert_int_eq(log_open(&l, in("log"), "head", 15, 0, &err), BNN_OK);
	line(&l, "1234567");
	line(&l, "e");
	log_close(&l);
	has_text(in("log"), "head\ne\n");
}
END_TEST

/* A crash cut the last line: it is ended, not mended. */
START_TEST(cut_line)
{
	struct log l;

	make_file(in("log"), "head\nwhole\nhal");
	ck_assert_int_eq(log_open(&l, in("log"), "head", 1000, 2, &err), BNN_OK);
	line(&l, "next");
	log_close(&l);
	has_text(in("log"), "head\nwhole\nhal\nnext\n");
	ck_assert_int_eq(log_open(&l, dir, NULL, 1000, 2, &err), BNN_E_FILE);
	ck_assert_int_eq(log_open(&l, "/dev/null", NULL, 1000, 2, &err), BNN_E_FILE);
	ck_assert_str_eq(err.text, "/dev/null: not a regular file");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sort_files");
	TCase *t = tcase_create("files");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, folders);
	tcase_add_test(t, moves);
	tcase_add_test(t, moves_far);
	tcase_add_test(t, links);
	tcase_add_test(t, saves);
	tcase_add_test(t, rotation);
	tcase_add_test(t, cut_line);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
