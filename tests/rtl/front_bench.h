/* SPDX-License-Identifier: MIT
 * Bench of front: a model's program in its configuration, images streamed through it with pauses on either
 * side, its map compared with the reference. */
#ifndef FRONT_BENCH_H
#define FRONT_BENCH_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "cycles_front.h"
#include "fields.h"
#include "front.h"
#include "program.h"
#include "ref.h"
#include "seed.h"

#define MAP_ROWS 65536
#define UNTOUCHED 0xA5A5A5A5u
#define CLOCK_LIMIT 40000000
#define MAX_DELAY 16              /* cycles a word waits for the map memory */
#define FREE_DELAY (32 / G_F - 2) /* the longest wait that costs no time */
#define WORK_LIMIT 300000         /* cycles of an image of the grid */

static const struct device_limits limits = {
	.outputs = 1,
	.positions = 2 * G_MW,
	.map_words = G_MW,
	.model_words = 1 << 24,
	.map_rows = MAP_ROWS,
	.weight_rows = 256,
	.front_lanes = G_F,
	.front_k = G_KMAX,
	.front_channels = G_CMAX,
	.front_code_rows = G_CODE_ROWS,
	.front_outputs = G_OUT_MAX,
	.acc_bits = 26,
	.side = 128,
	.jet_cols = 128,
};

enum pace { STEADY, PATIENT, BUSY_MAP, RANDOM_PIXELS, RANDOM_BOTH, PACES };

struct run {
	struct front_sim *sim;
	struct front_in in;
	struct front_out out;
	struct program program;
	struct bnn_model *model;
	char text[128];
	uint32_t map[MAP_ROWS][G_MW];
	enum pace pace;
	int wait;  /* cycles the word shown, or the next one, still waits */
	bool held; /* a word is shown and was not taken */
	long words, words_expected;
};

static struct run run;
static uint8_t pixels[128 * 128 * 3];
static int below(int n)
{
	return (int)(draw() % (uint32_t)n);
}

#define wrong(...) wrong_at(__LINE__, __VA_ARGS__)

__attribute__((format(printf, 2, 3))) static void wrong_at(int line, const char *format, ...)
{
	char what[128];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	ck_abort_msg("line %d: %s: %s (pace %d, seed %llu)", line, run.text, what, (int)run.pace,
		     (unsigned long long)seed);
}

/* How long a word of the map waits: the last one never, it ends the image. */
static int word_delay(void)
{
	if (run.words == run.words_expected - 1)
		return 0;
	switch (run.pace) {
	case PATIENT: return below(3) ? FREE_DELAY : below(FREE_DELAY + 1);
	case BUSY_MAP:
	case RANDOM_BOTH: return below(MAX_DELAY + 1);
	default: return 0;
	}
}

static void take_word(void)
{
	const struct front_out *out = &run.out;

	if (out->fm_addr >= MAP_ROWS)
		wrong("map row %u", out->fm_addr);
	for (int i = 0; i < 4 * G_MW; i++)
		if (out->fm_be >> i & 1) {
			uint32_t mask = 0xFFu << 8 * (i % 4);
			uint32_t *w = &run.map[out->fm_addr][i / 4];

			*w = (*w & ~mask) | (out->fm_data[i / 4] & mask);
		}
	run.words++;
}

static bool same_word(const struct front_out *a, const struct front_out *b)
{
	return a->fm_valid == b->fm_valid && a->fm_addr == b->fm_addr && a->fm_be == b->fm_be &&
	       !memcmp(a->fm_data, b->fm_data, G_MW * sizeof(a->fm_data[0]));
}

/* fm_ready is high once the word shown, or the next one, has waited run.wait cycles. */
static void clock_once(void)
{
	struct front_in *in = &run.in;
	struct front_out last = run.out;

	in->fm_ready = run.wait == 0;
	front_sim_clock(run.sim, in, &run.out);
	if (run.held && !same_word(&last, &run.out))
		wrong("word at row %u did not stay, now row %u", last.fm_addr, run.out.fm_addr);
	run.held = run.out.fm_valid && !in->fm_ready && !in->drop && !in->rst;
	if (run.out.fm_valid && run.wait-- == 0) {
		take_word();
		run.wait = word_delay();
	}
	in->start = in->cfg_we = in->drop = in->rst = false;
}

static void configure(void)
{
	const uint32_t *w = run.program.words;
	uint32_t sizes[3] = { JB_PROG_FRONT_WORDS, FIELD(w, F_CODE_WORDS), FIELD(w, F_THR_WORDS) };
	const uint32_t *runs = w + FIELD(w + JB_PROG_FRONT_WORDS, R_ADDRESS);

	for (int section = 0; section < 3; section++) {
		if (section > 0) { /* behind the run's header */
			w = runs + 1;
			runs = w + sizes[section];
		}
		for (uint32_t i = 0; i < sizes[section]; i++) {
			run.in.cfg_we = true;
			run.in.cfg_sel = (uint8_t)section;
			run.in.cfg_addr = (uint16_t)i;
			run.in.cfg_data = *w++;
			clock_once();
		}
	}
}

static size_t image_size(void)
{
	const struct net *n = &run.model->net;

	return (size_t)n->rows * (size_t)n->cols * (size_t)n->channels;
}

static void new_image(void)
{
	int kind = below(4);
	size_t size = image_size();

	for (size_t i = 0; i < size; i++)
		pixels[i] = kind == 0   ? (uint8_t)(below(2) * 255)
			    : kind == 1 ? 255
					: (uint8_t)draw();
}

static void ref_sums(int32_t *z)
{
	const struct net_layer *l = &run.model->net.layer[0];
	const struct model_layer *p = &run.model->layer[0];

	if (l->kind == NET_BCONV)
		ref_bconv(l, p, 1, pixels, z);
	else if (l->kind == NET_SJET)
		ref_sjet(l, p, 1, pixels, z);
	else
		ref_jet(l, p, 1, pixels, z);
}

/* Thresholds met exactly, missed by one, at the ends of i32 and of what the hardware keeps. */
static void corner_thresholds(void)
{
	static const int32_t ends[] = { INT32_MAX, INT32_MIN, 0,       1,      -1,
					16383,     16384,     -16384,  -16385, 262143,
					262144,    -262144,   -262145, 65536,  -65536 };
	const struct net_layer *l = &run.model->net.layer[0];
	int positions = l->conv_rows * l->conv_cols;
	int32_t *z = malloc((size_t)positions * (size_t)l->out * sizeof(*z));

	ck_assert_ptr_nonnull(z);
	ref_sums(z);
	for (int o = 0; o < l->out; o++) {
		int32_t *t = &run.model->layer[0].threshold[o];

		if (below(3) == 0)
			*t = z[below(positions) * l->out + o] + below(2);
		else if (below(6) == 0)
			*t = ends[below(sizeof(ends) / sizeof(ends[0]))];
	}
	free(z);
}

static void make_model(void)
{
	struct net net;
	struct bnn_err err = { 0 };

	ck_assert_msg(!net_parse(run.text, &net, &err), "%s: %s", run.text, err.text);
	ck_assert_int_eq(model_new(&net, &run.model, &err), BNN_OK);
	model_random(run.model, draw());
	new_image();
	corner_thresholds();
	ck_assert_msg(!program_compile(run.model, &limits, NULL, &run.program, &err), "%s: %s",
		      run.text, err.text);
	configure();
	if (run.out.busy)
		wrong("busy after configuration");
}

static void free_model(void)
{
	program_free(&run.program);
	bnn_model_free(run.model);
}

static void check_ports(void)
{
	const uint32_t *w = run.program.words;

	if (run.out.image_bytes != image_size() || run.out.map0 != FIELD(w, F_MAP0) ||
	    run.out.map1 != FIELD(w, F_MAP1) || run.out.classes != FIELD(w, F_CLASSES) ||
	    run.out.ops != FIELD(w, F_OPS))
		wrong("descriptor ports");
}

/* Streams `stop` pixels; all of them: until done. */
static void stream(size_t stop, bool buffer)
{
	bool whole = stop == image_size();
	int gaps = run.pace >= RANDOM_PIXELS ? 1 + below(95) : 0;
	size_t sent = 0;

	run.words = 0;
	run.wait = word_delay();
	run.in.start = true;
	run.in.start_buf = buffer;
	run.in.px_valid = false;
	clock_once();
	for (long t = 0; t < CLOCK_LIMIT; t++) {
		run.in.px_valid = sent < stop && below(100) >= gaps;
		run.in.px_data = sent < stop ? pixels[sent] : 0;
		clock_once();
		sent += run.in.px_valid && run.out.px_ready;
		if (run.out.done) {
			if (sent != stop || run.out.busy)
				wrong("done after %ld pixels of %ld", (long)sent, (long)stop);
			return;
		}
		if (!run.out.busy)
			wrong("not busy after %ld pixels of %ld", (long)sent, (long)stop);
		if (!whole && sent == stop)
			return;
	}
	wrong("no done, %ld words of %ld", run.words, run.words_expected);
}

/* Word w of a column, 0 beyond the map. */
static uint32_t expected_word(const struct program_map *map, const uint8_t *bits, int r, int c,
			      int w)
{
	uint32_t word = 0;

	for (int i = 0; i < 32 && c < map->cols && 32 * w + i < map->ch; i++)
		word |= (uint32_t)bits[(r * map->cols + c) * map->ch + 32 * w + i] << i;
	return word;
}

static void compare_map(const struct program_map *map, const uint8_t *bits, uint32_t base)
{
	uint32_t end = base + (uint32_t)program_map_size(map);

	for (uint32_t row = 0; row < MAP_ROWS; row++)
		for (int m = 0; m < G_MW; m++) {
			int at = (int)(row - base), g = at % map->g, group = at / map->g;
			uint32_t want = row < base || row >= end
						? UNTOUCHED
						: expected_word(map, bits, group / map->cg,
								group % map->cg * G_MW + m, g);

			if (run.map[row][m] != want)
				wrong("map row %ld word %d", (long)row - (long)base, m);
		}
}

static void compare(bool buffer)
{
	const struct net_layer *l = &run.model->net.layer[0];
	size_t positions = (size_t)l->conv_rows * (size_t)l->conv_cols,
	       count = positions * (size_t)l->out;
	int32_t *z = malloc(count * sizeof(*z));
	uint8_t *bits = malloc(count), *pooled = malloc(count);
	const uint32_t *w = run.program.words;

	ck_assert(z && bits && pooled);
	ref_sums(z);
	ref_threshold(z, run.model->layer[0].threshold, positions, l->out, bits);
	if (l->pools)
		ref_pool(bits, l->conv_rows, l->conv_cols, l->out, pooled);
	compare_map(&run.program.map[0], l->pools ? pooled : bits,
		    buffer ? FIELD(w, F_MAP1) : FIELD(w, F_MAP0));
	free(z);
	free(bits);
	free(pooled);
}

#endif
