/* SPDX-License-Identifier: MIT
 * map_mem against an array: priorities, byte enables, read latency, under random requests on all five
 * ports (the program's with LENT); the same where writes have a port of their own and a read brings a
 * second row. Prints its seed; the environment variable SEED overrides it. */
#include <string.h>

#include "check_main.h"
#include "map_mem.h"
#include "seed.h"

#define ROWS G_ROWS
#define LATENCY 2
#define WRITES_APART (G_PORTS == 3)

static void new_write(struct map_mem_write *w, unsigned percent)
{
	if (w->req && !w->taken)
		return; /* a request is held until it is taken */
	w->req = draw() % 100 < percent;
	w->addr = draw() % ROWS;
	w->be = draw() & ((1u << 4 * G_MW) - 1);
	for (int i = 0; i < G_MW; i++)
		w->data[i] = draw();
}

static void apply(uint32_t rows[ROWS][G_MW], const struct map_mem_write *w)
{
	for (int i = 0; i < 4 * G_MW; i++) {
		uint32_t mask = 0xFFu << 8 * (i % 4);

		if (w->be >> i & 1)
			rows[w->addr][i / 4] = (rows[w->addr][i / 4] & ~mask) |
					       (w->data[i / 4] & mask);
	}
}

/* Each port asks in `load` percent of the clocks. */
static void run(unsigned load)
{
	static uint32_t rows[ROWS][G_MW];
	uint32_t expected[LATENCY][G_MW], second[LATENCY][G_MW];
	bool due[LATENCY] = { false }, due_second[LATENCY] = { false };
	struct map_mem_io io = { 0 };
	struct map_mem_sim *sim = map_mem_sim_open();
	int reads = 0, program_reads = 0;
	bool others = false; /* the program had the last free cycle */
	uint32_t before;     /* row that the clock before wrote */

	ck_assert_ptr_nonnull(sim);
	memset(rows, 0, sizeof rows);
	for (uint32_t a = 0; a < ROWS; a++) {
		io.engine = (struct map_mem_write){ .req = true,
						    .addr = a,
						    .be = (1u << 4 * G_MW) - 1 };
		map_mem_sim_clock(sim, &io);
		ck_assert(io.engine.taken);
	}
	io.engine.req = false;
	before = ROWS - 1;
	for (int t = 0; t < 20000; t++) {
		int slot = t % LATENCY;

		io.engine_read = draw() % 100 < load;
		io.engine_addr = draw() % ROWS;
		io.step = draw() % ROWS;
		new_write(&io.engine, load);
		new_write(&io.front, load);
		new_write(&io.program, load);
		io.program.be = draw() % 2 ? io.program.be : 0;
		io.program_now = draw() % 10 == 0;
		io.debug_read = draw() % 100 < load;
		io.debug_addr = draw() % ROWS;
		map_mem_sim_clock(sim, &io);
		if (due[slot])
			ck_assert_mem_eq(io.read_data, expected[slot], sizeof io.read_data);
		if (due_second[slot])
			ck_assert_mem_eq(io.second_data, second[slot], sizeof io.second_data);

		bool reading = io.engine_read && !WRITES_APART; /* keeps writes out */
		bool program = G_LENT && io.program.req && !io.engine_read &&
			       (!others || io.program_now);
		bool left = !reading && !program;
		bool writing = (io.engine.req || io.front.req) && !WRITES_APART;
		bool debug = left && !io.engine_read && !writing && io.debug_read;
		bool program_read = program && io.program.be == 0;
		uint32_t behind = (io.engine_addr + io.step) % ROWS;

		ck_assert_int_eq(io.program.taken, program);
		ck_assert_int_eq(io.engine.taken, io.engine.req && left);
		ck_assert_int_eq(io.front.taken, io.front.req && left && !io.engine.req);
		ck_assert_int_eq(io.debug_taken, debug);
		if (!io.engine_read)
			others = program;
		/* what a read of the row written in the same clock (apart: in the one before) brings
		 * is not said */
		uint32_t taken = io.engine.taken  ? io.engine.addr
				 : io.front.taken ? io.front.addr
						  : ROWS;
		uint32_t written = WRITES_APART ? before : taken;
		uint32_t read = io.engine_read ? io.engine_addr
				: program_read ? io.program.addr
					       : io.debug_addr;
		before = taken;
		due[slot] = (io.engine_read || debug || program_read) && read != written;
		due_second[slot] = WRITES_APART && io.engine_read && behind != written;
		memcpy(second[slot], rows[behind], sizeof second[slot]);
		memcpy(expected[slot], rows[read], sizeof expected[slot]);
		reads += due[slot];
		program_reads += program_read;
		if (program && io.program.be) {
			io.program.be = (1u << 4 * G_MW) - 1;
			apply(rows, &io.program);
		} else if (io.engine.taken) {
			apply(rows, &io.engine);
		} else if (io.front.taken) {
			apply(rows, &io.front);
		}
	}
	ck_assert_int_gt(reads, 100);
	ck_assert(!G_LENT || program_reads > 100);
	map_mem_sim_close(sim);
}

START_TEST(random_requests)
{
	static const unsigned loads[] = { 10, 40, 80 };

	run(loads[_i]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("map_mem");
	TCase *c = tcase_create("arbiter");
	tcase_add_loop_test(c, random_requests, 0, 3);
	suite_add_tcase(s, c);
	seed_start("map_mem", 20261123);
	return check_main(s);
}
