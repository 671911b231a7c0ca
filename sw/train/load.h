/* SPDX-License-Identifier: MIT
 * Image sets from files, resized and preprocessed as the device is sent them. */
#ifndef JB_TRAIN_LOAD_H
#define JB_TRAIN_LOAD_H

#include "data.h"
#include "dataset.h"

/* Reads DIR/PART-images-idx3-ubyte and DIR/PART-labels-idx1-ubyte, plain or with .gz; part: "train" or
 * "t10k". fit: a model with the input size, the preprocessing and the number of classes.
 * Errors: BNN_E_FILE (missing or malformed, as many labels as images, labels below the classes),
 * BNN_E_LIMIT, BNN_E_MEMORY. */
int load_idx(const struct bnn_model *fit, const char *dir, const char *part, struct train_set *out,
	     struct bnn_err *err);

/* Reads the listed images; the classes are the list's. Errors: those of bnn_image_read and
 * bnn_image_fit, of the first image that cannot be read. */
int load_dataset(const struct bnn_model *fit, const struct dataset *list, struct train_set *out,
		 struct bnn_err *err);

#endif
