/* SPDX-License-Identifier: MIT
 * Exchange folders and the NumPy files in them. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../check_main.h"
#include "bytes.h"
#include "file.h"
#include "model_file.h"
#include "npy.h"
#include "ref.h"

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

static void write_file(const char *name, const char *text)
{
	ck_assert_int_eq(file_write(in_dir(name), text, strlen(text), NULL), BNN_OK);
}

static struct bnn_model *random_model(const char *text)
{
	struct bnn_model *m;
	struct net n;

	ck_assert_int_eq(net_parse(text, &n, NULL), BNN_OK);
	ck_assert_int_eq(model_new(&n, &m, NULL), BNN_OK);
	model_random(m, 5);
	return m;
}

static const char *const nets[] = {
	"8x8x1: jet3x5 cam2",
	"9x8x3: sjet5x3 pool bconv3x7v dense5 dense3",
	"12x12x1: bconv5x4 pool jet3x9 sjet3x6 jet5x2 cam64",
};

START_TEST(folder_round_trip)
{
	struct bnn_model *m = random_model(nets[_i]), *back;
	struct bytes x = { 0 }, y = { 0 };
	struct bnn_err err = { 0 };

	m->pre.contrast = (uint8_t)(_i == 1);
	m->pre.window = (uint8_t)(_i == 1 ? 15 : 0);
	m->pre.use_table = (uint8_t)(_i == 2);
	for (int i = 0; _i == 2 && i < 256; i++)
		m->pre.table[i] = (uint8_t)(i / 2);
	strcpy(m->facts.text, "a = b, # c");
	m->facts.test_images = 4294967295u;
	m->facts.display_scale = 0.1f;
	strcpy(m->class_name[1], "\xc3\xa9 b");
	ck_assert_msg(bnn_model_export(m, in_dir("f"), &err) == BNN_OK, "%s", err.text);
	ck_assert_msg(bnn_model_import(in_dir("f"), &back, &err) == BNN_OK, "%s", err.text);
	ck_assert_int_eq(model_encode(m, &x, NULL), BNN_OK);
	ck_assert_int_eq(model_encode(back, &y, NULL), BNN_OK);
	ck_assert_uint_eq(x.len, y.len);
	ck_assert_mem_eq(x.p, y.p, x.len);
	free(x.p);
	free(y.p);
	bnn_model_free(m);
	bnn_model_free(back);
}
END_TEST

static void export_to_dir(const char *net)
{
	struct bnn_model *m = random_model(net);

	ck_assert_int_eq(bnn_model_export(m, dir, NULL), BNN_OK);
	bnn_model_free(m);
}

static void assert_import(int code, const char *says)
{
	struct bnn_model *m = NULL;
	struct bnn_err err = { 0 };
	int rc = bnn_model_import(dir, &m, &err);

	ck_assert_msg(rc == code, "%d '%s', expected '%s'", rc, err.text, says);
	if (rc)
		ck_assert_msg(strstr(err.text, says) != NULL, "'%s', expected '%s'", err.text,
			      says);
	bnn_model_free(m);
}

START_TEST(missing_files)
{
	static const char *const needed[] = {
		"net.txt",          "classes.txt",      "L1.kernel.npy",
		"L1.sign.npy",      "L1.threshold.npy", "L2.weight.npy",
		"L2.threshold.npy", "L3.weight.npy",    "L3.bias.npy",
	};

	export_to_dir("8x8x1: sjet3x5 pool bconv1x3 cam2");
	unlink(in_dir("pre.txt"));
	unlink(in_dir("facts.txt"));
	assert_import(BNN_OK, "");
	unlink(in_dir(needed[_i]));
	assert_import(BNN_E_FILE, needed[_i]);
}
END_TEST

START_TEST(wrong_arrays)
{
	const size_t shape[4] = { 3, 5, 1, 1 };
	int32_t v[15];
	int8_t w[15];

	export_to_dir("8x8x1: sjet3x5 pool bconv1x3 cam2");
	for (int i = 0; i < 15; i++)
		v[i] = w[i] = 1;
	npy_write(in_dir("L2.weight.npy"), NPY_I8, 2, shape, w, NULL);
	assert_import(BNN_E_FILE, "L2.weight.npy: expected shape (3, 5, 1, 1), found (3, 5)");
	npy_write(in_dir("L2.weight.npy"), NPY_I32, 4, shape, v, NULL);
	assert_import(BNN_OK, "");
	v[4] = 0;
	npy_write(in_dir("L2.weight.npy"), NPY_I32, 4, shape, v, NULL);
	assert_import(BNN_E_FILE, "layer 2: weight 4 is 0, allowed are 1 and -1");
	v[4] = 257;
	npy_write(in_dir("L2.weight.npy"), NPY_I32, 4, shape, v, NULL);
	assert_import(BNN_E_FILE, "L2.weight.npy: element 4 is 257");
	w[4] = 1;
	npy_write(in_dir("L2.weight.npy"), NPY_I8, 4, shape, w, NULL);
	w[0] = -1;
	npy_write(in_dir("L1.kernel.npy"), NPY_I8, 1, shape + 1, w, NULL);
	assert_import(BNN_E_FILE, "L1.kernel.npy: element 0 is -1");
	w[0] = 9;
	npy_write(in_dir("L1.kernel.npy"), NPY_I8, 1, shape + 1, w, NULL);
	assert_import(BNN_E_FILE, "layer 1: kernel 0 is number 9, allowed are 0 to 8");
	w[0] = 8;
	npy_write(in_dir("L1.kernel.npy"), NPY_I8, 2, shape + 1, w, NULL);
	assert_import(BNN_E_FILE, "L1.kernel.npy: expected shape (5,), found (5, 1)");
}
END_TEST

static const struct {
	const char *name, *text;
	int code;
	const char *says;
} texts[] = {
	{ "net.txt", "8x8x1: jet3x5 cam3", BNN_E_FILE,
	  "classes.txt: 2 lines, the net has 3 classes" },
	{ "net.txt", "8x8x1: jet3x5", BNN_E_FILE, "net.txt: word 2 'jet3x5'" },
	{ "net.txt", "8x8x1: jet3x513 cam2", BNN_E_LIMIT, "net.txt: word 2" },
	{ "net.txt", "8x8x1:\r\n jet3x5\r\n cam2\r\n", BNN_OK, "" },
	{ "classes.txt", "a\nb\nc\n", BNN_E_FILE, "classes.txt: 3 lines" },
	{ "classes.txt", "a\r\nb", BNN_OK, "" },
	{ "classes.txt", "a\n\n", BNN_E_FILE, "class name 1 is empty" },
	{ "classes.txt", "", BNN_E_FILE, "classes.txt: 0 lines" },
	{ "classes.txt", "a\n0123456789012345678901234567890123456789012345678901234567890123\n",
	  BNN_E_FILE, "class name 1 is not plain UTF-8 or has more than 63" },
	{ "pre.txt", "", BNN_OK, "" },
	{ "pre.txt", "# none\n\nnormalize=1\ncontrast=1\nwindow=3\n", BNN_OK, "" },
	{ "pre.txt", "contrast=1\n", BNN_E_FILE, "window is 0" },
	{ "pre.txt", "normalize=2\n", BNN_E_FILE,
	  "pre.txt: line 1: unknown key or bad value: 'normalize'" },
	{ "pre.txt", "\nnormalise=1\n", BNN_E_FILE, "pre.txt: line 2" },
	{ "pre.txt", "window\n", BNN_E_FILE, "pre.txt: line 1" },
	{ "pre.txt", "window=99999999999999999999\n", BNN_E_FILE, "pre.txt: line 1" },
	{ "pre.txt", "table=1\n", BNN_E_FILE, "pre.table.npy" },
	{ "facts.txt", "display_scale=nan\n", BNN_E_FILE, "display scale" },
	{ "facts.txt", "display_scale=1,5\n", BNN_E_FILE, "facts.txt: line 1" },
	{ "facts.txt", "test_images=-1\n", BNN_E_FILE, "facts.txt: line 1" },
	{ "facts.txt", "display_scale=1e-3\ntext=\ntest_images=7\n", BNN_OK, "" },
};

START_TEST(text_files)
{
	export_to_dir("8x8x1: jet3x5 cam2");
	write_file(texts[_i].name, texts[_i].text);
	assert_import(texts[_i].code, texts[_i].says);
}
END_TEST

START_TEST(table_of_wrong_size)
{
	const size_t shape[2] = { 255, 256 };
	int32_t v[256] = { 0 };

	export_to_dir("8x8x1: jet3x5 cam2");
	write_file("pre.txt", "table=1\n");
	npy_write(in_dir("pre.table.npy"), NPY_I32, 1, shape, v, NULL);
	assert_import(BNN_E_FILE, "pre.table.npy: expected shape (256,)");
	npy_write(in_dir("pre.table.npy"), NPY_I32, 1, shape + 1, v, NULL);
	assert_import(BNN_OK, "");
	v[200] = 256;
	npy_write(in_dir("pre.table.npy"), NPY_I32, 1, shape + 1, v, NULL);
	assert_import(BNN_E_FILE, "pre.table.npy: element 200 is 256");
}
END_TEST

static bool have_numpy(void)
{
	return system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") == 0;
}

static void assert_equals_file(const char *name, int ndim, const size_t *shape, const uint8_t *bits,
			       const int32_t *values)
{
	struct bnn_err err = { 0 };
	struct npy a;

	ck_assert_msg(npy_read(in_dir(name), &a, &err) == BNN_OK, "%s", err.text);
	ck_assert_int_eq(a.ndim, ndim);
	for (int d = 0; d < ndim; d++)
		ck_assert_uint_eq(a.shape[d], shape[d]);
	for (size_t i = 0; i < a.count; i++)
		ck_assert_msg(a.data[i] == (bits ? bits[i] : values[i]), "%s differs at %zu", name,
			      i);
	npy_free(&a);
}

/* The reference against maps and scores that NumPy computed from the definition. */
START_TEST(numpy_agrees)
{
	char command[160], name[32];
	struct bnn_err err = { 0 };
	struct bnn_layers l;
	struct bnn_result r;
	struct bnn_model *m;
	struct npy image;
	uint8_t *pixels;

	if (!have_numpy())
		return;
	snprintf(command, sizeof(command),
		 "/usr/bin/python3 tests/numpy/make_folder.py %s --seed %d "
		 ">/dev/null",
		 dir, _i);
	ck_assert_int_eq(system(command), 0);
	ck_assert_msg(bnn_model_import(in_dir("folder"), &m, &err) == BNN_OK, "%s", err.text);
	ck_assert_int_eq(npy_read(in_dir("image.npy"), &image, NULL), BNN_OK);
	ck_assert_uint_eq(image.count, (size_t)(m->net.rows * m->net.cols * m->net.channels));
	pixels = malloc(image.count);
	for (size_t i = 0; i < image.count; i++)
		pixels[i] = (uint8_t)image.data[i];
	ck_assert_int_eq(ref_run(m, pixels, &r, &l), BNN_OK);
	for (int i = 0; i < l.count; i++) {
		const size_t shape[3] = { (size_t)l.rows[i], (size_t)l.cols[i],
					  (size_t)l.channels[i] };

		snprintf(name, sizeof(name), "expected/L%d.npy", i + 1);
		assert_equals_file(name, 3, shape, l.map[i], NULL);
	}
	if (l.cam) {
		const size_t shape[3] = { (size_t)l.cam_rows, (size_t)l.cam_cols,
					  (size_t)r.classes };

		assert_equals_file("expected/cam.npy", 3, shape, NULL, l.cam);
	}
	assert_equals_file("expected/scores.npy", 1, (size_t[]){ (size_t)r.classes }, NULL,
			   r.scores);
	free(pixels);
	npy_free(&image);
	bnn_layers_free(&l);
	bnn_model_free(m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("exchange");
	TCase *t = tcase_create("exchange");

	if (!have_numpy())
		fputs("exchange: no NumPy for /usr/bin/python3: its comparisons are skipped\n",
		      stderr);
	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, folder_round_trip, 0, sizeof(nets) / sizeof(*nets));
	tcase_add_loop_test(t, missing_files, 0, 9);
	tcase_add_test(t, wrong_arrays);
	tcase_add_loop_test(t, text_files, 0, sizeof(texts) / sizeof(*texts));
	tcase_add_test(t, table_of_wrong_size);
	tcase_add_loop_test(t, numpy_agrees, 0, 12);
	return check_main(s);
}
