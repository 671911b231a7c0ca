/* SPDX-License-Identifier: MIT
 * The ejector (hw/eject) as a function of what came since the last tick: docs/eject.md in C. */
#ifndef TESTS_EJECT_REF_H
#define TESTS_EJECT_REF_H

#include <stdbool.h>
#include <stdint.h>

#include "jetbnn_defs.h"

struct eject_ref_part {
	uint32_t time;
	bool crowded, decided;
	int output;
};

struct eject_ref_queue {
	uint32_t due[JB_OUT_PULSES];
	int count;
};

struct eject_ref {
	uint32_t word[JB_OUT_WORDS]; /* outputs block; mode, delays ... are read from it */
	bool armed, loading;
	uint32_t now, silent, cause;
	/* inputs */
	bool eye, encoder;
	int held;
	/* parts: [0] is the oldest; the first `paired` have an image or are too old for one */
	struct eject_ref_part part[JB_OUT_PARTS];
	int parts, paired;
	bool any_before;
	uint32_t last;
	int tag[4]; /* index of the part of image n, -1: none */
	/* images */
	bool started, image, image_started, result;
	uint32_t stamp, image_stamp;
	int image_number, result_number, result_class;
	uint32_t margin;
	/* pulses */
	struct eject_ref_queue queue[JB_OUT_OUTPUTS];
	uint32_t left[JB_OUT_OUTPUTS];
	uint8_t pins;
	uint32_t count[JB_OST_WORDS]; /* [JB_OST_PARTS] ... */
};

/* What came since the last tick, in the order of the members. */
struct eject_ref_in {
	bool eye, encoder; /* levels at the tick */
	bool alive;        /* a packet */
	bool push, start;  /* the image that came is complete; another begins */
	int push_number;   /* 0 to 3 */
	bool result;       /* with: */
	int result_number, result_class;
	uint32_t margin; /* best score less second best */
	bool drop, changed;
	const uint32_t *configure; /* JB_OUT_WORDS words, NULL: none */
};

void eject_ref_reset(struct eject_ref *e);
/* One tick. The levels of the pins from now to the next one are in e->pins. */
void eject_ref_tick(struct eject_ref *e, const struct eject_ref_in *in);
/* Word w of the outputs state block. */
uint32_t eject_ref_state(const struct eject_ref *e, int w);

#endif
