/* SPDX-License-Identifier: MIT
 * Transport "sim": bytes into a Verilated accelerator, clocked while we wait. Time is simulated time;
 * a wait ends early when the device has nothing under way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "sim_model.h"
#include "transport_sim.h"

enum {
	CLOCKS_PER_MS = 48000, /* of the clock that the simulated board reports */
	STUCK_CLOCKS = 100000, /* without a byte taken: the write would block */
	BUFFER_START = 4096
};

struct sim {
	const struct sim_model_ops *ops;
	void *model;
	/* bytes that came out while others went in, owned */
	uint8_t *out;
	size_t start, end, size;
};

const char *transport_sim_default(void)
{
	return sim_models[0] ? sim_models[0]->name : NULL;
}

static const struct sim_model_ops *find_model(const char *name)
{
	for (int i = 0; sim_models[i]; i++)
		if (!name || !strcmp(sim_models[i]->name, name))
			return sim_models[i];
	return NULL;
}

static int not_found(const char *name, struct bnn_err *err)
{
	char known[128] = "";
	size_t at = 0;

	if (!sim_models[0])
		return err_set(err, BNN_E_NO_DEVICE,
			       "no simulated accelerator is linked into this program");
	for (int i = 0; sim_models[i] && at < sizeof(known); i++)
		at += (size_t)snprintf(known + at, sizeof(known) - at, " %s", sim_models[i]->name);
	return err_set(err, BNN_E_NO_DEVICE, "no simulated accelerator '%.40s'; built are:%s", name,
		       known);
}

static void sim_close(void *state)
{
	struct sim *s = state;

	s->ops->destroy(s->model);
	free(s->out);
	free(s);
}

static int sim_open(const char *arg, const struct bnn_open_options *opt, void **state,
		    struct bnn_err *err)
{
	const struct sim_model_ops *ops = find_model(arg);
	struct sim *s;

	if (!ops)
		return not_found(arg, err);
	s = calloc(1, sizeof(*s));
	if (s)
		s->out = malloc(BUFFER_START);
	if (s && s->out)
		s->model = ops->create(opt ? opt->trace : NULL);
	if (!s || !s->model) {
		if (s)
			free(s->out);
		free(s);
		return err_set(err, BNN_E_MEMORY, "out of memory for the simulated accelerator");
	}
	s->ops = ops;
	s->size = BUFFER_START;
	*state = s;
	return BNN_OK;
}

/* Room for some output; false when out of memory. */
static bool make_room(struct sim *s)
{
	size_t size = 2 * s->size + BUFFER_START;
	uint8_t *p;

	if (s->start == s->end)
		s->start = s->end = 0;
	if (s->end < s->size)
		return true;
	p = realloc(s->out, size);
	if (!p)
		return false;
	s->out = p;
	s->size = size;
	return true;
}

static long sim_write(void *state, const uint8_t *buf, size_t n)
{
	struct sim *s = state;
	size_t taken = 0;

	while (taken < n) {
		struct sim_io io = { .in = buf + taken, .in_count = n - taken };

		if (!make_room(s))
			return BNN_E_MEMORY;
		io.out = s->out + s->end;
		io.out_size = s->size - s->end;
		s->ops->run(s->model, &io, STUCK_CLOCKS);
		taken += io.in_taken;
		s->end += io.out_count;
		if (io.in_taken == 0 && io.out_count == 0)
			break;
	}
	return (long)taken;
}

static long sim_read(void *state, uint8_t *buf, size_t n, int timeout_ms)
{
	struct sim *s = state;
	struct sim_io io = { .out = buf, .out_size = n };

	if (s->start < s->end) {
		size_t held = s->end - s->start;

		if (n > held)
			n = held;
		memcpy(buf, s->out + s->start, n);
		s->start += n;
		return (long)n;
	}
	if (timeout_ms > 0)
		s->ops->run(s->model, &io, (uint64_t)timeout_ms * CLOCKS_PER_MS);
	return (long)io.out_count;
}

uint64_t transport_sim_clocks(void *state)
{
	struct sim *s = state;

	return s->ops->clocks(s->model);
}

static void sim_pace(void *state, uint32_t byte_ns)
{
	struct sim *s = state;

	if (s->ops->pace)
		s->ops->pace(s->model, byte_ns);
}

const struct transport transport_sim = { "sim", sim_open, sim_write, sim_read, sim_close, sim_pace };
