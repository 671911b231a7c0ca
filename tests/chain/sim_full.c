/* SPDX-License-Identifier: MIT
 * sim_full [MODEL [IMAGES]]: the Fashion-MNIST test images through the simulated accelerator, all scores
 * compared with the cpu device (which tests/unit/test_cpu.c compares with the reference). Two
 * processes. Exit status 6 on a difference. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/chain.h"
#include "common/fashion.h"

enum { WORKERS = 2, MISMATCH = 6, REPORT = 500 };

struct part {
	int images, right, mismatches, failed;
	long cycles;
};

static int submit(bnn_device *d, const struct fashion *f, int i, struct bnn_err *err)
{
	struct bnn_image im;
	int rc;

	if (fashion_fit(f, i, &im))
		return -1;
	rc = bnn_device_submit(d, im.pixels, (uint32_t)i, err);
	bnn_image_free(&im);
	return rc;
}

static void take(const struct fashion *f, const struct bnn_result *got,
		 const struct bnn_result *want, struct part *part)
{
	char text[128];

	part->images++;
	part->right += got->index == f->labels[got->tag];
	part->cycles += (long)got->cycles;
	if (got->tag != want->tag || chain_compare_result(got, want, text, sizeof(text))) {
		fprintf(stderr, "image %u differs: %s\n", want->tag, text);
		part->mismatches++;
	}
}

/* Images first, first + WORKERS, ...: two in flight on the accelerator, as a host would. */
static void run(bnn_device *sim, bnn_device *cpu, const struct fashion *f, int first, int images,
		struct part *part)
{
	struct bnn_result got, want;
	struct bnn_err err = { 0, "" };
	int rc = 0;

	for (int i = first; !rc && i < images + 2 * WORKERS; i += WORKERS) {
		if (i < images)
			rc = submit(sim, f, i, &err) || submit(cpu, f, i, &err);
		if (!rc && i - 2 * WORKERS >= 0 && i - 2 * WORKERS < images) {
			rc = bnn_device_poll(sim, &got, &err) || bnn_device_poll(cpu, &want, &err);
			if (!rc)
				take(f, &got, &want, part);
			if (part->images % REPORT == 0)
				fprintf(stderr, "process %d: %d images, %d mismatches\n", first,
					part->images, part->mismatches);
		}
	}
	if (rc) {
		fprintf(stderr, "process %d: %s\n", first, err.text);
		part->failed = 1;
	}
}

static void worker(const struct fashion *f, int first, int images, int fd)
{
	struct part part = { 0 };
	bnn_device *sim = NULL, *cpu = NULL;
	struct bnn_err err;

	if (bnn_device_open("sim", NULL, &sim, &err) || bnn_device_load(sim, f->model, &err) ||
	    bnn_device_open("cpu", NULL, &cpu, &err) || bnn_device_load(cpu, f->model, &err)) {
		fprintf(stderr, "%s\n", err.text);
		part.failed = 1;
	} else {
		run(sim, cpu, f, first, images, &part);
	}
	bnn_device_close(sim);
	bnn_device_close(cpu);
	if (write(fd, &part, sizeof(part)) != (ssize_t)sizeof(part))
		_exit(1);
	_exit(0);
}

static void collect(int fd, pid_t pid, struct part *sum)
{
	struct part part = { .failed = 1 };

	if (read(fd, &part, sizeof(part)) != (ssize_t)sizeof(part))
		part.failed = 1;
	waitpid(pid, NULL, 0);
	sum->images += part.images;
	sum->right += part.right;
	sum->mismatches += part.mismatches;
	sum->cycles += part.cycles;
	sum->failed |= part.failed;
}

int main(int argc, char **argv)
{
	struct part sum = { 0 };
	struct fashion f;
	time_t start = time(NULL);
	pid_t pid[WORKERS];
	int fd[WORKERS], images;

	if (fashion_open(argc > 1 ? argv[1] : "models/fashion-mnist.bnn", &f))
		return 3;
	images = argc > 2 ? atoi(argv[2]) : f.images.count;
	if (images > f.images.count)
		images = f.images.count;
	for (int w = 0; w < WORKERS; w++) {
		int ends[2];

		if (pipe(ends) || (pid[w] = fork()) < 0)
			return 1;
		if (pid[w] == 0)
			worker(&f, w, images, ends[1]);
		close(ends[1]);
		fd[w] = ends[0];
	}
	for (int w = 0; w < WORKERS; w++)
		collect(fd[w], pid[w], &sum);
	fashion_close(&f);
	printf("images: %d, correct: %d (%.2f %%), engine cycles: %ld (%.0f an image), %ld s\n",
	       sum.images, sum.right, sum.images ? 100.0 * sum.right / sum.images : 0, sum.cycles,
	       sum.images ? (double)sum.cycles / sum.images : 0, (long)(time(NULL) - start));
	printf("scores compared: %d, mismatches: %d\n", sum.images, sum.mismatches);
	if (sum.failed || sum.images != images)
		return 5;
	return sum.mismatches ? MISMATCH : 0;
}
