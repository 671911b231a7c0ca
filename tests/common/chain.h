/* SPDX-License-Identifier: MIT
 * One network through a device by the driver, compared with the reference and the cycle model. */
#ifndef TESTS_CHAIN_H
#define TESTS_CHAIN_H

#include "device.h"
#include "random_net.h"

struct chain_stats {
	long networks, skipped; /* compared; beyond the device's limits */
	long layers, images, operations;
	long cycles; /* engine and front cycles of the images */
};

/* Loads the model, runs random images (the first two at once), compares scores, class, margin and
 * every operation's cycles, then every layer of one more. 0: equal or beyond the device's limits;
 * else text says what differs or failed. cycles: 0 leaves the counters out (faulty links). */
int chain_check(bnn_device *d, const struct bnn_model *m, struct random_source *r, int cycles,
		struct chain_stats *stats, char *text, size_t size);
/* Compares layers with the reference; 0 when all are equal. */
int chain_compare_layers(const struct bnn_layers *got, const struct bnn_layers *want, char *text,
			 size_t size);
/* Compares scores, index and margin. */
int chain_compare_result(const struct bnn_result *got, const struct bnn_result *want, char *text,
			 size_t size);

#endif
