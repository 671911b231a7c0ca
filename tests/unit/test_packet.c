/* SPDX-License-Identifier: MIT
 * Packets: layout, checks, and finding them in a stream with faults. */
#include <string.h>
#include <zlib.h>

#include "../check_main.h"
#include "random_net.h"
#include "packet.h"

static uint8_t bytes[PACKET_SIZE(JB_PKT_MAX_PAYLOAD)];
static uint8_t content[JB_PKT_MAX_PAYLOAD];

static struct packet make(uint16_t length)
{
	struct packet p = { JB_T_IMAGE, JB_FLAG_PAUSE, 0x1234, length, content };

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 7 + 3);
	return p;
}

START_TEST(layout)
{
	struct packet p = make(3);
	static const uint8_t head[] = { 0xA5, 1, 5, 1, 0x34, 0x12, 3, 0 };

	ck_assert_uint_eq(packet_pack(&p, bytes), 17);
	ck_assert_mem_eq(bytes, head, sizeof(head));
	ck_assert_uint_eq(bytes[8] | bytes[9] << 8, crc32(0, bytes, 8) & 0xFFFF);
	ck_assert_mem_eq(bytes + 10, content, 3);
	ck_assert_uint_eq(bytes[13] | bytes[14] << 8 | bytes[15] << 16 | (uint32_t)bytes[16] << 24,
			  crc32(0, bytes, 13));
}
END_TEST

START_TEST(round_trip)
{
	static const uint16_t lengths[] = { 0, 1, 2, 255, 256, 1024, JB_PKT_MAX_PAYLOAD };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct packet p = make(lengths[i]), q;
		size_t size = packet_pack(&p, bytes);

		ck_assert_uint_eq(size, PACKET_SIZE(lengths[i]));
		ck_assert_int_eq(packet_unpack(bytes, size, JB_PKT_MAX_PAYLOAD, &q), (long)size);
		ck_assert_uint_eq(q.type, p.type);
		ck_assert_uint_eq(q.flags, p.flags);
		ck_assert_uint_eq(q.sequence, p.sequence);
		ck_assert_uint_eq(q.length, p.length);
		ck_assert_mem_eq(q.payload, content, p.length);
		for (size_t n = 0; n < size; n += 1 + n / 40)
			ck_assert_int_eq(packet_unpack(bytes, n, JB_PKT_MAX_PAYLOAD, &q),
					 PACKET_MORE);
	}
}
END_TEST

/* Every single flipped bit is noticed. */
START_TEST(flipped_bits)
{
	struct packet p = make(5), q;
	size_t size = packet_pack(&p, bytes);

	for (size_t bit = 0; bit < 8 * size; bit++) {
		long got;

		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		got = packet_unpack(bytes, size, JB_PKT_MAX_PAYLOAD, &q);
		ck_assert_int_eq(got, bit < 8        ? PACKET_MARKER
				      : bit < 8 * 10 ? PACKET_CHECK
						     : PACKET_CRC);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

START_TEST(bad_headers)
{
	struct packet p = make(5), q;
	size_t size = packet_pack(&p, bytes);

	ck_assert_int_eq(packet_unpack(bytes, size, 4, &q), PACKET_LENGTH);
	bytes[JB_PKT_AT_VERSION] = 2;
	bytes[JB_PKT_AT_CHECK] = (uint8_t)crc32(0, bytes, 8);
	bytes[JB_PKT_AT_CHECK + 1] = (uint8_t)(crc32(0, bytes, 8) >> 8);
	ck_assert_int_eq(packet_unpack(bytes, size, 5, &q), PACKET_VERSION);
}
END_TEST

START_TEST(answers)
{
	struct packet p = make(0);

	p.type = JB_T_IMAGE | JB_FLAG_ANSWER;
	ck_assert(packet_answers(&p, JB_T_IMAGE, 0x1234));
	ck_assert(!packet_answers(&p, JB_T_IMAGE, 0x1235));
	ck_assert(!packet_answers(&p, JB_T_RESET, 0x1234));
	p.type = JB_T_REJECT | JB_FLAG_ANSWER;
	ck_assert(packet_answers(&p, JB_T_IMAGE, 0x1234));
	p.type = JB_T_IMAGE;
	ck_assert(!packet_answers(&p, JB_T_IMAGE, 0x1234));
}
END_TEST

/* Good packets between garbage, cut packets and lost bytes, fed in pieces: all good ones come out. */
START_TEST(stream)
{
	static uint8_t data[400000];
	static struct packet_parser s;
	struct random_source r = { 11 };
	size_t size = 0, at = 0;
	uint16_t sent = 0, next = 0;
	struct packet p;

	while (size < sizeof(data) - 3 * sizeof(s.buf)) {
		p = make((uint16_t)random_below(&r, PACKET_MAX_ANSWER + 1));
		p.sequence = sent++;
		size += packet_pack(&p, data + size);
		if (random_below(&r, 2)) { /* damaged: sequence number from above */
			size_t n, from = size;

			p.sequence = 0x8000;
			n = packet_pack(&p, data + from);
			data[from + (size_t)random_below(&r, (int)n)] ^=
				(uint8_t)(1 << random_below(&r, 8));
			size += random_below(&r, 2) ? n : (size_t)random_below(&r, (int)n);
		}
		for (int n = random_below(&r, 20); n > 0; n--)
			data[size++] = random_below(&r, 4) ? (uint8_t)random_below(&r, 256)
							   : JB_PKT_MARKER;
	}
	memset(data + size, 0, sizeof(s.buf)); /* ends the last damaged one */
	size += sizeof(s.buf);
	while (at < size) {
		size_t want = (size_t)random_below(&r, 900) + 1;

		at += packet_feed(&s, data + at, want < size - at ? want : size - at);
		while (packet_next(&s, &p)) {
			ck_assert_uint_eq(p.sequence, next);
			ck_assert_mem_eq(p.payload, content, p.length);
			next++;
		}
	}
	ck_assert_uint_eq(next, sent);
	ck_assert_uint_gt(s.crc_errors, 0);
	ck_assert_uint_gt(s.skipped, 0);
}
END_TEST

START_TEST(give_up)
{
	struct packet_parser s = { .start = 0 };
	struct packet p = make(100);
	uint8_t small[PACKET_SIZE(0)];

	packet_pack(&p, bytes);
	packet_feed(&s, bytes, 50);
	p.length = 0;
	packet_feed(&s, small, packet_pack(&p, small));
	ck_assert(!packet_next(&s, &p));
	packet_give_up(&s);
	ck_assert(packet_next(&s, &p));
	ck_assert_uint_eq(p.length, 0);
	packet_give_up(&s);
	ck_assert(!packet_next(&s, &p));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("packet");
	TCase *t = tcase_create("packets");

	tcase_add_test(t, layout);
	tcase_add_test(t, round_trip);
	tcase_add_test(t, flipped_bits);
	tcase_add_test(t, bad_headers);
	tcase_add_test(t, answers);
	tcase_add_test(t, stream);
	tcase_add_test(t, give_up);
	suite_add_tcase(s, t);
	return check_main(s);
}
