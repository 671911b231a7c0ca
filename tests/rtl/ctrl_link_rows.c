/* SPDX-License-Identifier: MIT
 * ctrl_link with weight rows: a program's rows beside those of the running one, chunks of whole units. */
#include "rtl/ctrl_host.h"

#define ROW_WORDS (UNITS * UNIT_WORDS)
#define CHUNK_UNITS (CHUNK_MAX / UNIT_WORDS)

static int rows; /* of the program that was made last */

static void make_rows(int words, int n)
{
	make_program(words, 64, 10, 3);
	rows = n;
	for (int i = 0; i < n * ROW_WORDS; i++)
		program[words + i] = draw();
}

static void begin_rows(int reason)
{
	send_begin((uint32_t)program_words | (uint32_t)rows << JB_LOAD_ROWS_LSB, program_crc(),
		   reason);
}

/* Units from first to end, some chunks damaged first. */
static void send_units(int first, int end, bool faults)
{
	uint8_t payload[JB_PKT_MAX_LOAD];

	while (first < end) {
		int at = program_words + first * UNIT_WORDS, n = 1 + below(CHUNK_UNITS);

		if (n > end - first)
			n = end - first;
		if (faults && below(3) == 0)
			send_broken(at, n * UNIT_WORDS);
		host_ask(b, JB_T_LOAD_DATA, payload, chunk(payload, at, n * UNIT_WORDS), 0);
		first += n;
	}
}

static void check_rows(void)
{
	for (int r = 0; r < rows; r++)
		ck_assert_msg(!memcmp(b->weights[b->side ? WEIGHT_ROWS - 1 - r : r],
				      program + program_words + r * ROW_WORDS,
				      ROW_WORDS * sizeof(*program)),
			      "row %d, seed %llu", r, (unsigned long long)seed);
}

static void load_rows(bool faults)
{
	begin_rows(0);
	send_chunks(0, program_words, faults);
	send_units(0, rows * UNITS, faults);
	host_ask(b, JB_T_LOAD_COMMIT, NULL, 0, 0);
	check_running();
	check_rows();
}

START_TEST(test_rows)
{
	for (int round = 0; round < 6; round++) {
		random_stalls();
		make_rows(MIN_WORDS + below(MODEL_WORDS / 2 - MIN_WORDS),
			  below(WEIGHT_ROWS / 2 + 1));
		load_rows(true);
		ck_assert_uint_eq(identify(JB_ID_LOADED), program_crc());
	}
	host_ask(b, JB_T_UNLOAD, NULL, 0, 0);
	make_rows(MIN_WORDS, WEIGHT_ROWS);
	load_rows(true);
}
END_TEST

/* A load that is given up leaves the running program's rows alone; one that does not fit is refused. */
START_TEST(test_beside)
{
	uint32_t kept[WEIGHT_ROWS][UNITS][UNIT_WORDS], running;
	int first;

	make_rows(MIN_WORDS, 20);
	load_rows(false);
	running = program_crc();
	memcpy(kept, b->weights, sizeof(kept));
	first = b->side ? WEIGHT_ROWS - rows : 0;

	rows = WEIGHT_ROWS - 19;
	begin_rows(JB_R_SPACE);
	rows = 1 << 11;
	begin_rows(JB_R_SPACE);
	make_rows(40, WEIGHT_ROWS - 20);
	begin_rows(0);
	send_chunks(0, program_words, true);
	send_units(0, rows * UNITS - 1, true);
	host_refused(b, JB_T_LOAD_COMMIT, NULL, 0, JB_R_ORDER);
	ck_assert(!memcmp(kept[first], b->weights[first], 20 * sizeof(kept[0])));
	ck_assert_uint_eq(identify(JB_ID_LOADED), running);
	send_units(rows * UNITS - 1, rows * UNITS, false);
	host_ask(b, JB_T_LOAD_COMMIT, NULL, 0, 0);
	check_rows();
}
END_TEST

START_TEST(test_whole_units)
{
	uint8_t payload[JB_PKT_MAX_LOAD];
	int at = 20;

	make_rows(at, 2);
	begin_rows(0);
	/* into the rows from the words of model memory, and a part of a unit: nothing of it is kept */
	host_refused(b, JB_T_LOAD_DATA, payload, chunk(payload, 0, at + UNIT_WORDS - 1),
		     JB_R_ORDER);
	host_ask(b, JB_T_LOAD_DATA, payload, chunk(payload, 0, at + UNIT_WORDS), 0);
	at += UNIT_WORDS;
	host_refused(b, JB_T_LOAD_DATA, payload, chunk(payload, at, 1), JB_R_ORDER);
	host_refused(b, JB_T_LOAD_DATA, payload, chunk(payload, at + UNIT_WORDS, UNIT_WORDS),
		     JB_R_ORDER);
	/* more than was announced */
	host_refused(b, JB_T_LOAD_DATA, payload, chunk(payload, at, ROW_WORDS * 2), JB_R_ORDER);
	send_units(1, 2 * UNITS, true);
	host_ask(b, JB_T_LOAD_COMMIT, NULL, 0, 0);
	check_running();
	check_rows();
}
END_TEST

TCase *rows_cases(void)
{
	TCase *t = tcase_create("weight rows");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_rows);
	tcase_add_test(t, test_beside);
	tcase_add_test(t, test_whole_units);
	return t;
}
