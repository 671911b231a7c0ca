/* SPDX-License-Identifier: MIT
 * net_rate BOARD NET [IMAGES [SEED]]: random weights of a net text and random images through the
 * board's configuration, simulated (the first of SIM_CONFIGS): every score compared with the
 * reference, every operation's cycles with the cycle model. Then images a second at the board's
 * clock (constraints/), the link to the host left aside. Exit status 6 on a difference, 1 when the
 * network does not fit or anything else fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "budget.h"
#include "common/chain.h"
#include "ref.h"

enum { MISMATCH = 6, IN_FLIGHT = 2 };

struct rate {
	const struct board *board;
	bnn_device *device;
	struct bnn_model *model;
	int images, mismatches;
	int64_t engine, front; /* cycles of an image, counted */
};

/* Images in flight as a host would have them; every one compared. */
static int run_images(struct rate *r, uint64_t seed, struct bnn_err *err)
{
	const struct net *n = &r->model->net;
	struct random_source source = { seed };
	struct bnn_result want[IN_FLIGHT], got;
	uint8_t *pixels = malloc((size_t)n->rows * (size_t)n->cols * (size_t)n->channels);
	char text[160];
	int rc = pixels ? 0 : err_set(err, BNN_E_MEMORY, "out of memory");

	for (int i = 0; !rc && i < r->images + IN_FLIGHT; i++) {
		if (i >= IN_FLIGHT) {
			rc = bnn_device_poll(r->device, &got, err);
			if (!rc &&
			    chain_compare_result(&got, &want[i % IN_FLIGHT], text, sizeof(text))) {
				fprintf(stderr, "image %d: %s\n", i - IN_FLIGHT, text);
				r->mismatches++;
			}
			r->engine = got.cycles;
			r->front = got.front_cycles;
		}
		if (!rc && i < r->images) {
			random_image(&source, n, pixels);
			rc = ref_run(r->model, pixels, &want[i % IN_FLIGHT], NULL) ||
			     bnn_device_submit(r->device, pixels, (uint32_t)i, err);
		}
	}
	free(pixels);
	return rc;
}

/* Counters of the last image against the cycle model, and a line a layer. */
static int report_layers(struct rate *r, const struct budget *b, struct bnn_err *err)
{
	const struct program *p = device_program(r->device);
	struct device_counters c;
	int64_t counted[JB_MAX_LAYERS] = { 0 };
	int rc = device_counters(r->device, &c, err);

	if (rc)
		return rc;
	r->mismatches += c.ops != p->ops;
	for (int i = 0; i < c.ops && i < p->ops; i++)
		counted[p->op_layer[i]] += c.op[i];
	printf("program: %d words, %d weight rows, %d map rows, %d operations\n", p->count,
	       p->weight_rows, p->map_rows, p->ops);
	for (int i = 1; i < r->model->net.count; i++) {
		r->mismatches += counted[i] != b->layer[i].cycles;
		printf("layer %d: %ld engine cycles, %.1f %% of the lanes\n", i + 1,
		       (long)counted[i], 100 * b->layer[i].used);
	}
	return 0;
}

static void report(const struct rate *r, const struct budget *b)
{
	double clock = r->board->limits.clock_hz, engine = (double)r->engine;
	double front = b->cycles[BOUND_FRONT], slowest = front > engine ? front : engine;

	printf("images: %d, mismatches: %d\n", r->images, r->mismatches);
	printf("engine: %.0f cycles an image, %.1f images/s\n", engine, clock / engine);
	printf("front end: %.0f cycles an image, %.1f images/s (%ld cycles as the link brings the bytes)\n",
	       front, clock / front, (long)r->front);
	printf("%s at %.0f MHz, link aside: %.1f images/s, %.3f ms an image\n", r->board->name,
	       clock / 1e6, clock / slowest, 1e3 * slowest / clock);
}

/* The board's, but for the clock of the simulation. */
static int same_limits(struct device_limits a, const struct device_limits *b)
{
	a.clock_hz = b->clock_hz;
	a.build = b->build;
	a.board = b->board;
	return memcmp(&a, b, sizeof(a)) == 0;
}

static int measure(struct rate *r, const char *text, uint64_t seed, struct bnn_err *err)
{
	struct net net;
	struct budget budget;
	int rc = net_parse(text, &net, err);

	if (!rc)
		rc = model_new(&net, &r->model, err);
	if (rc)
		return rc;
	model_random(r->model, seed);
	rc = bnn_device_open("sim", NULL, &r->device, err);
	if (!rc && !same_limits(*device_limits(r->device), &r->board->limits))
		rc = err_set(err, BNN_E_ARG, "%s is not simulated as %s", r->board->name,
			     bnn_device_name(r->device));
	if (!rc)
		rc = bnn_device_load(r->device, r->model, err);
	if (rc)
		return rc;
	printf("%s\nrandom weights and images, seed %llu, on %s\n", text, (unsigned long long)seed,
	       bnn_device_name(r->device));
	rc = run_images(r, seed, err);
	if (!rc)
		rc = budget_make(r->model, r->board, &budget, err);
	if (!rc)
		rc = report_layers(r, &budget, err);
	if (!rc)
		report(r, &budget);
	return rc;
}

int main(int argc, char **argv)
{
	struct rate r = { .board = argc > 1 ? board_find(argv[1]) : NULL,
			  .images = argc > 3 ? atoi(argv[3]) : 10 };
	uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 0) : 1;
	struct bnn_err err = { 0, "" };
	int rc;

	if (argc < 3 || !r.board || r.images < 1) {
		fprintf(stderr, "usage: net_rate BOARD NET [IMAGES [SEED]]\n");
		return 2;
	}
	rc = measure(&r, argv[2], seed, &err);
	if (rc)
		fprintf(stderr, "%s: %s\n", argv[2], err.text);
	bnn_device_close(r.device);
	bnn_model_free(r.model);
	return rc ? 1 : r.mismatches ? MISMATCH : 0;
}
