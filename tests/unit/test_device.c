/* SPDX-License-Identifier: MIT
 * The driver against an accelerator written in C: results and layers, faults on the link, devices that
 * misbehave. And the cpu device through the public functions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../check_main.h"
#include "common/chain.h"
#include "common/fake_device.h"
#include "common/faulty.h"
#include "ref.h"

static const struct device_limits shape = { .clock_hz = 48000000,
					    .outputs = 2,
					    .positions = 4,
					    .map_words = 2,
					    .model_words = 32768,
					    .map_rows = 16384,
					    .weight_rows = 256,
					    .front_lanes = 4,
					    .front_k = 5,
					    .front_channels = 3,
					    .front_code_rows = 8192,
					    .front_outputs = 512,
					    .acc_bits = 22,
					    .side = 128,
					    .jet_cols = 128 };

static uint64_t seed(void)
{
	const char *env = getenv("SEED");

	return env ? strtoull(env, NULL, 0) : 1;
}

static void start(void)
{
	fake_plan = (struct fake_plan){ .limits = shape };
}

static bnn_device *open_fake(const struct transport *t)
{
	struct bnn_err err;
	bnn_device *d;

	ck_assert_msg(!device_open_transport(t, NULL, "fake", NULL, &d, &err), "%s", err.text);
	return d;
}

static struct bnn_model *model_of(const char *text)
{
	struct bnn_model *m;
	struct bnn_err err;
	struct net n;

	ck_assert_int_eq(net_parse(text, &n, &err), 0);
	ck_assert_int_eq(model_new(&n, &m, &err), 0);
	model_random(m, 1);
	return m;
}

static void run_networks(bnn_device *d, struct random_source *r, int count)
{
	struct chain_stats stats = { 0 };
	char net[NET_TEXT_MAX], text[256] = "";

	while (stats.networks < count) {
		struct bnn_model *m = random_model(r, 14, 2e5);
		int differs;

		ck_assert_ptr_nonnull(m);
		net_print(&m->net, net, sizeof(net));
		differs = chain_check(d, m, r, 0, &stats, text, sizeof(text));
		ck_assert_msg(!differs, "seed %llu: %s: %s", (unsigned long long)seed(), net, text);
		bnn_model_free(m);
	}
}

START_TEST(random_networks)
{
	struct random_source r = { seed() };
	bnn_device *d;

	start();
	d = open_fake(&fake_transport);
	run_networks(d, &r, 30);
	ck_assert_uint_eq(device_resent(d), 0);
	bnn_device_close(d);
}
END_TEST

/* Every kind of damage in both directions at once. */
START_TEST(faults)
{
	struct random_source r = { seed() * 13 + (uint64_t)_i };
	enum fault kind = FAULT_FLIP + _i % (FAULT_GONE - FAULT_FLIP);
	bnn_device *d;

	start();
	faulty_plan = (struct faulty_plan){ .below = &fake_transport, .every = 40, .source = r };
	d = open_fake(&faulty_transport);
	faulty_plan.to_device = kind;
	faulty_plan.from_device = kind;
	run_networks(d, &r, 15);
	ck_assert_int_gt(faulty_plan.done, 0);
	ck_assert_uint_gt(device_resent(d), 0);
	bnn_device_close(d);
}
END_TEST

START_TEST(bad_devices)
{
	static const struct {
		struct fake_plan plan;
		int rc;
	} cases[] = {
		{ { .silent = 1 }, BNN_E_TIMEOUT },       { { .babbles = 1 }, BNN_E_LINK },
		{ { .stuck_writes = 1 }, BNN_E_TIMEOUT }, { { .bad_identify = 1 }, BNN_E_DEVICE },
		{ { .bad_identify = 2 }, BNN_E_DEVICE },  { { .bad_identify = 3 }, BNN_E_DEVICE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bnn_err err = { 0, "" };
		bnn_device *d = NULL;

		fake_plan = cases[i].plan;
		fake_plan.limits = shape;
		ck_assert_int_eq(device_open_transport(&fake_transport, NULL, "fake", NULL, &d,
						       &err),
				 cases[i].rc);
		ck_assert_int_eq(err.code, cases[i].rc);
		ck_assert_uint_gt(strlen(err.text), 0);
		ck_assert_ptr_null(d);
	}
}
END_TEST

/* After loading: what an image, its layers and the counters then come to. A lost model is loaded again. */
START_TEST(bad_answers)
{
	static const struct {
		struct fake_plan plan;
		int image, counters;
	} cases[] = {
		{ { .wrong_classes = 1 }, BNN_E_DEVICE, 0 },
		{ { .forgets_model = 1 }, BNN_E_DEVICE, 0 },
		{ { .refuses_images = JB_R_BUSY }, BNN_E_DEVICE, 0 },
		{ { .refuses_images = JB_R_CRC }, BNN_E_LINK, 0 },
		{ { .bad_counters = 1 }, 0, BNN_E_DEVICE },
		{ { .silent = 1 }, BNN_E_TIMEOUT, BNN_E_TIMEOUT },
		{ { .babbles = 1 }, BNN_E_LINK, BNN_E_LINK },
		{ { .stuck_writes = 1 }, BNN_E_TIMEOUT, BNN_E_TIMEOUT },
	};
	struct bnn_model *m = model_of("8x8x1: jet3x8 cam3");
	uint8_t pixels[64] = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct device_counters counters;
		struct bnn_result result;
		struct bnn_layers layers;
		struct bnn_err err;
		bnn_device *d;
		int rc;

		start();
		d = open_fake(&fake_transport);
		ck_assert_int_eq(bnn_device_load(d, m, &err), 0);
		fake_plan = cases[i].plan;
		fake_plan.limits = shape;
		ck_assert_int_eq(device_counters(d, &counters, &err), cases[i].counters);
		rc = bnn_device_classify(d, pixels, &result, &err);
		ck_assert_msg(rc == cases[i].image, "case %zu: %d %s", i, rc, err.text);
		ck_assert_int_eq(bnn_device_poll(d, &result, &err), BNN_E_ARG);
		rc = bnn_device_layers(d, pixels, &layers, &err);
		if (!rc)
			bnn_layers_free(&layers);
		ck_assert_int_eq(rc != 0, cases[i].image != 0 && !cases[i].plan.forgets_model);
		bnn_device_close(d);
	}
	bnn_model_free(m);
}
END_TEST

/* A program that fits only when the old one is gone, and one that never does. */
START_TEST(full_memory)
{
	struct bnn_model *small = model_of("8x8x1: jet3x64 bconv3x256 cam3");
	struct bnn_model *large = model_of("8x8x1: jet3x64 bconv3x320 cam4");
	struct bnn_model *beyond = model_of("8x8x1: jet3x64 bconv3x512 bconv3x512 cam5");
	struct random_source r = { 3 };
	struct chain_stats stats = { 0 };
	char text[256] = "";
	struct bnn_err err;
	bnn_device *d;

	start();
	fake_plan.limits.model_words = 8192;
	d = open_fake(&fake_transport);
	ck_assert_msg(!chain_check(d, small, &r, 0, &stats, text, sizeof(text)), "%s", text);
	ck_assert_msg(!chain_check(d, large, &r, 0, &stats, text, sizeof(text)), "%s", text);
	ck_assert_msg(!chain_check(d, small, &r, 0, &stats, text, sizeof(text)), "%s", text);
	ck_assert_int_eq(stats.networks, 3);
	ck_assert_int_eq(bnn_device_load(d, beyond, &err), BNN_E_LIMIT);
	bnn_device_close(d);
	bnn_model_free(small);
	bnn_model_free(large);
	bnn_model_free(beyond);
}
END_TEST

START_TEST(cpu_device)
{
	struct random_source r = { seed() };
	bnn_device *d;
	struct bnn_err err;

	ck_assert_int_eq(bnn_device_open("cpu", NULL, &d, &err), 0);
	ck_assert_str_eq(bnn_device_name(d), "cpu");
	ck_assert_ptr_null(device_limits(d));
	ck_assert_ptr_null(device_program(d));
	run_networks(d, &r, 30);
	bnn_device_close(d);
}
END_TEST

/* Without a simulated accelerator in the program. */
START_TEST(no_simulation)
{
	struct bnn_err err;
	bnn_device *d;

	ck_assert_int_eq(bnn_device_open("auto", NULL, &d, &err), BNN_E_NO_DEVICE);
	ck_assert_int_eq(bnn_device_open("sim:1x2", NULL, &d, &err), BNN_E_NO_DEVICE);
	ck_assert_int_eq(bnn_device_open("gpu", NULL, &d, &err), BNN_E_ARG);
	ck_assert_int_eq(bnn_device_open(NULL, NULL, &d, &err), BNN_E_ARG);
	bnn_device_close(NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("device");
	TCase *t = tcase_create("driver");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, random_networks);
	tcase_add_loop_test(t, faults, 0, 10);
	tcase_add_test(t, bad_devices);
	tcase_add_test(t, bad_answers);
	tcase_add_test(t, full_memory);
	tcase_add_test(t, cpu_device);
	tcase_add_test(t, no_simulation);
	suite_add_tcase(s, t);
	return check_main(s);
}
