/* SPDX-License-Identifier: MIT
 * The board's own outputs behind the rules of a line: requests. */
#define _POSIX_C_SOURCE 200809L
#include <string.h>
#include <time.h>

#include "clock.h"
#include "ejector.h"

static const long drain_nap_ns = 2000000;

void ejector_begin(struct ejector *e, struct console *console)
{
	e->console = console;
	pthread_mutex_init(&e->lock, NULL);
	memset(&e->counts, 0, sizeof(e->counts));
}

void ejector_end(struct ejector *e)
{
	pthread_mutex_destroy(&e->lock);
}

static void set_armed(struct ejector *e, bool armed)
{
	pthread_mutex_lock(&e->lock);
	e->counts.armed = armed;
	pthread_mutex_unlock(&e->lock);
}

int ejector_arm(struct ejector *e, bnn_device *d, struct bnn_err *err)
{
	int rc = bnn_device_outputs(d, &e->config, err);

	if (rc)
		return rc;
	memset(&e->last, 0, sizeof(e->last));
	e->due = clock_seconds() + e->beat;
	set_armed(e, true);
	return BNN_OK;
}

void ejector_lost(struct ejector *e)
{
	set_armed(e, false);
}

static void count(struct ejector *e, const struct bnn_outputs_state *s)
{
	struct ejector_counts *c = &e->counts;

	pthread_mutex_lock(&e->lock);
	c->parts += (uint16_t)(s->parts - e->last.parts);
	c->late += (uint16_t)(s->late - e->last.late);
	c->unmatched += (uint16_t)(s->unmatched - e->last.unmatched);
	c->missed += (uint16_t)(s->missed - e->last.missed);
	c->pulses += (uint16_t)(s->pulses - e->last.pulses);
	c->faults += !s->armed;
	c->armed = s->armed;
	pthread_mutex_unlock(&e->lock);
	e->last = *s;
}

static const char *fault_text(int fault)
{
	if (fault & BNN_FAULT_WATCHDOG)
		return "the host was silent for longer than the watchdog";
	if (fault & BNN_FAULT_PARTS)
		return "too many parts without a class";
	if (fault & BNN_FAULT_PULSES)
		return "too many pulses ahead at one output";
	return "another model was loaded";
}

static int look(struct ejector *e, bnn_device *d, struct bnn_outputs_state *s, struct bnn_err *err)
{
	int rc = bnn_device_outputs_state(d, s, err);

	if (rc)
		return rc;
	count(e, s);
	e->due = clock_seconds() + e->beat;
	return BNN_OK;
}

int ejector_look(struct ejector *e, bnn_device *d, struct bnn_err *err)
{
	struct bnn_outputs_state s;
	int rc = look(e, d, &s, err);

	if (rc || s.armed)
		return rc;
	console_fault(e->console, "%s: outputs went to their safe levels: %s", bnn_device_name(d),
		      fault_text(s.fault));
	return ejector_arm(e, d, err);
}

int ejector_drain(struct ejector *e, bnn_device *d, struct bnn_err *err)
{
	const struct timespec nap = { 0, drain_nap_ns };
	double until = clock_seconds() + e->drain;
	struct bnn_outputs_state s;
	uint32_t longest = 0, begun;
	int rc = look(e, d, &s, err);

	for (int i = 0; i < BNN_OUTPUTS; i++)
		if (e->config.delay[i] > longest)
			longest = e->config.delay[i];
	begun = s.now;
	/* The board's clock has 24 bits; a pulse that begins ends by itself. */
	while (!rc && s.armed && clock_seconds() < until &&
	       (s.waiting || ((s.now - begun) & 0xFFFFFF) < longest + 2 ||
		s.pins != e->config.invert)) {
		nanosleep(&nap, NULL);
		rc = look(e, d, &s, err);
	}
	set_armed(e, false);
	return rc ? rc : bnn_device_outputs(d, NULL, err);
}

struct ejector_counts ejector_now(struct ejector *e)
{
	struct ejector_counts c;

	pthread_mutex_lock(&e->lock);
	c = e->counts;
	pthread_mutex_unlock(&e->lock);
	return c;
}
