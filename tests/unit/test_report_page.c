/* SPDX-License-Identifier: MIT
 * Files of bnnctl eval and train: the training curve, whole pages of random networks. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>

#include "../check_main.h"
#include "common/temp_dir.h"
#include "curve.h"
#include "file.h"
#include "random_net.h"
#include "report.h"

static struct bnn_err err;
static char dir[] = "/tmp/test_report_XXXXXX";

static void make_dir(void)
{
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	temp_dir_make(dir);
}

static void remove_dir(void)
{
	temp_dir_remove(dir);
}

START_TEST(curve_file)
{
	struct curve c = { 0 }, back;
	char model[64], file[64];

	snprintf(model, sizeof(model), "%s/m.bnn", dir);
	snprintf(file, sizeof(file), "%s/m.bnn.csv", dir);
	ck_assert_int_eq(curve_load(model, &back, &err), BNN_OK);
	ck_assert_int_eq(back.count, 0);
	for (int i = 1; i <= 200; i++)
		ck_assert_int_eq(
			curve_add(&c, (struct curve_row){ i, 1.0 / i, i % 2 ? 0.5 : -1, i == 3 },
				  &err),
			BNN_OK);
	/* Going on from epoch 5 takes the place of the rest. */
	ck_assert_int_eq(curve_add(&c, (struct curve_row){ 5, 7, 0.25, true }, &err), BNN_OK);
	ck_assert_int_eq(c.count, 5);
	ck_assert_int_eq(curve_save(&c, model, &err), BNN_OK);
	ck_assert_int_eq(curve_load(model, &back, &err), BNN_OK);
	ck_assert_int_eq(back.count, 5);
	for (int i = 0; i < 5; i++) {
		ck_assert_int_eq(back.row[i].epoch, c.row[i].epoch);
		ck_assert_double_eq_tol(back.row[i].loss, c.row[i].loss, 1e-6);
		ck_assert_double_eq_tol(back.row[i].held_accuracy, c.row[i].held_accuracy, 1e-6);
		ck_assert_int_eq(back.row[i].kept, c.row[i].kept);
	}
	curve_free(&back);
	curve_free(&c);
	ck_assert_int_eq(file_write(file, "epoch,loss,held_accuracy,kept\n1,2,3\n", 36, &err),
			 BNN_OK);
	ck_assert_int_eq(curve_load(model, &back, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "line 2 is not an epoch"));
	ck_assert_int_eq(file_write(file, "x\n", 2, &err), BNN_OK);
	ck_assert_int_eq(curve_load(model, &back, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "the first line is not epoch"));
}
END_TEST

/* An IDX pair of random images with labels, of the network's size. */
static void write_set(struct random_source *r, const struct bnn_model *m, int images,
		      const char *image_path, const char *label_path)
{
	const struct net *n = &m->net;
	size_t size = (size_t)n->rows * (size_t)n->cols * (size_t)n->channels;
	size_t head = n->channels == 3 ? 20 : 16;
	uint8_t *x = calloc(head + size * (size_t)images, 1), labels[64] = { 0, 0, 8, 1 };

	ck_assert_ptr_nonnull(x);
	x[2] = 8;
	x[3] = n->channels == 3 ? 4 : 3;
	x[7] = labels[7] = (uint8_t)images;
	x[11] = (uint8_t)n->rows;
	x[15] = (uint8_t)n->cols;
	x[19] = n->channels == 3 ? 3 : x[19];
	for (int i = 0; i < images; i++) {
		random_image(r, n, x + head + size * (size_t)i);
		labels[8 + i] = (uint8_t)random_below(r, bnn_model_classes(m));
	}
	ck_assert_int_eq(file_write(image_path, x, head + size * (size_t)images, &err), BNN_OK);
	ck_assert_int_eq(file_write(label_path, labels, 8 + (size_t)images, &err), BNN_OK);
	free(x);
}

static void answers_of(const struct labelled *set, struct evaluation *e, struct random_source *r,
		       int classes)
{
	e->answer = calloc((size_t)set->count, sizeof(*e->answer));
	for (int i = 0; i < set->count; i++) {
		struct answer *a = &e->answer[i];

		*a = (struct answer){ random_below(r, 99), (int8_t)labelled_class(set, i),
				      (int8_t)random_below(r, classes) };
		e->table[a->truth][a->said]++;
		e->count++;
		e->correct += a->truth == a->said;
	}
}

/* Every kind of layer and head through the page. */
START_TEST(pages_of_random_networks)
{
	struct random_source r = { 77 + (uint64_t)_i };
	struct bnn_model *m = random_model(&r, 24, 2e6);
	struct evaluation e = { 0 };
	struct labelled set;
	struct escapes escapes;
	bnn_device *device;
	char images[64], labels[64], page[64];
	uint8_t *text;
	size_t size;

	snprintf(images, sizeof(images), "%s/images", dir);
	snprintf(labels, sizeof(labels), "%s/labels", dir);
	snprintf(page, sizeof(page), "%s/page.html", dir);
	ck_assert_ptr_nonnull(m);
	write_set(&r, m, 12, images, labels);
	ck_assert_int_eq(labelled_open(m, images, labels, &set, &err), BNN_OK);
	ck_assert_int_eq(bnn_device_open("cpu", NULL, &device, &err), BNN_OK);
	ck_assert_int_eq(bnn_device_load(device, m, &err), BNN_OK);
	answers_of(&set, &e, &r, bnn_model_classes(m));
	ck_assert_int_eq(escapes_new(e.answer, set.count, NULL, &escapes, &err), BNN_OK);
	struct report report = { .model = m,
				 .model_path = images,
				 .device = device,
				 .set = &set,
				 .answers = &e,
				 .escapes = &escapes,
				 .wanted = 0.05,
				 .worst = 5 };
	ck_assert_int_eq(report_write(&report, page, &err), BNN_OK);
	ck_assert_int_eq(file_read(page, 1u << 26, &text, &size, &err), BNN_OK);
	ck_assert_int_eq(strncmp((char *)text, "<!DOCTYPE html>", 15), 0);
	ck_assert_str_eq((char *)text + size - 8, "</html>\n");
	ck_assert_ptr_null(strstr((char *)text, "http:"));
	ck_assert_ptr_null(strstr((char *)text, " nan"));
	ck_assert_ptr_null(strstr((char *)text, ">nan"));
	free(text);
	/* A set of nothing, and nothing to show. */
	set.count = 0;
	report.worst = 0;
	ck_assert_int_eq(report_write(&report, page, &err), BNN_OK);
	set.count = 12;
	escapes_free(&escapes);
	free(e.answer);
	labelled_free(&set);
	bnn_device_close(device);
	bnn_model_free(m);
}
END_TEST

START_TEST(where_a_page_cannot_be)
{
	char path[128];

	ck_assert_int_eq(file_check_place(dir, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "not a regular file"));
	snprintf(path, sizeof(path), "%s/gone/x.html", dir);
	ck_assert_int_eq(file_check_place(path, &err), BNN_E_FILE);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot write there"));
	snprintf(path, sizeof(path), "%s/x.html", dir);
	ck_assert_int_eq(file_check_place(path, &err), BNN_OK);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("report page");
	TCase *files = tcase_create("files");

	tcase_add_checked_fixture(files, make_dir, remove_dir);
	tcase_add_test(files, curve_file);
	tcase_add_loop_test(files, pages_of_random_networks, 0, 12);
	tcase_add_test(files, where_a_page_cannot_be);
	suite_add_tcase(s, files);
	return check_main(s);
}
