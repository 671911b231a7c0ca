/* SPDX-License-Identifier: MIT
 * `make sim-full`: all 10,000 test images through the simulated accelerator in two processes, two images in
 * flight each; every score equal to the reference. Exit 0, 6 on a mismatch, 1 on any other failure. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/fashion.h"
#include "ref.h"

#define WORKERS 2
#define CLOCK_HZ 48e6

struct tally {
	long images, right, mismatches;
	int64_t engine, front; /* cycles, summed */
};

struct work {
	struct fashion data;
	bnn_model *model;
	struct tally t;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int check(struct work *w, const struct bnn_result *got)
{
	struct bnn_result want;
	int n = (int)got->tag;

	if (ref_run(w->model, fashion_image(&w->data, n), &want, NULL))
		return 1;
	w->t.images++;
	w->t.right += got->index == w->data.labels[n];
	w->t.engine += got->cycles;
	w->t.front += got->front_cycles;
	if (got->index != want.index ||
	    memcmp(got->scores, want.scores, sizeof(int32_t) * (size_t)want.classes)) {
		w->t.mismatches++;
		printf("image %d: scores differ from the reference\n", n);
	}
	return 0;
}

/* Images first, first + WORKERS, ... */
static int run_share(struct work *w, int first)
{
	bnn_device *device = NULL;
	struct bnn_result result;
	struct bnn_err err = { 0 };
	int flying = 0, code = bnn_device_open("sim", NULL, &device, &err);

	if (!code)
		code = bnn_device_load(device, w->model, &err);
	for (int n = first; !code && (n < w->data.images.count || flying); n += WORKERS) {
		if (n < w->data.images.count) {
			code = bnn_device_submit(device, fashion_image(&w->data, n), (uint32_t)n, &err);
			flying += !code;
		}
		if (!code && (flying == 2 || n >= w->data.images.count)) {
			code = bnn_device_poll(device, &result, &err);
			flying--;
			if (!code && check(w, &result))
				code = BNN_E_MEMORY;
		}
	}
	if (code)
		fprintf(stderr, "%s\n", err.text);
	bnn_device_close(device);
	return code ? 1 : 0;
}

/* A worker's tally comes back through a pipe. */
static int spawn(struct work *w, int first, int *out)
{
	int fds[2];

	if (pipe(fds))
		return 1;
	pid_t pid = fork();
	if (pid == 0) {
		int status = run_share(w, first);
		fflush(stdout);
		if (write(fds[1], &w->t, sizeof w->t) != (ssize_t)sizeof w->t)
			status = 1;
		_exit(status);
	}
	close(fds[1]);
	*out = fds[0];
	return pid < 0;
}

int main(void)
{
	struct work w = { 0 };
	struct tally sum = { 0 };
	int fds[WORKERS], failed = 0, status;
	double begun = seconds();

	if (fashion_open(&w.data) || fashion_model(&w.model))
		return 1;
	for (int i = 0; i < WORKERS; i++)
		if (spawn(&w, i, &fds[i]))
			return 1;
	for (int i = 0; i < WORKERS; i++) {
		struct tally t = { 0 };
		if (read(fds[i], &t, sizeof t) != (ssize_t)sizeof t)
			failed = 1;
		sum.images += t.images;
		sum.right += t.right;
		sum.mismatches += t.mismatches;
		sum.engine += t.engine;
		sum.front += t.front;
	}
	while (wait(&status) > 0)
		failed |= status != 0;
	bnn_model_free(w.model);
	fashion_close(&w.data);
	if (failed || !sum.images)
		return 1;
	double slower = (double)(sum.engine > sum.front ? sum.engine : sum.front) / (double)sum.images;
	printf("images %ld, scores unlike the reference: %ld\n", sum.images, sum.mismatches);
	printf("accuracy %.2f %%\n", 100.0 * (double)sum.right / (double)sum.images);
	printf("cycles an image: engine %" PRId64 ", front end %" PRId64 "; %.0f images/s at 48 MHz, link aside\n",
	       sum.engine / sum.images, sum.front / sum.images, CLOCK_HZ / slower);
	printf("total time %.0f s\n", seconds() - begun);
	return sum.mismatches ? 6 : 0;
}
