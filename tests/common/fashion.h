/* SPDX-License-Identifier: MIT
 * The Fashion-MNIST test images and the bundled model, for the chain programs. */
#ifndef TESTS_FASHION_H
#define TESTS_FASHION_H

#include "idx.h"
#include "model.h"

#define FASHION_IMAGES "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"

struct fashion {
	struct idx_images images;
	uint8_t *labels; /* owned */
	bnn_model *model;
	int random; /* the model is missing: random parameters */
};

/* Reads images, labels and model; messages go to stderr. 0, or -1. */
int fashion_open(const char *model_path, struct fashion *f);
void fashion_close(struct fashion *f);
/* Image i as the model's devices are sent it; the caller frees it. 0, or -1 with a message. */
int fashion_fit(const struct fashion *f, int i, struct bnn_image *out);

#endif
