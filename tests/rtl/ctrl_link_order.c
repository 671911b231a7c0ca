/* SPDX-License-Identifier: MIT
 * Link and control together: every reason to refuse, pauses, map reads, resets, time-outs, faults on the
 * wire. See test_ctrl_link.c. */
#include "rtl/ctrl_host.h"

#define BYTES 200
#define OPS 5

static uint8_t junk[JB_PKT_MAX_LOAD + 16];

/* A request as bytes with another version, type or a wrong CRC. */
static void send_odd(int version, int type, size_t length, bool bad_crc)
{
	uint8_t bytes[PACKET_BYTES(sizeof(junk))];
	struct packet p = { (uint8_t)version, (uint8_t)type, 0, 321, (uint16_t)length, junk };
	size_t size = packet_write(bytes, &p);

	if (bad_crc)
		bytes[size - 1 - (size_t)below(4)] ^= (uint8_t)(1 << below(8));
	host_bytes(b, bytes, size);
}

START_TEST(test_reasons)
{
	static const struct {
		int type, length;
	} wrong[] = {
		{ JB_T_IDENTIFY, 1 },   { JB_T_LOAD_BEGIN, 0 },   { JB_T_LOAD_BEGIN, 7 },
		{ JB_T_LOAD_BEGIN, 9 }, { JB_T_LOAD_DATA, 0 },    { JB_T_LOAD_DATA, 4 },
		{ JB_T_LOAD_DATA, 10 }, { JB_T_LOAD_DATA, 1028 }, { JB_T_LOAD_COMMIT, 4 },
		{ JB_T_READ_MAP, 0 },   { JB_T_READ_MAP, 3 },     { JB_T_READ_MAP, 8 },
		{ JB_T_CONTINUE, 1 },   { JB_T_COUNTERS, 2 },     { JB_T_RESET, 300 },
		{ JB_T_UNLOAD, 1 },
	};
	static const int unknown[] = { 0x00, 0x0B, JB_T_PAUSED, JB_T_REJECT, 0x81, 0xFF };

	load_small(BYTES, 3, OPS);
	random_stalls();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		host_refused(b, wrong[i].type, junk, (size_t)wrong[i].length, JB_R_LENGTH);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		host_refused(b, unknown[i], junk, (size_t)below(30), JB_R_TYPE);
	for (int type = JB_T_IDENTIFY; type <= JB_T_UNLOAD + 1; type++) {
		size_t length = type == JB_T_LOAD_BEGIN ? 8 : type == JB_T_READ_MAP ? 4 : 0;

		send_odd(JB_PKT_VERSION + 1 + below(100), type, length, false);
		host_reject(b, type, 321, JB_R_VERSION);
		send_odd(JB_PKT_VERSION, type, length, true);
		host_reject(b, type, 321, JB_R_CRC);
	}
	host_refused(b, JB_T_CONTINUE, NULL, 0, JB_R_ORDER);
	check_running();
	ck_assert(!b->out.stop);
	ck_assert_uint_eq(counter(JB_CNT_CRC_ERRORS, OPS), JB_T_UNLOAD - JB_T_IDENTIFY + 2);
	ck_assert_uint_eq(counter(JB_CNT_RESYNCS, OPS), 0);
}
END_TEST

/* ---- map reads ---- */

static size_t map_request(uint8_t *payload, int row, int rows)
{
	put(payload, (uint32_t)row, 2);
	put(payload + 2, (uint32_t)rows, 2);
	return 4;
}

static void check_map(int row, int rows)
{
	uint8_t payload[4];
	size_t length = 4 * (size_t)(rows * MW);
	struct packet p =
		host_ask(b, JB_T_READ_MAP, payload, map_request(payload, row, rows), length);

	for (int i = 0; i < rows * MW; i++)
		ck_assert_uint_eq(get(p.payload + 4 * i, 4), b->map[row + i / MW][i % MW]);
}

static void refuse_map(int row, int rows, int reason)
{
	uint8_t payload[4];

	host_refused(b, JB_T_READ_MAP, payload, map_request(payload, row, rows), reason);
}

START_TEST(test_map)
{
	int most = JB_PKT_MAX_READ_WORDS / MW;

	random_stalls();
	if (most > MAP_ROWS)
		most = MAP_ROWS;
	check_map(0, 1);
	check_map(MAP_ROWS - 1, 1);
	check_map(MAP_ROWS - most, most);
	for (int i = 0; i < 10; i++) {
		int rows = 1 + below(most);

		check_map(below(MAP_ROWS - rows + 1), rows);
	}
	refuse_map(0, 0, JB_R_ARGUMENT);
	refuse_map(0, most + 1, JB_R_ARGUMENT);
	refuse_map(0, 0x8001, JB_R_ARGUMENT);
	refuse_map(MAP_ROWS, 1, JB_R_ARGUMENT);
	refuse_map(MAP_ROWS - 1, 2, JB_R_ARGUMENT);
	refuse_map(0xFFFF, 1, JB_R_ARGUMENT);
	load_small(BYTES, 3, 64);
	send_image(0, 0, 1);
	while (!b->starts)
		step(b);
	refuse_map(0, 1, JB_R_BUSY);
	expect_result(0, 1);
	check_map(3, 1);
}
END_TEST

/* ---- pauses ---- */

static void expect_paused(int sequence, uint32_t ops)
{
	struct packet p;

	host_expect(b, JB_T_PAUSED, sequence, 4, &p);
	ck_assert_uint_eq(get(p.payload, 4), ops);
}

START_TEST(test_pause)
{
	load_small(BYTES, 3, OPS);
	program_words = MIN_WORDS;
	send_begin((uint32_t)program_words, 0, 0);
	send_chunks(0, program_words, false);
	for (int round = 0; round < 4; round++) {
		random_stalls();
		send_image(0, JB_FLAG_PAUSE, 10);
		expect_paused(10, 0);
		host_refused(b, JB_T_LOAD_COMMIT, NULL, 0, JB_R_BUSY);
		host_refused(b, JB_T_UNLOAD, NULL, 0, JB_R_BUSY);
		/* The other buffer takes an image; one more could only wait for this pause. */
		send_image(1, 0, 11);
		send_image(2, 0, 12);
		host_reject(b, JB_T_IMAGE, 12, JB_R_BUSY);
		for (uint32_t op = 1; op <= OPS; op++) {
			check_map(below(MAP_ROWS - 2), 2);
			ck_assert_uint_eq(identify(JB_ID_MODEL_WORDS), 0);
			host_ask(b, JB_T_CONTINUE, NULL, 0, 0);
			if (op < OPS)
				expect_paused(10, op);
		}
		expect_result(0, 10);
		expect_result(1, 11);
		steps(b, 200);
		host_refused(b, JB_T_CONTINUE, NULL, 0, JB_R_ORDER);
	}
	/* A pause is announced before it can be left. */
	b->tx_gap = 100;
	send_image(0, JB_FLAG_PAUSE, 10);
	host_packet(b, JB_T_CONTINUE, 0, 20, NULL, 0);
	steps(b, 2000);
	b->tx_gap = 0;
	expect_paused(10, 0);
	host_reject(b, JB_T_CONTINUE, 20, JB_R_ORDER);
}
END_TEST

/* ---- resets ---- */

/* Everything up to the answer of RESET may be results of images before it; behind it comes nothing. */
static void reset(void)
{
	struct packet p;

	host_packet(b, JB_T_RESET, 0, 999, NULL, 0);
	do {
		host_wait(b, &p);
	} while (p.sequence != 999);
	ck_assert_uint_eq(p.type, JB_T_RESET | JB_FLAG_ANSWER);
	steps(b, 300);
	ck_assert(!host_poll(b, &p));
	ck_assert_uint_eq(b->from_head, b->from_tail);
	ck_assert(!(b->out.led & 2));
}

static void check_works(void)
{
	send_image(0, 0, 500);
	send_image(1, 0, 501);
	expect_result(0, 500);
	expect_result(1, 501);
}

START_TEST(test_reset)
{
	load_small(BYTES, 6, OPS);
	reset();
	for (int round = 0; round < 60; round++) {
		int images = 1 + below(3);

		random_stalls();
		for (int i = 0; i < images; i++)
			send_image(i, round % 3 == 0 && images < 3 ? JB_FLAG_PAUSE : 0, 30 + i);
		if (round % 4 == 1)
			b->tx_gap = 100;
		steps(b, below(2500));
		if (round % 4 == 1)
			steps(b, 3000);
		if (b->tx_gap == 100)
			b->tx_gap = 20;
		reset();
		check_works();
	}
	check_running();
	ck_assert_uint_eq(identify(JB_ID_LOADED), program_crc());
}
END_TEST

/* ---- time-outs and faults ---- */

START_TEST(test_time_out)
{
	uint8_t bytes[PACKET_BYTES(BYTES)];
	struct packet p = { JB_PKT_VERSION, JB_T_IMAGE, 0, 55, BYTES, junk };
	struct packet none;

	load_small(BYTES, 3, OPS);
	for (int round = 0; round < 20; round++) {
		size_t size = PACKET_BYTES(BYTES), cut;

		p.type = round & 1 ? JB_T_IMAGE : JB_T_COUNTERS;
		packet_write(bytes, &p);
		cut = 1 + (size_t)below((int)size - 1);
		if (round < 4)
			cut = round < 2 ? JB_PKT_HEADER_BYTES : size - 1;
		host_bytes(b, bytes, cut);
		b->host_gap = below(2) * 90;
		if (cut < JB_PKT_HEADER_BYTES) {
			while (b->to_head < b->to_tail)
				step(b);
			steps(b, TIMEOUT + 20);
			ck_assert(!host_poll(b, &none));
		} else {
			host_reject(b, p.type, 55, JB_R_TIMEOUT);
		}
		check_works();
	}
}
END_TEST

/* The stream of one packet, with bytes flipped, lost, doubled or garbage in front. */
static void send_damaged(int type, int sequence, const uint8_t *payload, size_t length)
{
	static uint8_t bytes[2 * PACKET_BYTES(4096)];
	struct packet p = { JB_PKT_VERSION,     (uint8_t)type,    0,
			    (uint16_t)sequence, (uint16_t)length, payload };
	size_t size = packet_write(bytes, &p), at = (size_t)below((int)size);

	switch (below(5)) {
	case 0: bytes[at] ^= (uint8_t)(1 << below(8)); break;
	case 1: memmove(bytes + at, bytes + at + 1, --size - at); break;
	case 2: memmove(bytes + at + 1, bytes + at, size++ - at); break;
	case 3:
		for (int i = below(30); i > 0; i--)
			host_bytes(b, junk + below(100), 1);
		break;
	default: size = 1 + at;
	}
	host_bytes(b, bytes, size);
}

START_TEST(test_faults)
{
	static const int types[] = { JB_T_IMAGE,     JB_T_IMAGE,    JB_T_COUNTERS, JB_T_LOAD_BEGIN,
				     JB_T_LOAD_DATA, JB_T_READ_MAP, JB_T_IDENTIFY };
	static const int lengths[] = { BYTES, BYTES, 0, 8, 84, 4, 0 };
	struct packet p;

	load_small(BYTES, 6, OPS);
	for (int round = 0; round < 100; round++) {
		random_stalls();
		for (size_t i = 0; i < sizeof(junk); i++)
			junk[i] = below(4) ? (uint8_t)draw() : JB_PKT_MARKER;
		for (int i = 1 + below(5); i > 0; i--) {
			int t = below(7);

			if (below(2))
				send_damaged(types[t], 77, junk, (size_t)lengths[t]);
			else
				host_packet(b, types[t], 0, 77, junk, (size_t)lengths[t]);
		}
		while (b->to_head < b->to_tail)
			step(b);
		steps(b, TIMEOUT + 3000);
		while (host_poll(b, &p))
			if (p.type == (JB_T_IMAGE | JB_FLAG_ANSWER))
				ck_assert_uint_eq(get(p.payload + 4 * JB_RES_SCORES, 4),
						  image_score((uint32_t)crc32(0, junk, BYTES), 0));
		reset();
		check_works();
	}
	check_running();
}
END_TEST

TCase *order_cases(void)
{
	TCase *t = tcase_create("order and faults");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_reasons);
	tcase_add_test(t, test_map);
	tcase_add_test(t, test_pause);
	tcase_add_test(t, test_reset);
	tcase_add_test(t, test_time_out);
	tcase_add_test(t, test_faults);
	return t;
}
