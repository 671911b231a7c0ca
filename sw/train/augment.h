/* SPDX-License-Identifier: MIT
 * Augmentation: an image as it could have been taken as well. */
#ifndef JB_TRAIN_AUGMENT_H
#define JB_TRAIN_AUGMENT_H

#include "data.h"

struct augment {
	bool flip_h, flip_v; /* left and right, top and bottom exchanged every second time */
	bool transpose;      /* rows and columns exchanged every second time: of square images */
	int shift;           /* up to so many pixels in each direction; edge pixels repeat */
	bool brightness;     /* contrast times 0.8 to 1.25, then up to 25 levels up or down */
	bool rotate;         /* up to 10 degrees either way */
};

#define AUGMENT_MAX_SHIFT 32
/* Bytes of augment_print's text at most. */
#define AUGMENT_TEXT 64

/* Image number i as floats 0..255, augmented by r unless a is NULL. */
void augment_sample(const struct train_set *s, int i, const struct augment *a, struct rng *r,
		    float *out);
/* "flip-h,shift:2", or "none". */
void augment_print(const struct augment *a, char text[AUGMENT_TEXT]);
/* Reads such a text; "shift" alone is shift:2. False when it is none. */
bool augment_parse(const char *text, struct augment *a);

#endif
