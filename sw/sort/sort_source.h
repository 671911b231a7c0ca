/* SPDX-License-Identifier: MIT
 * Where a sorting line gets its frames from. */
#ifndef SORT_SOURCE_H
#define SORT_SOURCE_H

#include "line.h"

struct frame {
	struct bnn_image image; /* owned, no pixels: unreadable */
	struct origin from;
	char why[256];    /* it is unreadable */
	unsigned skipped; /* frames a camera dropped before it */
};

struct sort_source {
	/* Waits for the next frame; the caller frees its image. Returns 1; 0 at the end or when
	 * stop_fd is readable; or an error that ends the stream. */
	int (*next)(void *state, struct frame *out, struct bnn_err *err);
	void (*close)(void *state);
	void *state;
};

/* stop_fd, of all sources: a descriptor that becomes readable, and stays so, to end the wait. */

/* Files of a folder: those that are there in the order of their names, then each as it is closed
 * after writing or moved in. Hidden files are passed over; so is a file that is as it was when it
 * was taken. once: ends behind those that are there. Errors: BNN_E_FILE, BNN_E_MEMORY. */
int source_folder_open(const char *path, bool once, int stop_fd, struct sort_source *out,
		       struct bnn_err *err);

/* Frames from a descriptor, which stays the caller's: rows x cols x channels bytes each, or with
 * rows 0 binary PGM and PPM images one behind the other. Errors: BNN_E_LIMIT, BNN_E_MEMORY. */
int source_stream_open(int fd, int rows, int cols, int channels, int stop_fd,
		       struct sort_source *out, struct bnn_err *err);

/* Waits until fd can be read: 1, or 0 when the wait is to end. */
int source_wait(int fd, int stop_fd);
/* Sets the time a frame was taken to now. */
void source_stamp(struct origin *from);

#endif
