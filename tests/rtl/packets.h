/* SPDX-License-Identifier: MIT
 * Packets as bytes, with the CRC of zlib; random numbers of the benches of link and control. */
#ifndef TESTS_RTL_PACKETS_H
#define TESTS_RTL_PACKETS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "jetbnn_defs.h"

#define PACKET_BYTES(payload) ((size_t)(payload) + JB_PKT_HEADER_BYTES + JB_PKT_CRC_BYTES)

static uint64_t seed, state;

static inline uint32_t draw(void)
{
	uint64_t z = (state += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (uint32_t)(z >> 32);
}

static inline int below(int n)
{
	return (int)(draw() % (uint32_t)n);
}

/* SEED of the environment, or the number given. */
static inline void seed_start(const char *name, uint64_t preset)
{
	const char *env = getenv("SEED");

	seed = env ? strtoull(env, NULL, 0) : preset;
	state = seed;
	printf("%s seed %llu\n", name, (unsigned long long)seed);
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
