/* SPDX-License-Identifier: MIT
 * The boards of a sorting line. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "crew.h"
#include "model.h"

void crew_begin(struct crew *c, struct console *console, const bnn_model *model)
{
	memset(c, 0, sizeof(*c));
	c->console = console;
	c->model = model;
	c->open = bnn_device_open;
	c->backoff_first = 0.1;
	c->backoff_most = 5;
}

static int open_board(struct crew_board *b, struct bnn_err *err)
{
	struct crew *c = b->crew;
	int rc = c->open(b->spec, &c->options, &b->device, err);

	if (rc)
		return rc;
	rc = bnn_device_load(b->device, c->model, err);
	if (!rc && c->ejector)
		rc = ejector_arm(c->ejector, b->device, err);
	if (rc) {
		bnn_device_close(b->device);
		b->device = NULL;
		return rc;
	}
	atomic_store(&b->present, true);
	return BNN_OK;
}

static int add_board(struct crew *c, const char *spec, size_t n, struct bnn_err *err)
{
	struct crew_board *b = &c->board[c->boards];
	int rc;
	size_t size = (size_t)bnn_model_rows(c->model) * (size_t)bnn_model_cols(c->model) *
		      (size_t)bnn_model_channels(c->model);

	if (c->boards == LINE_MAX_BOARDS)
		return err_set(err, BNN_E_ARG, "more than %d devices", LINE_MAX_BOARDS);
	if (n == 0 || n >= sizeof(b->spec))
		return err_set(err, BNN_E_ARG,
			       "device \"%.*s\": a name of 1 to %zu bytes is needed",
			       (int)(n < 20 ? n : 20), spec, sizeof(b->spec) - 1);
	b->crew = c;
	b->index = c->boards++;
	memcpy(b->spec, spec, n);
	b->pixels = malloc(size);
	if (!b->pixels)
		return err_set(err, BNN_E_MEMORY, "out of memory for an image");
	rc = open_board(b, err);
	/* "auto" stays what it became: it must not turn into another device later. */
	if (!rc)
		snprintf(b->spec, sizeof(b->spec), "%s", bnn_device_name(b->device));
	return rc;
}

int crew_open(struct crew *c, const char *list, struct bnn_err *err)
{
	int rc;

	for (;;) {
		size_t n = strcspn(list, ",");

		rc = add_board(c, list, n, err);
		if (rc || !list[n])
			return rc;
		list += n + 1;
	}
}

/* Gives back what is in flight, the oldest is blamed; the board is away then. */
static void lose(struct crew_board *b, const struct bnn_err *why)
{
	struct crew *c = b->crew;

	for (int i = 0; i < b->flying; i++)
		line_give_back(c->line, b->flight[i].number, i == 0, why->text);
	b->flying = 0;
	atomic_store(&b->present, false);
	bnn_device_close(b->device);
	b->device = NULL;
	atomic_fetch_add(&c->losses, 1);
	if (c->ejector)
		ejector_lost(c->ejector);
	console_fault(c->console, "%s is lost: %s", b->spec, why->text);
}

static void send_one(struct crew_board *b, uint64_t number)
{
	struct bnn_err why = { 0 };

	b->flight[b->flying++] = (struct crew_flight){ number, clock_seconds() };
	if (bnn_device_submit(b->device, b->pixels, (uint32_t)number, &why))
		lose(b, &why);
}

static void land_one(struct crew_board *b)
{
	struct bnn_result result;
	struct bnn_err why = { 0 };

	if (bnn_device_poll(b->device, &result, &why)) {
		lose(b, &why);
		return;
	}
	line_done(b->crew->line, b->flight[0].number, b->index, b->flight[0].taken, &result);
	b->flying--;
	memmove(b->flight, b->flight + 1, (size_t)b->flying * sizeof(b->flight[0]));
}

/* Waits for the board; false when nobody waits for it any more. */
static bool find_again(struct crew_board *b)
{
	struct crew *c = b->crew;
	struct bnn_err why = { 0 };

	for (double pause = c->backoff_first; line_pause(c->line, pause); pause *= 2) {
		if (pause > c->backoff_most)
			pause = c->backoff_most;
		if (open_board(b, &why) == BNN_OK) {
			line_renew(c->line);
			console_note(c->console, "%s is back", b->spec);
			return true;
		}
	}
	return false;
}

static void look_at_ejector(struct crew_board *b,
			    int (*look)(struct ejector *e, bnn_device *d, struct bnn_err *err))
{
	struct bnn_err why = { 0 };

	if (look(b->crew->ejector, b->device, &why))
		lose(b, &why);
}

/* One image on, or a request to the ejector; false: there is no more to do. */
static bool work_on(struct crew_board *b)
{
	const struct ejector *ejector = b->crew->ejector;
	double due = ejector ? ejector->due : INFINITY;
	enum line_taken taken = LINE_NONE;
	uint64_t number;

	if (clock_seconds() >= due) {
		look_at_ejector(b, ejector_look);
		return true;
	}
	if (b->flying < CREW_FLIGHT)
		taken = line_take(b->crew->line, b->flying ? 0 : due, b->pixels, &number);
	if (taken == LINE_GOT)
		send_one(b, number);
	else if (b->flying > 0)
		land_one(b);
	return taken != LINE_OVER || b->flying > 0;
}

static void *work(void *context)
{
	struct crew_board *b = context;
	bool more = true;

	while (more && (b->device || find_again(b)))
		more = work_on(b);
	line_leave(b->crew->line, "no board is left");
	if (b->device && b->crew->ejector)
		look_at_ejector(b, ejector_drain);
	return NULL;
}

int crew_start(struct crew *c, struct line *line, struct bnn_err *err)
{
	c->line = line;
	for (int i = 0; i < c->boards; i++) {
		struct crew_board *b = &c->board[i];

		b->started = pthread_create(&b->thread, NULL, work, b) == 0;
		if (!b->started) {
			for (; i < c->boards; i++)
				line_leave(line, "no thread for the board");
			return err_set(err, BNN_E_INTERNAL, "no thread for %s", b->spec);
		}
	}
	return BNN_OK;
}

void crew_join(struct crew *c)
{
	for (int i = 0; i < c->boards; i++) {
		if (c->board[i].started)
			pthread_join(c->board[i].thread, NULL);
		c->board[i].started = false;
	}
}

void crew_end(struct crew *c)
{
	crew_join(c);
	for (int i = 0; i < c->boards; i++) {
		bnn_device_close(c->board[i].device);
		free(c->board[i].pixels);
	}
	c->boards = 0;
}

int crew_present(const struct crew *c)
{
	int n = 0;

	for (int i = 0; i < c->boards; i++)
		n += atomic_load(&c->board[i].present);
	return n;
}
