/* SPDX-License-Identifier: MIT
 * Little-endian numbers, packed signs, and a growing byte buffer. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

/* Room for len more bytes; NULL when out of memory. */
static uint8_t *grow(struct bytes *b, size_t len)
{
	if (!b->failed && b->size - b->len < len) {
		size_t size = 2 * b->size + len + 64;
		uint8_t *p = realloc(b->p, size);

		if (p) {
			b->p = p;
			b->size = size;
		} else {
			b->failed = true;
		}
	}
	if (b->failed)
		return NULL;
	b->len += len;
	return b->p + b->len - len;
}

void bytes_put(struct bytes *b, const void *data, size_t len)
{
	uint8_t *to = grow(b, len);

	if (to && len)
		memcpy(to, data, len);
}

void bytes_put_u8(struct bytes *b, uint8_t v)
{
	bytes_put(b, &v, 1);
}

void bytes_put_u32(struct bytes *b, uint32_t v)
{
	uint8_t *to = grow(b, 4);

	if (to)
		bytes_set_u32(to, v);
}

void bytes_put_signs(struct bytes *b, const int8_t *sign, size_t count)
{
	uint8_t *to = grow(b, bytes_of_signs(count));

	if (!to)
		return;
	memset(to, 0, bytes_of_signs(count));
	for (size_t i = 0; i < count; i++)
		if (sign[i] > 0)
			to[i / 8] |= (uint8_t)(1u << (i % 8));
}

void bytes_put_i32s(struct bytes *b, const int32_t *v, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bytes_put_u32(b, (uint32_t)v[i]);
}

uint32_t bytes_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

void bytes_set_u32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

size_t bytes_of_signs(size_t count)
{
	return (count + 7) / 8;
}

bool bytes_get_signs(const uint8_t *p, int8_t *sign, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sign[i] = p[i / 8] >> (i % 8) & 1 ? 1 : -1;
	return count % 8 == 0 || p[count / 8] >> (count % 8) == 0;
}

void bytes_get_i32s(const uint8_t *p, int32_t *v, size_t count)
{
	for (size_t i = 0; i < count; i++)
		v[i] = (int32_t)bytes_u32(p + 4 * i);
}
