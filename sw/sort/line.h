/* SPDX-License-Identifier: MIT
 * The line between source, boards and decisions: a ring of images. One thread puts images in, a
 * thread a board takes and returns them in any order, one thread takes them out in the order they
 * came. Every image that is put comes out once: with a result, or as failed, late or unreadable. */
#ifndef SORT_LINE_H
#define SORT_LINE_H

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "rules.h"

#define LINE_IMAGES 64 /* in the ring at most */
#define LINE_NAME 4400
#define LINE_TRIES 3 /* boards that may fail with an image before it is failed */
#define LINE_MAX_BOARDS 16

/* Where an image, or a part of one, comes from. */
struct origin {
	char name[LINE_NAME]; /* of the file, or "frame 12" */
	bool is_file;
	int part, parts; /* of the frame, from 0 */
	int x, y, w, h;  /* of the part in the frame */
	double captured; /* clock_seconds */
	struct timespec wall;
};

enum item_state { ITEM_READY, ITEM_TAKEN, ITEM_DONE };

struct item {
	struct origin from;
	uint8_t *pixels;          /* what the device is sent, owned; NULL: there is no image */
	struct bnn_image picture; /* what it was made of, owned; no pixels: not kept */
	/* The line's from here on. */
	uint64_t number;
	enum item_state state;
	int tries;
	enum reason reason; /* REASON_OK: result is there */
	char why[256];      /* of REASON_FAILED and REASON_UNREADABLE */
	struct bnn_result result;
	int board; /* that gave the result, -1 none */
};

struct line {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* on every change; waits on the monotonic clock */
	struct item *item;      /* ring of LINE_IMAGES, owned */
	uint64_t first, next;   /* numbers: oldest in the ring, next to be put */
	size_t image_size;      /* bytes of pixels */
	double deadline;        /* seconds from capture, 0: none */
	double service;         /* seconds a board takes with an image, the last ones count most */
	int boards;             /* that may still take images */
	bool ended, stopped;
	uint64_t resent; /* images given back */
	/* With an ejector, set behind line_open: */
	double fresh;   /* seconds from capture in which an image is of use to a board, 0: always */
	double renewed; /* clock_seconds at which boards began to know of parts; 0: always did */
};

/* Errors: BNN_E_MEMORY. */
int line_open(struct line *l, size_t image_size, double deadline, int boards, struct bnn_err *err);
void line_close(struct line *l);

/* The source. Moves *item in, waiting for room; item->reason REASON_OK is an image to classify,
 * anything else comes out as it is. False when the line was stopped: *item is still the caller's.
 * A frame whose first part was put is put to its end. */
bool line_put(struct line *l, struct item *item);
/* No more images come. */
void line_end(struct line *l);
/* Nothing waits any more: line_put gives up, boards that are away leave. line_end is to follow. */
void line_stop(struct line *l);
bool line_stopped(struct line *l);
/* Waits for seconds, less when the line is stopped or has ended and is empty; false then. */
bool line_pause(struct line *l, double seconds);

/* A board that follows its parts was begun anew: images captured before belong to parts it does not
 * know. */
void line_renew(struct line *l);
/* A board. Copies a waiting image to pixels and its number to *number: the oldest one that can still
 * be done before the deadline, else the newest. (When more images come than the boards can do, the
 * oldest one is always about to be late: boards that took it would do nothing in time.) Images that
 * are not fresh any more become late. until: clock_seconds to wait to, INFINITY as long as there may be
 * one. */
enum line_taken { LINE_GOT, LINE_NONE, LINE_OVER };
enum line_taken line_take(struct line *l, double until, uint8_t *pixels, uint64_t *number);
/* The result of an image that was taken at clock_seconds `taken`. One that is not wanted any more is
 * dropped. */
void line_done(struct line *l, uint64_t number, int board, double taken,
	       const struct bnn_result *result);
/* The board could not do it. blamed: it was this image that failed, and it counts as a try. With an
 * ejector there is no other try: by then the part is elsewhere. */
void line_give_back(struct line *l, uint64_t number, bool blamed, const char *why);
/* A board takes no more images; the last one fails all that is there. */
void line_leave(struct line *l, const char *why);

/* Decisions. Waits until the oldest image is done or late and moves it to *item (the caller's, to
 * item_free). until: clock_seconds to wait to. */
enum line_out { LINE_ITEM, LINE_WAITED, LINE_EMPTY };
enum line_out line_next(struct line *l, double until, struct item *item);
/* Images in the ring, and images given back so far. */
void line_counts(struct line *l, int *queue, uint64_t *resent);

void item_free(struct item *item);

#endif
