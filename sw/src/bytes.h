/* SPDX-License-Identifier: MIT
 * Little-endian numbers, packed signs, and a growing byte buffer. */
#ifndef JB_BYTES_H
#define JB_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A buffer that grows as it is written. failed: out of memory, later writes do nothing. */
struct bytes {
	uint8_t *p; /* owned; the caller frees it */
	size_t len, size;
	bool failed;
};

void bytes_put(struct bytes *b, const void *data, size_t len);
void bytes_put_u8(struct bytes *b, uint8_t v);
void bytes_put_u32(struct bytes *b, uint32_t v);
/* Signs as bits, first in bit 0 of the first byte, 1 for +1; the last byte is filled with zeros. */
void bytes_put_signs(struct bytes *b, const int8_t *sign, size_t count);
void bytes_put_i32s(struct bytes *b, const int32_t *v, size_t count);

uint32_t bytes_u32(const uint8_t *p);
void bytes_set_u32(uint8_t *p, uint32_t v);
/* Bytes that count packed signs take. */
size_t bytes_of_signs(size_t count);
/* Unpacks what bytes_put_signs wrote; false when a fill bit is not zero. */
bool bytes_get_signs(const uint8_t *p, int8_t *sign, size_t count);
void bytes_get_i32s(const uint8_t *p, int32_t *v, size_t count);

#endif
