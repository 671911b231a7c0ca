/* SPDX-License-Identifier: MIT
 * Accuracy of images by their margin. */
#ifndef REPORT_RELIABILITY_H
#define REPORT_RELIABILITY_H

#include "evaluation.h"

#define RELIABILITY_BINS 10

struct reliability_bin {
	int32_t from, to; /* margins, both included */
	long count, correct;
};

/* Bins of about as many images each, rising; images of the same margin share one. *bins: how many,
 * at most RELIABILITY_BINS. Answers of images that could not be read are passed over.
 * Errors: BNN_E_MEMORY. */
int reliability_make(const struct answer *a, int count, struct reliability_bin *out, int *bins,
		     struct bnn_err *err);

#endif
