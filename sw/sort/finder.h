/* SPDX-License-Identifier: MIT
 * Finds the parts in a frame: pixels that differ from the background, connected along sides or
 * corners. */
#ifndef SORT_FINDER_H
#define SORT_FINDER_H

#include <stdbool.h>

#include "bnn.h"

#define FINDER_MAX_PARTS 64 /* in a frame */

struct finder_options {
	int threshold;   /* gray value 0 to 255; colour pixels count with their gray value */
	bool dark;       /* parts are darker (below it), else brighter (above it) */
	long area_least; /* pixels of a part; smaller ones are passed over */
	int border;      /* pixels added around a part's box, as far as the frame goes */
	bool whole;      /* parts that touch the edge of the frame are passed over */
};

struct finder_box {
	int x, y, w, h;
	long area; /* pixels of the part */
};

/* Boxes of the parts from left to right (by their left edge, then their upper one). Memory: a few
 * words a run of part pixels in a row. Errors: BNN_E_MEMORY; BNN_E_LIMIT (more than
 * FINDER_MAX_PARTS). */
int finder_find(const struct bnn_image *im, const struct finder_options *o,
		struct finder_box box[FINDER_MAX_PARTS], int *count, struct bnn_err *err);

#endif
