/* SPDX-License-Identifier: MIT
 * Bit fields of 32-bit words, by their names in hw/defs/jetbnn.def:
 * FIELD(words, O_NROW), FIELD_SET(words, O_NROW, 4). */
#ifndef JB_FIELDS_H
#define JB_FIELDS_H

#include <stdint.h>

#include "jetbnn_defs.h"

static inline uint32_t field_mask(int msb, int lsb)
{
	return (uint32_t)(((uint64_t)2 << (msb - lsb)) - 1);
}

static inline uint32_t field_get(uint32_t word, int msb, int lsb)
{
	return (word >> lsb) & field_mask(msb, lsb);
}

/* Value bits beyond the field are dropped: two's complement of negative numbers. */
static inline uint32_t field_put(uint32_t word, int msb, int lsb, uint32_t value)
{
	uint32_t mask = field_mask(msb, lsb);

	return (word & ~(mask << lsb)) | (value & mask) << lsb;
}

#define FIELD(words, name) field_get((words)[JB_##name##_WORD], JB_##name##_MSB, JB_##name##_LSB)
#define FIELD_SET(words, name, value)                                                      \
	((words)[JB_##name##_WORD] = field_put((words)[JB_##name##_WORD], JB_##name##_MSB, \
					       JB_##name##_LSB, (uint32_t)(value)))

#endif
