/* SPDX-License-Identifier: MIT
 * Compiler against the reference: program words of random networks, executed by the interpreter,
 * give the reference's maps, class maps and scores on several lane layouts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../check_main.h"
#include "common/program_interp.h"
#include "random_net.h"
#include "cycles_engine.h"
#include "fields.h"
#include "program.h"
#include "ref.h"

#define NETS 250

/* The front end and accumulators of the simulated configurations that are not a board's. */
#define LARGE_FRONT                                                                       \
	.front_k = 5, .front_channels = 3, .front_code_rows = 8192, .front_outputs = 512, \
	.acc_bits = 22, .side = 128

static const struct device_limits shapes[] = {
	{ .clock_hz = 48000000,
	  .outputs = 1,
	  .positions = 2,
	  .map_words = 1,
	  .model_words = 65536,
	  .map_rows = 65536,
	  .weight_rows = 256,
	  .front_lanes = 2,
	  LARGE_FRONT,
	  .jet_cols = 128 },
	{ .clock_hz = 48000000,
	  .outputs = 2,
	  .positions = 4,
	  .map_words = 2,
	  .model_words = 65536,
	  .map_rows = 65536,
	  .weight_rows = 256,
	  .front_lanes = 4,
	  LARGE_FRONT,
	  .jet_cols = 128 },
	{ .clock_hz = 96000000,
	  .outputs = 8,
	  .positions = 8,
	  .map_words = 4,
	  .model_words = 65536,
	  .map_rows = 65536,
	  .weight_rows = 128,
	  .front_lanes = 16,
	  .front_k = 5,
	  .front_channels = 3,
	  .front_code_rows = 512,
	  .front_outputs = 512,
	  .acc_bits = 20,
	  .side = 128,
	  .jet_cols = 128 },
	{ .clock_hz = 48000000,
	  .outputs = 1,
	  .positions = 1,
	  .map_words = 1,
	  .model_words = 16384,
	  .map_rows = 16384,
	  .weight_rows = 128,
	  .front_lanes = 2,
	  .front_k = 3,
	  .front_channels = 3,
	  .front_code_rows = 1024,
	  .front_outputs = 512,
	  .acc_bits = 16,
	  .side = 128,
	  .jet_cols = 0 },
	{ .clock_hz = 96000000,
	  .outputs = 8,
	  .positions = 8,
	  .map_words = 4,
	  .model_words = 16384,
	  .map_rows = 16384,
	  .weight_rows = 1024,
	  .front_lanes = 4,
	  LARGE_FRONT,
	  .resident = 1 },
	{ .clock_hz = 48000000,
	  .outputs = 4,
	  .positions = 4,
	  .map_words = 2,
	  .model_words = 16384,
	  .map_rows = 16384,
	  .weight_rows = 1024,
	  .front_lanes = 4,
	  LARGE_FRONT,
	  .resident = 1 },
};
#define UP5K 3
#define FEW (-1) /* shape 0 with fewer outputs of the front end */
#define SHAPES ((int)(sizeof(shapes) / sizeof(shapes[0])))

static void compare_maps(const struct interp *s, const struct program *p,
			 const struct bnn_layers *want, const char *net)
{
	int mw = s->limits->map_words;

	for (int i = 0; i < p->maps; i++) {
		const struct program_map *map = &p->map[i];
		size_t bytes = (size_t)(map->rows * map->cols * map->ch);
		uint8_t *got;

		if (map->after != s->ops)
			continue;
		got = malloc(bytes);
		ck_assert_ptr_nonnull(got);
		program_map_unpack(map, mw, s->memory + map->base * mw, got);
		ck_assert_int_eq(map->rows, want->rows[i]);
		ck_assert_int_eq(map->cols, want->cols[i]);
		ck_assert_int_eq(map->ch, want->channels[i]);
		ck_assert_msg(!memcmp(got, want->map[i], bytes), "%s: map of layer %d differs", net,
			      i + 1);
		free(got);
	}
}

static void compare_cam(const struct interp *s, const struct program *p,
			const struct bnn_layers *want, const char *net)
{
	int mw = s->limits->map_words;
	size_t count = (size_t)(p->cam.rows * p->cam.cols * p->cam.classes);
	int32_t *got = malloc(count * sizeof(*got));

	ck_assert_ptr_nonnull(got);
	program_cam_unpack(&p->cam, mw, s->memory + p->cam.base * mw, got);
	ck_assert_msg(!memcmp(got, want->cam, count * sizeof(*got)), "%s: class map differs", net);
	free(got);
}

/* Runs one image and compares everything that can be read back. */
static void run_program(const struct program *p, const struct device_limits *limits,
			const struct bnn_model *m, const uint8_t *pixels, const char *net)
{
	struct bnn_result result;
	struct bnn_layers want;
	struct interp s;
	int more;

	ck_assert_int_eq(ref_run(m, pixels, &result, &want), 0);
	ck_assert_int_eq(interp_open(&s, p, limits), 0);
	interp_front(&s, pixels, 0);
	do {
		compare_maps(&s, p, &want, net);
		more = interp_op(&s);
	} while (more);
	ck_assert_int_eq(s.ops, p->ops);
	ck_assert_ptr_eq(s.record, p->words + FIELD(p->words + JB_PROG_FRONT_WORDS, R_ADDRESS));
	ck_assert_uint_eq(s.run, (uint32_t)p->count - 1);
	ck_assert_int_eq((int)FIELD(p->words, F_CLASSES), result.classes);
	for (int c = 0; c < result.classes; c++)
		ck_assert_msg(s.scores[c] == result.scores[c], "%s: score %d is %d, expected %d",
			      net, c, s.scores[c], result.scores[c]);
	if (p->cam.stored)
		compare_cam(&s, p, &want, net);
	interp_close(&s);
	bnn_layers_free(&want);
}

static void check_cycles(const struct program *p, const struct device_limits *l)
{
	struct engine_shape e = engine_shape_of(l);
	uint32_t per_op[JB_MAX_OPS];

	ck_assert_int_eq(cycles_engine(p->words, &e, per_op), p->ops);
	for (int i = 0; i < p->ops; i++)
		ck_assert_uint_gt(per_op[i], 0);
}

START_TEST(random_networks)
{
	const char *env = getenv("SEED");
	uint64_t seed = env ? strtoull(env, NULL, 0) : 1;
	struct random_source r = { seed * 1000003 + (uint64_t)_i };
	uint8_t *pixels = malloc((size_t)40 * 40 * 3);
	int runs = 0;

	ck_assert_ptr_nonnull(pixels);
	for (int n = 0; n < NETS; n++) {
		struct bnn_model *m = random_model(&r, 24, 2e6);
		struct program_options opt = { .keep_cam = random_below(&r, 2) };
		struct program p;
		struct bnn_err err;
		char net[NET_TEXT_MAX + 32];
		int at;

		ck_assert_ptr_nonnull(m);
		at = snprintf(net, sizeof(net), "seed %llu: ", (unsigned long long)seed);
		net_print(&m->net, net + at, sizeof(net) - (size_t)at);
		random_image(&r, &m->net, pixels);
		if (program_compile(m, &shapes[_i], &opt, &p, &err)) {
			ck_assert_msg(err.code == BNN_E_LIMIT, "%s: %s", net, err.text);
		} else {
			check_cycles(&p, &shapes[_i]);
			run_program(&p, &shapes[_i], m, pixels, net);
			program_free(&p);
			runs++;
		}
		bnn_model_free(m);
	}
	printf("program: shape %d: %d of %d networks fit\n", _i, runs, NETS);
	ck_assert_int_gt(runs, NETS / 8);
	free(pixels);
}
END_TEST

static int compile_text(const char *text, int shape, struct program *p, struct bnn_err *err)
{
	struct bnn_model *m;
	struct net n;
	int rc;

	ck_assert_int_eq(net_parse(text, &n, err), 0);
	ck_assert_int_eq(model_new(&n, &m, err), 0);
	rc = program_compile(m, &shapes[shape], NULL, p, err);
	bnn_model_free(m);
	return rc;
}

/* Each limit gives a message with layer, resource, need and limit. */
START_TEST(limits_are_named)
{
	static const struct {
		const char *net, *text;
		int shape;
	} cases[] = {
		{ "28x28x1: jet5x16 dense10", "layer 1 (jet5x16): kernel side on pixels: 5 ", 3 },
		{ "28x28x3: jet3x512 pool pool dense10",
		  "layer 1 (jet3x512): outputs on pixels: 512 needed, the device has 256", FEW },
		{ "28x28x3: bconv3x128 dense10",
		  "layer 1 (bconv3x128): front-end code rows: 1728 needed, the device has 1024",
		  3 },
		{ "28x28x1: jet3x64 jet5x16 cam10",
		  "layer 2 (jet5x16): weight memory rows: 512 needed, the device has 256", 0 },
		{ "28x28x1: jet3x512 pool bconv5x16 cam10",
		  "layer 2 (bconv5x16): weight memory rows: 512 needed, the device has 256", 0 },
		{ "28x28x1: jet3x256 pool bconv5x16 cam10",
		  "layer 2 (bconv5x16): weight memory rows: 256 needed, the device has 128", 3 },
		{ "28x28x1: jet3x32 sjet3x32 cam10", "not built in", 3 },
		{ "128x128x1: jet3x512 cam10",
		  "layer 1 (jet3x512): map memory rows (all maps; this one is the largest): "
		  "524288 needed, the device has 65536",
		  0 },
		{ "32x32x1: jet3x64 pool bconv3x512 pool bconv3x512 cam10",
		  "layer 3 (bconv3x512): model memory words (up to this layer)", 0 },
		{ "64x64x1: jet3x32 dense64 dense10", "layer 2 (dense64): ", 3 },
		{ "32x32x1: jet3x64 pool bconv3x512 pool bconv3x512 cam10",
		  "layer 3 (bconv3x512): weight memory rows: 2048 needed, the device has 1024", 5 },
		{ "32x32x1: jet3x64 bconv3x512 pool pool pool bconv3x256/2 cam10",
		  "layer 3 (bconv3x256): weight memory rows (up to this layer): 1280 needed", 5 },
		{ "16x16x1: jet3x8 pool pool dense512 dense512 dense512 dense10",
		  "layer 4 (dense512): threshold memory rows (up to this layer): 384 needed", 5 },
	};
	struct device_limits few = shapes[0];

	few.front_outputs = 256;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bnn_err err;
		struct program p;
		struct bnn_model *m;
		struct net n;
		const struct device_limits *l = cases[i].shape == FEW ? &few
								      : &shapes[cases[i].shape];

		ck_assert_int_eq(net_parse(cases[i].net, &n, &err), 0);
		ck_assert_int_eq(model_new(&n, &m, &err), 0);
		ck_assert_msg(program_compile(m, l, NULL, &p, &err) == BNN_E_LIMIT, "%s fits",
			      cases[i].net);
		ck_assert_msg(strstr(err.text, cases[i].text) != NULL, "%s: %s", cases[i].net,
			      err.text);
		bnn_model_free(m);
	}
}
END_TEST

/* A program that takes all of model memory fits; a word less is named as the need and the limit. */
START_TEST(exact_memory)
{
	struct device_limits l = shapes[0];
	struct bnn_err err;
	struct bnn_model *m;
	struct program p;
	struct net n;
	char want[80];

	ck_assert_int_eq(net_parse("28x28x1: jet3x32 pool bconv3x40 dense10", &n, &err), 0);
	ck_assert_int_eq(model_new(&n, &m, &err), 0);
	ck_assert_int_eq(program_compile(m, &l, NULL, &p, &err), 0);
	l.model_words = p.count;
	program_free(&p);
	ck_assert_int_eq(program_compile(m, &l, NULL, &p, &err), 0);
	ck_assert_int_eq(p.count, l.model_words);
	program_free(&p);
	l.model_words--;
	ck_assert_int_eq(program_compile(m, &l, NULL, &p, &err), BNN_E_LIMIT);
	snprintf(want, sizeof(want), "(up to this layer): %d needed, the device has %d",
		 l.model_words + 1, l.model_words);
	ck_assert_msg(strstr(err.text, want) != NULL, "%s", err.text);
	bnn_model_free(m);
}
END_TEST

/* Where program and maps share a memory: maps at its end, words from its beginning, what is left is the limit. */
START_TEST(lent_rows)
{
	struct device_limits l = shapes[UP5K];
	struct engine_shape alone, shared;
	uint32_t cycles[2][JB_MAX_OPS];
	struct bnn_err err;
	struct bnn_model *m;
	struct program p;
	struct net n;
	int lent;

	ck_assert_int_eq(net_parse("28x28x1: jet3x32 pool bconv3x64 dense10", &n, &err), 0);
	ck_assert_int_eq(model_new(&n, &m, &err), 0);
	l.model_words = 1024 + l.map_rows;
	l.lent = 1;
	ck_assert_int_eq(program_compile(m, &l, NULL, &p, &err), 0);
	lent = p.count - 1024;
	ck_assert_int_gt(lent, 0);
	for (int i = 0; i < p.maps; i++)
		ck_assert_int_ge(p.map[i].base, l.map_rows - p.map_rows);
	alone = shared = engine_shape_of(&l);
	alone.own_words = l.model_words;
	cycles_engine(p.words, &shared, cycles[0]);
	cycles_engine(p.words, &alone, cycles[1]);
	ck_assert_uint_gt(cycles[0][p.ops - 1], cycles[1][p.ops - 1]); /* words come half as fast */

	l.map_rows = p.map_rows + lent;
	l.model_words = 1024 + l.map_rows;
	program_free(&p);
	ck_assert_int_eq(program_compile(m, &l, NULL, &p, &err), 0);
	program_free(&p);
	l.map_rows--;
	l.model_words--;
	ck_assert_int_eq(program_compile(m, &l, NULL, &p, &err), BNN_E_LIMIT);
	ck_assert_msg(strstr(err.text, "model memory words") != NULL, "%s", err.text);
	bnn_model_free(m);
}
END_TEST

/* A large dense layer is cut into operations that hand their accumulators on. */
START_TEST(dense_segments)
{
	struct bnn_err err;
	struct program p;

	ck_assert_int_eq(compile_text("64x64x1: jet3x16 dense10", 0, &p, &err), 0);
	ck_assert_int_gt(p.ops, 1);
	program_free(&p);
	ck_assert_int_eq(compile_text("28x28x1: jet3x16 pool pool dense10", 0, &p, &err), 0);
	ck_assert_int_eq(p.ops, 2); /* pool, head */
	program_free(&p);
}
END_TEST

/* Thresholds beyond every sum, and each z met exactly. */
START_TEST(extreme_thresholds)
{
	static const char *const nets[] = {
		"8x8x1: jet3x40 bconv3x33 cam2",      "8x8x1: jet3x40 jet3x33v cam2",
		"8x8x1: jet3x20 jet5x33 cam2",        "8x8x1: jet3x40 sjet3x33 cam2",
		"8x8x3: bconv5x40/2 sjet5x33 dense2", "8x8x1: jet3x40 dense33 dense2",
	};
	uint8_t pixels[8 * 8 * 3];
	struct random_source r = { 5 };

	for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++)
		for (int shape = 0; shape < 3; shape++) {
			struct bnn_err err;
			struct bnn_model *m;
			struct program p;
			struct net n;

			ck_assert_int_eq(net_parse(nets[i], &n, &err), 0);
			ck_assert_int_eq(model_new(&n, &m, &err), 0);
			model_random(m, i);
			for (int o = 0; o < n.layer[1].out; o++)
				m->layer[1].threshold[o] = o % 5 == 0   ? INT32_MIN
							   : o % 5 == 1 ? INT32_MAX
									: o - 16;
			random_image(&r, &n, pixels);
			ck_assert_int_eq(program_compile(m, &shapes[shape], NULL, &p, &err), 0);
			run_program(&p, &shapes[shape], m, pixels, nets[i]);
			program_free(&p);
			bnn_model_free(m);
		}
}
END_TEST

START_TEST(identify_block)
{
	uint32_t w[JB_ID_WORDS] = { 0 };
	struct device_limits l;
	struct bnn_err err;

	w[JB_ID_MAGIC] = JB_ID_MAGIC_VALUE;
	w[JB_ID_LANES] = 2 << 16 | 4 << 8 | 9;
	w[JB_ID_CLOCK] = 48000000;
	w[JB_ID_MODEL_WORDS] = 65536;
	w[JB_ID_MAP_ROWS] = 65536;
	w[JB_ID_WEIGHT_ROWS] = 256;
	w[JB_ID_FRONT] = 4u << 24 | 5 << 16 | 3 << 8;
	w[JB_ID_FRONT_CODE_ROWS] = 8192;
	w[JB_ID_FRONT_OUTPUTS] = 512;
	w[JB_ID_ACC_BITS] = 22;
	w[JB_ID_SIDE] = 128;
	w[JB_ID_JET_COLS] = 128;
	ck_assert_int_eq(limits_parse(w, &l, &err), 0);
	ck_assert_int_eq(l.outputs, 2);
	ck_assert_int_eq(l.map_words, 2);
	ck_assert_int_eq(l.front_k, 5);
	for (int i = 0; i < JB_ID_WORDS; i++) {
		uint32_t saved = w[i];

		w[i] = 0xFFFFFFFF;
		if (i != JB_ID_BUILD && i != JB_ID_BOARD && i != JB_ID_LOADED &&
		    i != JB_ID_FREE_WORDS)
			ck_assert_int_eq(limits_parse(w, &l, &err), BNN_E_DEVICE);
		w[i] = saved;
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("program");
	TCase *t = tcase_create("compiler");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, random_networks, 0, SHAPES);
	tcase_add_test(t, limits_are_named);
	tcase_add_test(t, exact_memory);
	tcase_add_test(t, lent_rows);
	tcase_add_test(t, dense_segments);
	tcase_add_test(t, extreme_thresholds);
	tcase_add_test(t, identify_block);
	suite_add_tcase(s, t);
	return check_main(s);
}
