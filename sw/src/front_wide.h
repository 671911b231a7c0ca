/* SPDX-License-Identifier: MIT
 * Code words of the wide front end (hw/front/wide_values.v, wide_unit.v). */
#ifndef JB_FRONT_WIDE_H
#define JB_FRONT_WIDE_H

#include "model.h"

/* Steps of a group of outputs. */
int wide_steps(const struct net_layer *l);
/* Code word of a step of an output; beyond the last output it chooses nothing that matters.
 * slots: channels of the front end, at least the layer's. */
uint32_t wide_code(const struct net_layer *l, const struct model_layer *m, int slots, int output,
		   int step);
/* The front end takes 128 from every pixel: threshold of an output for what it sums then. */
int32_t wide_threshold(const struct net_layer *l, const struct model_layer *m, int output);

#endif
