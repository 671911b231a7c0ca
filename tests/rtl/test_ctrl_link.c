/* SPDX-License-Identifier: MIT
 * Link and control together (hw/ctrl/ctrl_link.v): loads and images here, the rest in ctrl_link_order.c.
 * Host, front end, engine and memories are those of ctrl_bench.h.
 * Prints its seed; the environment variable SEED overrides it. */
#include "check_main.h"
#include "rtl/ctrl_host.h"

START_TEST(test_load)
{
	int before = 0;

	ck_assert_uint_eq(identify(JB_ID_LOADED), 0);
	for (int round = 0; round < 8; round++) {
		uint32_t free_words = identify(JB_ID_FREE_WORDS);

		ck_assert_uint_eq(free_words, (uint32_t)(MODEL_WORDS - before));
		random_stalls();
		make_program(MIN_WORDS + below(MODEL_WORDS - before - MIN_WORDS + 1), 64, 10, 3);
		if (round == 3)
			program_words = MODEL_WORDS - before;
		if (before > MODEL_WORDS - 2 * MIN_WORDS) {
			host_ask(b, JB_T_UNLOAD, NULL, 0, 0);
			ck_assert(b->out.stop);
			ck_assert_uint_eq(identify(JB_ID_LOADED), 0);
			before = 0;
			continue;
		}
		load(true);
		before = program_words;
		ck_assert_uint_eq(identify(JB_ID_LOADED), program_crc());
		ck_assert(b->out.led & 1);
	}
	host_ask(b, JB_T_UNLOAD, NULL, 0, 0);
	make_program(MODEL_WORDS, 64, 2, 1);
	load(false);
	ck_assert_uint_eq(identify(JB_ID_FREE_WORDS), 0);
}
END_TEST

START_TEST(test_load_refused)
{
	uint8_t payload[JB_PKT_MAX_LOAD];
	uint32_t old;

	send_begin(MODEL_WORDS + 1, 0, JB_R_SPACE);
	send_begin(0x20000, 0, JB_R_SPACE);
	host_refused(b, JB_T_LOAD_DATA, payload, 8, JB_R_ORDER);
	host_refused(b, JB_T_LOAD_COMMIT, NULL, 0, JB_R_ORDER);
	make_program(30, 64, 10, 3);
	load(false);
	old = program_crc();

	/* Only the free part is offered, and nothing beyond the announced words is written. */
	send_begin(MODEL_WORDS - 29, 0, JB_R_SPACE);
	send_begin(20, 0, 0);
	host_refused(b, JB_T_LOAD_DATA, payload, chunk(payload, 1, 4), JB_R_ORDER);
	send_chunks(0, 16, false);
	host_refused(b, JB_T_LOAD_DATA, payload, chunk(payload, 0, 4), JB_R_ORDER);
	host_refused(b, JB_T_LOAD_DATA, payload, chunk(payload, 17, 2), JB_R_ORDER);
	host_refused(b, JB_T_LOAD_DATA, payload, chunk(payload, 16, 5), JB_R_ORDER);
	host_refused(b, JB_T_LOAD_COMMIT, NULL, 0, JB_R_ORDER);
	send_broken(16, 4);
	host_refused(b, JB_T_LOAD_COMMIT, NULL, 0, JB_R_ORDER);
	send_chunks(16, 20, false);
	host_refused(b, JB_T_LOAD_COMMIT, NULL, 0, JB_R_PROGRAM);
	host_refused(b, JB_T_LOAD_COMMIT, NULL, 0, JB_R_ORDER);
	ck_assert_uint_eq(identify(JB_ID_LOADED), old);
	check_running();

	/* A right CRC-32 over a wrong magic word; an empty program. */
	program[0] ^= 1u << below(32);
	program_words = 20;
	send_begin(20, program_crc(), 0);
	send_chunks(0, 20, false);
	host_refused(b, JB_T_LOAD_COMMIT, NULL, 0, JB_R_PROGRAM);
	send_begin(0, 0, 0);
	host_refused(b, JB_T_LOAD_COMMIT, NULL, 0, JB_R_PROGRAM);
	ck_assert_uint_eq(identify(JB_ID_LOADED), old);
	ck_assert_uint_eq(identify(JB_ID_FREE_WORDS), MODEL_WORDS - 30);
}
END_TEST

/* ---- images ---- */

static void check_counters(int n, int ops, uint32_t images)
{
	struct packet p = host_ask(b, JB_T_COUNTERS, NULL, 0, 4 * (JB_CNT_OP_FIRST + (size_t)ops));

	ck_assert_uint_eq(get(p.payload + 4 * JB_CNT_IMAGES, 4), images);
	ck_assert_uint_eq(get(p.payload + 4 * JB_CNT_OPS, 4), (uint32_t)ops);
	for (int i = 0; i < ops; i++)
		ck_assert_uint_eq(get(p.payload + 4 * (JB_CNT_OP_FIRST + i), 4),
				  image_op_cycles(image_sum(n), i));
}

START_TEST(test_images)
{
	static const int shape[][3] = { { 64, 2, 1 }, { 192, 64, 64 }, { 1000, 10, 5 } };

	for (int s = 0; s < 3; s++) {
		uint32_t images = counter(JB_CNT_IMAGES, s ? shape[s - 1][2] : 0);

		load_small(shape[s][0], shape[s][1], shape[s][2]);
		for (int round = 0; round < 12; round++) {
			random_stalls();
			if (round == 0 || below(3) == 0)
				steps(b, below(2000));
			send_image(round % 4, 0, round);
			if (round)
				expect_result((round + 3) % 4, round - 1);
		}
		expect_result(3, 11);
		check_counters(3, shape[s][2], images + 12);
	}
	host_ask(b, JB_T_UNLOAD, NULL, 0, 0);
	ck_assert_uint_eq(counter(JB_CNT_OPS, 0), 0);
}
END_TEST

/* Two images in flight and a host that does not read: both results are kept, the third and the fourth
 * image wait in the buffers, the engine does not start on them. */
START_TEST(test_slow_host)
{
	load_small(100, 64, 2);
	b->tx_gap = 100;
	for (int n = 0; n < 4; n++)
		send_image(n, 0, 40 + n);
	steps(b, 5000);
	ck_assert_int_eq(b->starts, 2);
	ck_assert_uint_eq(b->to_head, b->to_tail);
	ck_assert(b->out.led & 2);
	b->tx_gap = 0;
	for (int n = 0; n < 4; n++)
		expect_result(n, 40 + n);
	ck_assert_int_eq(b->starts, 4);
}
END_TEST

START_TEST(test_image_refused)
{
	uint8_t bytes[PACKET_BYTES(512)];
	struct packet p = { JB_PKT_VERSION, JB_T_IMAGE, 0, 7, 512, pixels[0] };

	host_refused(b, JB_T_IMAGE, pixels[0], 64, JB_R_NO_MODEL);
	load_small(512, 10, 2);
	for (int length = 511; length <= 513; length += 2)
		host_refused(b, JB_T_IMAGE, pixels[0], (size_t)length, JB_R_LENGTH);
	host_refused(b, JB_T_IMAGE, pixels[0], 0, JB_R_LENGTH);
	/* Damaged images between good ones: order and buffers stay right. */
	for (int round = 0; round < 10; round++) {
		random_stalls();
		send_image(0, 0, 100);
		packet_write(bytes, &p);
		bytes[JB_PKT_HEADER_BYTES + below(516)] ^= (uint8_t)(1 << below(8));
		host_bytes(b, bytes, sizeof(bytes));
		send_image(1, 0, 101);
		for (int left = 3, next = 0; left > 0; left--) {
			struct packet r;

			host_wait(b, &r);
			if (r.type == (JB_T_REJECT | JB_FLAG_ANSWER)) {
				ck_assert_uint_eq(r.sequence, 7);
				ck_assert_uint_eq(r.payload[0], JB_R_CRC);
			} else {
				check_result(&r, next, 100 + next);
				next++;
			}
		}
	}
	ck_assert_uint_eq(counter(JB_CNT_CRC_ERRORS, 2), 10);
}
END_TEST

/* Nine clocks a byte into the front end. */
START_TEST(test_image_rate)
{
	long begin;

	load_small(4000, 4, 1);
	send_image(0, 0, 5);
	begin = b->clock;
	while (!b->front.full)
		step(b);
	ck_assert_int_le(b->clock - begin, 9 * 4000 + 200);
	expect_result(0, 5);
}
END_TEST

START_TEST(test_stall_counter)
{
	load_small(100, 4, 1);
	b->tx_gap = 100;
	for (int n = 0; n < 4; n++)
		send_image(n, 0, n);
	steps(b, 3000);
	send_image(0, 0, 4);
	steps(b, 5000);
	b->tx_gap = 0;
	for (int n = 0; n < 5; n++) {
		struct packet p;

		host_wait(b, &p);
		ck_assert_uint_eq(p.sequence, n);
	}
	ck_assert_uint_ge(counter(JB_CNT_FRONT_STALL, 1), 4000);
	ck_assert_uint_le(counter(JB_CNT_FRONT_STALL, 1), 7000);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ctrl_link " UNIT_CFG);
	TCase *t = tcase_create("load and image");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_load);
	tcase_add_test(t, test_load_refused);
	tcase_add_test(t, test_images);
	tcase_add_test(t, test_slow_host);
	tcase_add_test(t, test_image_refused);
	tcase_add_test(t, test_image_rate);
	tcase_add_test(t, test_stall_counter);
	suite_add_tcase(s, t);
	suite_add_tcase(s, order_cases());
	if (G_WROWS)
		suite_add_tcase(s, rows_cases());
	return s;
}

int main(void)
{
	return check_main(suite());
}
