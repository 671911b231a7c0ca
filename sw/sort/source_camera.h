/* SPDX-License-Identifier: MIT
 * A V4L2 camera as a source. */
#ifndef SORT_SOURCE_CAMERA_H
#define SORT_SOURCE_CAMERA_H

#include <stddef.h>

#include "console.h"
#include "sort_source.h"

/* The system calls on the camera, for tests; -1 and errno, or MAP_FAILED, on failure. */
struct camera_io {
	int (*open)(const char *path);
	int (*control)(int fd, unsigned long request, void *arg);
	void *(*map)(int fd, size_t length, long offset);
	int (*unmap)(void *p, size_t length);
	int (*close)(int fd);
};

extern const struct camera_io camera_system;

/* Frames of a camera: GREY, YUYV or MJPEG, the first of them it has. channels (1 or 3): what the
 * model wants, so that gray is taken from YUYV as it is. cols 0: the size the camera is set to. A
 * camera that is unplugged is looked for until it is back, which the console tells. Frames carry the time the driver took them;
 * those it dropped are told in frame.skipped. Errors: BNN_E_FILE (not there, not a camera, none of
 * these formats), BNN_E_LIMIT (it does not have this size), BNN_E_MEMORY. */
int source_camera_open(const char *path, int cols, int rows, int channels, int stop_fd,
		       const struct camera_io *io, struct console *console, struct sort_source *out,
		       struct bnn_err *err);

/* Turns YUYV (4:2:2, BT.601) rows of `stride` bytes into 1 or 3 channels. full: luma 0 to 255, else 16
 * to 235. out->pixels has room. */
void camera_yuyv(const uint8_t *in, size_t stride, bool full, struct bnn_image *out);

#endif
