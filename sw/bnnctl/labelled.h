/* SPDX-License-Identifier: MIT
 * Labelled images for an evaluation: a folder of class folders, or two IDX files. */
#ifndef BNNCTL_LABELLED_H
#define BNNCTL_LABELLED_H

#include "dataset.h"
#include "idx.h"

struct labelled {
	int count;
	const char *from;       /* as the command line names it */
	struct dataset folder;  /* or */
	struct idx_images idx;  /* with */
	uint8_t *label;         /* of the IDX files */
	int to[JB_MAX_CLASSES]; /* class of the model for one of the folder */
};

/* images: a folder (labels NULL) or an IDX file. A folder with train/ and test/: those of test.
 * images stays the caller's and must last as long as out, which labelled_free empties.
 * Errors: BNN_E_FILE (also: a class that the model has not), BNN_E_LIMIT, BNN_E_MEMORY. */
int labelled_open(const struct bnn_model *m, const char *images, const char *labels,
		  struct labelled *out, struct bnn_err *err);
void labelled_free(struct labelled *s);
/* True class of image i (0..count-1), a number of the model. */
int labelled_class(const struct labelled *s, int i);
/* Image i as it is in the file, the caller's. Errors: those of bnn_image_read. */
int labelled_read(const struct labelled *s, int i, struct bnn_image *out, struct bnn_err *err);
/* "folder/class/file", or "file#number". */
void labelled_name(const struct labelled *s, int i, char *buf, size_t size);

#endif
