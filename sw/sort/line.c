/* SPDX-License-Identifier: MIT
 * The line between source, boards and decisions. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "line.h"
#include "model.h"

enum { SERVICE_IMAGES = 8 }; /* that the time of a board is told from */

void item_free(struct item *item)
{
	free(item->pixels);
	item->pixels = NULL;
	bnn_image_free(&item->picture);
}

int line_open(struct line *l, size_t image_size, double deadline, int boards, struct bnn_err *err)
{
	pthread_condattr_t attr;

	memset(l, 0, sizeof(*l));
	l->item = calloc(LINE_IMAGES, sizeof(*l->item));
	if (!l->item)
		return err_set(err, BNN_E_MEMORY, "out of memory for %d images", LINE_IMAGES);
	l->image_size = image_size;
	l->deadline = deadline;
	l->boards = boards;
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->changed, &attr);
	pthread_condattr_destroy(&attr);
	return BNN_OK;
}

void line_close(struct line *l)
{
	if (!l->item)
		return;
	for (int i = 0; i < LINE_IMAGES; i++)
		item_free(&l->item[i]);
	free(l->item);
	l->item = NULL;
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->lock);
}

static struct item *slot(struct line *l, uint64_t number)
{
	return &l->item[number % LINE_IMAGES];
}

/* Waits for a change, at most until clock_seconds is `until`. */
static void wait_until(struct line *l, double until)
{
	struct timespec t;

	if (isinf(until)) {
		pthread_cond_wait(&l->changed, &l->lock);
		return;
	}
	t.tv_sec = (time_t)until;
	t.tv_nsec = (long)((until - floor(until)) * 1e9);
	pthread_cond_timedwait(&l->changed, &l->lock, &t);
}

static void fail(struct item *item, const char *why)
{
	item->state = ITEM_DONE;
	item->reason = REASON_FAILED;
	snprintf(item->why, sizeof(item->why), "%s", why);
}

bool line_put(struct line *l, struct item *item)
{
	bool begun = item->from.part > 0, put;

	pthread_mutex_lock(&l->lock);
	while ((begun || !l->stopped) && l->next - l->first == LINE_IMAGES)
		pthread_cond_wait(&l->changed, &l->lock);
	put = begun || !l->stopped;
	if (put) {
		item->number = l->next;
		item->board = -1;
		item->state = item->reason == REASON_OK ? ITEM_READY : ITEM_DONE;
		if (item->state == ITEM_READY && l->boards == 0)
			fail(item, "no board is left");
		*slot(l, l->next++) = *item;
		memset(item, 0, sizeof(*item));
		pthread_cond_broadcast(&l->changed);
	}
	pthread_mutex_unlock(&l->lock);
	return put;
}

static void set(struct line *l, bool *flag)
{
	pthread_mutex_lock(&l->lock);
	*flag = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

void line_end(struct line *l)
{
	set(l, &l->ended);
}

void line_stop(struct line *l)
{
	set(l, &l->stopped);
}

bool line_stopped(struct line *l)
{
	bool stopped;

	pthread_mutex_lock(&l->lock);
	stopped = l->stopped;
	pthread_mutex_unlock(&l->lock);
	return stopped;
}

/* Nothing is left for a board to do, now or later. */
static bool is_over(const struct line *l)
{
	return l->ended && l->first == l->next;
}

bool line_pause(struct line *l, double seconds)
{
	double until = clock_seconds() + seconds;
	bool go_on;

	pthread_mutex_lock(&l->lock);
	while (!l->stopped && !is_over(l) && clock_seconds() < until)
		wait_until(l, until);
	go_on = !l->stopped && !is_over(l);
	pthread_mutex_unlock(&l->lock);
	return go_on;
}

/* True when the image's part is not where a board would take it to be; it is late then. */
static bool drop_stale(struct line *l, struct item *item, double now)
{
	if (l->fresh <= 0 ||
	    (item->from.captured + l->fresh >= now && item->from.captured >= l->renewed))
		return false;
	item->state = ITEM_DONE;
	item->reason = REASON_LATE;
	pthread_cond_broadcast(&l->changed);
	return true;
}

static struct item *find_ready(struct line *l)
{
	double now = clock_seconds(), in_time = now + l->service - l->deadline;
	struct item *newest = NULL;

	for (uint64_t n = l->first; n < l->next; n++) {
		if (slot(l, n)->state != ITEM_READY || drop_stale(l, slot(l, n), now))
			continue;
		newest = slot(l, n);
		if (l->deadline <= 0 || newest->from.captured > in_time)
			break;
	}
	return newest;
}

void line_renew(struct line *l)
{
	pthread_mutex_lock(&l->lock);
	l->renewed = clock_seconds();
	pthread_mutex_unlock(&l->lock);
}

enum line_taken line_take(struct line *l, double until, uint8_t *pixels, uint64_t *number)
{
	enum line_taken taken = LINE_NONE;
	struct item *item;

	pthread_mutex_lock(&l->lock);
	while (!(item = find_ready(l)) && !is_over(l) && clock_seconds() < until)
		wait_until(l, until);
	if (item) {
		memcpy(pixels, item->pixels, l->image_size);
		item->state = ITEM_TAKEN;
		*number = item->number;
		taken = LINE_GOT;
	} else if (is_over(l)) {
		taken = LINE_OVER;
	}
	pthread_mutex_unlock(&l->lock);
	return taken;
}

/* The image if it is still wanted. */
static struct item *find_taken(struct line *l, uint64_t number)
{
	struct item *item = slot(l, number);

	return number >= l->first && item->state == ITEM_TAKEN ? item : NULL;
}

void line_done(struct line *l, uint64_t number, int board, double taken,
	       const struct bnn_result *result)
{
	struct item *item;

	pthread_mutex_lock(&l->lock);
	l->service += (clock_seconds() - taken - l->service) / SERVICE_IMAGES;
	item = find_taken(l, number);
	if (item) {
		item->result = *result;
		item->board = board;
		item->state = ITEM_DONE;
		pthread_cond_broadcast(&l->changed);
	}
	pthread_mutex_unlock(&l->lock);
}

void line_give_back(struct line *l, uint64_t number, bool blamed, const char *why)
{
	struct item *item;

	pthread_mutex_lock(&l->lock);
	item = find_taken(l, number);
	if (item) {
		l->resent++;
		item->tries += blamed;
		item->state = ITEM_READY;
		if (item->tries == LINE_TRIES || l->boards == 0 || l->fresh > 0)
			fail(item, why);
		pthread_cond_broadcast(&l->changed);
	}
	pthread_mutex_unlock(&l->lock);
}

void line_leave(struct line *l, const char *why)
{
	struct item *item;

	pthread_mutex_lock(&l->lock);
	if (--l->boards == 0)
		while ((item = find_ready(l)))
			fail(item, why);
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

enum line_out line_next(struct line *l, double until, struct item *item)
{
	enum line_out out = LINE_WAITED;
	struct item *oldest;
	double late;

	pthread_mutex_lock(&l->lock);
	for (;;) {
		double now = clock_seconds();

		if (l->first == l->next) {
			if (l->ended) {
				out = LINE_EMPTY;
				break;
			}
			late = until;
		} else {
			oldest = slot(l, l->first);
			late = l->deadline > 0 ? oldest->from.captured + l->deadline : until;
			if (l->deadline > 0 && now >= late && oldest->reason == REASON_OK)
				oldest->reason = REASON_LATE;
			if (oldest->state == ITEM_DONE || oldest->reason == REASON_LATE) {
				*item = *oldest;
				memset(oldest, 0, sizeof(*oldest));
				l->first++;
				out = LINE_ITEM;
				pthread_cond_broadcast(&l->changed);
				break;
			}
		}
		if (now >= until)
			break;
		wait_until(l, late < until ? late : until);
	}
	pthread_mutex_unlock(&l->lock);
	return out;
}

void line_counts(struct line *l, int *queue, uint64_t *resent)
{
	pthread_mutex_lock(&l->lock);
	*queue = (int)(l->next - l->first);
	*resent = l->resent;
	pthread_mutex_unlock(&l->lock);
}
