/* SPDX-License-Identifier: MIT
 * Parts through photo-eye, link, engine and ejector of the simulated accelerator: their pulses are compared with
 * the rule of docs/eject.md to the clock, the first is drawn, times of all are told. Usage: eject_wave
 * [MODEL.bnn [OUT.svg [PARTS]]]; exit status 0, 1 on a failure, 6 when a pulse is not where the rule says. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fashion.h"
#include "device.h"
#include "sim_model.h"

enum {
	CLOCKS_US = 48, /* of the simulated accelerator */
	EYE_US = 200,   /* after everything is set up */
	HOST_US = 150,  /* from eye to the first byte of the image: camera and host */
	HOST_MORE = 97, /* microseconds that differ from part to part */
	PARTS = 12,     /* unless said */
	MAX_PARTS = 10000,
	DELAY_US = 1500,
	PULSE_US = 250,
	OUTPUT = 3,
	SYNC = 2, /* clocks from an edge to the first tick that sees it */
	RESET = 4 /* clocks before the first tick */
};

/* The transport "wave": the first simulated accelerator, clock by clock, with its pins. */
static struct wave {
	const struct sim_model_ops *ops;
	void *model;
	bool eye;
	uint8_t pins;
	uint64_t eye_at, byte_at, taken_at, class_at, rise_at, fall_at;
	bool watch; /* note what happens */
	uint8_t out[1 << 16];
	size_t start, end;
} wave;

static uint64_t now(void)
{
	return wave.ops->clocks(wave.model);
}

/* A clock with at most one byte; true when it was taken. */
static bool one_clock(const uint8_t *byte)
{
	struct sim_io io = { .in = byte, .in_count = byte != NULL };
	uint8_t before = wave.pins;

	if (wave.start == wave.end)
		wave.start = wave.end = 0;
	io.out = wave.out + wave.end;
	io.out_size = sizeof(wave.out) - wave.end;
	wave.ops->run(wave.model, &io, 1);
	wave.pins = wave.ops->pins(wave.model, wave.eye, false);
	wave.end += io.out_count;
	if (!wave.watch)
		return io.in_taken;
	if (io.in_taken) {
		if (!wave.byte_at)
			wave.byte_at = now();
		wave.taken_at = now();
	}
	if (io.out_count && !wave.class_at)
		wave.class_at = now();
	if (wave.pins & ~before & 1 << OUTPUT)
		wave.rise_at = now();
	if (before & ~wave.pins & 1 << OUTPUT)
		wave.fall_at = now();
	return io.in_taken;
}

static int wave_open(const char *arg, const struct bnn_open_options *opt, void **state,
		     struct bnn_err *err)
{
	(void)arg;
	(void)opt;
	wave.ops = sim_models[0];
	wave.model = wave.ops->create(NULL);
	*state = &wave;
	return wave.model ? BNN_OK : err_set(err, BNN_E_MEMORY, "out of memory");
}

static long wave_write(void *state, const uint8_t *buf, size_t n)
{
	(void)state;
	for (size_t i = 0; i < n; i++)
		while (!one_clock(buf + i))
			;
	return (long)n;
}

static long wave_read(void *state, uint8_t *buf, size_t n, int timeout_ms)
{
	uint64_t end = now() + (uint64_t)timeout_ms * 1000 * CLOCKS_US;

	(void)state;
	while (wave.start == wave.end && now() < end)
		one_clock(NULL);
	if (n > wave.end - wave.start)
		n = wave.end - wave.start;
	memcpy(buf, wave.out + wave.start, n);
	wave.start += n;
	return (long)n;
}

static void wave_close(void *state)
{
	(void)state;
	wave.ops->destroy(wave.model);
}

static const struct transport transport_wave = { "wave",    wave_open,  wave_write,
						 wave_read, wave_close, NULL };

static void wait_us(unsigned us)
{
	for (uint64_t end = now() + (uint64_t)us * CLOCKS_US; now() < end;)
		one_clock(NULL);
}

/* Every class goes to OUTPUT. */
static int configure(bnn_device *d, struct bnn_err *err)
{
	struct bnn_outputs o = { .by_eye = 1,
				 .image_from = 1,
				 .image_to = 1000,
				 .deadline = DELAY_US,
				 .late = BNN_NO_OUTPUT,
				 .uncertain = BNN_NO_OUTPUT,
				 .crowded = BNN_NO_OUTPUT };

	o.delay[OUTPUT] = DELAY_US;
	o.pulse_us[OUTPUT] = PULSE_US;
	for (int c = 0; c < 64; c++)
		o.class_output[c] = OUTPUT;
	return bnn_device_outputs(d, &o, err);
}

/* One part, its image host_us behind the eye. */
static int run(bnn_device *d, const uint8_t *pixels, unsigned host_us, struct bnn_result *r,
	       struct bnn_err *err)
{
	int rc;

	wave.eye = false;
	wave.watch = false;
	wave.byte_at = wave.class_at = 0;
	wait_us(EYE_US);
	wave.watch = true;
	wave.eye = true;
	one_clock(NULL); /* pins are set behind a clock: this one did not see the edge */
	wave.eye_at = now();
	wait_us(host_us);
	rc = bnn_device_classify(d, pixels, r, err);
	wait_us(DELAY_US + PULSE_US);
	return rc;
}

static double us(uint64_t clock)
{
	return ((double)clock - (double)wave.eye_at) / CLOCKS_US;
}

/* A line of the picture: level 1 from `from` to `to`. */
static void draw(FILE *f, int row, const char *name, uint64_t from, uint64_t to)
{
	double x0 = 110, k = 600.0 / (DELAY_US + PULSE_US + 300), zero = x0 + 100 * k;
	int y = 40 + 40 * row;

	fprintf(f, "<text x=\"8\" y=\"%d\">%s</text>\n", y, name);
	fprintf(f, "<polyline points=\"%.1f,%d %.1f,%d %.1f,%d %.1f,%d %.1f,%d %.1f,%d\"/>\n", x0,
		y, zero + us(from) * k, y, zero + us(from) * k, y - 20, zero + us(to) * k, y - 20,
		zero + us(to) * k, y, x0 + 600, y);
	fprintf(f, "<text x=\"%.1f\" y=\"%d\" class=\"t\">%.2f</text>\n", zero + us(from) * k + 3,
		y - 4, us(from));
}

static int picture(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f) {
		perror(path);
		return 1;
	}
	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 730 200\" font-family=\"sans-serif\" "
		"font-size=\"12\">\n<style>polyline{fill:none;stroke:#06c;stroke-width:1.5}"
		".t{font-size:9px;fill:#555}</style>\n<rect width=\"730\" height=\"200\" fill=\"#fff\"/>\n");
	draw(f, 0, "photo-eye", wave.eye_at,
	     wave.eye_at + (uint64_t)(DELAY_US + PULSE_US + 150) * CLOCKS_US);
	draw(f, 1, "image bytes", wave.byte_at, wave.taken_at);
	draw(f, 2, "RESULT sent", wave.class_at, wave.class_at + CLOCKS_US);
	draw(f, 3, "output 3", wave.rise_at, wave.fall_at);
	fprintf(f,
		"<text x=\"110\" y=\"190\" class=\"t\">microseconds from the edge of the eye; delay %d, pulse "
		"%d; simulated at %d MHz</text>\n</svg>\n",
		DELAY_US, PULSE_US, CLOCKS_US);
	return fclose(f) != 0;
}

/* The pulse begins one clock behind tick T+D+1, T being the first tick that sees the edge, and ends PULSE_US
 * ticks later. */
static bool by_rule(void)
{
	uint64_t ticks = (wave.eye_at + SYNC - RESET + CLOCKS_US - 1) / CLOCKS_US;
	uint64_t rise = RESET + (ticks + DELAY_US + 1) * CLOCKS_US + 1;

	return wave.rise_at == rise && wave.fall_at == rise + (uint64_t)PULSE_US * CLOCKS_US;
}

/* Of all parts, in microseconds. */
enum { EYE_TO_PULSE, IMAGE_TO_CLASS, IMAGE_TO_PULSE, TIMES };

static double times[TIMES][MAX_PARTS];

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void tell_times(int parts)
{
	static const char *const name[TIMES] = { "eye to pulse", "image's first byte to class",
						 "image's first byte to pulse" };

	printf("%d parts, us                         least      p50      p95      p99     most\n",
	       parts);
	for (int t = 0; t < TIMES; t++) {
		double *v = times[t];

		qsort(v, (size_t)parts, sizeof(*v), ascending);
		printf("  %-30s %8.2f %8.2f %8.2f %8.2f %8.2f\n", name[t], v[0],
		       v[(parts - 1) * 50 / 100], v[(parts - 1) * 95 / 100],
		       v[(parts - 1) * 99 / 100], v[parts - 1]);
	}
}

static void tell_first(const struct bnn_result *r)
{
	printf("microseconds from the edge of the photo-eye, %d clocks each\n", CLOCKS_US);
	printf("  image: first byte %8.2f, last byte %8.2f\n", us(wave.byte_at), us(wave.taken_at));
	printf("  class %d, margin %d: result leaves %8.2f\n", r->index, r->margin,
	       us(wave.class_at));
	printf("  output %d: on %8.2f, off %8.2f (rule: delay %d, pulse %d)\n", OUTPUT,
	       us(wave.rise_at), us(wave.fall_at), DELAY_US, PULSE_US);
}

/* All parts; 0, 6, or a library error. */
static int run_parts(bnn_device *d, const struct fashion *f, int parts, const char *svg,
		     struct bnn_err *err)
{
	int rc = configure(d, err);

	for (int i = 0; i < parts && !rc; i++) {
		struct bnn_image image;
		struct bnn_result r;

		if (fashion_fit(f, i % f->images.count, &image))
			return 1;
		rc = run(d, image.pixels, HOST_US + (unsigned)i * 31 % HOST_MORE, &r, err);
		bnn_image_free(&image);
		if (rc)
			return rc;
		times[EYE_TO_PULSE][i] = us(wave.rise_at);
		times[IMAGE_TO_CLASS][i] = us(wave.class_at) - us(wave.byte_at);
		times[IMAGE_TO_PULSE][i] = us(wave.rise_at) - us(wave.byte_at);
		if (i == 0)
			tell_first(&r);
		if (!by_rule()) {
			printf("part %d: pulse NOT BY THE RULE\n", i);
			return 6;
		}
		if (i == 0 && svg)
			rc = picture(svg);
	}
	return rc;
}

int main(int argc, char **argv)
{
	int parts = argc > 3 ? atoi(argv[3]) : PARTS, rc;
	struct fashion f;
	struct bnn_err err = { 0 };
	bnn_device *d = NULL;

	if (parts < 1 || parts > MAX_PARTS) {
		fprintf(stderr, "eject_wave: 1 to %d parts\n", MAX_PARTS);
		return 1;
	}
	if (fashion_open(argc > 1 ? argv[1] : "models/fashion-mnist.bnn", &f))
		return 1;
	rc = device_open_transport(&transport_wave, NULL, "wave", NULL, &d, &err);
	if (!rc)
		rc = bnn_device_load(d, f.model, &err);
	if (!rc)
		rc = run_parts(d, &f, parts, argc > 2 ? argv[2] : NULL, &err);
	if (rc < 0)
		fprintf(stderr, "eject_wave: %s\n", err.text);
	if (!rc) {
		tell_times(parts);
		printf("every pulse by the rule, to the clock\n");
	}
	bnn_device_close(d);
	fashion_close(&f);
	return rc < 0 ? 1 : rc;
}
