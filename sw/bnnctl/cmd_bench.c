/* SPDX-License-Identifier: MIT
 * bnnctl bench: images a second and latencies of a model on a device. Images are made ready before,
 * so that the device and the way to it are measured, not the reading of files. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cmd.h"
#include "flight.h"
#include "json.h"
#include "random_net.h"
#include "source.h"

#define IMAGES_MAX 1000 /* different ones */
#define THREADS_MAX 64

const struct ctl_option bench_options[] = {
	{ 0, "images", "N", "so many are sent [1000]" },
	{ 0, "seed", "N", "of the images that are made when none are given [1]" },
	{ 0, "threads", "N", "so many devices of this kind at once, each with a thread [1]" },
	{ 0, NULL, NULL, NULL },
};

struct images {
	uint8_t *pixels; /* of the model's size */
	size_t size;
	int count;
};

/* One device: sends its share of the images. */
struct lane {
	bnn_device *device;
	const struct images *images;
	long share, landed;
	int64_t cycles; /* of the last image; below 0: the device does not count */
	pthread_t thread;
	struct bnn_err err;
};

static int make_images(struct ctl *c, long seed, int count, struct images *to)
{
	struct random_source r = { (uint64_t)seed };

	for (to->count = 0; to->count < count; to->count++)
		random_image(&r, &c->model->net, to->pixels + (size_t)to->count * to->size);
	return EXIT_OK;
}

static int read_images(struct ctl *c, int argc, char **argv, struct images *to)
{
	struct source s;
	struct bnn_image im, fit = { 0 };
	struct bnn_err err = { 0 };
	const char *name;

	source_begin(&s, argv + 1, argc - 1);
	while (!err.code && to->count < IMAGES_MAX && source_next(&s, &name, &im, &err)) {
		if (!err.code && !bnn_image_fit(c->model, &im, &fit, &err))
			memcpy(to->pixels + (size_t)to->count++ * to->size, fit.pixels, to->size);
		bnn_image_free(&im);
		bnn_image_free(&fit);
	}
	source_end(&s);
	if (err.code)
		return ctl_fail(&err);
	if (!to->count) {
		ctl_error("no images to send");
		return EXIT_FILE;
	}
	return EXIT_OK;
}

static const uint8_t *image_number(const struct images *im, long i)
{
	return im->pixels + (size_t)(im->count ? i % im->count : 0) * im->size;
}

static void on_result(void *context, const struct bnn_result *r)
{
	struct lane *l = context;

	l->landed++;
	l->cycles = r->cycles;
}

static void *run_lane(void *context)
{
	struct lane *l = context;
	struct flight f = { .device = l->device, .result = on_result, .context = l };
	int rc = BNN_OK;

	for (long i = 0; !rc && i < l->share; i++)
		rc = flight_send(&f, image_number(l->images, i), (uint32_t)i, &l->err);
	if (!rc)
		flight_land(&f, &l->err);
	return NULL;
}

/* All lanes at once; seconds until the last has landed. */
static int run_lanes(struct lane *lane, int threads, double *seconds)
{
	double begun = clock_seconds();
	int started = 1, status = EXIT_OK;

	for (; started < threads; started++)
		if (pthread_create(&lane[started].thread, NULL, run_lane, &lane[started]))
			break;
	run_lane(&lane[0]);
	for (int i = 1; i < started; i++)
		pthread_join(lane[i].thread, NULL);
	*seconds = clock_seconds() - begun;
	if (started < threads) {
		ctl_error("a thread could not be started");
		return EXIT_INTERNAL;
	}
	for (int i = 0; !status && i < threads; i++)
		status = lane[i].err.code ? ctl_fail(&lane[i].err) : EXIT_OK;
	return status;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Seconds from an image to its result, one in flight, sorted. */
static int measure_latency(struct ctl *c, const struct images *im, int n, double *seconds)
{
	struct bnn_err err = { 0 };
	struct bnn_result r;

	for (int i = 0; i < n; i++) {
		double begun = clock_seconds();

		if (bnn_device_classify(c->device, image_number(im, i), &r, &err))
			return ctl_fail(&err);
		seconds[i] = clock_seconds() - begun;
	}
	qsort(seconds, (size_t)n, sizeof(*seconds), compare);
	return EXIT_OK;
}

static double percentile(const double *sorted, int n, double part)
{
	return 1e6 * sorted[(int)(part * (n - 1) + 0.5)];
}

static void print_result(const struct ctl *c, const struct lane *lane, long images, int threads,
			 double seconds, const double *late, int n)
{
	const char *device = bnn_device_name(c->device);
	double half = percentile(late, n, 0.5), most = percentile(late, n, 1);
	double rate = (double)images / seconds;

	if (!c->json) {
		printf("rate        %.1f images/s (%ld images, %d at once, %s)\n", rate, images,
		       threads, device);
		printf("latency     median %.1f us, 90 %% %.1f us, 99 %% %.1f us, most %.1f us\n",
		       half, percentile(late, n, 0.9), percentile(late, n, 0.99), most);
		if (lane->cycles >= 0)
			printf("cycles      %" PRId64 "\n", lane->cycles);
		return;
	}
	printf("{\"model\": ");
	json_string(c->model_path);
	printf(", \"device\": ");
	json_string(device);
	printf(", \"images\": %ld, \"threads\": %d, \"images_per_second\": %.1f, "
	       "\"latency_us\": {\"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"max\": %.1f}, ",
	       images, threads, rate, half, percentile(late, n, 0.9), percentile(late, n, 0.99),
	       most);
	if (lane->cycles < 0)
		puts("\"cycles\": null}");
	else
		printf("\"cycles\": %" PRId64 "}\n", lane->cycles);
}

/* Lane 0 has main's device. */
static int open_lanes(struct ctl *c, struct lane *lane, int threads, long images,
		      const struct images *im)
{
	struct bnn_open_options opt = { .timeout_ms = (int)c->timeout_ms };
	struct bnn_err err = { 0 };

	for (int i = 0; i < threads; i++) {
		lane[i].images = im;
		lane[i].share = images / threads + (i < images % threads);
		if (i == 0)
			lane[i].device = c->device;
		else if (bnn_device_open(bnn_device_name(c->device), &opt, &lane[i].device, &err) ||
			 bnn_device_load(lane[i].device, c->model, &err))
			return ctl_fail(&err);
	}
	return EXIT_OK;
}

int cmd_bench(struct ctl *c, int argc, char **argv)
{
	struct lane lane[THREADS_MAX] = { 0 };
	double late[IMAGES_MAX], seconds;
	long images = 1000, seed = 1, threads = 1;
	struct images im = { .size = (size_t)bnn_model_rows(c->model) *
				     (size_t)bnn_model_cols(c->model) *
				     (size_t)bnn_model_channels(c->model) };
	int status = ctl_integer(c, "images", 1, 100000000, &images), n;

	if (!status)
		status = ctl_integer(c, "seed", 0, 1000000000, &seed);
	if (!status)
		status = ctl_integer(c, "threads", 1, THREADS_MAX, &threads);
	if (status)
		return status;
	im.pixels = malloc(IMAGES_MAX * im.size);
	if (!im.pixels) {
		ctl_error("out of memory for the images");
		return EXIT_INTERNAL;
	}
	n = images < IMAGES_MAX ? (int)images : IMAGES_MAX;
	status = argc > 1 ? read_images(c, argc, argv, &im) : make_images(c, seed, n, &im);
	if (!status)
		status = open_lanes(c, lane, (int)threads, images, &im);
	if (!status)
		status = measure_latency(c, &im, n, late);
	if (!status)
		status = run_lanes(lane, (int)threads, &seconds);
	if (!status)
		print_result(c, lane, images, (int)threads, seconds, late, n);
	for (int i = 1; i < threads; i++)
		bnn_device_close(lane[i].device);
	free(im.pixels);
	return status;
}
