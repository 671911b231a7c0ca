/* SPDX-License-Identifier: MIT
 * Images of the set that the page shows. */
#ifndef REPORT_EXAMPLES_H
#define REPORT_EXAMPLES_H

#include "picture.h"
#include "report.h"

/* Numbers of the mistakes with the largest margins, falling (the lower number first on a tie), at most
 * `most`. Returns how many. */
int examples_worst(const struct report *r, int *out, int most);
/* The right image of this class with the largest margin, -1: there is none. */
int examples_sure(const struct report *r, int class);
/* The right image with the smallest margin, -1: there is none. */
int examples_unsure(const struct report *r);

/* An example with what the device computes for it. */
struct example {
	struct bnn_image image; /* as in the file */
	struct bnn_image fit;   /* as the device gets it */
	struct bnn_layers layers;
};
/* Errors: of bnn_image_read, bnn_image_fit and bnn_device_layers; then nothing is to be freed. */
int example_compute(const struct report *r, int number, struct example *out, struct bnn_err *err);
void example_free(struct example *e);

/* File name in the set, and its classes and margin, as lines of a figure. */
void example_caption(FILE *f, const struct report *r, int number);

#endif
