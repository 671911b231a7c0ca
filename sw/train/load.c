/* SPDX-License-Identifier: MIT
 * Image sets from files. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "idx.h"
#include "load.h"

#define PATH_SIZE 4096

static int find_file(const char *dir, const char *part, const char *what, char *path, size_t size,
		     struct bnn_err *err)
{
	static const char *const endings[] = { "", ".gz" };

	for (int i = 0; i < 2; i++) {
		int n = snprintf(path, size, "%s/%s-%s-ubyte%s", dir, part, what, endings[i]);

		if (n >= 0 && (size_t)n < size && access(path, R_OK) == 0)
			return BNN_OK;
	}
	return err_set(err, BNN_E_FILE, "%.120s: no %s-%s-ubyte, plain or .gz", dir, part, what);
}

/* Image number i of the set, as the device is sent it. */
static int fit_image(const struct bnn_model *fit, const struct bnn_image *in, struct train_set *out,
		     int i, struct bnn_err *err)
{
	size_t size = (size_t)out->rows * (size_t)out->cols * (size_t)out->channels;
	struct bnn_image sized;
	int rc = bnn_image_fit(fit, in, &sized, err);

	if (rc)
		return rc;
	memcpy(out->pixels + (size_t)i * size, sized.pixels, size);
	bnn_image_free(&sized);
	return BNN_OK;
}

static int fill(const struct bnn_model *fit, const struct idx_images *in, const uint8_t *label,
		struct train_set *out, struct bnn_err *err)
{
	size_t size = (size_t)in->rows * (size_t)in->cols * (size_t)in->channels;
	int rc = train_set_new(out, in->count, fit->net.rows, fit->net.cols, fit->net.channels,
			       bnn_model_classes(fit), err);

	for (int i = 0; !rc && i < in->count; i++) {
		struct bnn_image image = { in->rows, in->cols, in->channels,
					   in->pixels + (size_t)i * size };

		if (label[i] >= out->classes)
			rc = err_set(err, BNN_E_FILE, "label %d is %d, the network has %d classes",
				     i, label[i], out->classes);
		else
			rc = fit_image(fit, &image, out, i, err);
		out->label[i] = label[i];
	}
	if (rc)
		train_set_free(out);
	return rc;
}

int load_idx(const struct bnn_model *fit, const char *dir, const char *part, struct train_set *out,
	     struct bnn_err *err)
{
	struct idx_images images = { 0 };
	uint8_t *label = NULL;
	char path[PATH_SIZE];
	int count = 0, rc = find_file(dir, part, "images-idx3", path, sizeof(path), err);

	if (!rc)
		rc = idx_read_images(path, &images, err);
	if (!rc)
		rc = find_file(dir, part, "labels-idx1", path, sizeof(path), err);
	if (!rc)
		rc = idx_read_labels(path, &label, &count, err);
	if (!rc && count != images.count)
		rc = err_set(err, BNN_E_FILE, "%.120s: %d labels for %d images", path, count,
			     images.count);
	if (!rc)
		rc = fill(fit, &images, label, out, err);
	free(label);
	idx_images_free(&images);
	return rc;
}

int load_dataset(const struct bnn_model *fit, const struct dataset *list, struct train_set *out,
		 struct bnn_err *err)
{
	int rc = train_set_new(out, list->count, fit->net.rows, fit->net.cols, fit->net.channels,
			       list->classes, err);

	for (int i = 0; !rc && i < list->count; i++) {
		struct bnn_image image;

		rc = bnn_image_read(list->path[i], &image, err);
		if (rc)
			break;
		rc = fit_image(fit, &image, out, i, err);
		out->label[i] = list->label[i];
		bnn_image_free(&image);
	}
	if (rc)
		train_set_free(out);
	return rc;
}
