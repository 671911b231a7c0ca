/* SPDX-License-Identifier: MIT
 * Image sets from files. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "idx.h"
#include "image.h"
#include "load.h"

#define PATH_SIZE 4096
#define LOOK_IMAGES 256
#define COLOUR_LEVELS 8 /* mean difference of the channels of a coloured picture at least */

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

/* Image number i of the set. */
static int fit_image(const struct bnn_image *in, struct train_set *out, int i, struct bnn_err *err)
{
	struct bnn_image colours = { 0 }, sized = { 0 };
	int rc = image_convert(in, out->channels, &colours, err);

	if (!rc)
		rc = image_resize(&colours, out->rows, out->cols, &sized, err);
	if (!rc)
		memcpy(out->pixels + (size_t)i * train_set_size(out), sized.pixels,
		       train_set_size(out));
	bnn_image_free(&colours);
	bnn_image_free(&sized);
	return rc;
}

static bool has_colours(const struct bnn_image *im)
{
	size_t pixels = (size_t)im->rows * (size_t)im->cols;
	uint64_t sum = 0;

	for (size_t i = 0; im->channels == 3 && i < pixels; i++) {
		const uint8_t *p = im->pixels + 3 * i;

		sum += (uint64_t)(abs(p[0] - p[1]) + abs(p[1] - p[2]) + abs(p[0] - p[2])) / 2;
	}
	return sum >= COLOUR_LEVELS * (uint64_t)pixels;
}

static int by_size(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int load_look(const struct dataset *list, struct load_look *out, struct bnn_err *err)
{
	int rows[LOOK_IMAGES], cols[LOOK_IMAGES], seen = 0, coloured = 0;
	int wanted = list->count < LOOK_IMAGES ? list->count : LOOK_IMAGES;
	struct bnn_err why = { 0 }, first = { 0 };

	for (int n = 0; n < list->count && seen < wanted; n++) {
		/* spread over the list first, then the rest in its order */
		int at = n < wanted ? (int)((long)n * list->count / wanted) : n;
		struct bnn_image image;

		if (bnn_image_read(list->path[at], &image, &why)) {
			first = first.code ? first : why;
			continue;
		}
		rows[seen] = image.rows;
		cols[seen++] = image.cols;
		coloured += has_colours(&image);
		bnn_image_free(&image);
	}
	if (!seen)
		return err_set(err, BNN_E_FILE, "no picture can be read: %.180s", first.text);
	qsort(rows, (size_t)seen, sizeof(*rows), by_size);
	qsort(cols, (size_t)seen, sizeof(*cols), by_size);
	*out = (struct load_look){ rows[seen / 2], cols[seen / 2], coloured * 10 >= seen };
	return BNN_OK;
}

/* A side in proportion, even, so that pools drop nothing. */
static int scaled(int side, int longest, int most)
{
	int n = longest > most ? (side * most / longest + 1) / 2 * 2 : side;

	return n < JB_MIN_SIDE ? JB_MIN_SIDE : n;
}

struct load_shape load_choose(const struct load_look *look, const struct load_most *most)
{
	int longest = look->rows > look->cols ? look->rows : look->cols;

	return (struct load_shape){ scaled(look->rows, longest, most->side),
				    scaled(look->cols, longest, most->side),
				    look->coloured && most->channels == 3 ? 3 : 1 };
}

/* Classes of the labels, or an error. */
static int count_classes(const uint8_t *label, int count, int classes, const char *path,
			 struct bnn_err *err)
{
	int most = 0;

	for (int i = 0; i < count; i++) {
		most = label[i] > most ? label[i] : most;
		if (classes && label[i] >= classes)
			return err_set(err, BNN_E_FILE,
				       "%.120s: label %d is %d, there are %d classes",
				       file_shown(path), i, label[i], classes);
	}
	if (most >= JB_MAX_CLASSES)
		return err_set(err, BNN_E_LIMIT,
			       "%.120s: label %d; at most %d classes are possible",
			       file_shown(path), most, JB_MAX_CLASSES);
	return classes ? classes : most + 1 > JB_MIN_CLASSES ? most + 1 : JB_MIN_CLASSES;
}

static int fill(const struct idx_images *in, const uint8_t *label, const struct load_shape *shape,
		int classes, struct train_set *out, struct bnn_err *err)
{
	size_t size = (size_t)in->rows * (size_t)in->cols * (size_t)in->channels;
	int rc = train_set_new(out, in->count, shape->rows, shape->cols, shape->channels, classes,
			       err);

	for (int i = 0; !rc && i < in->count; i++) {
		struct bnn_image image = { in->rows, in->cols, in->channels,
					   in->pixels + (size_t)i * size };

		rc = fit_image(&image, out, i, err);
		out->label[i] = label[i];
	}
	if (rc)
		train_set_free(out);
	return rc;
}

int load_idx(const char *dir, const char *part, const struct load_most *most,
	     struct load_shape *shape, int classes, struct train_set *out, struct bnn_err *err)
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
	if (!rc) {
		classes = count_classes(label, count, classes, path, err);
		rc = classes < 0 ? classes : BNN_OK;
	}
	if (!rc && !shape->rows)
		*shape = load_choose(&(struct load_look){ images.rows, images.cols,
							  images.channels == 3 },
				     most);
	if (!rc)
		rc = fill(&images, label, shape, classes, out, err);
	free(label);
	idx_images_free(&images);
	return rc;
}

/* True when both file names begin with the same text up to and with `end`. */
static bool same_source(const char *a, const char *b, const char *end)
{
	const char *name_a = strrchr(a, '/'), *name_b = strrchr(b, '/'), *at;

	name_a = name_a ? name_a + 1 : a;
	name_b = name_b ? name_b + 1 : b;
	at = strstr(name_a, end);
	return at && strncmp(name_a, name_b, (size_t)(at - name_a) + strlen(end)) == 0;
}

int load_dataset(const struct dataset *list, const struct load_shape *shape, const char *group_by,
		 struct load_skip *skip, struct train_set *out, struct bnn_err *err)
{
	int before = -1; /* the last one read: names that begin alike are neighbours in the list */
	int rc = train_set_new(out, list->count, shape->rows, shape->cols, shape->channels,
			       list->classes, err);

	if (rc)
		return rc;
	out->count = 0;
	for (int i = 0; !rc && i < list->count; i++) {
		struct bnn_err why = { 0 };
		struct bnn_image image;

		if (bnn_image_read(list->path[i], &image, &why)) {
			skip->count++;
			if (skip->tell)
				skip->tell(skip->ctx, &why);
			continue;
		}
		rc = fit_image(&image, out, out->count, err);
		out->label[out->count] = list->label[i];
		if (group_by && before >= 0 && list->label[before] == list->label[i] &&
		    same_source(list->path[before], list->path[i], group_by))
			out->group[out->count] = out->group[out->count - 1];
		out->count++;
		before = i;
		bnn_image_free(&image);
	}
	if (rc)
		train_set_free(out);
	return rc;
}
