/* SPDX-License-Identifier: MIT
 * What the cases of the ctrl_link bench share: fixture, programs, loads, images and their results. */
#ifndef TESTS_RTL_CTRL_HOST_H
#define TESTS_RTL_CTRL_HOST_H

#include "rtl/ctrl_bench.h"

#define CHUNK_MAX ((JB_PKT_MAX_LOAD - 4) / 4)
#define MIN_WORDS JB_PROG_FRONT_WORDS

static struct bench *b;
static uint32_t program[MODEL_WORDS + WEIGHT_ROWS * UNITS * UNIT_WORDS]; /* weight rows behind */
static int program_words;
static uint8_t pixels[4][4096];

static inline void set_up(void)
{
	seed_start("ctrl_link " UNIT_CFG, 4242);
	b = bench_open();
}

static inline void tear_down(void)
{
	bench_close(b);
}

static inline void random_stalls(void)
{
	b->host_gap = below(3) * 30;
	b->tx_gap = below(3) * 30;
	b->px_gap = below(3) * 40;
}

/* ---- loading ---- */

static inline void make_program(int words, int bytes, int classes, int ops)
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

static inline uint32_t program_crc(void)
{
	uint32_t crc = 0;
	uint8_t bytes[4];

	for (int i = 0; i < program_words; i++) {
		put(bytes, program[i], 4);
		crc = (uint32_t)crc32(crc, bytes, 4);
	}
	return crc;
}

static inline size_t chunk(uint8_t *out, int offset, int words)
{
	put(out, (uint32_t)offset, 4);
	for (int i = 0; i < words; i++)
		put(out + 4 + 4 * i, program[offset + i], 4);
	return 4 + 4 * (size_t)words;
}

static inline void send_begin(uint32_t words, uint32_t crc, int reason)
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
static inline void send_broken(int offset, int words)
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
static inline void send_chunks(int offset, int end, bool faults)
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

static inline void check_running(void)
{
	for (int i = 0; i < program_words; i++)
		ck_assert_uint_eq(program_word(b, i), program[i]);
}

static inline void load(bool faults)
{
	send_begin((uint32_t)program_words, program_crc(), 0);
	send_chunks(0, program_words, faults);
	host_ask(b, JB_T_LOAD_COMMIT, NULL, 0, 0);
	ck_assert(b->in.boot_done);
	check_running();
}

static inline void load_small(int bytes, int classes, int ops)
{
	make_program(MIN_WORDS + below(20), bytes, classes, ops);
	load(false);
}

static inline uint32_t identify(int word)
{
	struct packet p = host_ask(b, JB_T_IDENTIFY, NULL, 0, 4 * JB_ID_WORDS);

	return get(p.payload + 4 * word, 4);
}

static inline uint32_t counter(int word, int ops)
{
	struct packet p = host_ask(b, JB_T_COUNTERS, NULL, 0, 4 * (JB_CNT_OP_FIRST + (size_t)ops));

	return get(p.payload + 4 * word, 4);
}

/* ---- images ---- */

static inline void send_image(int n, int flags, int sequence)
{
	for (int i = 0; i < b->in.image_bytes; i++)
		pixels[n][i] = (uint8_t)draw();
	host_packet(b, JB_T_IMAGE, flags, sequence, pixels[n], b->in.image_bytes);
}

static inline uint32_t image_sum(int n)
{
	return (uint32_t)crc32(0, pixels[n], b->in.image_bytes);
}

static inline void check_result(const struct packet *p, int n, int sequence)
{
	uint32_t sum = image_sum(n), classes = b->in.classes;

	ck_assert_msg(p->type == (JB_T_IMAGE | JB_FLAG_ANSWER) && p->sequence == sequence,
		      "type %02x sequence %u, not a result of %d, seed %llu", p->type, p->sequence,
		      sequence, (unsigned long long)seed);
	ck_assert_uint_eq(p->length, 4 * (JB_RES_SCORES + classes));
	ck_assert_uint_eq(get(p->payload + 4 * JB_RES_CLASS, 4), IMAGE_CLASS(sum, classes));
	ck_assert_uint_eq(get(p->payload + 4 * JB_RES_CLASSES, 4), classes);
	ck_assert_uint_eq(get(p->payload + 4 * JB_RES_ENGINE_CYCLES, 4),
			  image_cycles(sum, b->in.ops));
	ck_assert_uint_eq(get(p->payload + 4 * JB_RES_FRONT_CYCLES, 4), IMAGE_FRONT_CYCLES(sum));
	for (uint32_t c = 0; c < classes; c++)
		ck_assert_uint_eq(get(p->payload + 4 * (JB_RES_SCORES + c), 4),
				  image_score(sum, (int)c));
}

static inline void expect_result(int n, int sequence)
{
	struct packet p;

	host_wait(b, &p);
	check_result(&p, n, sequence);
}

/* Cases of ctrl_link_order.c: reasons, pauses, resets, faults; of ctrl_link_rows.c: weight rows. */
TCase *order_cases(void);
TCase *rows_cases(void);

#endif
