/* SPDX-License-Identifier: MIT
 * packet_rx and packet_tx against packets made and read in C with zlib's CRC-32: random packets and stalls,
 * garbage between, damaged bytes, time-outs, other versions; the checker as ctrl_load uses it.
 * Prints its seed; the environment variable SEED overrides it. */
#include "check_main.h"
#include "rtl/packet_bench.h"

static size_t random_packet(struct packet *p)
{
	*p = (struct packet){ JB_PKT_VERSION, (uint8_t)draw(), (uint8_t)draw(), (uint16_t)draw(), 0,
			      payload };
	p->length = (uint16_t)(below(4) ? below(40) : below(MOST));
	for (int i = 0; i < p->length; i++)
		payload[i] = (uint8_t)draw();
	return packet_write(bytes, p);
}

static void check_seen(const struct packet *p)
{
	ck_assert_msg(seen.p.type == p->type && seen.p.length == p->length &&
			      seen.pause == ((p->flags & JB_FLAG_PAUSE) != 0) && !seen.timed_out,
		      "header, seed %llu", (unsigned long long)seed);
	ck_assert_uint_eq(get(seen.bytes, 2), p->sequence);
	ck_assert_uint_eq(get(seen.bytes + 2, 2), p->length);
	ck_assert_uint_eq(seen.fields, 4 + (size_t)p->length);
	ck_assert(p->length == 0 || memcmp(seen.bytes + 4, p->payload, p->length) == 0);
	seen.fields = 0;
}

/* The packet in `bytes` comes through whole. */
static void check_packet(const struct packet *p, size_t size)
{
	size_t used;

	seen.fields = 0;
	ck_assert(receive(bytes, size, &used) || receive_wait(TIMEOUT / 2));
	check_seen(p);
	ck_assert_msg(seen.crc_ok, "good CRC refused, seed %llu", (unsigned long long)seed);
	ck_assert_int_eq(seen.version_ok, p->version == JB_PKT_VERSION);
}

START_TEST(test_packets)
{
	for (int round = 0; round < 300; round++) {
		struct packet p;
		size_t size = random_packet(&p);

		gap = below(3) * 25;
		if (below(5) == 0) {
			p.version = (uint8_t)below(JB_PKT_MARKER);
			packet_write(bytes, &p);
		}
		check_packet(&p, size);
	}
	ck_assert_int_eq(lost, 0);
}
END_TEST

/* Nine clocks a byte: header, payload, CRC, and at most four clocks more. */
START_TEST(test_rate)
{
	struct packet p = { JB_PKT_VERSION, 5, 0, 1, MOST, payload };
	size_t size = packet_write(bytes, &p);
	long begin = now;

	check_packet(&p, size);
	ck_assert_int_le(now - begin, 9 * (long)size + 4);
}
END_TEST

/* Garbage without a marker costs nothing but one resync; also a marker before the marker. */
START_TEST(test_garbage)
{
	for (int round = 0; round < 100; round++) {
		uint8_t garbage[64];
		size_t n = 1 + (size_t)below(64), used, size;
		struct packet p;

		gap = below(2) * 30;
		for (size_t i = 0; i < n; i++)
			while ((garbage[i] = (uint8_t)draw()) == JB_PKT_MARKER)
				;
		if (below(2))
			garbage[n - 1] = JB_PKT_MARKER;
		lost = 0;
		ck_assert(!receive(garbage, n, &used));
		size = random_packet(&p);
		check_packet(&p, size);
		ck_assert_int_eq(lost, 1);
	}
}
END_TEST

/* A header with a damaged byte is no packet; the hunt goes on and finds the one behind it. */
START_TEST(test_bad_header)
{
	for (int round = 0; round < 200; round++) {
		struct packet p;
		size_t size = random_packet(&p), used;

		gap = below(2) * 30;
		p.length = 0;
		p.type = p.flags = 0;
		p.sequence = 0;
		packet_write(bytes, &p);
		bytes[1 + below(JB_PKT_HEADER_BYTES - 1)] ^= (uint8_t)(1 << below(8));
		memset(bytes + JB_PKT_HEADER_BYTES, 0, 16);
		lost = 0;
		ck_assert(!receive(bytes, JB_PKT_HEADER_BYTES + 16, &used));
		ck_assert_int_eq(lost, 1);
		size = random_packet(&p);
		check_packet(&p, size);
		ck_assert_int_eq(lost, 1);
	}
}
END_TEST

START_TEST(test_bad_payload)
{
	for (int round = 0; round < 300; round++) {
		struct packet p;
		size_t size = random_packet(&p), used;

		gap = below(2) * 30;
		bytes[JB_PKT_HEADER_BYTES + below((int)size - JB_PKT_HEADER_BYTES)] ^=
			(uint8_t)(1 << below(8));
		ck_assert(receive(bytes, size, &used) || receive_wait(TIMEOUT / 2));
		ck_assert(!seen.crc_ok && !seen.timed_out);
		size = random_packet(&p);
		check_packet(&p, size);
	}
}
END_TEST

/* Bytes lost or doubled anywhere, then silence: no good packet is seen that was not sent, and the next one
 * comes through. */
START_TEST(test_lost_bytes)
{
	for (int round = 0; round < 200; round++) {
		struct packet p;
		size_t size = random_packet(&p), at = (size_t)below((int)size), used, rest;
		bool ended;

		gap = below(2) * 30;
		if (below(2))
			memmove(bytes + at, bytes + at + 1, --size - at);
		else
			memmove(bytes + at + 1, bytes + at, size++ - at);
		ended = receive(bytes, size, &used);
		rest = used;
		while (rest < size) {
			ended = receive(bytes + rest, size - rest, &used);
			rest += used;
		}
		while (receive_wait(TIMEOUT + 200))
			ended = true;
		ck_assert(!out.rx_busy);
		if (ended && seen.crc_ok && !seen.timed_out)
			ck_assert_uint_eq(seen.p.length, p.length); /* its last byte was doubled */
		size = random_packet(&p);
		check_packet(&p, size);
	}
}
END_TEST

/* Silence inside a packet: TIMEOUT clocks end it, one less does not. Silently inside the header. */
START_TEST(test_time_out)
{
	gap = 0;
	for (int round = 0; round < 200; round++) {
		struct packet p;
		size_t size = random_packet(&p), cut = 1 + (size_t)below((int)size - 1), used;
		bool late = below(2);

		seen.fields = 0;
		ck_assert(!receive(bytes, cut, &used));
		ck_assert(!receive_wait(late ? TIMEOUT + 4 : TIMEOUT - 4) ||
			  (late && cut >= JB_PKT_HEADER_BYTES && seen.timed_out));
		if (!late) {
			ck_assert(receive(bytes + cut, size - cut, &used) || receive_wait(8));
			check_seen(&p);
			ck_assert(seen.crc_ok);
		} else {
			ck_assert(!receive_wait(2));
			ck_assert(!out.rx_busy);
		}
	}
}
END_TEST

/* A byte in any clock around the end of the time-out: the packet is good or timed out, never half. */
START_TEST(test_time_out_edge)
{
	for (int wait = TIMEOUT - 6; wait < TIMEOUT + 6; wait++)
		for (size_t cut = 1; cut < PACKET_BYTES(3); cut++) {
			struct packet p = { JB_PKT_VERSION, 9, 0, 5, 3, payload };
			size_t size = packet_write(bytes, &p), used;
			bool ended;

			seen.fields = 0;
			receive(bytes, cut, &used);
			ended = receive_wait(wait);
			ended = ended || receive(bytes + cut, size - cut, &used) || receive_wait(8);
			ck_assert(!ended || seen.timed_out || seen.crc_ok);
			if (ended && !seen.timed_out)
				check_seen(&p);
			receive_wait(2 * TIMEOUT);
			ck_assert(!out.rx_busy);
		}
}
END_TEST

static void lend(const uint8_t *data, size_t n, bool close)
{
	in.lend_step = true;
	in.lend_close = close;
	for (size_t i = 0; i < 8 * n; i++) {
		in.lend_bit = data[i / 8] >> i % 8 & 1;
		clock();
		ck_assert(!close || out.match);
	}
	in.lend_step = false;
}

/* While a packet's tail is held the CRC takes other bytes; the next packet is not disturbed. */
START_TEST(test_lend)
{
	for (int round = 0; round < 30; round++) {
		struct packet p;
		size_t size = random_packet(&p), n = (size_t)below(MOST);
		uint8_t crc[4];

		for (size_t i = 0; i < size; i++) {
			in.rx_valid = true;
			in.rx_data = bytes[i];
			in.head_ready = in.p_ready = true;
			in.tail_ready = false;
			do {
				clock();
			} while (!out.rx_ready);
		}
		in.rx_valid = false;
		put(crc, (uint32_t)crc32(0, payload, (uInt)n), 4);
		in.lend_init = true;
		clock();
		in.lend_init = false;
		lend(payload, n, false);
		lend(crc, 4, true);
		ck_assert(out.tail && out.crc_ok);
		receive_wait(2);
		size = random_packet(&p);
		check_packet(&p, size);
	}
}
END_TEST

START_TEST(test_send)
{
	for (int round = 0; round < 100; round++) {
		struct packet p, r;
		size_t size = random_packet(&p), given = 0, n = 0;
		uint8_t held = 0;
		bool waiting = false;
		long begin;

		gap = below(3) * 30;
		in.kind = p.type;
		in.sequence = p.sequence;
		in.length = p.length;
		in.start = true;
		clock();
		in.start = false;
		begin = now;
		while (n < size) {
			in.tx_ready = below(100) >= gap;
			in.send_end = given == p.length;
			in.send_valid = !in.send_end && below(100) >= gap;
			in.send_data = in.send_valid ? payload[given] : (uint8_t)draw();
			clock();
			ck_assert(out.tx_busy);
			ck_assert(!waiting || (out.tx_valid && out.tx_data == held));
			waiting = out.tx_valid && !in.tx_ready;
			held = out.tx_data;
			given += out.send_ready && in.send_valid;
			if (out.tx_valid && in.tx_ready)
				seen.bytes[n++ % sizeof(seen.bytes)] = out.tx_data;
			ck_assert_int_lt(now - begin, 100 * (long)size + 100);
		}
		ck_assert(gap || now - begin <= 34 * (long)size + 4);
		in.tx_ready = true;
		clock();
		ck_assert(!out.tx_busy && !out.tx_valid);
		ck_assert_int_eq(packet_read(seen.bytes, size, &r), (long)size);
		ck_assert(r.version == JB_PKT_VERSION && r.flags == 0 && r.type == p.type &&
			  r.sequence == p.sequence && r.length == p.length);
		ck_assert(p.length == 0 || memcmp(r.payload, payload, p.length) == 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("packet_link " UNIT_CFG);
	TCase *t = tcase_create("core");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_packets);
	tcase_add_test(t, test_rate);
	tcase_add_test(t, test_garbage);
	tcase_add_test(t, test_bad_header);
	tcase_add_test(t, test_bad_payload);
	tcase_add_test(t, test_lost_bytes);
	tcase_add_test(t, test_time_out);
	tcase_add_test(t, test_time_out_edge);
	tcase_add_test(t, test_lend);
	tcase_add_test(t, test_send);
	suite_add_tcase(s, t);
	return check_main(s);
}
