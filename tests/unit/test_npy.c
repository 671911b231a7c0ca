/* SPDX-License-Identifier: MIT
 * NumPy files: every integer type and order that is read, what is refused, what is written. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../check_main.h"
#include "bytes.h"
#include "file.h"
#include "npy.h"

static char dir[32];

static const char *in_dir(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void setup(void)
{
	strcpy(dir, "/tmp/jbexchXXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void teardown(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	ck_assert_int_eq(system(command), 0);
}

/* Text of a .npy file of version major.0 with this dictionary and data; as numpy.save makes it. */
static struct bytes npy_bytes(int major, const char *dictionary, const void *data, size_t len)
{
	struct bytes b = { 0 };
	size_t text = strlen(dictionary) + 1;

	bytes_put(&b, "\x93NUMPY", 6);
	bytes_put_u8(&b, (uint8_t)major);
	bytes_put_u8(&b, 0);
	bytes_put_u8(&b, (uint8_t)text);
	bytes_put_u8(&b, (uint8_t)(text >> 8));
	if (major > 1) {
		bytes_put_u8(&b, 0);
		bytes_put_u8(&b, 0);
	}
	bytes_put(&b, dictionary, text - 1);
	bytes_put_u8(&b, '\n');
	bytes_put(&b, data, len);
	return b;
}

static const struct {
	int major;
	const char *dictionary, *data;
	size_t len;
	int ndim;
	size_t shape[4];
	int32_t values[6];
} readable[] = {
	{ 1,
	  "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }",
	  "\1\200\377",
	  3,
	  1,
	  { 3 },
	  { 1, 128, 255 } },
	{ 2,
	  "{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }",
	  "\1\200\377",
	  3,
	  1,
	  { 3 },
	  { 1, -128, -1 } },
	{ 3,
	  "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }",
	  "\1\200\377\177",
	  4,
	  1,
	  { 2 },
	  { -32767, 32767 } },
	{ 1,
	  "{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }",
	  "\1\200\377\177",
	  4,
	  1,
	  { 2 },
	  { 384, -129 } },
	{ 1,
	  "{'descr': '<u2', 'fortran_order': False, 'shape': (1, 1), }",
	  "\377\377",
	  2,
	  2,
	  { 1, 1 },
	  { 65535 } },
	{ 1,
	  "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }",
	  "\0\0\0\200\377\377\377\177",
	  8,
	  1,
	  { 2 },
	  { INT32_MIN, INT32_MAX } },
	{ 1,
	  "{'descr': '>i4', 'fortran_order': False, 'shape': (1,), }",
	  "\377\377\377\376",
	  4,
	  1,
	  { 1 },
	  { -2 } },
	{ 1,
	  "{'descr': '<u4', 'fortran_order': False, 'shape': (1,), }",
	  "\377\377\377\177",
	  4,
	  1,
	  { 1 },
	  { INT32_MAX } },
	{ 1,
	  "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }",
	  "\0\0\0\200\377\377\377\377\5\0\0\0\0\0\0\0",
	  16,
	  1,
	  { 2 },
	  { INT32_MIN, 5 } },
	{ 1,
	  "{'descr': '>u8', 'fortran_order': False, 'shape': (1,), }",
	  "\0\0\0\0\0\0\0\7",
	  8,
	  1,
	  { 1 },
	  { 7 } },
	{ 1,
	  "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }",
	  "\0\1\2\3\4\5",
	  6,
	  2,
	  { 2, 3 },
	  { 0, 2, 4, 1, 3, 5 } },
	{ 1,
	  "{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2, 3), }",
	  "\0\1\2\3\4\5",
	  6,
	  3,
	  { 1, 2, 3 },
	  { 0, 2, 4, 1, 3, 5 } },
	{ 1,
	  " { \"shape\" : ( 2 , 1 ) , 'fortran_order':False,'descr':'|u1'}  ",
	  "\1\2",
	  2,
	  2,
	  { 2, 1 },
	  { 1, 2 } },
	{ 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (), }", "\7", 1, 0, { 0 }, { 7 } },
	{ 1,
	  "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 0), }",
	  "",
	  0,
	  2,
	  { 2, 0 },
	  { 0 } },
};

START_TEST(npy_readable)
{
	struct bytes b = npy_bytes(readable[_i].major, readable[_i].dictionary, readable[_i].data,
				   readable[_i].len);
	struct bnn_err err = { 0 };
	struct npy a;

	ck_assert_msg(npy_parse("a.npy", b.p, b.len, &a, &err) == BNN_OK, "%s", err.text);
	ck_assert_int_eq(a.ndim, readable[_i].ndim);
	for (int d = 0; d < a.ndim; d++)
		ck_assert_uint_eq(a.shape[d], readable[_i].shape[d]);
	for (size_t i = 0; i < a.count; i++)
		ck_assert_int_eq(a.data[i], readable[_i].values[i]);
	npy_free(&a);
	for (size_t len = 0; len < b.len; len++) { /* truncated anywhere */
		uint8_t *copy = malloc(len ? len : 1);

		memcpy(copy, b.p, len);
		ck_assert_int_eq(npy_parse("a.npy", copy, len, &a, &err), BNN_E_FILE);
		free(copy);
	}
	bytes_put_u8(&b, 0);
	ck_assert_int_eq(npy_parse("a.npy", b.p, b.len, &a, &err), BNN_E_FILE);
	free(b.p);
}
END_TEST

static const struct {
	int major;
	const char *dictionary, *data;
	size_t len;
	const char *says;
} unreadable[] = {
	{ 1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "\0\0\0\0", 4,
	  "'<f4' is floating point" },
	{ 1, "{'descr': '|b1', 'fortran_order': False, 'shape': (1,), }", "\0", 1, "type '|b1'" },
	{ 1, "{'descr': '<i3', 'fortran_order': False, 'shape': (1,), }", "\0\0\0", 3,
	  "type '<i3'" },
	{ 1, "{'descr': '<i16', 'fortran_order': False, 'shape': (1,), }", "\0", 1, "type '<i16'" },
	{ 1, "{'descr': '<', 'fortran_order': False, 'shape': (1,), }", "\0", 1, "type '<'" },
	{ 1, "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }", "\0\0\0\0", 4,
	  "structured" },
	{ 1, "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }",
	  "\0\0\0\0\0\0\0\0\0\0\0\200\0\0\0\0", 16, "element 1 does not fit" },
	{ 1, "{'descr': '<u4', 'fortran_order': False, 'shape': (1,), }", "\0\0\0\200", 4,
	  "element 0 does not fit" },
	{ 1, "{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }",
	  "\377\377\377\377\377\377\377\377", 8, "element 0 does not fit" },
	{ 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1), }", "\0", 1,
	  "more than 4 dimensions" },
	{ 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296,), }", "\0", 1,
	  "header" },
	{ 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967295, 4294967295), }", "\0",
	  1, "does not fit the 1 bytes" },
	{ 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (65536, 65536, 65536, 65536), }",
	  "", 0, "does not fit the 0 bytes" },
	{ 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,), }", "\0", 1, "header" },
	{ 1, "{'descr': '|u1', 'fortran_order': False, 'shape': 1, }", "\0", 1, "header" },
	{ 1, "{'descr': '|u1', 'fortran_order': 0, 'shape': (1,), }", "\0", 1, "header" },
	{ 1, "{'descr': '|u1', 'fortran_order': False, }", "\0", 1, "header" },
	{ 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'more': 1}", "\0", 1,
	  "header" },
	{ 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), } x", "\0", 1, "header" },
	{ 1, "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)", "\0", 1, "header" },
	{ 1, "", "", 0, "header" },
	{ 4, "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", "\0", 1, "version 4.0" },
};

START_TEST(npy_unreadable)
{
	struct bytes b = npy_bytes(unreadable[_i].major, unreadable[_i].dictionary,
				   unreadable[_i].data, unreadable[_i].len);
	struct bnn_err err = { 0 };
	struct npy a;

	ck_assert_int_eq(npy_parse("a.npy", b.p, b.len, &a, &err), BNN_E_FILE);
	ck_assert_msg(strncmp(err.text, "a.npy: ", 7) == 0, "%s", err.text);
	ck_assert_msg(strstr(err.text, unreadable[_i].says) != NULL, "'%s', expected '%s'",
		      err.text, unreadable[_i].says);
	free(b.p);
}
END_TEST

START_TEST(npy_written)
{
	const size_t shape[3] = { 2, 1, 3 };
	const int32_t v[6] = { 1, -2, INT32_MIN, INT32_MAX, 0, 77 };
	const int8_t w[3] = { -1, 1, -128 };
	struct npy a;
	uint8_t *p;
	size_t len;

	ck_assert_int_eq(npy_write(in_dir("v.npy"), NPY_I32, 3, shape, v, NULL), BNN_OK);
	ck_assert_int_eq(npy_read(in_dir("v.npy"), &a, NULL), BNN_OK);
	ck_assert_int_eq(a.ndim, 3);
	ck_assert_mem_eq(a.shape, shape, sizeof(shape));
	ck_assert_mem_eq(a.data, v, sizeof(v));
	npy_free(&a);
	ck_assert_int_eq(npy_write(in_dir("w.npy"), NPY_I8, 1, shape + 2, w, NULL), BNN_OK);
	ck_assert_int_eq(npy_read(in_dir("w.npy"), &a, NULL), BNN_OK);
	ck_assert_int_eq(a.data[2], -128);
	npy_free(&a);
	ck_assert_int_eq(file_read(in_dir("w.npy"), 1000, &p, &len, NULL), BNN_OK);
	ck_assert_uint_eq(len, 128 + 3);
	ck_assert_int_eq(memcmp(p + 10,
				"{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }  ", 59),
			 0);
	free(p);
}
END_TEST

/* What npy_write makes is byte for byte what numpy.save makes. */
START_TEST(numpy_save_is_the_same)
{
	const size_t shape[3] = { 2, 1, 3 };
	const uint8_t v[6] = { 0, 1, 2, 3, 4, 255 };
	char command[256];

	if (system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0)
		return; /* no NumPy here */
	ck_assert_int_eq(npy_write(in_dir("ours.npy"), NPY_U8, 3, shape, v, NULL), BNN_OK);
	snprintf(
		command, sizeof(command),
		"cd %s && /usr/bin/python3 -c \"import numpy; a = "
		"numpy.load('ours.npy'); assert a.shape == (2, 1, 3); numpy.save('theirs.npy', a)\" "
		"&& cmp ours.npy theirs.npy",
		dir);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("npy");
	TCase *t = tcase_create("npy");

	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, npy_readable, 0, sizeof(readable) / sizeof(*readable));
	tcase_add_loop_test(t, npy_unreadable, 0, sizeof(unreadable) / sizeof(*unreadable));
	tcase_add_test(t, npy_written);
	tcase_add_test(t, numpy_save_is_the_same);
	return check_main(s);
}
