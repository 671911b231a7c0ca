/* SPDX-License-Identifier: MIT
 * jet_hidden against the formula: z = sum of ref_jet_kernel times pointwise sums, bit = z >= T.
 * Prints its seed; the environment variable SEED overrides it. */
#include <stdio.h>
#include <string.h>

#include "check_main.h"
#include "jet_hidden.h"
#include "ref.h"
#include "seed.h"

#define O G_O
#define P G_P
#define COLS G_COLS
#define PC G_PC
#define UNITS (O < 4 ? O : 4)
#define NROW (4 / UNITS)
#define OUTPUTS 32
#define ITEMS (4 * P / PC) /* clocks a position group takes inside */
#define DIRECT (O == 1 && PC == P)
#define MAX_ROWS 16
#define MAX_X (COLS + 3 * P + 8)
#define T_MAX 0x1FFFFFF

struct layer {
	int k;
	bool same;
	int rows, cols; /* outputs */
	int groups;     /* word groups of 32 channels */
	int top;        /* largest count of a beat; groups * top <= 1023 */
	int gap;        /* 0: as fast as allowed, else up to gap idle clocks before a beat */
};

struct block {
	uint8_t kernel[OUTPUTS];
	int32_t threshold[OUTPUTS];
	uint16_t a[OUTPUTS][MAX_ROWS + 4][MAX_X]; /* virtual rows; column 0 is x of the first group */
};

struct run {
	struct jet_sim *sim;
	struct jet_in in;
	struct layer l;
	struct block b;
	uint32_t got[MAX_ROWS][MAX_X];
	int outputs; /* output groups seen */
	long clock, step_clock, row_clock;
	long done[8]; /* clocks of the last beats of the latest groups */
	int groups_done, groups_wanted;
	bool idle; /* busy was low in the latest clock */
};

static int below(int n)
{
	return (int)(draw() % (uint32_t)n);
}

static int delay(const struct layer *l)
{
	return l->same ? l->k / 2 : l->k - 1;
}

static int up(int a, int b)
{
	return (a + b - 1) / b;
}

/* Position groups of a row, and how many of them come before the one that completes group 0. */
static int lead(const struct layer *l)
{
	return (l->same ? 1 : 0) + up(delay(l), P);
}

static int row_groups(const struct layer *l)
{
	return lead(l) + up(l->cols, P);
}

/* Output column c begins its window at this index of block.a. */
static int window(const struct layer *l, int c)
{
	return l->same ? c + P - l->k / 2 : c;
}

static int32_t z_at(const struct run *r, int o, int row, int col)
{
	int32_t kernel[25], z = 0;
	int k = r->l.k, x = window(&r->l, col);

	ref_jet_kernel(k, r->b.kernel[o], kernel);
	for (int i = 0; i < k; i++)
		for (int j = 0; j < k; j++)
			z += kernel[i * k + j] * r->b.a[o][row + i][x + j];
	return z;
}

/* Clocks from the last beat of a position group; see the header of jet_hidden.v. */
static bool latency_ok(const struct run *r, long clocks)
{
	int item = (P - 1 + delay(&r->l)) % P / PC * 4 + 3;

	if (DIRECT)
		return clocks == 12;
	return clocks == 14 - NROW + item || (O == 2 && r->l.gap && clocks == 13 - NROW + item);
}

static void clock(struct run *r)
{
	struct jet_out out;
	int groups = up(r->l.cols, P);

	jet_sim_clock(r->sim, &r->in, &out);
	r->clock++;
	r->idle = !out.busy;
	if (!out.valid)
		return;
	ck_assert_msg(out.busy, "output while not busy, seed %llu", (unsigned long long)seed);
	ck_assert_msg(r->outputs < groups * r->l.rows, "more outputs than due, seed %llu",
		      (unsigned long long)seed);
	ck_assert_msg(latency_ok(r, r->clock - r->done[r->outputs % 8]), "latency %ld, seed %llu",
		      r->clock - r->done[r->outputs % 8], (unsigned long long)seed);
	for (int p = 0; p < P; p++)
		r->got[r->outputs / groups][r->outputs % groups * P + p] = out.words[p];
	r->outputs++;
}

static void wait_clocks(struct run *r, long n)
{
	r->in.valid = false;
	r->in.param_we = false;
	while (n-- > 0)
		clock(r);
}

/* The last steps of groups keep the distance jet_accumulate asks for. */
static void pace(struct run *r, int row, bool last)
{
	if (r->l.gap)
		wait_clocks(r, below(r->l.gap + 1));
	if (DIRECT || !last)
		return;
	if (row == 0) {
		while (r->clock < r->step_clock + ITEMS ||
		       r->clock < r->row_clock + ITEMS - 4 + UNITS)
			wait_clocks(r, 1);
		r->step_clock = r->clock;
	}
	r->row_clock = r->clock;
}

static void beat(struct run *r, int y, int group, int g, int row)
{
	static uint8_t sums[O * 9 * P];
	bool counted = y >= r->l.k - 1 && group >= lead(&r->l);

	for (int u = 0; u < O; u++)
		for (int s = 0; s < 9; s++)
			for (int p = 0; p < P; p++) {
				int o = (row * O + u) * 9 + s;
				int count = r->l.top < 0 ? -r->l.top : below(r->l.top + 1);

				sums[(u * 9 + s) * P + p] = (uint8_t)count;
				if (o < OUTPUTS && g == 0)
					r->b.a[o][y][group * P + p] = 0;
				if (o < OUTPUTS)
					r->b.a[o][y][group * P + p] += (uint16_t)count;
			}
	pace(r, row, g == r->l.groups - 1);
	r->in.valid = true;
	r->in.row = (uint8_t)row;
	r->in.first = g == 0;
	r->in.last = g == r->l.groups - 1;
	r->in.x_first = group == 0;
	r->in.y_first = y == 0;
	r->in.sums = sums;
	clock(r);
	if (r->in.last && row == NROW - 1 && counted)
		r->done[r->groups_done++ % 8] = r->clock;
	r->in.valid = false;
}

static void random_threshold(struct run *r, int o)
{
	int full = r->l.k == 3 ? 16 : 256;
	int range = full * (r->l.top < 0 ? -r->l.top : r->l.top) * r->l.groups;

	switch (below(8)) {
	case 0: r->b.threshold[o] = below(2) ? T_MAX : -T_MAX - 1; break;
	case 1: r->b.threshold[o] = (below(2) ? 1 : -1) * (range + below(3) - 1); break;
	case 2: r->b.threshold[o] = below(3) - 1; break;
	case 3: r->b.threshold[o] = (below(2) ? 262144 : -262144) + below(5) - 2; break;
	default:
		/* Near the values of a random block: the mean is full * top * groups / 2 for S only. */
		r->b.threshold[o] = r->b.kernel[o] == 0
					    ? range / 2 + below(range / 8 + 1) - range / 16
					    : below(range / 4 + 1) - range / 8;
		break;
	}
}

/* The first block of a layer takes all kernels in turn. */
static void send_params(struct run *r, int block)
{
	int kernels = r->l.k * r->l.k;

	while (r->clock == 0 || !r->idle)
		wait_clocks(r, 1);
	r->in.k5 = r->l.k == 5;
	r->in.delay = (uint8_t)delay(&r->l);
	for (int o = 0; o < OUTPUTS; o++) {
		int n = block == 0 ? o % kernels : below(kernels);

		r->b.kernel[o] = (uint8_t)n;
		random_threshold(r, o);
		r->in.param_we = true;
		r->in.param_index = (uint8_t)o;
		r->in.param_data = (uint32_t)(n / r->l.k) << 29 | (uint32_t)(n % r->l.k) << 26 |
				   ((uint32_t)r->b.threshold[o] & 0x3FFFFFF);
		clock(r);
	}
	r->in.param_we = false;
	wait_clocks(r, 1);
}

static void compare(const struct run *r)
{
	int groups = up(r->l.cols, P);

	ck_assert_msg(r->outputs == groups * r->l.rows, "%d output groups, %d due, seed %llu",
		      r->outputs, groups * r->l.rows, (unsigned long long)seed);
	for (int o = 0; o < OUTPUTS; o++)
		for (int y = 0; y < r->l.rows; y++)
			for (int x = 0; x < groups * P; x++) {
				int32_t z = z_at(r, o, y, x);
				bool want = z >= r->b.threshold[o];

				ck_assert_msg(
					want == (r->got[y][x] >> o & 1),
					"K %d %s %dx%d G %d gap %d: output %d kernel %d at %d,%d: "
					"z %d, T %d, seed %llu",
					r->l.k, r->l.same ? "same" : "valid", r->l.rows, r->l.cols,
					r->l.groups, r->l.gap, o, r->b.kernel[o], y, x, z,
					r->b.threshold[o], (unsigned long long)seed);
			}
}

/* Virtual rows y of a block, up to stop beats. */
static void send_rows(struct run *r, long stop)
{
	for (int y = 0; y < r->l.rows + r->l.k - 1; y++)
		for (int group = 0; group < row_groups(&r->l); group++)
			for (int g = 0; g < r->l.groups; g++)
				for (int row = 0; row < NROW; row++) {
					if (stop-- == 0)
						return;
					beat(r, y, group, g, row);
				}
}

static void run_block(struct run *r, int block)
{
	r->outputs = 0;
	r->groups_done = 0;
	send_params(r, block);
	send_rows(r, -1);
	wait_clocks(r, 1);
	while (!r->idle)
		wait_clocks(r, 1);
	compare(r);
}

static void run_layer(struct run *r, struct layer l, int blocks)
{
	r->l = l;
	for (int b = 0; b < blocks; b++)
		run_block(r, b);
}

static void reset(struct run *r)
{
	r->in.rst = true;
	wait_clocks(r, 2);
	r->in.rst = false;
}

static struct run r;

static void open_sim(void)
{
	state = seed;
	memset(&r, 0, sizeof r);
	r.sim = jet_sim_open();
	ck_assert_ptr_nonnull(r.sim);
	r.l.cols = 1;
	reset(&r);
}

static void close_sim(void)
{
	jet_sim_close(r.sim);
}

/* i = K (2) x padding (2) x pace (2) */
START_TEST(test_one_output)
{
	struct layer l = { .k = _i & 1 ? 5 : 3,
			   .same = _i & 2,
			   .rows = 1,
			   .cols = 1,
			   .groups = 1,
			   .top = 32,
			   .gap = _i & 4 ? 3 : 0 };

	run_layer(&r, l, 4);
	l.groups = 2;
	run_layer(&r, l, 4);
}
END_TEST

/* Widest row, largest sums: every count is 31, 33 groups give 1023; one group of 0 gives zeros. */
START_TEST(test_largest)
{
	struct layer l = {
		.k = _i & 1 ? 5 : 3, .same = _i & 2, .rows = 2, .cols = COLS, .groups = 33, .top = 31
	};

	run_layer(&r, l, 1);
	l.cols = 3;
	l.top = -31;
	run_layer(&r, l, 2);
	l.groups = 1;
	l.top = 0;
	run_layer(&r, l, 1);
}
END_TEST

static struct layer random_layer(void)
{
	struct layer l = { .k = below(2) ? 5 : 3,
			   .same = below(2),
			   .rows = 1 + below(MAX_ROWS),
			   .groups = below(2) ? 1 : 1 + below(16),
			   .top = 32 };

	l.cols = 1 + below(below(2) ? COLS : 8);
	l.gap = below(2) ? 0 : 1 + below(8);
	return l;
}

START_TEST(test_random)
{
	state = seed + (uint64_t)_i * 1000003u;
	for (int n = 0; n < 6; n++)
		run_layer(&r, random_layer(), 1 + below(2));
}
END_TEST

/* Reset anywhere in a block; the next block must not notice. */
START_TEST(test_reset)
{
	state = seed + (uint64_t)_i * 7000003u;
	for (int n = 0; n < 6; n++) {
		r.l = random_layer();
		r.outputs = 0;
		r.groups_done = 0;
		send_params(&r, 1);
		send_rows(&r, 1 + below(r.l.groups * NROW * row_groups(&r.l) * r.l.rows));
		reset(&r);
		clock(&r);
		ck_assert_msg(r.idle, "busy after reset, seed %llu", (unsigned long long)seed);
		r.l.rows = 1 + below(4);
		run_block(&r, 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("jet_hidden");
	TCase *corner = tcase_create("corner"), *random = tcase_create("random");

	seed_start("jet_hidden@" UNIT_CFG, 20240611);
	tcase_add_checked_fixture(corner, open_sim, close_sim);
	tcase_add_loop_test(corner, test_one_output, 0, 8);
	tcase_add_loop_test(corner, test_largest, 0, 4);
	suite_add_tcase(s, corner);
	tcase_add_checked_fixture(random, open_sim, close_sim);
	tcase_set_timeout(random, 120);
	tcase_add_loop_test(random, test_random, 0, 6);
	tcase_add_loop_test(random, test_reset, 0, 2);
	suite_add_tcase(s, random);
	return check_main(s);
}
