/* SPDX-License-Identifier: MIT
 * Packets as bytes, with the CRC of zlib; random numbers of the benches of link and control. */
#ifndef TESTS_RTL_PACKETS_H
#define TESTS_RTL_PACKETS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "jetbnn_defs.h"
#include "seed.h"

#define PACKET_BYTES(payload) ((size_t)(payload) + JB_PKT_HEADER_BYTES + JB_PKT_CRC_BYTES)

static inline int below(int n)
{
	return (int)(draw() % (uint32_t)n);
}

static inline void put(uint8_t *p, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static inline uint32_t get(const uint8_t *p, int bytes)
{
	uint32_t value = 0;

	for (int i = 0; i < bytes; i++)
		value |= (uint32_t)p[i] << 8 * i;
	return value;
}

struct packet {
	uint8_t version, type, flags;
	uint16_t sequence;
	uint16_t length;
	const uint8_t *payload;
};

/* Writes PACKET_BYTES(p->length) bytes; returns their number. */
static inline size_t packet_write(uint8_t *out, const struct packet *p)
{
	uint8_t *end = out + JB_PKT_HEADER_BYTES + p->length;

	out[JB_PKT_AT_MARKER] = JB_PKT_MARKER;
	out[JB_PKT_AT_VERSION] = p->version;
	out[JB_PKT_AT_TYPE] = p->type;
	out[JB_PKT_AT_FLAGS] = p->flags;
	put(out + JB_PKT_AT_SEQUENCE, p->sequence, 2);
	put(out + JB_PKT_AT_LENGTH, p->length, 2);
	put(out + JB_PKT_AT_CHECK, (uint32_t)crc32(0, out, JB_PKT_AT_CHECK), 2);
	if (p->length)
		memcpy(out + JB_PKT_AT_PAYLOAD, p->payload, p->length);
	put(end, (uint32_t)crc32(0, out, JB_PKT_HEADER_BYTES + p->length), JB_PKT_CRC_BYTES);
	return PACKET_BYTES(p->length);
}

/* Reads the packet at the start of n bytes; p->payload points into them. Returns its size, 0 when more
 * bytes are needed, -1 when it is no packet. */
static inline long packet_read(const uint8_t *in, size_t n, struct packet *p)
{
	size_t size;

	if (n < JB_PKT_HEADER_BYTES)
		return 0;
	p->version = in[JB_PKT_AT_VERSION];
	p->type = in[JB_PKT_AT_TYPE];
	p->flags = in[JB_PKT_AT_FLAGS];
	p->sequence = (uint16_t)get(in + JB_PKT_AT_SEQUENCE, 2);
	p->length = (uint16_t)get(in + JB_PKT_AT_LENGTH, 2);
	p->payload = in + JB_PKT_AT_PAYLOAD;
	size = PACKET_BYTES(p->length);
	if (in[JB_PKT_AT_MARKER] != JB_PKT_MARKER ||
	    get(in + JB_PKT_AT_CHECK, 2) != (crc32(0, in, JB_PKT_AT_CHECK) & 0xFFFF))
		return -1;
	if (n < size)
		return 0;
	if (get(in + size - JB_PKT_CRC_BYTES, 4) != crc32(0, in, (uInt)(size - JB_PKT_CRC_BYTES)))
		return -1;
	return (long)size;
}

#endif
