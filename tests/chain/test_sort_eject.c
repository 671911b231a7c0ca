/* SPDX-License-Identifier: MIT
 * A sorting line whose board pulses its outputs itself: rules to configuration, and the simulated
 * accelerator behind the line's thread. Its clock runs slower than the line's, so delays are planned
 * for the line and then made short for the board. */
#include <math.h>
#include <string.h>

#include "../check_main.h"
#include "clock.h"
#include "common/faulty.h"
#include "crew.h"
#include "device.h"
#include "model.h"
#include "net.h"
#include "transport_sim.h"

enum { SIDE = 16, PIXELS = SIDE * SIDE, IMAGES = 40, DELAY = 400, DEADLINE = 300, PULSE = 20 };

static const char text[] = "lane chips output 5\n"
			   "lane scrap output 2 inverted pulse 8 s\n"
			   "lane good\n"
			   "class class0 -> chips\n"
			   "class class2 -> scrap margin 9\n"
			   "other -> good\n"
			   "margin 4\n"
			   "delay 60 s\n"
			   "encoder 10 us\n"
			   "pulse 10 s\n";

static struct rules rules;
static struct ejector ejector;
static struct console console;
static struct crew crew;
static struct line line;
static bnn_model *model;
static struct bnn_err err;
static struct random_source source;
static enum fault fault;

static int sim_open(const char *spec, const struct bnn_open_options *opt, bnn_device **out,
		    struct bnn_err *why)
{
	int rc;

	(void)spec;
	faulty_plan =
		(struct faulty_plan){ .below = &transport_sim, .every = 12, .source = source };
	rc = device_open_transport(&faulty_transport, NULL, "sim", opt, out, why);
	faulty_plan.to_device = fault;
	return rc;
}

static void setup(void)
{
	struct net n;

	source.state = 11;
	fault = FAULT_NONE;
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr)); /* faults are said */
	console_open(&console, false);
	ck_assert_int_eq(net_parse("16x16x1: jet3x8 pool dense4", &n, &err), 0);
	ck_assert_int_eq(model_new(&n, &model, &err), 0);
	model_random(model, 7);
	for (int i = 0; i < 4; i++)
		snprintf(model->class_name[i] = realloc(model->class_name[i], 8), 8, "class%d", i);
	ck_assert_msg(!rules_parse("f", text, &rules, &err), "%s", err.text);
	ck_assert_msg(!rules_bind("f", &rules, model, &err), "%s", err.text);
	ck_assert_msg(!ejector_plan("f", &rules, &ejector, &err), "%s", err.text);
}

static void teardown(void)
{
	bnn_model_free(model);
	console_close(&console);
}

START_TEST(planned)
{
	const struct bnn_outputs *o = &ejector.config;

	ck_assert_int_eq(o->by_eye, 0);
	ck_assert_int_eq(o->by_encoder, 1);
	ck_assert_uint_eq(o->deadline, 6000000); /* that of the delay, in steps of 10 us */
	ck_assert_uint_eq(o->delay[5], 6000000);
	ck_assert_uint_eq(o->delay[2], 6000000);
	ck_assert_uint_eq(o->pulse_us[5], 10000000);
	ck_assert_uint_eq(o->pulse_us[2], 8000000);
	ck_assert_uint_eq(o->invert, 1 << 2);
	ck_assert_uint_eq(o->safe, 1 << 2); /* inverted and off */
	ck_assert_uint_eq(o->watchdog_us, 1000000);
	ck_assert_int_eq(o->late, BNN_NO_OUTPUT);
	ck_assert_int_eq(o->class_output[0], 5);
	ck_assert_int_eq(o->class_output[1], BNN_NO_OUTPUT);
	ck_assert_int_eq(o->class_output[2], 2);
	ck_assert_int_eq(o->class_output[3], BNN_NO_OUTPUT);
	ck_assert_int_eq(o->class_output[4], BNN_NO_OUTPUT);
	ck_assert_uint_eq(o->class_margin[0], 4);
	ck_assert_uint_eq(o->class_margin[2], 9);
	ck_assert(ejector.fresh == 4); /* half of the shorter pulse */
	ck_assert(ejector.beat == 0.25);
}
END_TEST

/* The line works with the board in its own time. */
static void start(void)
{
	struct bnn_outputs *o = &ejector.config;

	o->by_encoder = 0;
	o->deadline = DEADLINE;
	o->delay[5] = o->delay[2] = DELAY;
	o->pulse_us[5] = o->pulse_us[2] = PULSE;
	ejector.beat = 0.01;
	ejector_begin(&ejector, &console);
	crew_begin(&crew, &console, model);
	crew.open = sim_open;
	crew.backoff_first = 1e-3;
	crew.ejector = &ejector;
	crew.options.send_once = 1;
	crew.options.timeout_ms = 20;
	ck_assert_msg(!crew_open(&crew, "sim", &err), "%s", err.text);
	ck_assert_int_eq(line_open(&line, PIXELS, 0, 1, &err), BNN_OK);
	line.fresh = ejector.fresh;
	ck_assert_int_eq(crew_start(&crew, &line, &err), BNN_OK);
}

static void put(double age)
{
	struct item item = { .pixels = malloc(PIXELS) };

	ck_assert_ptr_nonnull(item.pixels);
	for (int i = 0; i < PIXELS; i++)
		item.pixels[i] = (uint8_t)random_below(&source, 256);
	item.from.captured = clock_seconds() - age;
	ck_assert(line_put(&line, &item));
}

/* What came of the images. */
struct outcome {
	int reason[REASONS], outputs;
	unsigned classes;
};

static void take(struct outcome *o)
{
	struct item item;
	enum reason reason;

	ck_assert_int_eq(line_next(&line, INFINITY, &item), LINE_ITEM);
	reason = item.reason;
	if (reason == REASON_OK) {
		int lane = rules_decide(&rules, &item.result, &reason);

		o->outputs += rules.lane[lane].output >= 0;
		o->classes |= 1u << item.result.index | (reason == REASON_UNCERTAIN) << 8;
	}
	o->reason[reason]++;
	item_free(&item);
}

static struct ejector_counts finish(void)
{
	struct ejector_counts c;

	line_end(&line);
	crew_join(&crew);
	c = ejector_now(&ejector);
	crew_end(&crew);
	line_close(&line);
	ejector_end(&ejector);
	ck_assert_int_eq(c.armed, 0);
	return c;
}

START_TEST(pulses_are_those_of_the_lanes)
{
	struct outcome o = { 0 };
	struct ejector_counts c;

	start();
	for (int i = 0; i < IMAGES; i++) {
		put(0);
		take(&o);
	}
	put(1e3); /* waited too long on the host: another part is at its place */
	take(&o);
	c = finish();
	ck_assert_msg((o.classes & 0x105) == 0x105 && o.classes & 8, "classes %x", o.classes);
	ck_assert_int_eq(o.reason[REASON_LATE], 1);
	ck_assert_int_eq(o.reason[REASON_OK] + o.reason[REASON_UNCERTAIN], IMAGES);
	ck_assert_uint_eq(c.parts, IMAGES);
	ck_assert_uint_eq(c.pulses, (unsigned)o.outputs); /* the last one, too: it was waited for */
	ck_assert_uint_eq(c.late + c.unmatched + c.missed + c.faults, 0);
}
END_TEST

/* Damaged images fail, for none may come twice; the board is begun anew and armed. */
START_TEST(nothing_is_sent_again)
{
	struct outcome o = { 0 };
	struct ejector_counts c;

	fault = FAULT_FLIP;
	start();
	for (int i = 0; i < IMAGES; i++) {
		put(0);
		take(&o);
	}
	c = finish();
	ck_assert_int_gt(o.reason[REASON_FAILED], 0);
	ck_assert_int_gt(o.reason[REASON_OK], 0);
	ck_assert_int_eq(o.reason[REASON_OK] + o.reason[REASON_UNCERTAIN] +
				 o.reason[REASON_FAILED] + o.reason[REASON_LATE],
			 IMAGES);
	ck_assert_int_ge((int)atomic_load(&crew.losses), o.reason[REASON_FAILED]);
	ck_assert_uint_le(c.parts, IMAGES);
	ck_assert_uint_le(c.pulses, (unsigned)o.outputs);
}
END_TEST

START_TEST(armed_again_after_a_fault)
{
	struct outcome o = { 0 };
	struct ejector_counts c;

	ejector.config.watchdog_us = 50; /* an image takes longer */
	start();
	for (int i = 0; i < IMAGES; i++) {
		put(0);
		take(&o);
	}
	c = finish();
	ck_assert_int_eq(o.reason[REASON_OK] + o.reason[REASON_UNCERTAIN], IMAGES);
	ck_assert_uint_gt(c.faults, 1);
}
END_TEST

static const struct {
	const char *more, *says;
} bad[] = {
	{ "late -> scrap",
	  "f: late -> scrap: output 2 cannot be pulsed for an image the board never" },
	{ "failed -> chips\ntrigger eye 1 ms to 2ms",
	  "f: failed -> chips: to the board a part without an image is late, and goes to lane" },
	{ "encoder 5 us", "f: the delay to lane chips of 60000 ms is 12000000 steps of the board's "
			  "clock; 1 to 8388607 are possible" },
	{ "pulse 20 s",
	  "f: lane chips: a pulse of 20000 ms: the board needs one of up to 16777.2" },
	{ "deadline 1 ms\ntrigger eye 1 ms to 2 ms",
	  "f: trigger eye: images may come up to 2 ms behind the eye, and the deadline is 1 ms" },
	{ "encoder 100 ms\ntrigger eye 1 ms to 2 ms",
	  "f: trigger eye: from 1 to 2 ms is less than" },
};

START_TEST(refused)
{
	char all[1024];

	snprintf(all, sizeof(all), "%s%s\n", text, bad[_i].more);
	ck_assert_msg(!rules_parse("f", all, &rules, &err), "%s", err.text);
	ck_assert_int_eq(rules_bind("f", &rules, model, &err), BNN_OK);
	ck_assert_int_eq(ejector_plan("f", &rules, &ejector, &err), BNN_E_FILE);
	ck_assert_msg(strncmp(err.text, bad[_i].says, strlen(bad[_i].says)) == 0, "%s\n%s",
		      err.text, bad[_i].says);
}
END_TEST

START_TEST(no_output)
{
	ck_assert_int_eq(rules_parse("f", "lane a\nother -> a\ndelay 1 s", &rules, &err), BNN_OK);
	ck_assert_int_eq(rules_bind("f", &rules, model, &err), BNN_OK);
	ck_assert_int_eq(ejector_plan("f", &rules, &ejector, &err), BNN_E_FILE);
	ck_assert_str_eq(err.text, "f: no lane has an output: say \"lane NAME output N\"");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sort_eject");
	TCase *t = tcase_create("eject");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, planned);
	tcase_add_loop_test(t, refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, no_output);
	tcase_add_test(t, pulses_are_those_of_the_lanes);
	tcase_add_test(t, nothing_is_sent_again);
	tcase_add_test(t, armed_again_after_a_fault);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_main(suite());
}
