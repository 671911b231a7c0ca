/* SPDX-License-Identifier: MIT
 * Images a second over a simulated link, bit by bit, two images in flight, against the limit of the link one
 * way: link_rate usb (19 packets of 64 bytes a frame; the last packet of an image is short, results take their
 * share of the same bus) or link_rate uart (ten bits a byte). Time is simulated: device clocks at 48 MHz.
 * Exit status 1 below the least share of the limit, 2: no such link. */
#include <stdio.h>
#include <string.h>

#include "common/chain.h"
#include "jetbnn_defs.h"
#include "transport_sim.h"

enum { IMAGES = 24, WARM_UP = 4, CLOCK_HZ = 48000000 };

struct rated_link {
	const char *name, *spec;
	const char *alone; /* the same core without the link's bits */
	int limit;         /* bytes a second */
	double least;      /* share */
};

static const struct rated_link links[] = {
	{ "usb", "sim:usb", "sim:1x2", 19 * 64 * 1000, 0.8 },
	{ "uart", "sim:uart", "sim:up5k", JB_UART_BAUD / 10, 0.97 },
};

static const struct {
	const char *net;
	int side;
} cases[] = {
	{ "28x28x1: jet3x16 pool bconv3x32 pool bconv3x64 dense10", 28 },
	{ "64x64x1: jet3x8 pool bconv3x32 pool bconv3x32 pool dense10", 64 },
};

/* transport_sim, with its state in reach. */
static void *sim;

static int open_link(const char *arg, const struct bnn_open_options *opt, void **state,
		     struct bnn_err *err)
{
	int rc = transport_sim.open(arg, opt, state, err);

	sim = rc ? NULL : *state;
	return rc;
}

/* Simulated seconds of IMAGES images, two in flight, or a negative bnn_error. */
static double run(bnn_device *d, const struct bnn_model *m, const uint8_t *pixels,
		  struct bnn_err *err)
{
	struct bnn_result result;
	uint64_t start = 0;
	int rc = bnn_device_load(d, m, err);

	for (int i = 0; !rc && i < WARM_UP + IMAGES; i++) {
		if (i == WARM_UP)
			start = transport_sim_clocks(sim);
		rc = bnn_device_submit(d, pixels, (uint32_t)i, err);
		if (!rc && i > 0)
			rc = bnn_device_poll(d, &result, err);
	}
	if (!rc)
		rc = bnn_device_poll(d, &result, err);
	return rc ? rc : (double)(transport_sim_clocks(sim) - start) / CLOCK_HZ;
}

/* Images a second of the accelerator alone, its pixels without a wait; 0 on a failure. */
static double alone(const char *spec, const struct bnn_model *m, const uint8_t *pixels,
		    struct bnn_err *err)
{
	struct bnn_result r = { .cycles = 0 };
	bnn_device *d = NULL;
	int64_t cycles = 0;

	if (!bnn_device_open(spec, NULL, &d, err) && !bnn_device_load(d, m, err) &&
	    !bnn_device_classify(d, pixels, &r, err))
		cycles = r.cycles > r.front_cycles ? r.cycles : r.front_cycles;
	bnn_device_close(d);
	return cycles ? (double)CLOCK_HZ / (double)cycles : 0;
}

static int report(const struct rated_link *l, const char *text, int side)
{
	const struct transport link = { "sim",
					open_link,
					transport_sim.write,
					transport_sim.read,
					transport_sim.close,
					transport_sim.pace };
	int packet = JB_PKT_HEADER_BYTES + side * side + JB_PKT_CRC_BYTES;
	double limit = (double)l->limit / packet, seconds = -1, device = 0, rate;
	static uint8_t pixels[64 * 64];
	struct bnn_err err = { 0 };
	struct net net;
	struct bnn_model *m = NULL;
	bnn_device *d = NULL;

	for (int i = 0; i < side * side; i++)
		pixels[i] = (uint8_t)(i * 37 % 251);
	if (!net_parse(text, &net, &err) && !model_new(&net, &m, &err)) {
		model_random(m, 1);
		device = alone(l->alone, m, pixels, &err);
		if (device > 0 && !device_open_transport(&link, l->name, l->spec, NULL, &d, &err))
			seconds = run(d, m, pixels, &err);
	}
	bnn_device_close(d);
	bnn_model_free(m);
	if (seconds < 0) {
		printf("%s: %s\n", text, err.text);
		return 1;
	}
	rate = IMAGES / seconds;
	printf("%dx%d  %9d  %8.0f  %9.0f  %4.1f %%  %17.0f\n", side, side, packet, rate, limit,
	       100 * rate / limit, device);
	return device < limit || rate < l->least * limit;
}

int main(int argc, char **argv)
{
	const struct rated_link *l = NULL;
	int failed = 0;

	for (size_t i = 0; argc == 2 && i < sizeof(links) / sizeof(links[0]); i++)
		if (!strcmp(links[i].name, argv[1]))
			l = &links[i];
	if (!l) {
		fprintf(stderr, "usage: link_rate usb|uart\n");
		return 2;
	}
	printf("image  packet, B  images/s  link limit  share  accelerator alone\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		failed |= report(l, cases[i].net, cases[i].side);
	return failed;
}
