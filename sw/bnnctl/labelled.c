/* SPDX-License-Identifier: MIT
 * Labelled images for an evaluation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "labelled.h"

static int open_idx(const struct bnn_model *m, const char *images, const char *labels,
		    struct labelled *out, struct bnn_err *err)
{
	int classes = bnn_model_classes(m), count = 0, rc;

	rc = idx_read_images(images, &out->idx, err);
	if (!rc)
		rc = idx_read_labels(labels, &out->label, &count, err);
	if (!rc && count != out->idx.count)
		rc = err_set(err, BNN_E_FILE, "%.100s has %d labels, %.100s has %d images", labels,
			     count, images, out->idx.count);
	for (int i = 0; !rc && i < count; i++)
		if (out->label[i] >= classes)
			rc = err_set(err, BNN_E_FILE, "label %d is %d, the model has %d classes", i,
				     out->label[i], classes);
	out->count = out->idx.count;
	return rc;
}

/* Class numbers of the model for those of the folder. */
static int match_classes(const struct bnn_model *m, const struct dataset *d, int *to,
			 struct bnn_err *err)
{
	for (int c = 0; c < d->classes; c++) {
		to[c] = model_find_class(m, d->class_name[c], strlen(d->class_name[c]));
		if (to[c] < 0)
			return err_set(err, BNN_E_FILE, "the model has no class named \"%.100s\"",
				       d->class_name[c]);
	}
	return BNN_OK;
}

static int open_folder(const struct bnn_model *m, const char *folder, struct labelled *out,
		       struct bnn_err *err)
{
	int rc = dataset_list(folder, DATASET_TEST, &out->folder, err);

	if (!rc)
		rc = match_classes(m, &out->folder, out->to, err);
	out->count = out->folder.count;
	return rc;
}

int labelled_open(const struct bnn_model *m, const char *images, const char *labels,
		  struct labelled *out, struct bnn_err *err)
{
	int rc;

	*out = (struct labelled){ .from = images };
	rc = labels ? open_idx(m, images, labels, out, err) : open_folder(m, images, out, err);
	if (rc)
		labelled_free(out);
	return rc;
}

void labelled_free(struct labelled *s)
{
	dataset_free(&s->folder);
	idx_images_free(&s->idx);
	free(s->label);
	*s = (struct labelled){ 0 };
}

int labelled_class(const struct labelled *s, int i)
{
	return s->label ? s->label[i] : s->to[s->folder.label[i]];
}

int labelled_read(const struct labelled *s, int i, struct bnn_image *out, struct bnn_err *err)
{
	const struct idx_images *x = &s->idx;
	size_t size = (size_t)x->rows * (size_t)x->cols * (size_t)x->channels;
	int rc;

	if (!s->label)
		return bnn_image_read(s->folder.path[i], out, err);
	rc = image_alloc(s->from, (uint64_t)x->rows, (uint64_t)x->cols, x->channels, out, err);
	if (!rc)
		memcpy(out->pixels, x->pixels + size * (size_t)i, size);
	return rc;
}

void labelled_name(const struct labelled *s, int i, char *buf, size_t size)
{
	if (s->label)
		snprintf(buf, size, "%s#%d", s->from, i);
	else
		snprintf(buf, size, "%s", s->folder.path[i]);
}
