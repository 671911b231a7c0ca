/* SPDX-License-Identifier: MIT
 * A set to learn: noisy stripes of 12x12 pixels, across, upright, and along a diagonal. */
#ifndef TESTS_STRIPES_H
#define TESTS_STRIPES_H

#include "data.h"

/* Fails the running Check test when out of memory. */
void stripes_new(struct train_set *s, int count, uint64_t seed);

#endif
