/* SPDX-License-Identifier: MIT
 * ONNX files, against the scores that PyTorch computed. tests/onnx/ was made by scripts/onnx.sh. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../check_main.h"
#include "file.h"
#include "import.h"
#include "npy.h"
#include "ref.h"

#define NAME_SIZE 64

static struct bnn_model *import(const char *name, int code, const char *says)
{
	char path[NAME_SIZE];
	struct bnn_model *m = NULL;
	struct bnn_err err = { 0 };
	uint8_t *file;
	size_t len;
	int rc;

	snprintf(path, sizeof(path), "tests/onnx/%s.onnx", name);
	ck_assert_msg(file_read(path, IMPORT_FILE_MAX, &file, &len, &err) == BNN_OK, "%s",
		      err.text);
	rc = import_onnx(file, len, IMPORT_UNIT, &m, &err);
	free(file);
	ck_assert_msg(rc == code, "%s: %d '%s'", name, rc, err.text);
	ck_assert_msg(!rc || strstr(err.text, says), "'%s', expected '%s'", err.text, says);
	return m;
}

static const struct {
	const char *name, *net;
} good[] = {
	{ "mlp", "8x8x1: bconv1x1 dense24 dense16 dense4" },
	{ "cnv", "12x12x3: bconv3x8v bconv3x8v pool bconv3x12v dense16 dense5" },
	{ "pool_first", "10x10x1: bconv3x10v pool bconv1x24 pool dense6" },
	{ "scales", "8x8x3: bconv3x9v pool dense30 dense3" },
	{ "levels", "8x8x1: bconv1x2 dense20 dense3" },
	{ "cam", "9x8x1: bconv3x8 bconv3x12/2 cam4" },
	{ "cam_bits", "9x11x1: bconv3x8v pool cam4" },
	{ "forms", "8x8x1: bconv3x5v pool dense7 dense4" },
	{ "any_batch", "8x8x1: bconv5x6/2v dense3" },
	{ "mean", "15x11x1: bconv3x9v pool pool cam3" },
};

/* Our scores come in the same order as PyTorch's, and the first of the largest is the same, unless
 * PyTorch's differ by no more than the roundings of single precision. */
static void compare(const char *name, int image, const struct bnn_result *r, const double *want)
{
	double largest = 0;

	for (int c = 0; c < r->classes; c++)
		largest = fmax(largest, fabs(want[c]));
	for (int i = 0; i < r->classes; i++) {
		ck_assert_msg(want[r->index] >= want[i] - 1e-6 * largest,
			      "%s, image %d: class %d, PyTorch %d", name, image, r->index, i);
		for (int k = 0; k < r->classes; k++)
			if (want[i] > want[k] + 1e-6 * largest)
				ck_assert_msg(r->scores[i] >= r->scores[k],
					      "%s, image %d: scores of classes %d and %d", name,
					      image, i, k);
	}
}

START_TEST(agrees_with_pytorch)
{
	const char *name = good[_i].name;
	struct bnn_model *m = import(name, BNN_OK, "");
	char path[NAME_SIZE], text[NET_TEXT_MAX];
	struct bnn_err err = { 0 };
	struct bnn_image raw, fit;
	struct bnn_result r;
	struct npy images;
	size_t pixels;
	FILE *scores;

	net_print(&m->net, text, sizeof(text));
	ck_assert_str_eq(text, good[_i].net);
	snprintf(path, sizeof(path), "tests/onnx/%s.npy", name);
	ck_assert_msg(npy_read(path, &images, &err) == BNN_OK, "%s", err.text);
	snprintf(path, sizeof(path), "tests/onnx/%s.txt", name);
	scores = fopen(path, "r");
	ck_assert_ptr_nonnull(scores);
	raw = (struct bnn_image){ .rows = m->net.rows,
				  .cols = m->net.cols,
				  .channels = m->net.channels };
	pixels = (size_t)raw.rows * (size_t)raw.cols * (size_t)raw.channels;
	raw.pixels = malloc(pixels);
	ck_assert_uint_ge(images.shape[0], 16);
	for (size_t i = 0; i < images.shape[0]; i++) {
		double want[JB_MAX_CLASSES];

		for (int c = 0; c < bnn_model_classes(m); c++)
			ck_assert_int_eq(fscanf(scores, "%lf", &want[c]), 1);
		for (size_t k = 0; k < pixels; k++)
			raw.pixels[k] = (uint8_t)images.data[i * pixels + k];
		ck_assert_int_eq(bnn_image_fit(m, &raw, &fit, &err), BNN_OK);
		ck_assert_int_eq(ref_run(m, fit.pixels, &r, NULL), BNN_OK);
		compare(name, (int)i, &r, want);
		bnn_image_free(&fit);
	}
	fclose(scores);
	free(raw.pixels);
	npy_free(&images);
	bnn_model_free(m);
}
END_TEST

static const struct {
	const char *name, *says;
} refused[] = {
	{ "zero_padding", "'/2/Conv' (Conv): padding with zeros" },
	{ "two_bits", "Quant' (Quant): activations of 3 levels; one bit (BipolarQuant)" },
	{ "class_norm", "class scores: their scales" },
	{ "branch", "'/0/Add' (Add): reads what is neither constant nor" },
};

START_TEST(refused_by_name)
{
	ck_assert_ptr_null(import(refused[_i].name, BNN_E_LIMIT, refused[_i].says));
}
END_TEST

/* A file cut off anywhere, or with a byte changed anywhere, is refused or gives a valid model. */
START_TEST(damaged)
{
	struct bnn_model *m;
	struct bnn_err err;
	uint8_t *file;
	size_t len;
	int accepted = 0;

	ck_assert_int_eq(file_read("tests/onnx/cam.onnx", IMPORT_FILE_MAX, &file, &len, &err),
			 BNN_OK);
	for (size_t cut = 0; cut < len; cut += 7) {
		ck_assert_int_ne(import_onnx(file, cut, IMPORT_UNIT, &m, &err), BNN_OK);
		ck_assert_ptr_null(m);
		ck_assert_int_ne(err.code, BNN_E_INTERNAL);
	}
	for (size_t at = 0; at < len; at += 3) {
		file[at] ^= 1;
		if (import_onnx(file, len, IMPORT_UNIT, &m, &err) == BNN_OK) {
			ck_assert_int_eq(model_check(m, &err), BNN_OK);
			accepted++;
		}
		bnn_model_free(m);
		file[at] ^= 1;
	}
	ck_assert_int_gt(accepted, 0);
	free(file);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("import");
	TCase *t = tcase_create("import");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, agrees_with_pytorch, 0, sizeof(good) / sizeof(*good));
	tcase_add_loop_test(t, refused_by_name, 0, sizeof(refused) / sizeof(*refused));
	tcase_add_test(t, damaged);
	return check_main(s);
}
