/* SPDX-License-Identifier: MIT
 * The ejector behind the driver: parts are images here, the rule is checked against the classes. */
#include <string.h>

#include "../check_main.h"
#include "device.h"
#include "model.h"
#include "net.h"
#include "program.h"
#include "random_net.h"

enum { SIDE = 16, IMAGES = 40, DELAY = 400, PULSE = 20, OUTPUT = 5, LATE = 2, MARGIN = 12 };

static bnn_device *device;
static uint8_t pixels[SIDE * SIDE];
static struct random_source source;

static void load(const char *text)
{
	struct bnn_model *m;
	struct bnn_err err;
	struct net n;

	ck_assert_msg(!net_parse(text, &n, &err), "%s", err.text);
	ck_assert_int_eq(model_new(&n, &m, &err), 0);
	model_random(m, 7);
	ck_assert_msg(!bnn_device_load(device, m, &err), "%s", err.text);
	bnn_model_free(m);
}

static void setup(void)
{
	struct bnn_err err;

	source.state = 5;
	ck_assert_msg(!bnn_device_open("sim", NULL, &device, &err), "%s", err.text);
	load("16x16x1: jet3x8 pool dense4");
}

static void teardown(void)
{
	bnn_device_close(device);
}

/* Classes 0 and 1 to OUTPUT, the others to none; those below the margin to none. */
static struct bnn_outputs rule(void)
{
	struct bnn_outputs o = { .deadline = 300,
				 .late = LATE,
				 .uncertain = BNN_NO_OUTPUT,
				 .crowded = BNN_NO_OUTPUT,
				 .invert = 0x80,
				 .safe = 0x81 };

	o.delay[OUTPUT] = o.delay[LATE] = DELAY;
	o.pulse_us[OUTPUT] = o.pulse_us[LATE] = PULSE;
	for (int c = 0; c < 64; c++) {
		o.class_output[c] = c < 2 ? OUTPUT : BNN_NO_OUTPUT;
		o.class_margin[c] = MARGIN;
	}
	return o;
}

static struct bnn_outputs_state outputs_state(void)
{
	struct bnn_outputs_state s;
	struct bnn_err err;

	ck_assert_msg(!bnn_device_outputs_state(device, &s, &err), "%s", err.text);
	return s;
}

static void arm(const struct bnn_outputs *o)
{
	struct bnn_err err;

	ck_assert_msg(!bnn_device_outputs(device, o, &err), "%s", err.text);
}

static struct bnn_result classify(void)
{
	struct bnn_result r;
	struct bnn_err err;

	for (size_t i = 0; i < sizeof(pixels); i++)
		pixels[i] = (uint8_t)random_below(&source, 256);
	ck_assert_msg(!bnn_device_classify(device, pixels, &r, &err), "%s", err.text);
	return r;
}

START_TEST(pulses_follow_the_rule)
{
	struct bnn_outputs o = rule();
	struct bnn_outputs_state s;
	int pulses = 0, classes = 0;

	ck_assert_int_eq(outputs_state().pins, 0);
	arm(&o);
	for (int i = 0; i < IMAGES; i++) {
		struct bnn_result r = classify();

		pulses += r.index < 2 && r.margin >= MARGIN;
		classes |= 1 << r.index | (r.margin < MARGIN) << 8;
	}
	ck_assert_msg(classes & 3 && classes & 12 && classes & 256, "classes %x", classes);
	do
		s = outputs_state();
	while (s.pulses < pulses && s.now < 100000);
	ck_assert_int_eq(s.armed, 1);
	ck_assert_int_eq(s.parts, IMAGES);
	ck_assert_int_eq(s.decided, IMAGES);
	ck_assert_int_eq(s.late + s.missed + s.unmatched + s.fault, 0);
	ck_assert_int_eq(s.pulses, pulses);
}
END_TEST

START_TEST(a_fault_holds_the_safe_levels)
{
	struct bnn_outputs o = rule();
	struct bnn_outputs_state s;
	struct bnn_err err;

	o.watchdog_us = 50;
	arm(&o);
	for (int i = 0; i < 4; i++)
		classify();
	/* An image takes longer to come than the watchdog waits. */
	s = outputs_state();
	ck_assert_int_eq(s.armed, 0);
	ck_assert_int_eq(s.fault, BNN_FAULT_WATCHDOG);
	ck_assert_int_eq(s.pins, o.safe);

	o.watchdog_us = 0;
	arm(&o);
	s = outputs_state();
	ck_assert_int_eq(s.armed, 1);
	ck_assert_int_eq(s.pins, o.invert);
	ck_assert_msg(!bnn_device_outputs(device, NULL, &err), "%s", err.text);
	s = outputs_state();
	ck_assert_int_eq(s.armed, 0);
	ck_assert_int_eq(s.fault, 0);
	ck_assert_int_eq(s.pins, o.safe);
}
END_TEST

START_TEST(a_model_disarms)
{
	struct bnn_outputs o = rule();

	arm(&o);
	ck_assert_int_eq(outputs_state().armed, 1);
	load("16x16x1: jet3x8 dense2");
	ck_assert_int_eq(outputs_state().armed, 0);
	ck_assert_int_eq(outputs_state().fault, BNN_FAULT_MODEL);
}
END_TEST

static void refused(const struct bnn_outputs *o, const char *words)
{
	struct bnn_err err = { 0 };

	ck_assert_int_eq(bnn_device_outputs(device, o, &err), BNN_E_ARG);
	ck_assert_msg(strstr(err.text, words) != NULL, "%s", err.text);
}

START_TEST(what_makes_no_sense)
{
	struct bnn_outputs o = rule();
	struct bnn_err err = { 0 };
	bnn_device *cpu;

	o.class_output[3] = BNN_OUTPUTS;
	refused(&o, "output 8 of a class is not in 0 to 7");
	o = rule();
	o.delay[OUTPUT] = o.deadline - 1;
	refused(&o, "a delay of 299 is not in 300 to 8388607");
	o = rule();
	o.pulse_us[LATE] = 0;
	refused(&o, "a pulse (us) of 0");
	o = rule();
	o.by_eye = 1;
	o.image_from = 20;
	o.image_to = 20;
	refused(&o, "is not in 21 to 300");
	ck_assert_int_eq(bnn_device_open("cpu", NULL, &cpu, &err), 0);
	ck_assert_int_eq(bnn_device_outputs(cpu, &o, &err), BNN_E_LIMIT);
	ck_assert_msg(strstr(err.text, "no ejector outputs") != NULL, "%s", err.text);
	bnn_device_close(cpu);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("outputs");
	TCase *t = tcase_create("outputs");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, pulses_follow_the_rule);
	tcase_add_test(t, a_fault_holds_the_safe_levels);
	tcase_add_test(t, a_model_disarms);
	tcase_add_test(t, what_makes_no_sense);
	suite_add_tcase(s, t);
	return check_main(s);
}
