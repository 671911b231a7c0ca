/* SPDX-License-Identifier: MIT
 * The page's sections, in its order. Those that return int: BNN_E_MEMORY, and as said. */
#ifndef REPORT_SECTIONS_H
#define REPORT_SECTIONS_H

#include <stdio.h>

#include "report.h"

/* Main numbers, what the model and the images are. */
void section_summary(FILE *f, const struct report *r);
/* Confusion matrix, recall and precision. */
void section_classes(FILE *f, const struct report *r);
/* Escapes and false rejects against the margin. */
int section_escapes(FILE *f, const struct report *r, struct bnn_err *err);
/* Accuracy of images by their margin. */
int section_reliability(FILE *f, const struct report *r, struct bnn_err *err);
/* The mistakes with the largest margins, as images. */
int section_mistakes(FILE *f, const struct report *r, struct bnn_err *err);
/* What the first layer looks for. */
int section_kernels(FILE *f, const struct report *r, struct bnn_err *err);
/* Every layer's map of some images. Errors: of bnn_device_layers. */
int section_maps(FILE *f, const struct report *r, struct bnn_err *err);
/* Class maps over images, for networks that end in cam. Errors: of bnn_device_layers. */
int section_cam(FILE *f, const struct report *r, struct bnn_err *err);
/* Loss and accuracy of the epochs. */
int section_training(FILE *f, const struct report *r, struct bnn_err *err);
/* Fit and rate on every board, cycles of the layers. */
int section_boards(FILE *f, const struct report *r, struct bnn_err *err);

#endif
