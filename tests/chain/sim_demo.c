/* SPDX-License-Identifier: MIT
 * `make sim`: real images through the library and the simulated accelerator, each layer compared with the
 * reference. Exit 0, 6 on a mismatch, 1 on any other failure. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/fashion.h"
#include "ref.h"

#define CLASSES 10
#define PER_CLASS 3
#define CLOCK_HZ 48e6

struct demo {
	struct fashion data;
	bnn_model *model;
	bnn_device *device;
	long layers, mismatches, right;
};

static int fail(const struct bnn_err *err)
{
	fprintf(stderr, "%s\n", err->text);
	return 1;
}

/* Compares maps, class map and scores. */
static void compare(struct demo *d, const struct bnn_layers *got, const struct bnn_layers *want)
{
	for (int i = 0; i < want->count; i++) {
		size_t n = (size_t)want->rows[i] * (size_t)want->cols[i] * (size_t)want->channels[i];
		d->layers++;
		if (got->count != want->count || memcmp(got->map[i], want->map[i], n)) {
			d->mismatches++;
			printf("  layer %d differs from the reference\n", i + 1);
		}
	}
	d->layers++;
	if (memcmp(got->result.scores, want->result.scores, sizeof want->result.scores)) {
		d->mismatches++;
		printf("  scores differ from the reference\n");
	}
}

static int show(struct demo *d, int n)
{
	const uint8_t *pixels = fashion_image(&d->data, n);
	struct bnn_layers got, want;
	struct bnn_result run, ref;
	struct bnn_err err = { 0 };

	if (bnn_device_classify(d->device, pixels, &run, &err))
		return fail(&err);
	int64_t slower = run.cycles > run.front_cycles ? run.cycles : run.front_cycles;
	printf("t10k-images#%-5d %-12s expected %-12s margin %4" PRId32 "  %6" PRId64
	       " cycles  %5.0f images/s\n",
	       n, bnn_model_class(d->model, run.index), bnn_model_class(d->model, d->data.labels[n]),
	       run.margin, slower, CLOCK_HZ / (double)slower);
	d->right += run.index == d->data.labels[n];
	if (bnn_device_layers(d->device, pixels, &got, &err))
		return fail(&err);
	if (ref_run(d->model, pixels, &ref, &want)) {
		bnn_layers_free(&got);
		return 1;
	}
	want.result = ref;
	if (memcmp(run.scores, ref.scores, sizeof(int32_t) * (size_t)ref.classes))
		d->mismatches++;
	got.result.tag = want.result.tag;
	compare(d, &got, &want);
	bnn_layers_free(&got);
	bnn_layers_free(&want);
	return 0;
}

static int show_all(struct demo *d)
{
	int shown[CLASSES] = { 0 }, status = 0;

	for (int n = 0; n < d->data.images.count && !status; n++)
		if (d->data.labels[n] < CLASSES && shown[d->data.labels[n]]++ < PER_CLASS)
			status = show(d, n);
	return status;
}

int main(void)
{
	struct demo d = { 0 };
	struct bnn_err err = { 0 };
	int status = fashion_open(&d.data) || fashion_model(&d.model);

	if (!status && bnn_device_open("sim", NULL, &d.device, &err))
		status = fail(&err);
	if (!status && bnn_device_load(d.device, d.model, &err))
		status = fail(&err);
	if (!status) {
		printf("device %s, images/s: the slower of front end and engine at 48 MHz, link aside\n",
		       bnn_device_name(d.device));
		status = show_all(&d);
	}
	bnn_device_close(d.device);
	bnn_model_free(d.model);
	fashion_close(&d.data);
	if (status)
		return status;
	printf("%ld of %d classes right\n", d.right, CLASSES * PER_CLASS);
	printf("layers compared: %ld, mismatches: %ld\n", d.layers, d.mismatches);
	return d.mismatches ? 6 : 0;
}
