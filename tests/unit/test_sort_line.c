/* SPDX-License-Identifier: MIT
 * The line and its boards: order, boards that fail and come back, deadlines, the end. The boards are
 * stubs whose class is the image's first pixel. */
#define _POSIX_C_SOURCE 200809L
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "../check_main.h"
#include "clock.h"
#include "crew.h"
#include "device.h"

enum { CLASSES = 10, PIXELS = 64, STUBS = 3 };

/* One board: what it does, and what is in flight. */
static struct stub {
	int fails_every;  /* of so many calls, one; 0 never */
	int poison;       /* an image with this first pixel always fails; 0 none */
	atomic_bool away; /* cannot be opened */
	atomic_bool slow; /* does not answer while this is set */
	long work_ns;     /* an image takes */
	int calls, opened;
	uint8_t first[4];
	int flying;
} stub[STUBS];

static bnn_model *model;
static struct console console;
static struct line line;
static struct crew crew;
static struct bnn_err err;

static int breaks(struct stub *s, struct bnn_err *why)
{
	s->calls++;
	if (!s->fails_every || s->calls % s->fails_every)
		return BNN_OK;
	return err_set(why, BNN_E_LINK, "stub unplugged");
}

static int stub_load(void *state, const bnn_model *m, struct bnn_err *why)
{
	(void)state;
	(void)m;
	(void)why;
	return BNN_OK;
}

static int stub_submit(void *state, const uint8_t *pixels, uint32_t tag, struct bnn_err *why)
{
	struct stub *s = state;

	(void)tag;
	if (breaks(s, why))
		return why->code;
	ck_assert_int_lt(s->flying, CREW_FLIGHT);
	s->first[s->flying++] = pixels[0];
	return BNN_OK;
}

static int stub_poll(void *state, struct bnn_result *out, struct bnn_err *why)
{
	const struct timespec nap = { 0, 1000000 };
	struct stub *s = state;

	while (atomic_load(&s->slow))
		nanosleep(&nap, NULL);
	if (breaks(s, why))
		return why->code;
	if (s->work_ns)
		nanosleep(&(struct timespec){ 0, s->work_ns }, NULL);
	ck_assert_int_gt(s->flying, 0);
	if (s->poison && s->first[0] == s->poison)
		return err_set(why, BNN_E_TIMEOUT, "stub poisoned");
	*out = (struct bnn_result){ .index = s->first[0] % CLASSES, .classes = CLASSES };
	s->first[0] = s->first[1];
	s->flying--;
	return BNN_OK;
}

static void stub_close(void *state)
{
	(void)state;
}

static const struct device_ops stub_ops = { stub_load, stub_submit, stub_poll, NULL, stub_close };

/* spec: "0" to "2". */
static int stub_open(const char *spec, const struct bnn_open_options *opt, bnn_device **out,
		     struct bnn_err *why)
{
	struct stub *s = &stub[spec[0] - '0'];

	(void)opt;
	if (atomic_load(&s->away))
		return err_set(why, BNN_E_NO_DEVICE, "stub is away");
	*out = calloc(1, sizeof(**out));
	ck_assert_ptr_nonnull(*out);
	**out = (struct bnn_device){ .ops = &stub_ops, .state = s };
	snprintf((*out)->name, sizeof((*out)->name), "%s", spec);
	s->flying = 0;
	s->opened++;
	return BNN_OK;
}

static void begin(const char *boards, double deadline)
{
	crew_begin(&crew, &console, model);
	crew.open = stub_open;
	crew.backoff_first = 1e-4;
	crew.backoff_most = 1e-3;
	ck_assert_int_eq(crew_open(&crew, boards, &err), BNN_OK);
	ck_assert_int_eq(line_open(&line, PIXELS, deadline, crew.boards, &err), BNN_OK);
	ck_assert_int_eq(crew_start(&crew, &line, &err), BNN_OK);
}

static void setup(void)
{
	struct net net;

	memset(stub, 0, sizeof(stub));
	ck_assert_int_eq(net_parse("8x8x1: jet3x4 dense10", &net, NULL), BNN_OK);
	ck_assert_int_eq(model_new(&net, &model, NULL), BNN_OK);
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr)); /* boards are lost all the time */
	console_open(&console, true);
}

static void teardown(void)
{
	crew_end(&crew);
	line_close(&line);
	console_close(&console);
	bnn_model_free(model);
}

static bool put(int first, enum reason reason)
{
	struct item item = { .reason = reason, .pixels = calloc(1, PIXELS) };
	bool done;

	item.pixels[0] = (uint8_t)first;
	item.from.captured = clock_seconds();
	done = line_put(&line, &item);
	item_free(&item);
	return done;
}

/* The next image; fails the test when none comes. */
static struct item next(void)
{
	struct item item;

	ck_assert_int_eq(line_next(&line, clock_seconds() + 20, &item), LINE_ITEM);
	item_free(&item);
	return item;
}

enum { MANY = 3000 };

static void *put_many(void *unused)
{
	(void)unused;
	for (int i = 0; i < MANY; i++)
		ck_assert(put(i % 251, i % 17 == 16 ? REASON_UNREADABLE : REASON_OK));
	line_end(&line);
	return NULL;
}

/* Boards that fail now and then: every image comes once, in order, with its own result. */
START_TEST(order)
{
	static const int every[][STUBS] = { { 0, 0, 0 }, { 7, 0, 31 }, { 5, 7, 11 } };
	struct item item;
	pthread_t feeder;
	int failed = 0, lost = 0;

	for (int i = 0; i < STUBS; i++)
		stub[i].fails_every = every[_i][i];
	begin("0,1,2", 0);
	ck_assert_int_eq(pthread_create(&feeder, NULL, put_many, NULL), 0);
	for (int i = 0; i < MANY; i++) {
		item = next();
		ck_assert_uint_eq(item.number, (uint64_t)i);
		failed += item.reason == REASON_FAILED;
		if (i % 17 == 16)
			ck_assert_int_eq(item.reason, REASON_UNREADABLE);
		else if (item.reason == REASON_OK)
			ck_assert_int_eq(item.result.index, i % 251 % CLASSES);
	}
	ck_assert_int_eq(line_next(&line, clock_seconds() + 20, &item), LINE_EMPTY);
	pthread_join(feeder, NULL);
	for (int i = 0; i < STUBS; i++)
		lost += stub[i].opened - 1;
	if (_i == 0)
		ck_assert_int_eq(lost + failed, 0);
	else
		ck_assert_int_gt(lost, 10);
	ck_assert_int_lt(failed, MANY / 20); /* three failures in a row are rare */
}
END_TEST

/* An image no board can do is given up, its neighbours are not. */
START_TEST(poison)
{
	stub[0].poison = stub[1].poison = 99;
	begin("0,1", 0);
	for (int i = 95; i < 105; i++)
		ck_assert(put(i, REASON_OK));
	line_end(&line);
	for (int i = 95; i < 105; i++) {
		struct item item = next();

		ck_assert_int_eq(item.reason, i == 99 ? REASON_FAILED : REASON_OK);
		if (i == 99)
			ck_assert_str_eq(item.why, "stub poisoned");
		else
			ck_assert_int_eq(item.result.index, i % CLASSES);
	}
}
END_TEST

/* The only board goes while images are in flight, and comes back. */
START_TEST(replugged)
{
	stub[0].fails_every = 5;
	begin("0", 0);
	atomic_store(&stub[0].away, true);
	for (int i = 0; i < 8; i++)
		ck_assert(put(i, REASON_OK));
	line_end(&line);
	while (crew_present(&crew))
		line_pause(&line, 1e-3);
	atomic_store(&stub[0].away, false);
	for (int i = 0; i < 8; i++) {
		struct item item = next();

		ck_assert_int_eq(item.reason, REASON_OK);
		ck_assert_int_eq(item.result.index, i);
	}
	ck_assert_int_gt(stub[0].opened, 1);
}
END_TEST

/* The decision does not wait for a board that does not answer; what it says later is dropped. */
START_TEST(late)
{
	double begun = clock_seconds();

	atomic_store(&stub[0].slow, true);
	begin("0", 0.05);
	for (int i = 0; i < 4; i++)
		ck_assert(put(i, REASON_OK));
	for (int i = 0; i < 4; i++) {
		struct item item = next();

		ck_assert_uint_eq(item.number, (uint64_t)i);
		ck_assert_int_eq(item.reason, REASON_LATE);
	}
	ck_assert(clock_seconds() - begun >= 0.05);
	atomic_store(&stub[0].slow, false);
	for (int i = 4; i < 8; i++) {
		struct item item;

		ck_assert(put(i, REASON_OK));
		item = next();
		ck_assert_uint_eq(item.number, (uint64_t)i);
		if (item.reason == REASON_OK) /* a loaded machine may be late again */
			ck_assert_int_eq(item.result.index, i);
	}
	line_end(&line);
}
END_TEST

static void *put_often(void *unused)
{
	const struct timespec nap = { 0, 1000000 };

	(void)unused;
	for (int i = 0; i < 600; i++) {
		ck_assert(put(i % 251, REASON_OK));
		nanosleep(&nap, NULL);
	}
	line_end(&line);
	return NULL;
}

/* More images than the board can do: it does those it can in time, not those that are about to be
 * late. */
START_TEST(overload)
{
	pthread_t feeder;
	struct item item;
	double begun = clock_seconds(), seconds;
	int done = 0;

	stub[0].work_ns = 10000000;
	begin("0", 0.1);
	ck_assert_int_eq(pthread_create(&feeder, NULL, put_often, NULL), 0);
	for (int i = 0; i < 600; i++) {
		item = next();
		ck_assert_uint_eq(item.number, (uint64_t)i);
		ck_assert(item.reason == REASON_OK || item.reason == REASON_LATE);
		if (item.reason == REASON_OK)
			ck_assert_int_eq(item.result.index, i % 251 % CLASSES);
		done += item.reason == REASON_OK;
	}
	seconds = clock_seconds() - begun;
	pthread_join(feeder, NULL);
	ck_assert_int_lt(done, 600);
	ck_assert_msg(done >= seconds / 0.01 / 3, "%d of %g that one board can do", done,
		      seconds / 0.01);
}
END_TEST

/* A frame whose parts are being put is put to its end, even when the line is stopped. */
START_TEST(whole_frame)
{
	struct item part = { .from = { .part = 1, .parts = 2 }, .reason = REASON_UNREADABLE };

	begin("0", 0);
	ck_assert(put(1, REASON_OK));
	line_stop(&line);
	ck_assert(line_put(&line, &part));
	ck_assert(!put(2, REASON_OK));
	line_end(&line);
	ck_assert_int_eq(next().reason, REASON_OK); /* the board is there: it is done */
	ck_assert_int_eq(next().reason, REASON_UNREADABLE);
}
END_TEST

/* Stopped with the only board away: what is on the line fails, nothing waits. */
START_TEST(stopped)
{
	struct item item;

	stub[0].fails_every = 1;
	begin("0", 0);
	atomic_store(&stub[0].away, true);
	for (int i = 0; i < 3; i++)
		ck_assert(put(i, REASON_OK));
	while (crew_present(&crew))
		line_pause(&line, 1e-3);
	ck_assert_int_eq(line_next(&line, clock_seconds() + 0.01, &item), LINE_WAITED);
	line_stop(&line);
	ck_assert(!put(9, REASON_OK));
	line_end(&line);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(next().reason, REASON_FAILED);
	ck_assert_int_eq(line_next(&line, clock_seconds() + 20, &item), LINE_EMPTY);
}
END_TEST

START_TEST(opening)
{
	crew_begin(&crew, &console, model);
	crew.open = stub_open;
	atomic_store(&stub[1].away, true);
	ck_assert_int_eq(crew_open(&crew, "0,1", &err), BNN_E_NO_DEVICE);
	crew_end(&crew);
	crew_begin(&crew, &console, model);
	crew.open = stub_open;
	ck_assert_int_eq(crew_open(&crew, "0,,2", &err), BNN_E_ARG);
	crew_end(&crew);
	crew_begin(&crew, &console, model);
	crew.open = stub_open;
	ck_assert_int_eq(crew_open(&crew, "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0", &err), BNN_E_ARG);
	ck_assert_str_eq(err.text, "more than 16 devices");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sort_line");
	TCase *t = tcase_create("line");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, order, 0, 3);
	tcase_add_test(t, poison);
	tcase_add_test(t, replugged);
	tcase_add_test(t, late);
	tcase_add_test(t, overload);
	tcase_add_test(t, whole_frame);
	tcase_add_test(t, stopped);
	tcase_add_test(t, opening);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
