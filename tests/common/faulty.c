/* SPDX-License-Identifier: MIT
 * A transport that damages what passes through another one. */
#include <stdlib.h>
#include <string.h>

#include "faulty.h"

enum { NOISE = 40 };

struct faulty_plan faulty_plan;

struct faulty {
	void *below;
	int gone;
};

static int faulty_open(const char *arg, const struct bnn_open_options *opt, void **state,
		       struct bnn_err *err)
{
	struct faulty *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return BNN_E_MEMORY;
	rc = faulty_plan.below->open(arg, opt, &s->below, err);
	if (rc) {
		free(s);
		return rc;
	}
	*state = s;
	return 0;
}

static void faulty_close(void *state)
{
	struct faulty *s = state;

	faulty_plan.below->close(s->below);
	free(s);
}

/* Damages n bytes in place; returns how many there are now (at most n + NOISE). */
static size_t damage(enum fault fault, uint8_t *buf, size_t n)
{
	struct random_source *r = &faulty_plan.source;
	size_t at = n ? (size_t)random_below(r, (int)n) : 0;

	if (n == 0 || random_below(r, faulty_plan.every))
		return n;
	faulty_plan.done++;
	switch (fault) {
	case FAULT_FLIP: buf[at] ^= (uint8_t)(1 << random_below(r, 8)); return n;
	case FAULT_LOSE: memmove(buf + at, buf + at + 1, n - at - 1); return n - 1;
	case FAULT_DOUBLE: memmove(buf + at + 1, buf + at, n - at); return n + 1;
	case FAULT_CUT: return at;
	case FAULT_NOISE:
		memmove(buf + at + NOISE, buf + at, n - at);
		for (int i = 0; i < NOISE; i++)
			buf[at + (size_t)i] = (uint8_t)random_below(r, 256);
		return n + NOISE;
	default: return n;
	}
}

static int is_gone(struct faulty *s, enum fault fault)
{
	if (fault == FAULT_GONE && !random_below(&faulty_plan.source, faulty_plan.every)) {
		s->gone = 1;
		faulty_plan.done++;
	}
	return s->gone;
}

/* The damaged bytes are pressed through, so that the caller's count stays its own. */
static long faulty_write(void *state, const uint8_t *buf, size_t n)
{
	struct faulty *s = state;
	uint8_t *copy;
	size_t size, at = 0;
	long took = 1;

	if (is_gone(s, faulty_plan.to_device))
		return BNN_E_LINK;
	copy = malloc(n + NOISE);
	if (!copy)
		return BNN_E_MEMORY;
	memcpy(copy, buf, n);
	size = damage(faulty_plan.to_device, copy, n);
	while (at < size && took > 0) {
		took = faulty_plan.below->write(s->below, copy + at, size - at);
		at += took > 0 ? (size_t)took : 0;
	}
	free(copy);
	return took < 0 ? took : (long)n;
}

static long faulty_read(void *state, uint8_t *buf, size_t n, int timeout_ms)
{
	struct faulty *s = state;
	long got;

	if (is_gone(s, faulty_plan.from_device))
		return BNN_E_LINK;
	if (n <= NOISE)
		return 0;
	got = faulty_plan.below->read(s->below, buf, n - NOISE, timeout_ms);
	return got > 0 ? (long)damage(faulty_plan.from_device, buf, (size_t)got) : got;
}

static void faulty_pace(void *state, uint32_t byte_ns)
{
	struct faulty *s = state;

	if (faulty_plan.below->pace)
		faulty_plan.below->pace(s->below, byte_ns);
}

const struct transport faulty_transport = { "faulty",    faulty_open,  faulty_write,
					    faulty_read, faulty_close, faulty_pace };
