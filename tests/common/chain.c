/* SPDX-License-Identifier: MIT
 * One network through a device by the driver, compared with the reference and the cycle model. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "cycles_engine.h"
#include "cycles_front.h"
#include "ref.h"

enum { IMAGES = 2 };

int chain_compare_result(const struct bnn_result *got, const struct bnn_result *want, char *text,
			 size_t size)
{
	if (got->classes != want->classes)
		return snprintf(text, size, "%d classes, expected %d", got->classes, want->classes);
	for (int c = 0; c < want->classes; c++)
		if (got->scores[c] != want->scores[c])
			return snprintf(text, size, "score %d is %d, expected %d", c,
					got->scores[c], want->scores[c]);
	if (got->index != want->index || got->margin != want->margin)
		return snprintf(text, size, "class %d margin %d, expected %d margin %d", got->index,
				got->margin, want->index, want->margin);
	return 0;
}

static int compare_map(const struct bnn_layers *got, const struct bnn_layers *want, int i,
		       char *text, size_t size)
{
	int rows = want->rows[i], cols = want->cols[i], ch = want->channels[i];

	if (got->rows[i] != rows || got->cols[i] != cols || got->channels[i] != ch)
		return snprintf(text, size, "layer %d is %dx%dx%d, expected %dx%dx%d", i + 1,
				got->rows[i], got->cols[i], got->channels[i], rows, cols, ch);
	for (int at = 0; at < rows * cols * ch; at++)
		if (got->map[i][at] != want->map[i][at])
			return snprintf(text, size,
					"layer %d: row %d column %d channel %d is %d, expected %d",
					i + 1, at / ch / cols, at / ch % cols, at % ch,
					got->map[i][at], want->map[i][at]);
	return 0;
}

int chain_compare_layers(const struct bnn_layers *got, const struct bnn_layers *want, char *text,
			 size_t size)
{
	int classes = want->result.classes, differs = 0;

	if (got->count != want->count)
		return snprintf(text, size, "%d layers, expected %d", got->count, want->count);
	for (int i = 0; i < want->count && !differs; i++)
		differs = compare_map(got, want, i, text, size);
	if (differs)
		return differs;
	if (!got->cam != !want->cam ||
	    (want->cam && (got->cam_rows != want->cam_rows || got->cam_cols != want->cam_cols)))
		return snprintf(text, size, "the class map has another shape");
	for (int at = 0; want->cam && at < want->cam_rows * want->cam_cols * classes; at++)
		if (got->cam[at] != want->cam[at])
			return snprintf(text, size,
					"class map: row %d column %d class %d is %d, expected %d",
					at / classes / want->cam_cols,
					at / classes % want->cam_cols, at % classes, got->cam[at],
					want->cam[at]);
	return chain_compare_result(&got->result, &want->result, text, size);
}

/* Counters of the last image, and its total, against the cycle model. */
static int check_cycles(bnn_device *d, const struct bnn_result *result, struct chain_stats *stats,
			char *text, size_t size)
{
	struct engine_shape shape = engine_shape_of(device_limits(d));
	uint32_t per_op[JB_MAX_OPS];
	struct device_counters c;
	struct bnn_err err;
	int64_t sum = 0;
	int ops;

	if (device_counters(d, &c, &err))
		return snprintf(text, size, "counters: %s", err.text);
	ops = cycles_engine(device_program(d)->words, &shape, per_op);
	if (ops != c.ops)
		return snprintf(text, size, "%d operations counted, expected %d", c.ops, ops);
	for (int i = 0; i < ops; i++) {
		if (c.op[i] != per_op[i])
			return snprintf(text, size,
					"operation %d (layer %d): %u cycles, the model says %u", i,
					device_program(d)->op_layer[i] + 1, c.op[i], per_op[i]);
		sum += per_op[i];
	}
	if (result->cycles != sum)
		return snprintf(text, size, "%ld engine cycles, the model says %ld",
				(long)result->cycles, (long)sum);
	stats->operations += ops;
	return 0;
}

/* Front-end cycles of an image that met no other; over a simulated bus or line it waits for its pixels, too, and the
 * wide form, which takes one a cycle, for the checksum of their packet. */
static int check_front(bnn_device *d, const struct bnn_result *result, char *text, size_t size)
{
	uint32_t want = cycles_front(device_program(d)->words, device_limits(d));

	const char *name = bnn_device_name(d);
	bool waits = !strcmp(name, "sim:usb") || !strcmp(name, "sim:uart") ||
		     device_limits(d)->front_lanes >= JB_FRONT_WIDE;

	if (result->front_cycles == want || (result->front_cycles > want && waits))
		return 0;
	return snprintf(text, size, "%ld front-end cycles, the model says %u",
			(long)result->front_cycles, want);
}

static int check_images(bnn_device *d, const struct bnn_model *m, struct random_source *r,
			int cycles, uint8_t *pixels, struct chain_stats *stats, char *text,
			size_t size)
{
	struct bnn_result want[IMAGES], got;
	struct bnn_err err;

	for (int i = 0; i < IMAGES; i++) {
		random_image(r, &m->net, pixels);
		if (ref_run(m, pixels, &want[i], NULL))
			return snprintf(text, size, "out of memory");
		if (bnn_device_submit(d, pixels, (uint32_t)i, &err))
			return snprintf(text, size, "submit: %s", err.text);
	}
	for (int i = 0; i < IMAGES; i++) {
		int differs;

		if (bnn_device_poll(d, &got, &err))
			return snprintf(text, size, "poll: %s", err.text);
		if (got.tag != (uint32_t)i)
			return snprintf(text, size, "tag %u, expected %d", got.tag, i);
		differs = chain_compare_result(&got, &want[i], text, size);
		if (!differs && cycles && i == 0)
			differs = check_front(d, &got, text, size);
		if (differs)
			return differs;
		stats->images++;
		stats->cycles += got.cycles + got.front_cycles;
	}
	return cycles ? check_cycles(d, &got, stats, text, size) : 0;
}

/* Cycles are not compared: the loader gets ahead in the pauses. */
static int check_layers(bnn_device *d, const struct bnn_model *m, struct random_source *r,
			uint8_t *pixels, struct chain_stats *stats, char *text, size_t size)
{
	struct bnn_layers got, want;
	struct bnn_result result;
	struct bnn_err err;
	int rc, differs;

	random_image(r, &m->net, pixels);
	rc = bnn_device_layers(d, pixels, &got, &err);
	if (rc == BNN_E_LIMIT) /* the class map does not fit */
		return 0;
	if (rc)
		return snprintf(text, size, "layers: %s", err.text);
	if (ref_run(m, pixels, &result, &want)) {
		bnn_layers_free(&got);
		return snprintf(text, size, "out of memory");
	}
	differs = chain_compare_layers(&got, &want, text, size);
	stats->layers += got.count + (got.cam != NULL);
	bnn_layers_free(&got);
	bnn_layers_free(&want);
	return differs;
}

int chain_check(bnn_device *d, const struct bnn_model *m, struct random_source *r, int cycles,
		struct chain_stats *stats, char *text, size_t size)
{
	const struct net *n = &m->net;
	uint8_t *pixels = malloc((size_t)(n->rows * n->cols * n->channels));
	struct bnn_err err;
	int rc = bnn_device_load(d, m, &err), differs;

	if (rc == BNN_E_LIMIT || rc || !pixels) {
		free(pixels);
		if (rc == BNN_E_LIMIT)
			stats->skipped++;
		return rc == BNN_E_LIMIT
			       ? 0
			       : snprintf(text, size, "load: %s", rc ? err.text : "memory");
	}
	differs = check_images(d, m, r, cycles, pixels, stats, text, size);
	if (!differs)
		differs = check_layers(d, m, r, pixels, stats, text, size);
	stats->networks += !differs;
	free(pixels);
	return differs;
}
