/* SPDX-License-Identifier: MIT
 * Images of bnnctl train. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "train_data.h"

#define LEAST_IMAGES 8 /* of a class, to learn from */
#define TOLD_FILES 10  /* that cannot be read */

static void tell_skipped(void *ctx, const struct bnn_err *why)
{
	int *told = ctx;

	if ((*told)++ < TOLD_FILES)
		ctl_error("left out: %s", why->text);
}

static int name_class(struct train_data *d, const char *name, size_t length, struct bnn_err *err)
{
	d->name[d->classes] = strndup(name, length < MODEL_NAME_MAX ? length : MODEL_NAME_MAX);
	if (!d->name[d->classes])
		return err_set(err, BNN_E_MEMORY, "out of memory for class names");
	d->classes++;
	return BNN_OK;
}

/* Names of --classes, or numbers. */
static int name_idx_classes(struct train_data *d, const char *names, struct bnn_err *err)
{
	int classes = d->learn.classes, rc = BNN_OK;
	char number[12];

	for (int c = 0; !rc && c < classes; c++) {
		size_t length = names ? strcspn(names, ",") : 0;

		snprintf(number, sizeof(number), "%d", c);
		rc = names ? name_class(d, names, length, err)
			   : name_class(d, number, sizeof(number), err);
		if (names && !rc && (c == classes - 1) == (names[length] == ','))
			return err_set(err, BNN_E_ARG,
				       "--classes: not as many names as the %d classes", classes);
		names = names ? names + length + 1 : NULL;
	}
	return rc;
}

static int read_idx(const struct train_args *a, struct train_data *d, struct bnn_err *err)
{
	int rc = load_idx(a->idx, "train", &a->most, &d->shape, 0, &d->learn, err);

	if (!rc)
		rc = name_idx_classes(d, a->classes, err);
	if (!rc)
		rc = load_idx(a->idx, "t10k", &a->most, &d->shape, d->classes, &d->test, err);
	return rc;
}

/* The labels of a list become the classes' numbers. */
static int match_classes(const char *folder, struct dataset *list, const struct train_data *d,
			 struct bnn_err *err)
{
	int number[JB_MAX_CLASSES] = { 0 };

	for (int c = 0; c < list->classes; c++) {
		int n = 0;

		while (n < d->classes && strcmp(list->class_name[c], d->name[n]) != 0)
			n++;
		if (n == d->classes)
			return err_set(err, BNN_E_FILE, "%.120s: class %.60s is not one learned",
				       file_shown(folder), list->class_name[c]);
		number[c] = n;
	}
	for (int i = 0; i < list->count; i++)
		list->label[i] = (uint8_t)number[list->label[i]];
	return BNN_OK;
}

static int read_list(const struct train_args *a, int *told, const char *folder,
		     enum dataset_part part, struct train_data *d, struct train_set *out,
		     struct bnn_err *err)
{
	struct load_skip skip = { .tell = tell_skipped, .ctx = told };
	struct load_look look;
	struct dataset list;
	int rc = dataset_list(folder, part, &list, err);

	if (rc)
		return rc;
	for (int c = 0; !rc && !d->learn.count && c < list.classes; c++)
		rc = name_class(d, list.class_name[c], strlen(list.class_name[c]), err);
	if (!rc)
		rc = match_classes(folder, &list, d, err);
	if (!rc && !d->shape.rows) {
		rc = load_look(&list, &look, err);
		if (!rc)
			d->shape = load_choose(&look, &a->most);
	}
	if (!rc)
		rc = load_dataset(&list, &d->shape, a->group_by, &skip, out, err);
	out->classes = d->classes;
	d->skipped += skip.count;
	dataset_free(&list);
	return rc;
}

static bool has_parts(const char *folder)
{
	static const char *const parts[] = { "train", "test" };
	char path[4096];
	struct stat st;

	for (int i = 0; i < 2; i++) {
		int n = snprintf(path, sizeof(path), "%s/%s", folder, parts[i]);

		if (n < 0 || (size_t)n >= sizeof(path) || stat(path, &st) || !S_ISDIR(st.st_mode))
			return false;
	}
	return true;
}

static int read_folders(const struct train_args *a, struct train_data *d, struct bnn_err *err)
{
	int told = 0;
	int rc = read_list(a, &told, a->folder, DATASET_TRAIN, d, &d->learn, err);

	if (!rc && a->test)
		rc = read_list(a, &told, a->test, DATASET_ALL, d, &d->test, err);
	else if (!rc && has_parts(a->folder))
		rc = read_list(a, &told, a->folder, DATASET_TEST, d, &d->test, err);
	if (d->skipped > TOLD_FILES)
		ctl_error("left out: %d more", d->skipped - TOLD_FILES);
	return rc;
}

/* Takes the part to test on out of the images, groups whole. */
static int part_test(const struct train_args *a, struct train_data *d, struct bnn_err *err)
{
	struct train_set all = d->learn;
	struct data_split split;
	int rc = data_split_new(&all, a->test_part, a->train.seed ^ 0x7E57, &split);

	if (rc)
		return err_set(err, rc, "out of memory for %d images", all.count);
	d->learn = (struct train_set){ 0 };
	d->parted = true;
	rc = train_set_take(&all, split.learn, split.learn_count, &d->learn, err);
	if (!rc)
		rc = train_set_take(&all, split.held, split.held_count, &d->test, err);
	train_set_free(&all);
	data_split_free(&split);
	return rc;
}

static int check_classes(const struct train_data *d, struct bnn_err *err)
{
	int count[JB_MAX_CLASSES];

	train_set_count(&d->learn, count);
	for (int c = 0; c < d->classes; c++)
		if (count[c] < LEAST_IMAGES)
			return err_set(
				err, BNN_E_FILE,
				"class %.63s: %d image%s to learn from, at least %d are needed",
				d->name[c], count[c], count[c] == 1 ? "" : "s", LEAST_IMAGES);
	return BNN_OK;
}

static int count_groups(const struct train_set *s)
{
	int groups = 0;

	for (int i = 0; i < s->count; i++)
		groups += s->group[i] == i;
	return groups;
}

static void say_found(const struct ctl *c, const struct train_data *d)
{
	ctl_note(c, "%d classes, %d images to learn from, %d to test%s; %dx%dx%d", d->classes,
		 d->learn.count, d->test.count, d->parted ? " (taken out of them)" : "",
		 d->shape.rows, d->shape.cols, d->shape.channels);
	if (d->groups < d->learn.count + (d->parted ? d->test.count : 0))
		ctl_note(c, "images that look alike stay together: %d groups", d->groups);
	if (d->alike)
		ctl_note(c,
			 "%d of the images to test look like ones to learn from: the test may say "
			 "too much",
			 d->alike);
	if (d->skipped)
		ctl_note(c, "%d file%s left out", d->skipped, d->skipped == 1 ? "" : "s");
}

int train_data_read(const struct ctl *c, const struct train_args *a, struct load_shape shape,
		    struct train_data *out, struct bnn_err *err)
{
	int rc;

	*out = (struct train_data){ .shape = shape };
	rc = a->idx ? read_idx(a, out, err) : read_folders(a, out, err);
	if (!rc)
		rc = check_classes(out, err);
	if (!rc)
		rc = train_set_group(&out->learn, err);
	if (!rc)
		out->groups = count_groups(&out->learn);
	if (!rc && out->test.count)
		rc = train_set_alike(&out->test, &out->learn, &out->alike, err);
	else if (!rc && a->test_part > 0)
		rc = part_test(a, out, err);
	if (!rc)
		rc = check_classes(out, err);
	if (!rc)
		say_found(c, out);
	return rc;
}

void train_data_free(struct train_data *d)
{
	for (int c = 0; c < d->classes; c++)
		free(d->name[c]);
	train_set_free(&d->learn);
	train_set_free(&d->test);
	*d = (struct train_data){ 0 };
}
