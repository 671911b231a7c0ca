/* SPDX-License-Identifier: MIT
 * Packets as bytes. */
#include <string.h>
#include <zlib.h>

#include "bytes.h"
#include "packet.h"

static uint16_t get_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static void put_u16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static uint16_t header_check(const uint8_t *header)
{
	return (uint16_t)crc32_z(0, header, JB_PKT_AT_CHECK);
}

size_t packet_pack(const struct packet *p, uint8_t *out)
{
	size_t body = (size_t)JB_PKT_HEADER_BYTES + p->length;

	out[JB_PKT_AT_MARKER] = JB_PKT_MARKER;
	out[JB_PKT_AT_VERSION] = JB_PKT_VERSION;
	out[JB_PKT_AT_TYPE] = p->type;
	out[JB_PKT_AT_FLAGS] = p->flags;
	put_u16(out + JB_PKT_AT_SEQUENCE, p->sequence);
	put_u16(out + JB_PKT_AT_LENGTH, p->length);
	put_u16(out + JB_PKT_AT_CHECK, header_check(out));
	if (p->length)
		memcpy(out + JB_PKT_AT_PAYLOAD, p->payload, p->length);
	bytes_set_u32(out + body, (uint32_t)crc32_z(0, out, body));
	return body + JB_PKT_CRC_BYTES;
}

long packet_unpack(const uint8_t *in, size_t n, size_t max_payload, struct packet *p)
{
	size_t body;

	if (n > JB_PKT_AT_MARKER && in[JB_PKT_AT_MARKER] != JB_PKT_MARKER)
		return PACKET_MARKER;
	if (n < JB_PKT_HEADER_BYTES)
		return PACKET_MORE;
	if (get_u16(in + JB_PKT_AT_CHECK) != header_check(in))
		return PACKET_CHECK;
	if (in[JB_PKT_AT_VERSION] != JB_PKT_VERSION)
		return PACKET_VERSION;
	p->type = in[JB_PKT_AT_TYPE];
	p->flags = in[JB_PKT_AT_FLAGS];
	p->sequence = get_u16(in + JB_PKT_AT_SEQUENCE);
	p->length = get_u16(in + JB_PKT_AT_LENGTH);
	p->payload = in + JB_PKT_AT_PAYLOAD;
	if (p->length > max_payload)
		return PACKET_LENGTH;
	body = (size_t)JB_PKT_HEADER_BYTES + p->length;
	if (n < body + JB_PKT_CRC_BYTES)
		return PACKET_MORE;
	if (bytes_u32(in + body) != (uint32_t)crc32_z(0, in, body))
		return PACKET_CRC;
	return (long)(body + JB_PKT_CRC_BYTES);
}

bool packet_answers(const struct packet *p, uint8_t type, uint16_t sequence)
{
	return p->sequence == sequence &&
	       (p->type == (type | JB_FLAG_ANSWER) || p->type == (JB_T_REJECT | JB_FLAG_ANSWER));
}

size_t packet_feed(struct packet_parser *s, const uint8_t *in, size_t n)
{
	size_t room;

	if (s->start > 0) {
		memmove(s->buf, s->buf + s->start, s->end - s->start);
		s->end -= s->start;
		s->start = 0;
	}
	room = sizeof(s->buf) - s->end;
	if (n > room)
		n = room;
	memcpy(s->buf + s->end, in, n);
	s->end += n;
	return n;
}

static void skip(struct packet_parser *s)
{
	s->start++;
	s->skipped++;
}

/* Behind a wrong CRC every byte is looked at again: when bytes were lost, the next packet has begun
 * inside this one. */
bool packet_next(struct packet_parser *s, struct packet *p)
{
	while (s->start < s->end) {
		long size =
			packet_unpack(s->buf + s->start, s->end - s->start, PACKET_MAX_ANSWER, p);

		if (size > 0) {
			s->start += (size_t)size;
			return true;
		}
		if (size == PACKET_MORE)
			return false;
		s->crc_errors += size == PACKET_CRC;
		skip(s);
	}
	return false;
}

void packet_give_up(struct packet_parser *s)
{
	if (s->start < s->end)
		skip(s);
}
