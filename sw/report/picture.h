/* SPDX-License-Identifier: MIT
 * Small pictures, and how they get into a page. */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include <stdio.h>

#include "model.h"

struct colour {
	uint8_t r, g, b;
};

struct picture {
	int rows, cols;
	uint8_t *rgb; /* [rows][cols][3], owned */
};

/* All of one colour. Errors: BNN_E_MEMORY. */
int picture_new(int rows, int cols, struct colour c, struct picture *out, struct bnn_err *err);
void picture_free(struct picture *p);
/* Points outside are passed over. */
void picture_fill(struct picture *p, int row, int col, int rows, int cols, struct colour c);
/* Of an image, made smaller by area averaging where a side is above most. Errors: BNN_E_MEMORY. */
int picture_of_image(const struct bnn_image *im, int most, struct picture *out,
		     struct bnn_err *err);
/* -1 blue, 0 white, 1 red; beyond is cut off. */
struct colour colour_signed(double v);

/* <img> with a PNG of the picture in it, gray where it is; a point is `scale` points of the page.
 * Errors: BNN_E_MEMORY. */
int picture_write(const struct picture *p, int scale, const char *alt, FILE *f,
		  struct bnn_err *err);
/* Scale at which a picture of this many points a side is about `wanted` points of the page. */
int picture_scale(const struct picture *p, int wanted);

#endif
