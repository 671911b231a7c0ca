/* SPDX-License-Identifier: MIT
 * Small pictures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "picture.h"

int picture_new(int rows, int cols, struct colour c, struct picture *out, struct bnn_err *err)
{
	*out = (struct picture){ rows, cols, malloc((size_t)rows * (size_t)cols * 3 + 1) };
	if (!out->rgb)
		return err_set(err, BNN_E_MEMORY, "out of memory for a picture of %d x %d", rows,
			       cols);
	picture_fill(out, 0, 0, rows, cols, c);
	return BNN_OK;
}

void picture_free(struct picture *p)
{
	free(p->rgb);
	*p = (struct picture){ 0 };
}

void picture_fill(struct picture *p, int row, int col, int rows, int cols, struct colour c)
{
	for (int r = row < 0 ? 0 : row; r < row + rows && r < p->rows; r++)
		for (int x = col < 0 ? 0 : col; x < col + cols && x < p->cols; x++)
			memcpy(p->rgb + 3 * ((size_t)r * (size_t)p->cols + (size_t)x), &c, 3);
}

static int side(int own, int largest, int most)
{
	int v = largest > most ? (int)((long)own * most / largest) : own;

	return v > 0 ? v : 1;
}

int picture_of_image(const struct bnn_image *im, int most, struct picture *out, struct bnn_err *err)
{
	int largest = im->rows > im->cols ? im->rows : im->cols;
	struct bnn_image small, rgb = { 0 };
	int rc = image_resize(im, side(im->rows, largest, most), side(im->cols, largest, most),
			      &small, err);

	if (rc)
		return rc;
	rc = image_convert(&small, 3, &rgb, err);
	bnn_image_free(&small);
	*out = (struct picture){ rgb.rows, rgb.cols, rgb.pixels };
	return rc;
}

struct colour colour_signed(double v)
{
	double part = fmin(fabs(v), 1);
	uint8_t full = (uint8_t)(255 - 225 * part), half = (uint8_t)(255 - 150 * part);

	return v > 0 ? (struct colour){ (uint8_t)(255 - 60 * part), half, full }
		     : (struct colour){ full, half, (uint8_t)(255 - 60 * part) };
}

int picture_scale(const struct picture *p, int wanted)
{
	int largest = p->rows > p->cols ? p->rows : p->cols;
	int scale = (wanted + largest / 2) / largest;

	return scale > 1 ? scale : 1;
}
