/* SPDX-License-Identifier: MIT
 * Packets (docs/protocol.md) as bytes, and a parser for a byte stream that may hold garbage. */
#ifndef JB_PACKET_H
#define JB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jetbnn_defs.h"

#define PACKET_SIZE(payload) ((size_t)(payload) + JB_PKT_HEADER_BYTES + JB_PKT_CRC_BYTES)
/* Longest payload of an answer. */
#define PACKET_MAX_ANSWER (4 * JB_PKT_MAX_READ_WORDS)

struct packet {
	uint8_t type, flags;
	uint16_t sequence;
	uint16_t length;
	const uint8_t *payload; /* not owned */
};

enum packet_status {
	PACKET_MORE = 0, /* good so far; more bytes are needed */
	PACKET_MARKER = -1,
	PACKET_VERSION = -2,
	PACKET_CHECK = -3, /* header check */
	PACKET_LENGTH = -4,
	PACKET_CRC = -5
};

/* Writes PACKET_SIZE(p->length) bytes and returns their number. p->length <= PKT_MAX_PAYLOAD. */
size_t packet_pack(const struct packet *p, uint8_t *out);
/* The packet at the start of n bytes, with a payload of at most max_payload; p->payload points into
 * them. Returns its size, or an enum packet_status. */
long packet_unpack(const uint8_t *in, size_t n, size_t max_payload, struct packet *p);
/* True when p answers the request of this type and sequence number, refusing or not. */
bool packet_answers(const struct packet *p, uint8_t type, uint16_t sequence);

/* Parser of what a device sends. Zero it to start. */
struct packet_parser {
	uint8_t buf[2 * PACKET_SIZE(PACKET_MAX_ANSWER)];
	size_t start, end;   /* unread bytes */
	uint32_t crc_errors; /* good header, wrong CRC */
	uint32_t skipped;    /* bytes that belong to no packet */
};

/* Takes bytes while there is room; returns how many. There is room after packet_next gave false. */
size_t packet_feed(struct packet_parser *s, const uint8_t *in, size_t n);
/* The next good packet; garbage before it is skipped. p->payload is valid until the next call. */
bool packet_next(struct packet_parser *s, struct packet *p);
/* The rest of a packet that has begun will not come: looks for another behind its first byte. */
void packet_give_up(struct packet_parser *s);

#endif
