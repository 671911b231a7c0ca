/* SPDX-License-Identifier: MIT
 * Labelled image folders. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dataset.h"
#include "file.h"

#define PATH_SIZE 4096

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void folder_names_free(char **names, int count)
{
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

static int append(char ***list, int *count, const char *text, struct bnn_err *err)
{
	if ((*count & (*count - 1)) == 0) {
		char **more = realloc(*list, (*count ? 2 * (size_t)*count : 1) * sizeof(**list));
		if (!more)
			return err_set(err, BNN_E_MEMORY, "no memory for file names");
		*list = more;
	}
	(*list)[*count] = strdup(text);
	if (!(*list)[*count])
		return err_set(err, BNN_E_MEMORY, "no memory for file names");
	++*count;
	return BNN_OK;
}

int folder_names(const char *folder, int folders, char ***names, int *count, struct bnn_err *err)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[PATH_SIZE];
	int code = BNN_OK;

	*names = NULL;
	*count = 0;
	if (!dir)
		return err_set(err, BNN_E_FILE, "%s: %s", file_shown(folder), strerror(errno));
	while (!code && (entry = readdir(dir))) {
		struct stat st;
		if (entry->d_name[0] == '.')
			continue;
		int n = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (n < 0 || (size_t)n >= sizeof(path) || stat(path, &st))
			continue;
		if (folders ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode))
			code = append(names, count, entry->d_name, err);
	}
	closedir(dir);
	if (code) {
		folder_names_free(*names, *count);
		*names = NULL;
		*count = 0;
		return code;
	}
	if (*count)
		qsort(*names, (size_t)*count, sizeof(**names), by_name);
	return BNN_OK;
}

void dataset_free(struct dataset *d)
{
	if (!d)
		return;
	for (int i = 0; i < d->classes; i++)
		free(d->class_name[i]);
	folder_names_free(d->path, d->count);
	free(d->label);
	memset(d, 0, sizeof(*d));
}

/* Adds the files of one class folder, which may be missing. */
static int add_class(struct dataset *d, const char *folder, int label, struct bnn_err *err)
{
	char class_folder[PATH_SIZE], path[2 * PATH_SIZE], **names;
	int count, code = BNN_OK;
	struct stat st;

	snprintf(class_folder, sizeof(class_folder), "%s/%s", folder, d->class_name[label]);
	if (stat(class_folder, &st))
		return BNN_OK;
	code = folder_names(class_folder, 0, &names, &count, err);
	if (code)
		return code;
	uint8_t *labels = realloc(d->label, (size_t)d->count + (size_t)count + 1);
	if (!labels)
		code = err_set(err, BNN_E_MEMORY, "no memory for labels");
	else
		d->label = labels;
	for (int i = 0; !code && i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", class_folder, names[i]);
		d->label[d->count] = (uint8_t)label;
		code = append(&d->path, &d->count, path, err);
	}
	folder_names_free(names, count);
	return code;
}

static int set_classes(struct dataset *d, const char *folder, struct bnn_err *err)
{
	char **names;
	int count, code = folder_names(folder, 1, &names, &count, err);

	if (code)
		return code;
	if (count < JB_MIN_CLASSES || count > JB_MAX_CLASSES)
		code = err_set(err, count > JB_MAX_CLASSES ? BNN_E_LIMIT : BNN_E_FILE,
			       "%s: %d class folders; %d to %d are possible", file_shown(folder),
			       count, JB_MIN_CLASSES, JB_MAX_CLASSES);
	for (int i = 0; !code && i < count; i++) {
		d->class_name[d->classes++] = names[i];
		names[i] = NULL;
	}
	folder_names_free(names, count);
	return code;
}

int dataset_list(const char *folder, enum dataset_part part, struct dataset *out,
		 struct bnn_err *err)
{
	char train[PATH_SIZE], test[PATH_SIZE];
	struct stat st;

	memset(out, 0, sizeof(*out));
	if (strlen(folder) > PATH_SIZE - 8)
		return err_set(err, BNN_E_FILE, "%s: the path is too long", file_shown(folder));
	snprintf(train, sizeof(train), "%s/train", folder);
	snprintf(test, sizeof(test), "%s/test", folder);
	int split = stat(train, &st) == 0 && S_ISDIR(st.st_mode) && stat(test, &st) == 0 &&
		    S_ISDIR(st.st_mode);

	int code = set_classes(out, split ? train : folder, err);
	for (int c = 0; !code && c < out->classes; c++) {
		if (!split)
			code = add_class(out, folder, c, err);
		if (!code && split && part != DATASET_TEST)
			code = add_class(out, train, c, err);
		if (!code && split && part != DATASET_TRAIN)
			code = add_class(out, test, c, err);
	}
	if (!code && !out->count)
		code = err_set(err, BNN_E_FILE, "%s: no images in its class folders",
			       file_shown(folder));
	if (code)
		dataset_free(out);
	return code;
}
