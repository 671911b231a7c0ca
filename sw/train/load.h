/* SPDX-License-Identifier: MIT
 * Image sets from files, in one size; preprocessing is not done. */
#ifndef JB_TRAIN_LOAD_H
#define JB_TRAIN_LOAD_H

#include "data.h"
#include "dataset.h"

/* Size of the images of a set; rows 0: not chosen yet. */
struct load_shape {
	int rows, cols, channels;
};

/* What pictures are like, by up to 256 of them. */
struct load_look {
	int rows, cols; /* in the middle of those seen */
	bool coloured;  /* at least one in ten has colours */
};

/* Pictures that cannot be read are told and left out. */
struct load_skip {
	int count;
	void (*tell)(void *ctx, const struct bnn_err *why); /* may be NULL */
	void *ctx;
};

/* Errors: BNN_E_FILE (none can be read: the reason is the first one's), BNN_E_MEMORY. */
int load_look(const struct dataset *list, struct load_look *out, struct bnn_err *err);

/* What a shape may be chosen up to. */
struct load_most {
	int side, channels;
};

/* Size of a network's input for such pictures: their own up to most->side pixels a side, else the
 * longer side becomes that and the other one keeps the aspect; 8 at least; gray unless coloured. */
struct load_shape load_choose(const struct load_look *look, const struct load_most *most);

/* Reads DIR/PART-images-idx3-ubyte and DIR/PART-labels-idx1-ubyte, plain or with .gz; part:
 * "train" or "t10k". A shape not chosen yet becomes that of the files, by load_choose; most is not
 * looked at otherwise. classes:
 * 0 for as many as the largest label says.
 * Errors: BNN_E_FILE (missing or malformed, as many labels as images, labels below the classes),
 * BNN_E_LIMIT (more than JB_MAX_CLASSES), BNN_E_MEMORY. */
int load_idx(const char *dir, const char *part, const struct load_most *most,
	     struct load_shape *shape, int classes, struct train_set *out, struct bnn_err *err);

/* Reads the listed images; the classes are the list's. group_by: images of a class whose file
 * names agree up to the first such text, it included, are a group; NULL: none are.
 * Errors: BNN_E_MEMORY. */
int load_dataset(const struct dataset *list, const struct load_shape *shape, const char *group_by,
		 struct load_skip *skip, struct train_set *out, struct bnn_err *err);

#endif
