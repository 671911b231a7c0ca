/* SPDX-License-Identifier: MIT
 * Jet kernels in words. */
#ifndef REPORT_JET_NAME_H
#define REPORT_JET_NAME_H

#include <stddef.h>

/* What kernel `number` of side k (3 or 5) is called: "Gaussian", "Sobel x", "second derivative y",
 * or its derivatives. */
void jet_name(int k, int number, char *buf, size_t size);
/* How it is composed, in HTML: "x: [1 1]<sup>2</sup>, y: [1 1] [1 -1]". */
void jet_composition(int k, int number, char *buf, size_t size);

#endif
