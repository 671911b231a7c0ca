/* SPDX-License-Identifier: MIT
 * Devices behind the public functions, and what tests and bnnctl may ask beyond them. */
#ifndef JB_DEVICE_H
#define JB_DEVICE_H

#include "program.h"
#include "transport.h"

/* A kind of device. state is what its open function gave. */
struct device_ops {
	int (*load)(void *state, const bnn_model *m, struct bnn_err *err);
	int (*submit)(void *state, const uint8_t *pixels, uint32_t tag, struct bnn_err *err);
	int (*poll)(void *state, struct bnn_result *out, struct bnn_err *err);
	int (*layers)(void *state, const uint8_t *pixels, struct bnn_layers *out,
		      struct bnn_err *err);
	void (*close)(void *state);
};

struct bnn_device {
	const struct device_ops *ops;
	void *state;
	char name[96];
};

int device_cpu_open(void **state, struct bnn_err *err);
extern const struct device_ops device_cpu_ops;

/* An accelerator over a transport: identifies it. Errors: BNN_E_NO_DEVICE, BNN_E_LINK,
 * BNN_E_TIMEOUT, BNN_E_DEVICE (speaks another version, or its limits make no sense). */
int device_link_open(const struct transport *t, const char *arg, const struct bnn_open_options *opt,
		     void **state, struct bnn_err *err);
extern const struct device_ops device_link_ops;

/* Opens any transport, for tests: name is what bnn_device_name will give. */
int device_open_transport(const struct transport *t, const char *arg, const char *name,
			  const struct bnn_open_options *opt, bnn_device **out,
			  struct bnn_err *err);

struct device_counters {
	uint32_t images, crc_errors, resyncs, front_stall;
	int ops;
	uint32_t op[JB_CNT_MAX_OPS]; /* engine cycles of the last image */
};

/* Limits of the device, NULL for cpu; owned by the device. */
const struct device_limits *device_limits(const bnn_device *d);
/* The program that runs, NULL when there is none; valid until the next load or layers call. */
const struct program *device_program(const bnn_device *d);
/* Errors: BNN_E_ARG for cpu, BNN_E_LINK, BNN_E_TIMEOUT. */
int device_counters(bnn_device *d, struct device_counters *out, struct bnn_err *err);
/* Packets that were sent again so far; 0 for cpu. */
uint32_t device_resent(const bnn_device *d);

#endif
