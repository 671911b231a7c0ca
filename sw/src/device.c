/* SPDX-License-Identifier: MIT
 * Public device functions: device strings, and the kinds of devices behind them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "transport_sim.h"

enum { AUTO_BOARDS = 16 };

/* Schemes of the grammar whose transport may be missing from a build. */
static const char *const known_schemes[] = { "sim", "usb", "ftdi" };

static const struct transport *find_transport(const char *spec, size_t length)
{
	for (int i = 0; transports[i]; i++)
		if (strlen(transports[i]->scheme) == length &&
		    !strncmp(transports[i]->scheme, spec, length))
			return transports[i];
	return NULL;
}

static int unknown(const char *spec, size_t length, struct bnn_err *err)
{
	for (size_t i = 0; i < sizeof(known_schemes) / sizeof(known_schemes[0]); i++)
		if (strlen(known_schemes[i]) == length && !strncmp(known_schemes[i], spec, length))
			return err_set(err, BNN_E_NO_DEVICE,
				       "device '%.40s': this build has no %s devices", spec,
				       known_schemes[i]);
	return err_set(err, BNN_E_ARG,
		       "unknown device '%.40s'; known are auto, cpu, sim[:NAME], usb[:SERIAL], "
		       "ftdi[:SERIAL]",
		       spec);
}

static int wrap(const struct device_ops *ops, void *state, const char *name, bnn_device **out,
		struct bnn_err *err)
{
	bnn_device *d = calloc(1, sizeof(*d));

	if (!d) {
		ops->close(state);
		return err_set(err, BNN_E_MEMORY, "out of memory for the device");
	}
	d->ops = ops;
	d->state = state;
	snprintf(d->name, sizeof(d->name), "%s", name);
	*out = d;
	return BNN_OK;
}

int device_open_transport(const struct transport *t, const char *arg, const char *name,
			  const struct bnn_open_options *opt, bnn_device **out, struct bnn_err *err)
{
	void *state;
	int rc = device_link_open(t, arg, opt, &state, err);

	return rc ? rc : wrap(&device_link_ops, state, name, out, err);
}

/* What "auto" is: the first board that can be used, else one that tells why it cannot, else the
 * simulated accelerator. */
static const char *choose_device(struct bnn_board_info *board)
{
	struct bnn_board_info found[AUTO_BOARDS];
	int count;

	if (bnn_list(found, AUTO_BOARDS, &count, NULL) || count == 0)
		return "sim";
	*board = found[0];
	for (int i = count - 1; i >= 0; i--)
		if (found[i].state == BNN_BOARD_READY)
			*board = found[i];
	return board->device;
}

int bnn_device_open(const char *spec, const struct bnn_open_options *opt, bnn_device **out,
		    struct bnn_err *err)
{
	const struct transport *t;
	const char *colon, *arg;
	struct bnn_board_info board;
	char name[96];
	size_t length;

	if (!spec || !out)
		return err_set(err, BNN_E_ARG, "no device string");
	if (!strcmp(spec, "cpu")) {
		void *state;
		int rc = device_cpu_open(&state, err);

		return rc ? rc : wrap(&device_cpu_ops, state, "cpu", out, err);
	}
	if (!strcmp(spec, "auto"))
		spec = choose_device(&board);
	colon = strchr(spec, ':');
	length = colon ? (size_t)(colon - spec) : strlen(spec);
	arg = colon && colon[1] ? colon + 1 : NULL;
	t = find_transport(spec, length);
	if (!t)
		return unknown(spec, length, err);
	if (t == &transport_sim && !arg)
		arg = transport_sim_default();
	snprintf(name, sizeof(name), "%s%s%.60s", t->scheme, arg ? ":" : "", arg ? arg : "");
	return device_open_transport(t, arg, name, opt, out, err);
}

void bnn_device_close(bnn_device *d)
{
	if (!d)
		return;
	d->ops->close(d->state);
	free(d);
}

const char *bnn_device_name(const bnn_device *d)
{
	return d->name;
}

int bnn_device_load(bnn_device *d, const bnn_model *m, struct bnn_err *err)
{
	return d->ops->load(d->state, m, err);
}

int bnn_device_submit(bnn_device *d, const uint8_t *pixels, uint32_t tag, struct bnn_err *err)
{
	return d->ops->submit(d->state, pixels, tag, err);
}

int bnn_device_poll(bnn_device *d, struct bnn_result *out, struct bnn_err *err)
{
	return d->ops->poll(d->state, out, err);
}

int bnn_device_classify(bnn_device *d, const uint8_t *pixels, struct bnn_result *out,
			struct bnn_err *err)
{
	int rc = d->ops->submit(d->state, pixels, 0, err);

	return rc ? rc : d->ops->poll(d->state, out, err);
}

int bnn_device_layers(bnn_device *d, const uint8_t *pixels, struct bnn_layers *out,
		      struct bnn_err *err)
{
	return d->ops->layers(d->state, pixels, out, err);
}
