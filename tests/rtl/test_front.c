/* SPDX-License-Identifier: MIT
 * front against the reference: every map word of random first layers and images, and the cycle counter
 * against its closed form; stalls on both sides, images given up on the way, both buffers.
 * Prints its seed; the environment variable SEED overrides it. */
#include "front_bench.h"

static void give_up(void)
{
	stream((size_t)below((int)image_size()), below(2));
	for (int i = below(400); i > 0; i--) {
		run.in.px_valid = false;
		clock_once();
	}
	run.in.drop = true;
	clock_once();
	run.in.px_valid = true;
	for (int i = below(3); i > 0; i--) {
		clock_once();
		if (run.out.busy || run.out.px_ready || run.out.fm_valid || run.out.done)
			wrong("not idle after drop");
	}
}

static void one_image(bool buffer)
{
	const struct program_map *map = &run.program.map[0];

	run.words_expected = (long)map->rows * map->cols * map->g;
	memset(run.map, UNTOUCHED & 0xFF, sizeof(run.map));
	stream(image_size(), buffer);
	compare(buffer);
	if (run.words != run.words_expected)
		wrong("%ld words, not %ld", run.words, run.words_expected);
	if (run.pace > PATIENT)
		return;
	if (run.out.cycles != cycles_front(run.program.words, &limits))
		wrong("%u cycles, not %u", run.out.cycles,
		      cycles_front(run.program.words, &limits));
}

/* One model: images given up, then images in both buffers, each at another pace. */
static void one_model(int count)
{
	bool buffer = below(2);

	make_model();
	check_ports();
	for (int i = below(4); i > 0; i--) {
		run.pace = below(PACES);
		give_up();
	}
	for (int i = 0; i < count; i++, buffer = !buffer) {
		run.pace = below(2) ? STEADY : below(PACES);
		one_image(buffer);
		new_image();
	}
	free_model();
}

struct layer {
	const char *name;
	int k, taps; /* taps: terms a channel */
};

static const struct layer layers[] = {
	{ "jet3", 3, 1 },   { "jet5", 5, 1 },   { "sjet3", 3, 1 },   { "sjet5", 5, 1 },
	{ "bconv1", 1, 1 }, { "bconv3", 3, 9 }, { "bconv5", 5, 25 },
};
#define LAYERS ((int)(sizeof(layers) / sizeof(layers[0])))
#define FORMS 16 /* channels, padding, stride, pool */

static void describe(const struct layer *l, int form, int rows, int cols, int outputs)
{
	snprintf(run.text, sizeof(run.text), "%dx%dx%d: %sx%d%s%s%s cam2", rows, cols,
		 form & 1 && G_CMAX == 3 ? 3 : 1, l->name, outputs, form & 4 ? "/2" : "",
		 form & 2 ? "v" : "", form & 8 ? " pool" : "");
}

static int pick_outputs(int terms)
{
	static const int corners[] = { 1,  2,  3,  7,   8,   31,  32,  33,
				       63, 64, 65, 127, 128, 129, 130, 512 };
	int n = below(2) ? corners[below(sizeof(corners) / sizeof(corners[0]))] : 1 + below(130);

	while (n > G_OUT_MAX || (n + G_F - 1) / G_F * terms > G_CODE_ROWS)
		n = (n + 1) / 2;
	return n;
}

START_TEST(grid)
{
	const struct layer *l = &layers[_i / FORMS];
	int form = _i % FORMS, channels = form & 1 && G_CMAX == 3 ? 3 : 1,
	    terms = l->taps * channels;

	if (l->k > G_KMAX)
		return;
	state += (uint64_t)_i << 32;
	for (int n = 0; n < 3; n++) {
		int rows = 8 + below(33), cols = 8 + below(33), outputs = pick_outputs(terms);

		while (rows * cols > 64 &&
		       rows * cols * (outputs / G_F * terms + 43) > WORK_LIMIT) {
			rows = rows > 15 ? rows / 2 : 8;
			cols = cols > 15 ? cols / 2 + below(2) : 8;
		}
		describe(l, form, rows, cols, outputs);
		one_model(2);
	}
}
END_TEST

/* The largest images, and wide or high ones. */
START_TEST(large)
{
	static const int sizes[][2] = { { 128, 128 }, { 128, 8 }, { 8, 128 }, { 127, 127 } };
	const struct layer *l;

	state += (uint64_t)_i << 32;
	do
		l = &layers[below(LAYERS)];
	while (l->k > G_KMAX || l->taps > 9);
	describe(l, below(FORMS), sizes[_i][0], sizes[_i][1],
		 1 + below(_i == 1 || _i == 2 ? 64 : 12));
	one_model(1);
}
END_TEST

/* First things first: a fixed small gray layer, one output a kernel. */
START_TEST(plain)
{
	snprintf(run.text, sizeof(run.text), "8x8x1: jet3x9v cam2");
	make_model();
	for (int o = 0; o < 9; o++)
		run.model->layer[0].kernel[o] = (uint8_t)o;
	run.pace = STEADY;
	program_free(&run.program);
	ck_assert_int_eq(program_compile(run.model, &limits, NULL, &run.program, NULL), BNN_OK);
	configure();
	one_image(false);
	free_model();
}
END_TEST

static void begin(void)
{
	run.sim = front_sim_open();
	ck_assert_ptr_nonnull(run.sim);
	run.in.rst = true;
	clock_once();
	run.words_expected = 0;
}

static void end(void)
{
	front_sim_close(run.sim);
}

int main(void)
{
	Suite *s = suite_create("front " UNIT_CFG);
	TCase *c = tcase_create("layers");

	seed_start("front " UNIT_CFG, 20261123);
	tcase_set_timeout(c, 240);
	tcase_add_checked_fixture(c, begin, end);
	tcase_add_test(c, plain);
	tcase_add_loop_test(c, grid, 0, LAYERS * FORMS);
	tcase_add_loop_test(c, large, 0, 4);
	suite_add_tcase(s, c);
	return check_main(s);
}
