/* SPDX-License-Identifier: MIT
 * The trainer: gradients, fold, determinism, and that it learns. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../check_main.h"
#include "graph.h"
#include "ref.h"
#include "common/stripes.h"
#include "train.h"

#define BATCH 12

/* Every kind of layer in several places, paddings, strides, pools and both heads. */
static const char *const nets[] = {
	"8x8x1: jet3x20 pool bconv3x6 pool dense3",
	"9x8x1: jet3x40 pool pool dense5 dense3",
	"8x9x3: bconv3x5/2 bconv3x6v dense7 dense3",
	"9x8x1: jet5x6 sjet3x5 pool jet3x4 cam4",
	"8x8x3: sjet3x6v jet5x4/2 bconv1x5 cam3",
	"10x11x1: bconv5x4 pool sjet5x5/2 dense2",
	"14x12x3: jet3x70/2v bconv5x9 jet3x7 sjet3x6v dense2",
	"8x8x1: bconv1x4 bconv3x5/2v jet5x6 pool cam2",
};
#define NETS ((int)(sizeof(nets) / sizeof(*nets)))

static struct graph *open_graph(const char *text, int how, struct workers *w)
{
	struct net n;
	struct graph *g;
	struct bnn_err err;

	ck_assert_msg(net_parse(text, &n, &err) == BNN_OK, "%s: %s", text, err.text);
	ck_assert_int_eq(graph_new(&n, BATCH, how, 7, NULL, w, &g, &err), BNN_OK);
	return g;
}

/* Smooth random images: neighbours are alike, as in pictures. */
static void draw_pixels(struct graph *g, struct rng *r, uint8_t *label)
{
	size_t size = g->layer[0].in_size;
	int row = g->net.cols * g->net.channels;

	for (size_t i = 0; i < BATCH * size; i++) {
		size_t at = i % size;
		float above = at >= (size_t)row ? g->pixels[i - (size_t)row] : 128;

		g->pixels[i] = (float)(((int)above + (int)rng_below(r, 160)) * 2 / 3 % 256);
	}
	for (int i = 0; i < BATCH; i++)
		label[i] = (uint8_t)rng_below(r, (uint32_t)g->net.layer[g->net.count - 1].out);
}

static const float even[JB_MAX_CLASSES] = { 1, 0.5f, 1.5f, 1 };

/* Logits of a teacher, or NULL. */
static const float *taught;

static double soft_loss(struct graph *g, const uint8_t *label)
{
	graph_forward(g, BATCH, PASS_SOFT);
	return graph_loss(g, label, even, taught);
}

/* Central difference of the loss at a value. */
static double slope_at(struct graph *g, const uint8_t *label, float *value, float step)
{
	float keep = *value;
	double up, down;

	*value = keep + step;
	up = soft_loss(g, label);
	*value = keep - step;
	down = soft_loss(g, label);
	*value = keep;
	return (up - down) / (2 * (double)step);
}

/* Central differences of up to 12 values of a trained array against its gradient. A short step stays off kinks,
 * a long one above the rounding of float, which is another one on each processor: one of them has to agree. */
static void check_param(struct graph *g, const uint8_t *label, struct param *p, struct rng *r,
			const char *what)
{
	static const float steps[] = { 5e-4f, 2e-3f };
	double size = 0, part = g->real ? 0.2 : 0.05; /* ReLU has kinks */

	for (size_t i = 0; i < p->count; i++)
		size += (double)(p->grad[i] * p->grad[i]) / (double)p->count;
	size = sqrt(size);
	for (int n = 0; p->count && n < 12; n++) {
		size_t i = rng_below(r, (uint32_t)p->count);
		double grad = (double)p->grad[i], slope = 0;
		bool agrees = false;

		for (int k = 0; k < 2 && !agrees; k++) {
			slope = slope_at(g, label, &p->value[i], steps[k]);
			agrees = fabs(slope - grad) <= part * (fabs(slope) + size) + 2e-4;
		}
		ck_assert_msg(agrees, "%s %zu: gradient %g, difference %g (typical %g)", what, i,
			      grad, slope, size);
	}
}

/* With and without gains, bits and a teacher. */
START_TEST(gradients)
{
	float aim[BATCH * JB_MAX_CLASSES];
	struct workers *w;
	struct rng r = rng_stream(3, (uint64_t)_i);
	uint8_t label[BATCH];
	char what[128];
	struct graph *g;

	ck_assert_int_eq(workers_new(2, &w), BNN_OK);
	g = open_graph(nets[_i / 4], _i % 4, w);
	draw_pixels(g, &r, label);
	for (size_t i = 0; i < sizeof(aim) / sizeof(*aim); i++)
		aim[i] = 4 * rng_signed(&r);
	taught = _i % 4 == 3 ? aim : NULL;
	ck_assert_int_eq(graph_start(g, BATCH), BNN_OK);
	soft_loss(g, label);
	graph_backward(g);
	for (int i = 0; i < g->net.count; i++) {
		struct layer *l = &g->layer[i];

		snprintf(what, sizeof(what), "%s, layer %d", nets[_i / 4], i + 1);
		check_param(g, label, &l->latent, &r, what);
		check_param(g, label, &l->offset, &r, what);
		check_param(g, label, &l->gain, &r, what);
	}
	graph_free(g);
	workers_free(w);
}
END_TEST

/* Some steps with random labels, so that statistics, offsets and gains are all in use. */
static void train_a_little(struct graph *g, struct rng *r)
{
	uint8_t label[BATCH];

	draw_pixels(g, r, label);
	ck_assert_int_eq(graph_start(g, BATCH), BNN_OK);
	for (int i = 0; i < g->net.count - 1; i++)
		for (size_t o = 0; o < g->layer[i].gain.count; o += 2)
			g->layer[i].gain.value[o] = o % 3 ? -1.0f : 0.0f;
	for (int step = 1; step <= 8; step++) {
		draw_pixels(g, r, label);
		graph_forward(g, BATCH, PASS_TRAIN);
		graph_loss(g, label, even, NULL);
		graph_backward(g);
		graph_step(g, optimizer_find("adam"), 0.05, step);
	}
	draw_pixels(g, r, label);
}

static void compare_image(const struct graph *g, const struct bnn_model *m, int image)
{
	const struct layer *head = &g->layer[g->net.count - 1];
	const float *in = g->pixels + (size_t)image * g->layer[0].in_size;
	uint8_t pixels[128 * 128 * 3];
	struct bnn_layers maps;
	struct bnn_result result;

	for (size_t i = 0; i < g->layer[0].in_size; i++)
		pixels[i] = (uint8_t)in[i];
	ck_assert_int_eq(ref_run(m, pixels, &result, &maps), BNN_OK);
	for (int i = 0; i < g->net.count - 1; i++) {
		const struct layer *l = &g->layer[i];

		for (size_t j = 0; j < l->out_size; j++)
			ck_assert_msg((l->x[(size_t)image * l->out_size + j] > 0) == maps.map[i][j],
				      "layer %d, bit %zu differs", i + 1, j);
	}
	for (int c = 0; c < head->net->out; c++)
		ck_assert_int_eq((int)g->logits[image * head->net->out + c], result.scores[c]);
	bnn_layers_free(&maps);
}

START_TEST(fold_is_exact)
{
	struct workers *w;
	struct rng r = rng_stream(11, (uint64_t)_i);
	struct bnn_model *m;
	struct bnn_err err;
	struct graph *g;

	ck_assert_int_eq(workers_new(1, &w), BNN_OK);
	g = open_graph(nets[_i / 2], _i % 2, w);
	train_a_little(g, &r);
	graph_freeze(g);
	ck_assert_int_eq(graph_fold(g, &m, &err), BNN_OK);
	ck_assert_msg(model_check(m, &err) == BNN_OK, "%s", err.text);
	graph_forward(g, BATCH, PASS_FOLDED);
	for (int i = 0; i < BATCH; i++)
		compare_image(g, m, i);
	bnn_model_free(m);
	graph_free(g);
	workers_free(w);
}
END_TEST

/* Logits of a pass, with bits of some hardness. */
static void logits_of(struct graph *g, enum pass pass, float hard, float *out)
{
	graph_harden(g, hard);
	graph_forward(g, BATCH, pass);
	memcpy(out, g->logits, (size_t)(BATCH * g->net.layer[g->net.count - 1].out) * sizeof(*out));
}

/* Soft bits are the function that has the gradients, hard ones are what they were before. */
START_TEST(hardens)
{
	float first[BATCH * 4], soft[BATCH * 4], between[BATCH * 4], now[BATCH * 4];
	struct rng r = rng_stream(12, (uint64_t)_i);
	uint8_t label[BATCH];
	struct workers *w;
	struct graph *g;
	size_t size;

	ck_assert_int_eq(workers_new(1, &w), BNN_OK);
	g = open_graph(nets[_i], GRAPH_PLAIN, w);
	size = (size_t)(BATCH * g->net.layer[g->net.count - 1].out) * sizeof(*first);
	ck_assert_uint_le(size, sizeof(first));
	draw_pixels(g, &r, label);
	ck_assert_int_eq(graph_start(g, BATCH), BNN_OK);
	graph_forward(g, BATCH, PASS_TRAIN);
	memcpy(first, g->logits, size);
	logits_of(g, PASS_SOFT, 1, soft);
	logits_of(g, PASS_TRAIN, 0, now);
	for (size_t i = 0; i < size / sizeof(*now); i++) /* its products are rounded */
		ck_assert_float_eq_tol(now[i], soft[i], 0.02f);
	logits_of(g, PASS_TRAIN, 0.5f, between);
	ck_assert_int_ne(memcmp(between, soft, size), 0);
	ck_assert_int_ne(memcmp(between, first, size), 0);
	logits_of(g, PASS_TRAIN, 1, now);
	ck_assert_int_eq(memcmp(now, first, size), 0);
	graph_free(g);
	workers_free(w);
}
END_TEST

START_TEST(rates)
{
	struct param p;

	ck_assert_double_eq_tol(schedule_rate(0.1, 0, 10, 110), 0.01, 1e-12);
	ck_assert_double_eq_tol(schedule_rate(0.1, 10, 10, 110), 0.1, 1e-12);
	ck_assert_double_eq_tol(schedule_rate(0.1, 60, 10, 110), 0.05, 1e-12);
	ck_assert_double_le(schedule_rate(0.1, 109, 10, 110), 1e-4);
	ck_assert_int_eq(param_new(&p, 4), BNN_OK);
	p.project = PROJECT_BALL;
	p.group = 2;
	for (long step = 1; step <= 400; step++) { /* towards (3, 4) and (0.3, 0.4) */
		static const float goal[4] = { 3, 4, 0.3f, 0.4f };

		for (int i = 0; i < 4; i++)
			p.grad[i] = p.value[i] - goal[i];
		param_step(&p, optimizer_find("adam"), 0.02, step);
	}
	ck_assert_float_eq_tol(p.value[0] * p.value[0] + p.value[1] * p.value[1], 1, 1e-4f);
	ck_assert_float_eq_tol(p.value[2], 0.3f, 0.02f);
	ck_assert_float_eq_tol(p.value[3], 0.4f, 0.02f);
	param_free(&p);
}
END_TEST

/* First two steps of each optimiser from x = 1, gradients 0.5 and then -0.25, rate 0.1,
 * worked out from the formulas. */
static const struct {
	const char *name;
	double first, second;
} steps[] = {
	{ "sgd", 0.9500000, 0.9750000 },      { "momentum", 0.9500000, 0.9300000 },
	{ "nesterov", 0.9050000, 0.9120000 }, { "adagrad", 0.9000000, 0.9447214 },
	{ "adadelta", 0.9995528, 0.9998415 }, { "rmsprop", 0.6837723, 0.8312142 },
	{ "adam", 0.9000000, 0.8733663 },     { "adamax", 0.9000000, 0.8789263 },
	{ "nadam", 0.8526316, 0.8691179 },    { "amsgrad", 0.9000000, 0.8733663 },
};

START_TEST(optimizer_steps)
{
	const struct optimizer *o = optimizer_find(steps[_i].name);
	struct param p;

	ck_assert_ptr_nonnull(o);
	ck_assert_int_eq(param_new(&p, 1), BNN_OK);
	p.value[0] = 1;
	p.grad[0] = 0.5f;
	param_step(&p, o, 0.1, 1);
	ck_assert_double_eq_tol(p.value[0], steps[_i].first, 1e-6);
	p.grad[0] = -0.25f;
	param_step(&p, o, 0.1, 2);
	ck_assert_double_eq_tol(p.value[0], steps[_i].second, 1e-6);
	param_free(&p);
}
END_TEST

/* A long valley: every optimiser with its own rate comes far down. */
START_TEST(optimizers_descend)
{
	const struct optimizer *o = &optimizers[_i];
	struct param p;

	ck_assert_int_eq(param_new(&p, 2), BNN_OK);
	p.value[0] = 1;
	p.value[1] = -2;
	for (long step = 1; step <= 20000; step++) {
		p.grad[0] = p.value[0];
		p.grad[1] = 0.05f * p.value[1];
		param_step(&p, o, o->rate, step);
	}
	ck_assert_double_le(fabs(p.value[0]), 0.02);
	ck_assert_double_le(fabs(p.value[1]), 0.05);
	param_free(&p);
}
END_TEST

static struct bnn_model *train_toy(const char *text, const struct train_options *o,
				   const struct train_set *s, struct train_outcome *outcome)
{
	struct bnn_model *m = NULL;
	struct bnn_err err = { 0 };
	struct net n;

	ck_assert_int_eq(net_parse(text, &n, &err), BNN_OK);
	ck_assert_msg(train_run(&n, s, o, &m, outcome, &err) == BNN_OK, "%s", err.text);
	return m;
}

static const char *const toy_nets[] = { "12x12x1: jet3x17 pool bconv3x16 dense3",
					"12x12x1: jet3x17 pool sjet3x16 dense3",
					"12x12x1: jet3x17 pool jet3x16 cam3",
					"12x12x1: bconv3x16 pool bconv3x16 dense16 dense3" };

START_TEST(learns)
{
	struct train_set learn, test;
	struct train_options o;
	struct train_outcome outcome;
	struct train_report report;
	struct bnn_model *m;
	int all = 0;

	train_defaults(&o);
	o.epochs = 8;
	o.batch = 32;
	o.threads = 1;
	o.soften = _i ? 0.6 : 1; /* never hard before the fold, and yet right when folded */
	stripes_new(&learn, 1200, 1);
	stripes_new(&test, 300, 2);
	m = train_toy(toy_nets[_i], &o, &learn, &outcome);
	ck_assert_int_eq(train_evaluate(m, &test, 1, &report, NULL), BNN_OK);
	ck_assert_int_ge(report.correct, 285);
	ck_assert_double_ge(report.balanced, 0.95);
	ck_assert_double_ge(outcome.held_accuracy, 0.9);
	for (int i = 0; i < 9; i++)
		all += report.confusion[i / 3][i % 3];
	ck_assert_int_eq(all, 300);
	bnn_model_free(m);
	train_set_free(&learn);
	train_set_free(&test);
}
END_TEST

static void same_bytes(const void *a, const void *b, size_t n)
{
	ck_assert_int_eq(!a, !b);
	if (a)
		ck_assert_int_eq(memcmp(a, b, n), 0);
}

/* Same seed, other number of threads: the same model. Another seed: another model. */
START_TEST(deterministic)
{
	struct train_set s;
	struct train_options o;
	struct train_outcome outcome;
	struct bnn_model *m[3];

	train_defaults(&o);
	o.epochs = 2;
	o.augment = (struct augment){ .flip_h = true, .shift = 1 };
	o.balance = 0.5;
	stripes_new(&s, 400, 3);
	for (int i = 0; i < 3; i++) {
		o.threads = 1 + i;
		o.seed = i < 2 ? 5 : 6;
		m[i] = train_toy(toy_nets[0], &o, &s, &outcome);
	}
	for (int i = 0; i < m[0]->net.count; i++) {
		const struct net_layer *l = &m[0]->net.layer[i];
		const struct model_layer *a = &m[0]->layer[i], *b = &m[1]->layer[i];

		same_bytes(a->weight, b->weight, model_weight_count(l));
		same_bytes(a->threshold, b->threshold, (size_t)l->out * sizeof(int32_t));
		same_bytes(a->bias, b->bias, (size_t)l->out * sizeof(int32_t));
	}
	ck_assert_int_ne(memcmp(m[0]->layer[1].weight, m[2]->layer[1].weight,
				model_weight_count(&m[0]->net.layer[1])),
			 0);
	for (int i = 0; i < 3; i++)
		bnn_model_free(m[i]);
	train_set_free(&s);
}
END_TEST

START_TEST(refuses)
{
	struct train_set s;
	struct train_options o;
	struct train_outcome outcome;
	struct bnn_model *m;
	struct bnn_err err;
	struct net n;

	stripes_new(&s, 30, 5);
	train_defaults(&o);
	ck_assert_int_eq(net_parse("12x12x1: jet3x17 dense4", &n, &err), BNN_OK);
	ck_assert_int_eq(train_run(&n, &s, &o, &m, &outcome, &err), BNN_E_ARG);
	ck_assert_int_eq(net_parse("12x13x1: jet3x17 dense3", &n, &err), BNN_OK);
	ck_assert_int_eq(train_run(&n, &s, &o, &m, &outcome, &err), BNN_E_ARG);
	ck_assert_int_eq(net_parse("12x12x1: jet3x17 dense3", &n, &err), BNN_OK);
	o.holdout = 0.95;
	ck_assert_int_eq(train_run(&n, &s, &o, &m, &outcome, &err), BNN_E_ARG);
	o.holdout = NAN;
	ck_assert_int_eq(train_run(&n, &s, &o, &m, &outcome, &err), BNN_E_ARG);
	train_defaults(&o);
	o.soften = 1.1;
	ck_assert_int_eq(train_run(&n, &s, &o, &m, &outcome, &err), BNN_E_ARG);
	train_set_free(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("train");
	TCase *t = tcase_create("train");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, gradients, 0, 4 * NETS);
	tcase_add_loop_test(t, fold_is_exact, 0, 2 * NETS);
	tcase_add_loop_test(t, hardens, 0, NETS);
	tcase_add_test(t, rates);
	tcase_add_loop_test(t, optimizer_steps, 0, (int)(sizeof(steps) / sizeof(*steps)));
	tcase_add_loop_test(t, optimizers_descend, 0, (int)(sizeof(steps) / sizeof(*steps)));
	tcase_add_loop_test(t, learns, 0, (int)(sizeof(toy_nets) / sizeof(*toy_nets)));
	tcase_add_test(t, deterministic);
	tcase_add_test(t, refuses);
	suite_add_tcase(s, t);
	return check_main(s);
}
