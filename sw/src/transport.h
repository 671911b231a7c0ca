/* SPDX-License-Identifier: MIT
 * Transport: a byte stream to a device. Four functions are all that most need. */
#ifndef JB_TRANSPORT_H
#define JB_TRANSPORT_H

#include "bnn.h"

struct transport {
	const char *scheme; /* "sim", "usb", ... as in the device string */
	/* arg: what follows "scheme:" or NULL. Errors: BNN_E_NO_DEVICE, BNN_E_ARG, BNN_E_LINK. */
	int (*open)(const char *arg, const struct bnn_open_options *opt, void **state,
		    struct bnn_err *err);
	/* Takes up to n bytes, returns how many it took (0 when it would block), or a negative
	 * bnn_error; of write and read, BNN_E_NO_DEVICE says that the board was unplugged. */
	long (*write)(void *state, const uint8_t *buf, size_t n);
	/* Gives up to n bytes that have arrived, waiting at most timeout_ms (real or simulated) for the
	 * first. 0: none arrived; negative bnn_error: the device is gone. */
	long (*read)(void *state, uint8_t *buf, size_t n, int timeout_ms);
	void (*close)(void *state);
	/* The device needs byte_ns for a byte of an image, in the mean; 0: no longer than the link. For
	 * links that cannot be held back: write then sends no faster. NULL on all others. */
	void (*pace)(void *state, uint32_t byte_ns);
};

/* NULL-terminated table of the transports built in. */
extern const struct transport *const transports[];

#endif
