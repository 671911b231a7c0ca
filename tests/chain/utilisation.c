/* SPDX-License-Identifier: MIT
 * Lane utilisation from the counters: 3x3 bconv and shared jets of the same shape on 16x16 maps. Exit 0 when
 * every aligned bconv layer uses at least 90 % of the lanes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/chain.h"

static const char *const devices[] = { "sim:1x2", "sim:2x4" };

/* Cycles of the operation behind the front end, 0 on a failure. */
static uint32_t measure(bnn_device *d, int channels, const char *layer)
{
	struct net net;
	struct bnn_model *m = NULL;
	struct bnn_err err = { 0 };
	struct bnn_result result;
	struct device_counters counters;
	uint8_t pixels[256];
	char text[96];

	snprintf(text, sizeof text, "16x16x1: jet3x%d %s%d cam2", channels, layer, channels);
	for (int i = 0; i < 256; i++)
		pixels[i] = (uint8_t)(i * 37);
	if (net_parse(text, &net, &err) || model_new(&net, &m, &err))
		printf("%s\n", err.text);
	else
		model_random(m, 1);
	int ok = m && !bnn_device_load(d, m, &err) &&
		 !bnn_device_classify(d, pixels, &result, &err) &&
		 !device_counters(d, &counters, &err);
	if (!ok)
		printf("%s: %s\n", text, err.text);
	bnn_model_free(m);
	return ok ? counters.op[0] : 0;
}

int main(void)
{
	int failed = 0;

	printf("lanes      channels  bconv3 cycles  utilisation  sjet3 cycles  sjet/bconv\n");
	for (int i = 0; i < 2; i++) {
		bnn_device *d = NULL;
		struct bnn_err err = { 0 };
		if (bnn_device_open(devices[i], NULL, &d, &err)) {
			printf("%s\n", err.text);
			return 1;
		}
		double lanes = limits_lanes(device_limits(d));
		for (int ch = 32; ch <= 64; ch += 32) {
			uint32_t conv = measure(d, ch, "bconv3x"), jets = measure(d, ch, "sjet3x");
			double use = 256.0 * 9 * ch * ch / lanes / conv;
			printf("%-9s  %8d  %13" PRIu32 "  %9.1f %%  %12" PRIu32 "  %10.3f\n",
			       devices[i], ch, conv, 100 * use, jets, (double)jets / conv);
			failed |= !conv || !jets || use < 0.9;
		}
		bnn_device_close(d);
	}
	return failed;
}
