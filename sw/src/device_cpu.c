/* SPDX-License-Identifier: MIT
 * Device "cpu": inference on the host, done when submit returns. */
#include <stdlib.h>

#include "cpu.h"
#include "device.h"
#include "jobs.h"

struct cpu_device {
	struct cpu *cpu; /* NULL: no model */
	struct jobs jobs;
};

int device_cpu_open(void **state, struct bnn_err *err)
{
	*state = calloc(1, sizeof(struct cpu_device));
	return *state ? BNN_OK : err_set(err, BNN_E_MEMORY, "out of memory for the device");
}

static void cpu_close(void *state)
{
	struct cpu_device *d = state;

	cpu_free(d->cpu);
	jobs_clear(&d->jobs);
	free(d);
}

static int cpu_load(void *state, const bnn_model *m, struct bnn_err *err)
{
	struct cpu_device *d = state;
	struct cpu *made;
	int rc = cpu_new(m, &made, err);

	if (rc)
		return rc;
	cpu_free(d->cpu);
	d->cpu = made;
	return BNN_OK;
}

static int run(struct cpu_device *d, const uint8_t *pixels, struct bnn_result *result,
	       struct bnn_layers *layers, struct bnn_err *err)
{
	if (!d->cpu)
		return err_set(err, BNN_E_ARG, "no model is loaded");
	if (cpu_run(d->cpu, pixels, result, layers))
		return err_set(err, BNN_E_MEMORY, "out of memory for the layers");
	return BNN_OK;
}

static int cpu_submit(void *state, const uint8_t *pixels, uint32_t tag, struct bnn_err *err)
{
	struct cpu_device *d = state;
	struct bnn_result result = { .tag = tag };
	int rc = run(d, pixels, &result, NULL, err);
	struct job *j = rc ? NULL : jobs_add(&d->jobs);

	if (rc)
		return rc;
	if (!j)
		return err_set(err, BNN_E_MEMORY, "out of memory for the results");
	j->result = result;
	return BNN_OK;
}

static int cpu_poll(void *state, struct bnn_result *out, struct bnn_err *err)
{
	struct cpu_device *d = state;

	if (d->jobs.count == 0)
		return err_set(err, BNN_E_ARG, "no image is in flight");
	*out = d->jobs.item[0].result;
	jobs_remove(&d->jobs, 0);
	return BNN_OK;
}

static int cpu_layers(void *state, const uint8_t *pixels, struct bnn_layers *out,
		      struct bnn_err *err)
{
	struct bnn_result result = { 0 };

	return run(state, pixels, &result, out, err);
}

const struct device_ops device_cpu_ops = { cpu_load, cpu_submit, cpu_poll, cpu_layers, cpu_close };
