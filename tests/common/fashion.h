/* SPDX-License-Identifier: MIT
 * Real test images: Fashion-MNIST from Debian's dataset-fashion-mnist. */
#ifndef TESTS_FASHION_H
#define TESTS_FASHION_H

#include "idx.h"

struct fashion {
	struct idx_images images;
	uint8_t *labels;
};

/* The 10,000 test images and labels. Says on stderr what is missing; returns 0 or an enum bnn_error. */
int fashion_open(struct fashion *f);
void fashion_close(struct fashion *f);
const uint8_t *fashion_image(const struct fashion *f, int n);
/* The bundled model models/fashion-mnist.bnn; says on stderr why not. */
int fashion_model(bnn_model **m);

#endif
