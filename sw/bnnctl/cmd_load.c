/* SPDX-License-Identifier: MIT
 * bnnctl load: a model on a device; says size and time. */
#include <stdio.h>

#include "clock.h"
#include "cmd.h"
#include "json.h"
#include "model.h"

int cmd_load(struct ctl *c, int argc, char **argv)
{
	const char *device = bnn_device_name(c->device);
	struct bnn_err err = { 0 };
	double begun = clock_seconds(), ms;
	size_t bits = model_weight_bits(c->model);

	(void)argc;
	(void)argv;
	if (bnn_device_load(c->device, c->model, &err)) {
		ctl_error("%s: %s", c->model_path, err.text);
		return ctl_status(err.code);
	}
	ms = 1e3 * (clock_seconds() - begun);
	if (c->json) {
		printf("{\"model\": ");
		json_string(c->model_path);
		printf(", \"device\": ");
		json_string(device);
		printf(", \"weight_bits\": %zu, \"milliseconds\": %.3f}\n", bits, ms);
	} else {
		printf("%s: %zu weight bits on %s in %.1f ms\n", c->model_path, bits, device, ms);
	}
	return EXIT_OK;
}
