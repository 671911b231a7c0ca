/* SPDX-License-Identifier: MIT
 * Images named on the command line, one after the other: image files, all images of IDX files
 * (named FILE#NUMBER, from 0), the files of folders. */
#ifndef BNNCTL_SOURCE_H
#define BNNCTL_SOURCE_H

#include <stdbool.h>

#include "idx.h"

#define SOURCE_NAME 4400

struct source {
	char **path;
	int count, next;
	const char *folder; /* being walked, with its files */
	char **file;
	int files, file_next;
	struct idx_images idx; /* being walked: pixels not NULL */
	int idx_next;
	char name[SOURCE_NAME]; /* of the file */
	char shown[SOURCE_NAME + 16];
};

/* path stays the caller's and must outlive s. */
void source_begin(struct source *s, char **path, int count);
void source_end(struct source *s);
/* The next image into *im (the caller's to free; empty on an error) and its name into *name (valid
 * until the next call). Returns false at the end. An image that cannot be read: err->code is not 0;
 * the next call goes on behind it. */
bool source_next(struct source *s, const char **name, struct bnn_image *im, struct bnn_err *err);

#endif
