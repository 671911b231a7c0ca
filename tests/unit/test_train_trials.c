/* SPDX-License-Identifier: MIT
 * Augmentation and normalisation by trial: what destroys the classes is not kept, what helps is. */
#include <string.h>

#include "../check_main.h"
#include "trials.h"

#define SIDE 16

/* A bright bar on the left or right half of the image, on any level; for a normalisation to help,
 * contrast can be weak. */
static void bars(struct train_set *s, int count, bool weak)
{
	struct rng r = { 7 };

	ck_assert_int_eq(train_set_new(s, count, SIDE, SIDE, 1, 2, NULL), BNN_OK);
	for (int i = 0; i < count; i++) {
		int level = 20 + (int)rng_below(&r, 180), col = (int)rng_below(&r, 5);
		int spread = weak ? 4 << rng_below(&r, 4) : 40;

		s->label[i] = (uint8_t)rng_below(&r, 2);
		for (int p = 0; p < SIDE * SIDE; p++) {
			int at = p % SIDE - (s->label[i] ? SIDE / 2 : 0) - 1;
			int noise = (int)rng_below(&r, (uint32_t)spread);

			s->pixels[i * SIDE * SIDE + p] =
				(uint8_t)(level + noise / 2 +
					  (at == col || at == col + 1 ? spread : 0) / 2);
		}
	}
}

struct told {
	int trials;
	bool flipped, normalized;
};

static void tell(void *ctx, const struct trial *t)
{
	struct told *told = ctx;

	ck_assert_int_eq(t->number, ++told->trials);
	ck_assert(t->loss > 0);
	if (!strcmp(t->what, "flip-h"))
		told->flipped = t->kept;
	if (strstr(t->what, "normalize") && t->kept)
		told->normalized = true;
}

static struct train_options options(void)
{
	struct train_options o;

	train_defaults(&o);
	o.epochs = 15;
	o.batch = 16;
	o.threads = 1;
	return o;
}

static void run(bool weak, struct train_options *o, const struct trials *t)
{
	struct train_outcome outcome;
	struct bnn_model *m;
	struct train_set set;
	struct bnn_err err = { 0 };
	struct net n;

	bars(&set, 300, weak);
	ck_assert_int_eq(net_parse("16x16x1: jet3x17 pool bconv3x12 dense2", &n, NULL), BNN_OK);
	ck_assert_msg(trials_run(&n, &set, t, o, &m, &outcome, &err) == BNN_OK, "%s", err.text);
	ck_assert(!m == !o->stop);
	bnn_model_free(m);
	train_set_free(&set);
}

START_TEST(keeps_classes_apart)
{
	struct train_options o = options(), again = options();
	struct told told = { 0 }, told_again = { 0 };
	char text[AUGMENT_TEXT], text_again[AUGMENT_TEXT];
	struct trials t = { .augment = true, .normalize = true, .tell = tell, .ctx = &told };

	run(false, &o, &t);
	ck_assert_int_eq(told.trials, 9);
	ck_assert(!told.flipped);
	ck_assert(!o.augment.flip_h);
	t.ctx = &told_again;
	again.threads = 2;
	run(false, &again, &t);
	augment_print(&o.augment, text);
	augment_print(&again.augment, text_again);
	ck_assert_str_eq(text, text_again);
	ck_assert_int_eq(o.pre.normalize, again.pre.normalize);
}
END_TEST

START_TEST(keeps_what_helps)
{
	struct train_options o = options();
	struct told told = { 0 };
	struct trials t = { .normalize = true, .tell = tell, .ctx = &told };

	run(true, &o, &t);
	ck_assert_int_eq(told.trials, 3);
	ck_assert(told.normalized);
	ck_assert_int_eq(o.pre.normalize + o.pre.contrast, 1);
	ck_assert(!o.augment.flip_h && !o.augment.shift);
}
END_TEST

START_TEST(stops)
{
	static volatile sig_atomic_t stop = 1;
	struct train_options o = options();
	struct told told = { 0 };
	struct trials t = { .augment = true, .tell = tell, .ctx = &told };

	o.stop = &stop;
	run(false, &o, &t);
	ck_assert_int_eq(told.trials, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("train_trials");
	TCase *t = tcase_create("train_trials");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, keeps_classes_apart);
	tcase_add_test(t, keeps_what_helps);
	tcase_add_test(t, stops);
	suite_add_tcase(s, t);
	return check_main(s);
}
