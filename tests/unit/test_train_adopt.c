/* SPDX-License-Identifier: MIT
 * Training that starts from a folded model: nothing is lost, frozen layers stay. */
#include <stdlib.h>
#include <string.h>

#include "../check_main.h"
#include "common/stripes.h"
#include "graph.h"
#include "train.h"

#define IMAGES 24
#define ALWAYS 1000000 /* thresholds beyond it are never or always met */

static const char *const nets[] = {
	"12x12x1: jet3x40 pool bconv3x6 pool dense7 dense3",
	"12x12x1: sjet3x9 jet3x5 sjet3x6 cam3",
	"12x12x1: bconv3x5/2 bconv1x6v jet5x4 dense3",
	"12x12x1: jet5x11 pool sjet5x7 bconv5x4 cam3",
};
#define NETS ((int)(sizeof(nets) / sizeof(*nets)))

static struct bnn_model *random_model(const char *text)
{
	struct bnn_model *m;
	struct net n;

	ck_assert_int_eq(net_parse(text, &n, NULL), BNN_OK);
	ck_assert_int_eq(model_new(&n, &m, NULL), BNN_OK);
	model_random(m, 5);
	m->facts.display_scale = 0.03f;
	return m;
}

static void same_bytes(const void *a, const void *b, size_t n)
{
	ck_assert_int_eq(!a, !b);
	if (a)
		ck_assert_mem_eq(a, b, n);
}

static void same_layers(const struct bnn_model *a, const struct bnn_model *b, int layers)
{
	for (int i = 0; i < layers; i++) {
		const struct net_layer *l = &a->net.layer[i];
		const struct model_layer *x = &a->layer[i], *y = &b->layer[i];
		size_t out = (size_t)l->out * sizeof(int32_t);

		same_bytes(x->kernel, y->kernel, model_kernel_count(l));
		same_bytes(x->sign, y->sign, model_sign_count(l));
		same_bytes(x->weight, y->weight, model_weight_count(l));
		for (int o = 0; x->threshold && o < l->out; o++)
			ck_assert_msg(x->threshold[o] == y->threshold[o] ||
					      (labs(x->threshold[o]) > ALWAYS &&
					       labs(y->threshold[o]) > ALWAYS &&
					       (x->threshold[o] < 0) == (y->threshold[o] < 0)),
				      "layer %d, output %d: %d, then %d", i + 1, o, x->threshold[o],
				      y->threshold[o]);
		same_bytes(x->bias, y->bias, out);
	}
}

START_TEST(folds_to_the_same)
{
	struct bnn_model *m = random_model(nets[_i / 2]), *again;
	struct workers *w;
	struct graph *g;
	struct rng r = { 1 };

	ck_assert_int_eq(workers_new(1, &w), BNN_OK);
	ck_assert_int_eq(graph_new(&m->net, IMAGES, _i % 2, 9, m, w, &g, NULL), BNN_OK);
	for (int i = 0; i < IMAGES * 144; i++)
		g->pixels[i] = (float)rng_below(&r, 256);
	ck_assert_int_eq(graph_adopt(g, m, true, IMAGES), BNN_OK);
	graph_freeze(g);
	ck_assert_int_eq(graph_fold(g, &again, NULL), BNN_OK);
	same_layers(m, again, m->net.count);
	ck_assert_float_eq_tol(again->facts.display_scale, 0.03f, 1e-6f);
	bnn_model_free(again);
	bnn_model_free(m);
	graph_free(g);
	workers_free(w);
}
END_TEST

/* From a random model; the first layers stay. */
START_TEST(frozen_layers_stay)
{
	struct bnn_model *m = random_model(nets[_i / 3]), *tuned;
	struct train_outcome outcome;
	struct train_options o;
	struct train_set set;
	struct bnn_err err = { 0 };

	stripes_new(&set, 300, 3);
	train_defaults(&o);
	o.epochs = 4;
	o.rate = 0.1;
	o.threads = 1;
	o.base = m;
	o.base_head = _i % 2;
	o.freeze = _i % 3;
	ck_assert_msg(train_run(&m->net, &set, &o, &tuned, &outcome, &err) == BNN_OK, "%s",
		      err.text);
	same_layers(m, tuned, o.freeze);
	ck_assert_mem_ne(m->layer[m->net.count - 1].weight, tuned->layer[m->net.count - 1].weight,
			 model_weight_count(&m->net.layer[m->net.count - 1]));
	bnn_model_free(m);
	bnn_model_free(tuned);
	train_set_free(&set);
}
END_TEST

/* What was learned is still known after one gentle step. */
START_TEST(goes_on_where_it_was)
{
	struct bnn_model *m, *tuned;
	struct train_outcome outcome, after;
	struct train_options o;
	struct train_set set;
	struct net n;

	stripes_new(&set, 900, 4);
	train_defaults(&o);
	o.threads = 1;
	o.epochs = 8;
	ck_assert_int_eq(net_parse("12x12x1: jet3x17 pool bconv3x16 dense3", &n, NULL), BNN_OK);
	ck_assert_int_eq(train_run(&n, &set, &o, &m, &outcome, NULL), BNN_OK);
	ck_assert_double_ge(outcome.held_accuracy, 0.9);
	o.base = m;
	o.base_head = true;
	o.epochs = 1;
	o.rate = 1e-4;
	ck_assert_int_eq(train_run(&n, &set, &o, &tuned, &after, NULL), BNN_OK);
	ck_assert_double_ge(after.held_accuracy, outcome.held_accuracy - 0.05);
	bnn_model_free(m);
	bnn_model_free(tuned);
	train_set_free(&set);
}
END_TEST

START_TEST(refuses)
{
	struct bnn_model *m = random_model(nets[0]), *tuned;
	struct train_outcome outcome;
	struct train_options o;
	struct train_set set;
	struct bnn_err err;
	struct net n;

	stripes_new(&set, 60, 5);
	train_defaults(&o);
	o.freeze = 1;
	ck_assert_int_eq(train_run(&m->net, &set, &o, &tuned, &outcome, &err), BNN_E_ARG);
	o.base = m;
	o.freeze = 4;
	ck_assert_int_eq(train_run(&m->net, &set, &o, &tuned, &outcome, &err), BNN_E_ARG);
	o.freeze = 0;
	ck_assert_int_eq(net_parse(nets[1], &n, NULL), BNN_OK);
	ck_assert_int_eq(train_run(&n, &set, &o, &tuned, &outcome, &err), BNN_E_ARG);
	ck_assert_ptr_nonnull(strstr(err.text, "model to start from"));
	bnn_model_free(m);
	train_set_free(&set);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("train_adopt");
	TCase *t = tcase_create("train_adopt");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, folds_to_the_same, 0, 2 * NETS);
	tcase_add_loop_test(t, frozen_layers_stay, 0, 3 * NETS);
	tcase_add_test(t, goes_on_where_it_was);
	tcase_add_test(t, refuses);
	suite_add_tcase(s, t);
	return check_main(s);
}
