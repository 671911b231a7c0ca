/* SPDX-License-Identifier: MIT
 * bnnctl eval: labelled images through a device; accuracy and confusion. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "confusion.h"
#include "dataset.h"
#include "flight.h"
#include "idx.h"
#include "json.h"

struct tally {
	confusion_row table[JB_MAX_CLASSES];
	long count, correct;
	int bad_files;
};

struct run {
	const struct ctl *c;
	struct flight flight;
	struct ctl_progress bar;
	struct tally tally;
};

/* The tag is the true class. */
static void on_result(void *context, const struct bnn_result *r)
{
	struct tally *t = context;

	t->table[r->tag][r->index]++;
	t->count++;
	t->correct += (int)r->tag == r->index;
}

static int send(struct run *run, const struct bnn_image *im, int label, struct bnn_err *err)
{
	struct bnn_image fit;
	int rc = bnn_image_fit(run->c->model, im, &fit, err);

	if (rc)
		return rc;
	rc = flight_send(&run->flight, fit.pixels, (uint32_t)label, err);
	bnn_image_free(&fit);
	return rc;
}

static int send_idx(struct run *run, const struct idx_images *x, const uint8_t *label,
		    struct bnn_err *err)
{
	size_t size = (size_t)x->rows * (size_t)x->cols * (size_t)x->channels;
	int classes = bnn_model_classes(run->c->model), rc = BNN_OK;

	for (int i = 0; !rc && i < x->count; i++) {
		struct bnn_image im = { x->rows, x->cols, x->channels,
					x->pixels + size * (size_t)i };

		if (label[i] >= classes)
			return err_set(err, BNN_E_FILE, "label %d is %d, the model has %d classes",
				       i, label[i], classes);
		rc = send(run, &im, label[i], err);
		ctl_progress_set(&run->bar, i, x->count);
	}
	return rc;
}

static int eval_idx(struct run *run, const char *images, const char *labels, struct bnn_err *err)
{
	struct idx_images x = { 0 };
	uint8_t *label = NULL;
	int count = 0, rc = idx_read_images(images, &x, err);

	if (!rc)
		rc = idx_read_labels(labels, &label, &count, err);
	if (!rc && count != x.count)
		rc = err_set(err, BNN_E_FILE, "%.100s has %d labels, %.100s has %d images", labels,
			     count, images, x.count);
	if (!rc)
		rc = send_idx(run, &x, label, err);
	free(label);
	idx_images_free(&x);
	return rc;
}

/* Class numbers of the model for those of the folder. */
static int match_classes(const struct bnn_model *m, const struct dataset *d, int *to,
			 struct bnn_err *err)
{
	for (int c = 0; c < d->classes; c++) {
		for (to[c] = 0; to[c] < bnn_model_classes(m); to[c]++)
			if (strcmp(d->class_name[c], bnn_model_class(m, to[c])) == 0)
				break;
		if (to[c] == bnn_model_classes(m))
			return err_set(err, BNN_E_FILE, "the model has no class named \"%.100s\"",
				       d->class_name[c]);
	}
	return BNN_OK;
}

static int eval_folder(struct run *run, const char *folder, struct bnn_err *err)
{
	int to[JB_MAX_CLASSES], rc;
	struct bnn_err why;
	struct dataset d;

	rc = dataset_list(folder, DATASET_TEST, &d, err);
	if (rc)
		return rc;
	rc = match_classes(run->c->model, &d, to, err);
	for (int i = 0; !rc && i < d.count; i++) {
		struct bnn_image im;

		if (bnn_image_read(d.path[i], &im, &why)) {
			run->tally.bad_files++;
			ctl_error("%s", why.text);
			continue;
		}
		rc = send(run, &im, to[d.label[i]], err);
		bnn_image_free(&im);
		ctl_progress_set(&run->bar, i, d.count);
	}
	dataset_free(&d);
	return rc;
}

static void print(const struct ctl *c, const struct tally *t)
{
	double part = t->count ? (double)t->correct / (double)t->count : 0;
	double balanced = confusion_balanced(t->table, bnn_model_classes(c->model));

	if (c->json) {
		printf("{\"images\": %ld, \"correct\": %ld, \"accuracy\": %.6f, "
		       "\"balanced_accuracy\": %.6f, \"unreadable\": %d, \"device\": ",
		       t->count, t->correct, part, balanced, t->bad_files);
		json_string(bnn_device_name(c->device));
		printf(", \"classes\": [");
		for (int i = 0; i < bnn_model_classes(c->model); i++) {
			fputs(i ? ", " : "", stdout);
			json_string(bnn_model_class(c->model, i));
		}
		printf("], \"confusion\": ");
		confusion_print_json(c->model, t->table);
		puts("}");
		return;
	}
	printf("accuracy    %.2f %% (%ld of %ld images)\n", 100 * part, t->correct, t->count);
	printf("balanced    %.2f %%\n", 100 * balanced);
	confusion_print(c->model, t->table);
}

int cmd_eval(struct ctl *c, int argc, char **argv)
{
	struct run *run = calloc(1, sizeof(*run));
	struct bnn_err err = { 0 };
	int rc, status;

	if (!run) {
		ctl_error("out of memory");
		return EXIT_INTERNAL;
	}
	run->c = c;
	run->flight =
		(struct flight){ .device = c->device, .result = on_result, .context = &run->tally };
	ctl_progress_begin(&run->bar, c, "images");
	rc = argc > 2 ? eval_idx(run, argv[1], argv[2], &err) : eval_folder(run, argv[1], &err);
	if (!rc)
		rc = flight_land(&run->flight, &err);
	ctl_progress_end(&run->bar);
	if (!rc)
		print(c, &run->tally);
	status = rc ? ctl_fail(&err) : run->tally.bad_files ? EXIT_FILE : EXIT_OK;
	free(run);
	return status;
}
