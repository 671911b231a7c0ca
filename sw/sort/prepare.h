/* SPDX-License-Identifier: MIT
 * From a frame to what the boards are sent: crop, parts, the model's size. */
#ifndef SORT_PREPARE_H
#define SORT_PREPARE_H

#include <stdatomic.h>

#include "finder.h"
#include "line.h"
#include "sort_source.h"

struct prepare {
	const bnn_model *model;
	int x, y, w, h; /* crop; w 0: none */
	bool find;      /* parts */
	struct finder_options finder;
	bool keep;                   /* pictures go with the images */
	atomic_ulong empty_frames;   /* of a stream, without parts */
	atomic_ulong skipped_frames; /* that a camera dropped */
};

/* Puts the images of a frame on the line. False when the line was stopped. A frame that cannot be
 * used is put as REASON_UNREADABLE. */
bool prepare_put(struct prepare *p, struct frame *f, struct line *line);

#endif
