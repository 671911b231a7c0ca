/* SPDX-License-Identifier: MIT
 * Images of bnnctl train: found, read, sized and parted. */
#ifndef BNNCTL_TRAIN_DATA_H
#define BNNCTL_TRAIN_DATA_H

#include "load.h"
#include "train_args.h"

struct train_data {
	char *name[JB_MAX_CLASSES]; /* of the classes, owned */
	int classes;
	struct load_shape shape;
	struct train_set learn, test; /* test.count 0: none */
	int groups;                   /* of images that look alike, before test was taken out */
	int alike;                    /* images to test on that look like ones to learn from */
	bool parted;                  /* test was taken out of one folder */
	int skipped;                  /* files that could not be read */
};

/* Reads everything. shape, when it has rows, is what a given network reads; else it is chosen.
 * Names files that cannot be read on stderr, and says what was found. Errors: BNN_E_FILE (too few
 * classes or images, a class of the test folder that is not learned), BNN_E_ARG (another number of
 * names than classes), BNN_E_LIMIT, BNN_E_MEMORY. */
int train_data_read(const struct ctl *c, const struct train_args *a, struct load_shape shape,
		    struct train_data *out, struct bnn_err *err);
void train_data_free(struct train_data *d);

#endif
