/* SPDX-License-Identifier: MIT
 * Driver and simulated accelerator together: random networks on every lane configuration with every
 * layer, score and cycle compared; faults on the link; loading, limits, misuse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../check_main.h"
#include "common/chain.h"
#include "common/faulty.h"
#include "ref.h"
#include "sim_model.h"
#include "transport_sim.h"

enum { NETWORKS = 24, FAULTY_NETWORKS = 8 };

static uint64_t seed(void)
{
	const char *env = getenv("SEED");

	return env ? strtoull(env, NULL, 0) : 3;
}

static struct bnn_model *model_of(const char *text, uint64_t number)
{
	struct bnn_model *m;
	struct bnn_err err;
	struct net n;

	ck_assert_msg(!net_parse(text, &n, &err), "%s", err.text);
	ck_assert_int_eq(model_new(&n, &m, &err), 0);
	model_random(m, number);
	return m;
}

static bnn_device *open_sim(const char *spec)
{
	struct bnn_err err;
	bnn_device *d;

	ck_assert_msg(!bnn_device_open(spec, NULL, &d, &err), "%s: %s", spec, err.text);
	return d;
}

START_TEST(random_networks)
{
	const struct sim_model_ops *config = sim_models[_i];
	struct random_source r = { seed() * 31 + (uint64_t)_i };
	struct chain_stats stats = { 0 };
	char name[64], net[NET_TEXT_MAX], text[256] = "";
	bnn_device *d;

	snprintf(name, sizeof(name), "sim:%s", config->name);
	d = open_sim(name);
	ck_assert_str_eq(bnn_device_name(d), name);
	while (stats.networks < NETWORKS) {
		struct bnn_model *m = random_model(&r, 20, 1e6);
		int differs;

		ck_assert_ptr_nonnull(m);
		net_print(&m->net, net, sizeof(net));
		differs = chain_check(d, m, &r, 1, &stats, text, sizeof(text));
		ck_assert_msg(!differs, "seed %llu, %s: %s: %s", (unsigned long long)seed(), name,
			      net, text);
		bnn_model_free(m);
	}
	printf("%s: %ld networks, %ld layers, %ld operations' cycles\n", name, stats.networks,
	       stats.layers, stats.operations);
	bnn_device_close(d);
}
END_TEST

/* Networks that random ones seldom are. */
START_TEST(chosen_networks)
{
	static const char *const nets[] = {
		"8x8x1: bconv1x1 cam2",
		"128x128x1: jet3x8/2 pool bconv3x16/2 cam3",
		"128x8x3: jet5x33 pool bconv3x40/2v cam5",
		"8x128x1: bconv3x64 pool sjet5x33 pool cam64",
		"20x20x1: jet3x32 pool pool pool bconv1x512 dense64 dense64",
		"20x20x1: jet3x32 pool pool pool dense1024 dense64",
		"16x16x1: jet3x96v jet3x96/2 pool dense40 dense64",
		"16x16x1: jet5x32 jet5x32 sjet3x64/2 sjet5x64v dense2",
		"16x16x1: jet3x64 bconv3x64 bconv3x64 bconv3x64 bconv3x64 bconv3x64 bconv3x64 cam10",
	};
	struct random_source r = { seed() };
	struct chain_stats stats = { 0 };
	char text[256] = "";
	bnn_device *d = open_sim(_i ? "sim:2x4" : "sim:1x2");

	for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++) {
		struct bnn_model *m = model_of(nets[i], i);

		ck_assert_msg(!chain_check(d, m, &r, 1, &stats, text, sizeof(text)), "%s: %s",
			      nets[i], text);
		bnn_model_free(m);
	}
	ck_assert_int_eq(stats.skipped, 0);
	bnn_device_close(d);
}
END_TEST

/* Damage in one direction: everything still comes out right, only later. */
static void run_faulty(enum fault to_device, enum fault from_device, int every)
{
	struct bnn_open_options opt = { .timeout_ms = 10 };
	struct random_source r = { seed() * 7 + (uint64_t)(16 * to_device + from_device) };
	struct chain_stats stats = { 0 };
	char net[NET_TEXT_MAX], text[256] = "";
	struct bnn_err err;
	bnn_device *d;

	faulty_plan = (struct faulty_plan){ .below = &transport_sim, .every = every, .source = r };
	ck_assert_msg(!device_open_transport(&faulty_transport, NULL, "faulty", &opt, &d, &err),
		      "%s", err.text);
	faulty_plan.to_device = to_device;
	faulty_plan.from_device = from_device;
	while (stats.networks < FAULTY_NETWORKS) {
		struct bnn_model *m = random_model(&r, 12, 1e5);
		int differs;

		ck_assert_ptr_nonnull(m);
		net_print(&m->net, net, sizeof(net));
		differs = chain_check(d, m, &r, 0, &stats, text, sizeof(text));
		ck_assert_msg(!differs, "seed %llu, faults %d and %d: %s: %s",
			      (unsigned long long)seed(), to_device, from_device, net, text);
		bnn_model_free(m);
	}
	printf("faults %d to, %d from the device: %ld made, %u packets sent again\n", to_device,
	       from_device, faulty_plan.done, device_resent(d));
	ck_assert_int_gt(faulty_plan.done, 0);
	bnn_device_close(d);
}

START_TEST(faults_to_device)
{
	run_faulty((enum fault)_i, FAULT_NONE, 30);
}
END_TEST

START_TEST(faults_from_device)
{
	run_faulty(FAULT_NONE, (enum fault)_i, 30);
}
END_TEST

/* The cable is pulled at any moment: an error, no hang, and closing still works. */
START_TEST(gone)
{
	struct bnn_open_options opt = { .timeout_ms = 4 };
	struct bnn_model *m = model_of("8x8x1: jet3x8 pool cam3", 1);
	uint8_t pixels[64] = { 0 };

	for (int n = 0; n < 40; n++) {
		struct bnn_result result;
		struct bnn_layers layers;
		struct bnn_err err = { 0, "" };
		bnn_device *d = NULL;
		int rc;

		faulty_plan = (struct faulty_plan){ .below = &transport_sim,
						    .to_device = n % 2 ? FAULT_GONE : FAULT_NONE,
						    .from_device = n % 2 ? FAULT_NONE : FAULT_GONE,
						    .every = 8,
						    .source = { seed() + (uint64_t)n } };
		rc = device_open_transport(&faulty_transport, NULL, "faulty", &opt, &d, &err);
		if (!rc)
			rc = bnn_device_load(d, m, &err);
		for (int i = 0; !rc && i < 100; i++) {
			rc = bnn_device_classify(d, pixels, &result, &err);
			if (!rc && i % 4 == 3) {
				rc = bnn_device_layers(d, pixels, &layers, &err);
				if (!rc)
					bnn_layers_free(&layers);
			}
		}
		ck_assert_msg(rc == BNN_E_LINK, "%d: %s", rc, err.text);
		ck_assert_int_gt(strlen(err.text), 0);
		bnn_device_close(d);
	}
	bnn_model_free(m);
}
END_TEST

/* A second model beside the first, one that needs its place, and one that fits nowhere. */
START_TEST(loading)
{
	static const char *const nets[] = {
		"16x16x1: jet3x32 cam4",
		"16x16x1: jet3x64 pool bconv3x256 bconv3x256 cam4", /* 1.5 of these fill the memory */
		"16x16x1: jet3x64 pool bconv3x248 bconv3x256 cam5",
		"16x16x1: jet3x32 cam6",
	};
	struct bnn_model *big = model_of("16x16x1: jet3x64 pool bconv3x512 bconv3x512 cam4", 1);
	struct random_source r = { 1 };
	bnn_device *d = open_sim("sim");
	struct bnn_err err;

	for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++) {
		struct bnn_model *m = model_of(nets[i], i);
		struct chain_stats stats = { 0 };
		struct bnn_result got, want;
		uint8_t pixels[256];
		char text[256] = "";

		ck_assert_msg(!chain_check(d, m, &r, 1, &stats, text, sizeof(text)), "%s", text);
		ck_assert_int_eq(bnn_device_load(d, big, &err), BNN_E_LIMIT);
		ck_assert_ptr_nonnull(strstr(err.text, "model memory words"));
		random_image(&r, &m->net, pixels);
		ck_assert_int_eq(ref_run(m, pixels, &want, NULL), 0);
		ck_assert_int_eq(bnn_device_classify(d, pixels, &got, &err), 0);
		ck_assert_int_eq(chain_compare_result(&got, &want, text, sizeof(text)), 0);
		bnn_model_free(m);
	}
	bnn_model_free(big);
	bnn_device_close(d);
}
END_TEST

/* More images than may be in flight, polled late; two devices at once; cpu and sim agree. */
START_TEST(queue)
{
	struct bnn_model *m = model_of("12x12x1: jet3x32 bconv3x32 cam7", 2);
	static const char *const specs[] = { "sim:1x2", "sim:2x4", "cpu" };
	bnn_device *d[3];
	struct bnn_result results[3][6];
	struct bnn_err err;
	uint8_t pixels[6][144];
	struct random_source r = { 9 };

	for (int i = 0; i < 3; i++) {
		d[i] = open_sim(specs[i]);
		ck_assert_int_eq(bnn_device_load(d[i], m, &err), 0);
	}
	for (int n = 0; n < 6; n++) {
		random_image(&r, &m->net, pixels[n]);
		for (int i = 0; i < 3; i++)
			ck_assert_int_eq(bnn_device_submit(d[i], pixels[n], (uint32_t)n, &err), 0);
	}
	for (int i = 0; i < 3; i++) {
		for (int n = 0; n < 6; n++) {
			ck_assert_int_eq(bnn_device_poll(d[i], &results[i][n], &err), 0);
			ck_assert_uint_eq(results[i][n].tag, (uint32_t)n);
			ck_assert_mem_eq(results[i][n].scores, results[0][n].scores,
					 sizeof(results[0][n].scores));
			ck_assert_int_eq(results[i][n].cycles < 0, i == 2);
		}
		ck_assert_int_eq(bnn_device_poll(d[i], &results[i][0], &err), BNN_E_ARG);
		bnn_device_close(d[i]);
	}
	bnn_model_free(m);
}
END_TEST

START_TEST(misuse)
{
	static const struct {
		const char *spec;
		int rc;
	} specs[] = {
		{ "sim:9x9", BNN_E_NO_DEVICE },
		{ "usb", BNN_E_NO_DEVICE },
		{ "ftdi:123", BNN_E_NO_DEVICE },
		{ "simulator", BNN_E_ARG },
		{ "", BNN_E_ARG },
		{ ":", BNN_E_ARG },
		{ "cpu:1", BNN_E_ARG },
	};
	uint8_t pixels[64] = { 0 };
	struct bnn_result result;
	struct bnn_layers layers;
	struct bnn_err err;
	bnn_device *d;

	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
		ck_assert_int_eq(bnn_device_open(specs[i].spec, NULL, &d, &err), specs[i].rc);
	for (int i = 0; i < 2; i++) {
		d = open_sim(i ? "auto" : "cpu");
		ck_assert_int_eq(bnn_device_submit(d, pixels, 0, &err), BNN_E_ARG);
		ck_assert_int_eq(bnn_device_poll(d, &result, &err), BNN_E_ARG);
		ck_assert_int_eq(bnn_device_layers(d, pixels, &layers, &err), BNN_E_ARG);
		bnn_device_close(d);
	}
	bnn_device_close(NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("chain");
	TCase *t = tcase_create("chain");
	int configs = 0;

	while (sim_models[configs])
		configs++;
	printf("chain seed %llu\n", (unsigned long long)seed());
	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, random_networks, 0, configs);
	tcase_add_loop_test(t, chosen_networks, 0, 2);
	tcase_add_loop_test(t, faults_to_device, FAULT_FLIP, FAULT_GONE);
	tcase_add_loop_test(t, faults_from_device, FAULT_FLIP, FAULT_GONE);
	tcase_add_test(t, gone);
	tcase_add_test(t, loading);
	tcase_add_test(t, queue);
	tcase_add_test(t, misuse);
	suite_add_tcase(s, t);
	return check_main(s);
}
