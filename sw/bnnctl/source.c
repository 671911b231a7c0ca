/* SPDX-License-Identifier: MIT
 * Images named on the command line. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dataset.h"
#include "file.h"
#include "source.h"

void source_begin(struct source *s, char **path, int count)
{
	memset(s, 0, sizeof(*s));
	s->path = path;
	s->count = count;
}

static void end_folder(struct source *s)
{
	folder_names_free(s->file, s->files);
	s->file = NULL;
	s->files = s->file_next = 0;
	s->folder = NULL;
}

void source_end(struct source *s)
{
	end_folder(s);
	idx_images_free(&s->idx);
}

/* The next image of the IDX file. */
static void take_idx(struct source *s, struct bnn_image *im, struct bnn_err *err)
{
	const struct idx_images *x = &s->idx;
	size_t size = (size_t)x->rows * (size_t)x->cols * (size_t)x->channels;

	snprintf(s->shown, sizeof(s->shown), "%s#%d", s->name, s->idx_next);
	*im = (struct bnn_image){ x->rows, x->cols, x->channels, malloc(size) };
	if (im->pixels)
		memcpy(im->pixels, x->pixels + size * (size_t)s->idx_next, size);
	else
		err_set(err, BNN_E_MEMORY, "%s: out of memory", file_shown(s->shown));
	s->idx_next++;
	if (s->idx_next == x->count)
		idx_images_free(&s->idx);
}

/* The image of the file s->name, or the first one if it is an IDX file. */
static void take_file(struct source *s, struct bnn_image *im, struct bnn_err *err)
{
	if (bnn_image_read(s->name, im, err) != BNN_E_FILE || !idx_probe(s->name))
		return;
	err->code = BNN_OK;
	if (idx_read_images(s->name, &s->idx, err))
		return;
	s->idx_next = 0;
	take_idx(s, im, err);
}

/* Puts the next file's path into s->name; false at the end. */
static bool next_file(struct source *s, struct bnn_err *err)
{
	struct stat st;
	int n;

	if (s->folder && s->file_next == s->files)
		end_folder(s);
	if (!s->folder) {
		if (s->next == s->count)
			return false;
		snprintf(s->name, sizeof(s->name), "%s", s->path[s->next++]);
		if (stat(s->name, &st) || !S_ISDIR(st.st_mode))
			return true;
		if (folder_names(s->name, 0, &s->file, &s->files, err))
			return true;
		if (s->files == 0) {
			err_set(err, BNN_E_FILE, "%s: no files in this folder",
				file_shown(s->name));
			return true;
		}
		s->folder = s->path[s->next - 1];
	}
	n = snprintf(s->name, sizeof(s->name), "%s/%s", s->folder, s->file[s->file_next++]);
	if (n < 0 || (size_t)n >= sizeof(s->name))
		err_set(err, BNN_E_FILE, "%s: the path is too long", file_shown(s->name));
	return true;
}

bool source_next(struct source *s, const char **name, struct bnn_image *im, struct bnn_err *err)
{
	memset(im, 0, sizeof(*im));
	err->code = BNN_OK;
	*name = s->shown;
	if (s->idx.pixels) {
		take_idx(s, im, err);
		return true;
	}
	if (!next_file(s, err))
		return false;
	snprintf(s->shown, sizeof(s->shown), "%s", s->name);
	if (!err->code)
		take_file(s, im, err);
	return true;
}
