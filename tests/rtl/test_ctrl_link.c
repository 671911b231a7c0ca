/* SPDX-License-Identifier: MIT
 * Link and control together (hw/ctrl/ctrl_link.v): every request and every reason, loads, images, pauses,
 * resets. Host, front end, engine and memories are those of ctrl_bench.h.
 * Prints its seed; the environment variable SEED overrides it. */
#include "check_main.h"
#include "rtl/ctrl_bench.h"

#define CHUNK_MAX ((JB_PKT_MAX_LOAD - 4) / 4)
#define MIN_WORDS JB_PROG_FRONT_WORDS

static struct bench *b;
static uint32_t program[MODEL_WORDS];
static int program_words;
static uint8_t pixels[4][4096];

static void set_up(void)
{
	seed_start("test_ctrl_link " UNIT_CFG, 4242);
	b = bench_open();
}

static void tear_down(void)
{
	bench_close(b);
}

static void random_stalls(void)
{
	b->host_gap = below(3) * 30;
	b->tx_gap = below(3) * 30;
	b->px_gap = below(3) * 40;
}

/* ---- loading ---- */

static void make_program(int words, int bytes, int classes, int ops)
{
	program_words = words;
	for (int i = 0; i < words; i++)
		program[i] = draw();
	program[0] = JB_PROG_MAGIC;
	program[JB_F_BYTES_WORD] = (uint32_t)bytes;
	program[JB_F_MAP0_WORD] = (uint32_t)(1 + below(MAP_ROWS / 2 - 1));
	program[JB_F_MAP1_WORD] |= (uint32_t)(MAP_ROWS / 2 + below(MAP_ROWS / 2)) << JB_F_MAP1_LSB;
	program[JB_F_CLASSES_WORD] = (uint32_t)classes | (uint32_t)ops << JB_F_OPS_LSB;
}

static uint32_t program_crc(void)
{
	uint32_t crc = 0;
	uint8_t bytes[4];

	for (int i = 0; i < program_words; i++) {
		put(bytes, program[i], 4);
		crc = (uint32_t)crc32(crc, bytes, 4);
	}
	return crc;
}

static size_t chunk(uint8_t *out, int offset, int words)
{
	put(out, (uint32_t)offset, 4);
	for (int i = 0; i < words; i++)
		put(out + 4 + 4 * i, program[offset + i], 4);
	return 4 + 4 * (size_t)words;
}

static void send_begin(uint32_t words, uint32_t crc, int reason)
{
	uint8_t payload[8];

	put(payload, words, 4);
	put(payload + 4, crc, 4);
	if (reason)
		host_refused(b, JB_T_LOAD_BEGIN, payload, 8, reason);
	else
		host_ask(b, JB_T_LOAD_BEGIN, payload, 8, 0);
}

/* A chunk whose packet is damaged on the way. */
static void send_broken(int offset, int words)
{
	uint8_t payload[JB_PKT_MAX_LOAD], bytes[PACKET_BYTES(JB_PKT_MAX_LOAD)];
	struct packet p = { JB_PKT_VERSION, JB_T_LOAD_DATA, 0, 99, 0, payload };
	size_t size;

	p.length = (uint16_t)chunk(payload, offset, words);
	size = packet_write(bytes, &p);
	bytes[JB_PKT_HEADER_BYTES + below((int)size - JB_PKT_HEADER_BYTES)] ^=
		(uint8_t)(1 << below(8));
	host_bytes(b, bytes, size);
	host_reject(b, JB_T_LOAD_DATA, 99, JB_R_CRC);
}

/* Chunks from offset to end; some are damaged first and sent again. */
static void send_chunks(int offset, int end, bool faults)
{
	uint8_t payload[JB_PKT_MAX_LOAD];

	while (offset < end) {
		int words = 1 + below(CHUNK_MAX);

		if (words > end - offset)
			words = end - offset;
		if (faults && below(3) == 0)
			send_broken(offset, words);
		host_ask(b, JB_T_LOAD_DATA, payload, chunk(payload, offset, words), 0);
		offset += words;
	}
}

static void check_running(void)
{
	for (int i = 0; i < program_words; i++)
		ck_assert_uint_eq(program_word(b, i), program[i]);
}

static void load(bool faults)
{
	send_begin((uint32_t)program_words, program_crc(), 0);
	send_chunks(0, program_words, faults);
	host_ask(b, JB_T_LOAD_COMMIT, NULL, 0, 0);
	ck_assert(b->in.boot_done);
	check_running();
}

static void load_small(int bytes, int classes, int ops)
{
	make_program(MIN_WORDS + below(20), bytes, classes, ops);
	load(false);
}

static uint32_t identify(int word)
{
	struct packet p = host_ask(b, JB_T_IDENTIFY, NULL, 0, 4 * JB_ID_WORDS);

	return get(p.payload + 4 * word, 4);
}

static uint32_t counter(int word, int ops)
{
	struct packet p = host_ask(b, JB_T_COUNTERS, NULL, 0, 4 * (JB_CNT_OP_FIRST + (size_t)ops));

	return get(p.payload + 4 * word, 4);
}

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

static void send_image(int n, int flags, int sequence)
{
	for (int i = 0; i < b->in.image_bytes; i++)
		pixels[n][i] = (uint8_t)draw();
	host_packet(b, JB_T_IMAGE, flags, sequence, pixels[n], b->in.image_bytes);
}

static uint32_t image_sum(int n)
{
	return (uint32_t)crc32(0, pixels[n], b->in.image_bytes);
}

static void check_result(const struct packet *p, int n, int sequence)
{
	uint32_t sum = image_sum(n), classes = b->in.classes;

	ck_assert_msg(p->type == (JB_T_IMAGE | JB_FLAG_ANSWER) && p->sequence == sequence,
		      "type %02x sequence %u, not a result of %d, seed %llu", p->type, p->sequence,
		      sequence, (unsigned long long)seed);
	ck_assert_uint_eq(p->length, 4 * (JB_RES_SCORES + classes));
	ck_assert_uint_eq(get(p->payload + 4 * JB_RES_CLASS, 4), IMAGE_CLASS(sum, classes));
	ck_assert_uint_eq(get(p->payload + 4 * JB_RES_CLASSES, 4), classes);
	ck_assert_uint_eq(get(p->payload + 4 * JB_RES_ENGINE_CYCLES, 4), IMAGE_CYCLES(sum));
	ck_assert_uint_eq(get(p->payload + 4 * JB_RES_FRONT_CYCLES, 4), IMAGE_FRONT_CYCLES(sum));
	for (uint32_t c = 0; c < classes; c++)
		ck_assert_uint_eq(get(p->payload + 4 * (JB_RES_SCORES + c), 4),
				  image_score(sum, (int)c));
}

static void expect_result(int n, int sequence)
{
	struct packet p;

	host_wait(b, &p);
	check_result(&p, n, sequence);
}

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

/* One byte a clock into the front end. */
START_TEST(test_image_rate)
{
	long begin;

	load_small(4000, 4, 1);
	send_image(0, 0, 5);
	begin = b->clock;
	while (!b->front.full)
		step(b);
	ck_assert_int_le(b->clock - begin, 4000 + 24);
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
	TCase *t = tcase_create("core");

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
	return s;
}

int main(void)
{
	return check_main(suite());
}
