/* SPDX-License-Identifier: MIT
 * Seeded random networks, models and images, for tests and `bnnctl selftest`. */
#ifndef JB_RANDOM_NET_H
#define JB_RANDOM_NET_H

#include <stdint.h>

#include "model.h"

struct random_source {
	uint64_t state;
};

/* Value 0..n-1. */
int random_below(struct random_source *r, int n);

/* A valid network over all layer kinds, paddings, strides, pools and heads; image sides and work
 * per layer are kept small (max_side; about max_work weight bits times positions a layer). */
void random_net(struct random_source *r, int max_side, double max_work, struct net *out);
/* The same with random parameters; NULL when out of memory. Freed with bnn_model_free. */
struct bnn_model *random_model(struct random_source *r, int max_side, double max_work);
/* Noise, two levels, a constant, or a smooth ramp; 0 and 255 are frequent. */
void random_image(struct random_source *r, const struct net *n, uint8_t *pixels);

#endif
