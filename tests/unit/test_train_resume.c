/* SPDX-License-Identifier: MIT
 * Runs that are stopped and go on: the same result as without the break; damaged checkpoints. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "../check_main.h"
#include "file.h"
#include "model_file.h"
#include "common/stripes.h"
#include "train.h"

#define NET "12x12x1: jet3x17 pool bconv3x16 jet3x6 sjet3x4 dense3"

static char path[] = "/tmp/train_resume_XXXXXX";
static volatile sig_atomic_t stop;
static struct train_set set;

static void on_alarm(int number)
{
	(void)number;
	stop = 1;
}

static void setup(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	stripes_new(&set, 600, 1);
}

static void teardown(void)
{
	train_set_free(&set);
	unlink(path);
}

static struct train_options options(void)
{
	struct train_options o;

	train_defaults(&o);
	o.epochs = 5;
	o.batch = 32;
	o.balance = 0.5;
	o.gain = true;
	o.threads = 1;
	o.augment = (struct augment){
		.flip_v = true, .transpose = true, .shift = 1, .brightness = true
	};
	o.stop = &stop;
	return o;
}

static int run(const struct train_options *o, struct bnn_model **m, struct train_outcome *outcome,
	       struct bnn_err *err)
{
	struct net n;

	ck_assert_int_eq(net_parse(NET, &n, NULL), BNN_OK);
	return train_run(&n, &set, o, m, outcome, err);
}

/* Runs for so many microseconds, then is stopped. */
static void run_for(const struct train_options *o, long us, struct bnn_model **m,
		    struct train_outcome *outcome)
{
	struct itimerval timer = { .it_value = { us / 1000000, us % 1000000 } }, none = { 0 };
	struct bnn_err err = { 0 };

	stop = 0;
	setitimer(ITIMER_REAL, &timer, NULL);
	ck_assert_msg(run(o, m, outcome, &err) == BNN_OK, "%s", err.text);
	setitimer(ITIMER_REAL, &none, NULL);
	stop = 0;
}

static void check_same(const struct bnn_model *a, const struct bnn_model *b)
{
	struct bytes x = { 0 }, y = { 0 };

	ck_assert_int_eq(model_encode(a, &x, NULL), BNN_OK);
	ck_assert_int_eq(model_encode(b, &y, NULL), BNN_OK);
	ck_assert_uint_eq(x.len, y.len);
	ck_assert_mem_eq(x.p, y.p, x.len);
	free(x.p);
	free(y.p);
}

/* Every optimiser keeps other averages; every second run has a teacher. */
START_TEST(resumes_bit_for_bit)
{
	struct train_options o = options();
	struct train_outcome whole, part;
	struct bnn_model *m, *n = NULL;
	int stops = 0;
	double seconds;

	o.optimizer = &optimizers[_i];
	o.rate = o.optimizer->rate;
	o.distil = _i % 2;
	ck_assert_int_eq(run(&o, &m, &whole, NULL), BNN_OK);
	ck_assert_int_eq(whole.epochs, 5);
	ck_assert(!whole.stopped);
	o.checkpoint = path;
	for (seconds = 0.02; !n || part.stopped; seconds *= 1.3) {
		bnn_model_free(n);
		run_for(&o, (long)(seconds * 1e6), &n, &part);
		ck_assert_int_ge(part.epoch, 1);
		stops += part.stopped;
		o.resume = true;
		o.threads = 1 + stops % 2;
	}
	ck_assert_int_ge(stops, 1);
	ck_assert_int_eq(part.epoch, whole.epoch);
	ck_assert_int_eq(part.epochs, whole.epochs);
	ck_assert(part.held_accuracy == whole.held_accuracy);
	check_same(m, n);
	bnn_model_free(m);
	bnn_model_free(n);
}
END_TEST

/* Stopped before the first step: a model all the same. */
START_TEST(stopped_at_once)
{
	struct train_options o = options();
	struct train_outcome outcome;
	struct bnn_model *m;

	stop = 1;
	ck_assert_int_eq(run(&o, &m, &outcome, NULL), BNN_OK);
	ck_assert(outcome.stopped);
	ck_assert_int_eq(model_check(m, NULL), BNN_OK);
	bnn_model_free(m);
	stop = 0;
}
END_TEST

static void write_file(const uint8_t *p, size_t n)
{
	ck_assert_int_eq(file_write(path, p, n, NULL), BNN_OK);
}

static void check_refused(const struct train_options *o, const char *why)
{
	struct train_outcome outcome;
	struct bnn_err err = { 0 };
	struct bnn_model *m;

	ck_assert_int_eq(run(o, &m, &outcome, &err), BNN_E_FILE);
	ck_assert_msg(strstr(err.text, why) != NULL, "'%s' is not in '%s'", why, err.text);
}

START_TEST(bad_checkpoints)
{
	struct train_options o = options(), other;
	struct train_outcome outcome;
	struct bnn_model *m;
	uint8_t *p;
	size_t len;

	o.checkpoint = path;
	run_for(&o, 50000, &m, &outcome);
	ck_assert(outcome.stopped);
	bnn_model_free(m);
	o.resume = true;
	other = o;
	other.epochs = 6;
	check_refused(&other, "of another run: its 5 epochs");
	other = o;
	other.augment.shift = 2;
	check_refused(&other, "now");
	set.pixels[77] ^= 1;
	check_refused(&o, "images");
	set.pixels[77] ^= 1;
	ck_assert_int_eq(file_read(path, 1 << 24, &p, &len, NULL), BNN_OK);
	for (size_t at = 0; at < len; at += 1 + len / 40) {
		p[at] ^= 0x10;
		write_file(p, len);
		check_refused(&o, "damaged");
		p[at] ^= 0x10;
	}
	for (size_t at = 0; at < len; at += 1 + len / 40) {
		write_file(p, at);
		check_refused(&o, "damaged");
	}
	write_file(p, len);
	ck_assert_int_eq(run(&o, &m, &outcome, NULL), BNN_OK);
	bnn_model_free(m);
	free(p);
	unlink(path);
	check_refused(&o, "No such file");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("train_resume");
	TCase *t = tcase_create("train_resume");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, resumes_bit_for_bit, 0, 10);
	tcase_add_test(t, stopped_at_once);
	tcase_add_test(t, bad_checkpoints);
	suite_add_tcase(s, t);
	return check_main(s);
}
