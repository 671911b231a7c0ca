/* SPDX-License-Identifier: MIT
 * Cycle model of the front end (hw/front). */
#ifndef JB_CYCLES_FRONT_H
#define JB_CYCLES_FRONT_H

#include "device_limits.h"

/* Cycles of an image from its first pixel to the last map word, for pixels that are always there
 * and a map memory that always takes words. front_words: the front descriptor of a well-formed
 * program (JB_PROG_FRONT_WORDS words), compiled for limits. Equal to the hardware's counter. */
uint32_t cycles_front(const uint32_t *front_words, const struct device_limits *limits);

#endif
