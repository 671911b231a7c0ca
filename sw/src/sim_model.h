/* SPDX-License-Identifier: MIT
 * A simulated accelerator as the "sim" transport sees it: bytes in, bytes out, clocks. Implemented by
 * sim/jetbnn.cpp for each lane configuration. */
#ifndef JB_SIM_MODEL_H
#define JB_SIM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One call of run. */
struct sim_io {
	const uint8_t *in; /* bytes for the device, at most one a clock */
	size_t in_count, in_taken;
	uint8_t *out; /* bytes from the device */
	size_t out_size, out_count;
	/* Set when it ended because nothing is under way in the device: no packet, no image. More
	 * clocks would not bring a byte. */
	bool quiet;
};

struct sim_model_ops {
	const char *name; /* lane configuration */
	/* Model after reset; trace: FST file to write, or NULL. NULL when out of memory. */
	void *(*create)(const char *trace);
	void (*destroy)(void *state);
	/* Clocks until all of `in` is taken (in_count > 0), or bytes came out and their packet has
	 * ended (in_count == 0), or `out` is full, or the device is quiet, or max_clocks passed. */
	void (*run)(void *state, struct sim_io *io, uint64_t max_clocks);
	uint64_t (*clocks)(void *state);
	/* As transport's pace; NULL when the device holds bytes back by itself. */
	void (*pace)(void *state, uint32_t byte_ns);
	/* Sets the inputs of the ejector and gives its outputs. NULL: not to be had. */
	uint8_t (*pins)(void *state, bool eye, bool encoder);
};

/* NULL-terminated, the first is the default; defined beside the program (sim/configs.mk). */
extern const struct sim_model_ops *const sim_models[];

#ifdef __cplusplus
}
#endif
#endif
