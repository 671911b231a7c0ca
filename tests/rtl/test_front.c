/* SPDX-License-Identifier: MIT
 * front against the reference: random first layers, images, stalls and aborts; every map word compared.
 * Prints its seed; the environment variable SEED overrides it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "front.h"
#include "program.h"
#include "ref.h"

#define MAP_ROWS 65536
#define CLOCK_LIMIT 4000000

static const struct device_limits limits = {
	.outputs = 1, .positions = 2 * G_MW, .map_words = G_MW, .model_words = 1 << 24,
	.map_rows = MAP_ROWS, .weight_rows = 256, .front_lanes = G_F, .front_k = G_KMAX,
	.front_channels = 3, .front_code_rows = G_CODE_ROWS, .front_outputs = G_OUT_MAX,
	.acc_bits = 26, .side = 128, .jet_cols = 128,
};

struct run {
	struct front_sim *sim;
	struct front_in in;
	struct front_out out;
	struct program program;
	struct bnn_model *model;
	uint32_t map[MAP_ROWS][G_MW];
	unsigned px_stall, fm_stall; /* percent */
	int fm_wait;
};

static struct run run;
static uint64_t state;

static uint32_t draw(void)
{
	uint64_t z = (state += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (uint32_t)(z >> 32);
}

static void clock_once(void)
{
	struct front_in *in = &run.in;

	in->fm_ready = draw() % 100 >= run.fm_stall || run.fm_wait > 12;
	front_sim_clock(run.sim, in, &run.out);
	run.fm_wait = run.out.fm_valid && !in->fm_ready ? run.fm_wait + 1 : 0;
	if (run.out.fm_valid && in->fm_ready)
		for (int i = 0; i < 4 * G_MW; i++)
			if (run.out.fm_be >> i & 1) {
				uint32_t mask = 0xFFu << 8 * (i % 4);
				uint32_t *w = &run.map[run.out.fm_addr % MAP_ROWS][i / 4];
				*w = (*w & ~mask) | (run.out.fm_data[i / 4] & mask);
			}
	in->start = in->cfg_we = in->drop = in->rst = false;
}

static void configure(void)
{
	const uint32_t *w = run.program.words;
	uint32_t codes = w[JB_F_CODE_WORDS_WORD] >> JB_F_CODE_WORDS_LSB & 0xFFFF;
	uint32_t thresholds = w[JB_F_THR_WORDS_WORD] >> JB_F_THR_WORDS_LSB & 0xFFFF;
	uint32_t sizes[3] = { JB_PROG_FRONT_WORDS, codes, thresholds };

	for (int section = 0; section < 3; section++)
		for (uint32_t i = 0; i < sizes[section]; i++) {
			run.in.cfg_we = true;
			run.in.cfg_sel = (uint8_t)section;
			run.in.cfg_addr = (uint16_t)i;
			run.in.cfg_data = *w++;
			clock_once();
		}
}

static void make_model(const char *text)
{
	struct net net;
	struct bnn_err err = { 0 };

	ck_assert_msg(!net_parse(text, &net, &err), "%s: %s", text, err.text);
	ck_assert_int_eq(model_new(&net, &run.model, &err), BNN_OK);
	model_random(run.model, draw());
	ck_assert_msg(!program_compile(run.model, &limits, NULL, &run.program, &err), "%s: %s", text,
		      err.text);
	configure();
}

static void free_model(void)
{
	program_free(&run.program);
	bnn_model_free(run.model);
}

/* Streams pixels until `stop` of them are in, or the image is done. */
static void stream(const uint8_t *pixels, size_t stop, bool buffer, bool finish)
{
	size_t sent = 0;

	run.in.start = true;
	run.in.start_buf = buffer;
	run.in.px_valid = false;
	clock_once();
	for (long t = 0; t < CLOCK_LIMIT; t++) {
		run.in.px_valid = sent < stop && draw() % 100 >= run.px_stall;
		run.in.px_data = sent < stop ? pixels[sent] : 0;
		clock_once();
		sent += run.in.px_valid && run.out.px_ready;
		if (run.out.done) {
			ck_assert_uint_eq(sent, stop);
			return;
		}
		if (!finish && sent == stop)
			return;
	}
	ck_abort_msg("front did not finish");
}

static void compare(const char *text, const uint8_t *pixels, bool buffer)
{
	const struct net_layer *l = &run.model->net.layer[0];
	struct program_map map = run.program.map[0];
	size_t positions = (size_t)l->conv_rows * (size_t)l->conv_cols, out = (size_t)l->out;
	int32_t *z = malloc(positions * out * sizeof *z);
	uint8_t *bits = malloc(positions * out), *pooled = malloc(positions * out);
	int rows = l->conv_rows, cols = l->conv_cols;
	uint32_t base = buffer ? run.program.words[JB_F_MAP1_WORD] >> JB_F_MAP1_LSB :
				 run.program.words[JB_F_MAP0_WORD] & 0xFFFF;

	ck_assert(z && bits && pooled);
	(l->kind == NET_BCONV ? ref_bconv : l->kind == NET_SJET ? ref_sjet : ref_jet)(
		l, &run.model->layer[0], 1, pixels, z);
	ref_threshold(z, run.model->layer[0].threshold, positions, l->out, bits);
	if (l->pools) {
		ref_pool(bits, rows, cols, l->out, pooled);
		memcpy(bits, pooled, positions * out);
		rows /= 2;
		cols /= 2;
	}
	int g = (l->out + 31) / 32, cg = (cols + G_MW - 1) / G_MW;
	ck_assert_int_eq(cg * g, map.pitch);
	for (int r = 0; r < rows; r++)
		for (int c = 0; c < cg * G_MW; c++)
			for (int w = 0; w < g; w++) {
				uint32_t expected = 0;
				for (int i = 0; i < 32 && c < cols && 32 * w + i < l->out; i++)
					expected |= (uint32_t)bits[((size_t)r * cols + c) * out + 32 * w + i]
						    << i;
				uint32_t got = run.map[base + (r * cg + c / G_MW) * g + w][c % G_MW];
				ck_assert_msg(got == expected, "%s: row %d column %d word %d: %08x, not %08x",
					      text, r, c, w, got, expected);
			}
	free(z);
	free(bits);
	free(pooled);
}

static void random_text(char *text, size_t size, int big)
{
	static const char *const first[] = { "jet3x", "jet5x", "bconv1x", "bconv3x", "bconv5x", "sjet3x" };
	int kind = (int)(draw() % 6);
	int rows = big ? 128 : 8 + (int)(draw() % 20), cols = big ? 128 : 8 + (int)(draw() % 20);
	int outputs = 1 + (int)(draw() % (big ? 20 : 70));

	if (G_KMAX < 5 && (kind == 1 || kind == 4))
		kind--;
	snprintf(text, size, "%dx%dx%d: %s%d%s%s%s cam2", rows, cols, draw() % 2 ? 3 : 1, first[kind],
		 outputs, draw() % 3 ? "" : "/2", draw() % 2 ? "" : "v", draw() % 2 ? " pool" : "");
}

static void one_case(int number)
{
	char text[128];
	static uint8_t pixels[128 * 128 * 3];
	bool buffer = draw() % 2;

	random_text(text, sizeof text, number % 40 == 39);
	make_model(text);
	run.px_stall = draw() % 2 ? 0 : draw() % 90;
	run.fm_stall = draw() % 2 ? 0 : draw() % 90;
	int images = draw() % 3 == 0 ? 2 : 1;
	size_t size = (size_t)bnn_model_rows(run.model) * (size_t)bnn_model_cols(run.model) *
		      (size_t)bnn_model_channels(run.model);
	if (draw() % 4 == 0) { /* give an image up on the way */
		stream(pixels, draw() % size, buffer, false);
		run.in.drop = true;
		run.in.px_valid = false;
		clock_once();
		clock_once();
		ck_assert(!run.out.busy);
	}
	for (int n = 0; n < images; n++, buffer = !buffer) {
		uint32_t kind = draw() % 4;
		for (size_t i = 0; i < size; i++)
			pixels[i] = kind == 0 ? (uint8_t)(draw() % 2 * 255) : (uint8_t)draw();
		memset(run.map, 0xA5, sizeof run.map);
		stream(pixels, size, buffer, true);
		compare(text, pixels, buffer);
	}
	free_model();
}

START_TEST(random_layers)
{
	run.sim = front_sim_open();
	ck_assert_ptr_nonnull(run.sim);
	run.in.rst = true;
	clock_once();
	for (int i = 0; i < 120; i++)
		one_case(i);
	front_sim_close(run.sim);
}
END_TEST

int main(void)
{
	const char *text = getenv("SEED");

	state = text ? strtoull(text, NULL, 0) : 20261123;
	printf("seed %llu\n", (unsigned long long)state);

	Suite *s = suite_create("front");
	TCase *c = tcase_create("layers");
	tcase_set_timeout(c, 240);
	tcase_add_test(c, random_layers);
	suite_add_tcase(s, c);
	return check_main(s);
}
