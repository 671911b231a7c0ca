/* SPDX-License-Identifier: MIT
 * A V4L2 camera as a source: buffers the driver fills and we map. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"
#include "image.h"
#include "source_camera.h"

enum { BUFFERS = 4, LOOK_MS = 250 };

struct camera {
	const struct camera_io *io;
	struct console *console;
	const char *path;
	int wanted_cols, wanted_rows, channels, stop_fd;
	int fd; /* -1: it is away */
	struct v4l2_pix_format format;
	void *map[BUFFERS];
	size_t length[BUFFERS];
	int buffers;
	uint64_t frames;
	uint32_t sequence; /* of the next frame if none is dropped */
	bool known;        /* there was a frame, so that sequence counts */
};

static int sys_open(const char *path)
{
	return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static int sys_control(int fd, unsigned long request, void *arg)
{
	int rc;

	do
		rc = ioctl(fd, request, arg);
	while (rc < 0 && errno == EINTR);
	return rc;
}

static void *sys_map(int fd, size_t length, long offset)
{
	return mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

const struct camera_io camera_system = { sys_open, sys_control, sys_map, munmap, close };

static int failed(const struct camera *c, const char *what, struct bnn_err *err)
{
	return err_set(err, BNN_E_FILE, "%s: %s: %s", file_shown(c->path), what, strerror(errno));
}

static int control(const struct camera *c, unsigned long request, void *arg)
{
	return c->io->control(c->fd, request, arg);
}

static void stop(struct camera *c)
{
	for (int i = 0; i < c->buffers; i++)
		c->io->unmap(c->map[i], c->length[i]);
	c->buffers = 0;
	if (c->fd >= 0)
		c->io->close(c->fd); /* this ends the stream, too */
	c->fd = -1;
	c->known = false;
}

static int check_capture(const struct camera *c, struct bnn_err *err)
{
	struct v4l2_capability cap = { 0 };
	uint32_t can;

	if (control(c, VIDIOC_QUERYCAP, &cap) < 0)
		return failed(c, "not a camera", err);
	can = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;
	if (!(can & V4L2_CAP_VIDEO_CAPTURE) || !(can & V4L2_CAP_STREAMING))
		return err_set(err, BNN_E_FILE, "%s: not a camera that streams frames",
			       file_shown(c->path));
	return BNN_OK;
}

/* The first of our formats that the camera takes, in the size that is wanted. */
static int set_format(struct camera *c, struct bnn_err *err)
{
	static const uint32_t known[] = { V4L2_PIX_FMT_GREY, V4L2_PIX_FMT_YUYV,
					  V4L2_PIX_FMT_MJPEG };
	struct v4l2_format now = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	if (control(c, VIDIOC_G_FMT, &now) < 0)
		return failed(c, "no format", err);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct v4l2_format f = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
		struct v4l2_pix_format *p = &f.fmt.pix;

		p->width = c->wanted_cols ? (uint32_t)c->wanted_cols : now.fmt.pix.width;
		p->height = c->wanted_cols ? (uint32_t)c->wanted_rows : now.fmt.pix.height;
		p->pixelformat = known[i];
		p->field = V4L2_FIELD_NONE;
		if (control(c, VIDIOC_S_FMT, &f) < 0 || p->pixelformat != known[i])
			continue;
		if (c->wanted_cols &&
		    (p->width != (uint32_t)c->wanted_cols || p->height != (uint32_t)c->wanted_rows))
			return err_set(
				err, BNN_E_LIMIT,
				"%s: frames of %d x %d pixels are not there, the nearest are "
				"%u x %u",
				file_shown(c->path), c->wanted_cols, c->wanted_rows, p->width,
				p->height);
		c->format = *p;
		return image_check(c->path, p->height, p->width, err);
	}
	return err_set(err, BNN_E_FILE, "%s: none of the formats GREY, YUYV and MJPEG",
		       file_shown(c->path));
}

static struct v4l2_buffer buffer_of(int index)
{
	return (struct v4l2_buffer){ .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
				     .memory = V4L2_MEMORY_MMAP,
				     .index = (uint32_t)index };
}

static int map_buffers(struct camera *c, struct bnn_err *err)
{
	struct v4l2_requestbuffers r = { .count = BUFFERS,
					 .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
					 .memory = V4L2_MEMORY_MMAP };

	if (control(c, VIDIOC_REQBUFS, &r) < 0)
		return failed(c, "no buffers", err);
	for (int i = 0; i < (int)r.count && i < BUFFERS; i++) {
		struct v4l2_buffer b = buffer_of(i);

		if (control(c, VIDIOC_QUERYBUF, &b) < 0)
			return failed(c, "no buffers", err);
		c->map[i] = c->io->map(c->fd, b.length, (long)b.m.offset);
		if (c->map[i] == MAP_FAILED)
			return failed(c, "a buffer cannot be mapped", err);
		c->length[i] = b.length;
		c->buffers++;
		if (control(c, VIDIOC_QBUF, &b) < 0)
			return failed(c, "a buffer is refused", err);
	}
	return c->buffers ? BNN_OK
			  : err_set(err, BNN_E_FILE, "%s: no buffers", file_shown(c->path));
}

static int start(struct camera *c, struct bnn_err *err)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE, rc;

	c->fd = c->io->open(c->path);
	rc = c->fd < 0 ? failed(c, "cannot be opened", err) : check_capture(c, err);
	if (!rc)
		rc = set_format(c, err);
	if (!rc)
		rc = map_buffers(c, err);
	if (!rc && control(c, VIDIOC_STREAMON, &type) < 0)
		rc = failed(c, "no stream", err);
	if (rc)
		stop(c);
	return rc;
}

static uint8_t clamp(int v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

void camera_yuyv(const uint8_t *in, size_t stride, bool full, struct bnn_image *out)
{
	uint8_t *p = out->pixels;

	for (int row = 0; row < out->rows; row++, in += stride) {
		for (int x = 0; x < out->cols; x++) {
			const uint8_t *pair = in + (size_t)x / 2 * 4;
			/* 256ths; luma 16 to 235 is spread to 0 to 255. */
			int y = full ? 256 * in[2 * x] : 298 * (in[2 * x] - 16);
			int u = pair[1] - 128, v = pair[3] - 128;

			if (out->channels == 1) {
				*p++ = clamp((y + 128) >> 8);
				continue;
			}
			*p++ = clamp((y + (full ? 359 : 409) * v + 128) >> 8);
			*p++ = clamp((y - (full ? 88 : 100) * u - (full ? 183 : 208) * v + 128) >>
				     8);
			*p++ = clamp((y + (full ? 454 : 516) * u + 128) >> 8);
		}
	}
}

/* The n bytes the driver gave, as an image. */
static int decode(const struct camera *c, const char *name, const uint8_t *p, size_t n,
		  struct bnn_image *im, struct bnn_err *err)
{
	const struct v4l2_pix_format *f = &c->format;
	bool gray = f->pixelformat == V4L2_PIX_FMT_GREY;
	size_t row = (size_t)f->width * (gray ? 1 : 2), stride = f->bytesperline;
	int rc;

	if (f->pixelformat == V4L2_PIX_FMT_MJPEG)
		return image_decode_jpeg(name, p, n, im, err);
	if (!gray)
		row += row % 4; /* an odd width ends with half a pair */
	stride = stride < row ? row : stride;
	if (n < stride * (f->height - 1) + row)
		return err_set(err, BNN_E_FILE, "%s: truncated: %zu bytes", name, n);
	rc = image_alloc(name, f->height, f->width, gray ? 1 : c->channels, im, err);
	if (rc)
		return rc;
	if (!gray)
		camera_yuyv(p, stride, f->quantization == V4L2_QUANTIZATION_FULL_RANGE, im);
	for (uint32_t y = 0; gray && y < f->height; y++)
		memcpy(im->pixels + y * row, p + y * stride, row);
	return BNN_OK;
}

/* When the driver took the frame, on our clock if it says so. */
static void stamp(const struct v4l2_buffer *b, struct origin *from)
{
	double taken = (double)b->timestamp.tv_sec + (double)b->timestamp.tv_usec * 1e-6, age;

	source_stamp(from);
	if ((b->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) != V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
		return;
	age = from->captured - taken;
	if (age < 0 || age > 60) /* a driver that means another clock */
		return;
	from->captured = taken;
	from->wall.tv_sec -= (time_t)age;
	from->wall.tv_nsec -= (long)((age - (double)(time_t)age) * 1e9);
	if (from->wall.tv_nsec < 0) {
		from->wall.tv_nsec += 1000000000;
		from->wall.tv_sec--;
	}
}

static void take(struct camera *c, const struct v4l2_buffer *b, struct frame *out)
{
	struct bnn_err why = { 0 };
	int name;

	c->frames++;
	name = snprintf(out->from.name, sizeof(out->from.name), "frame %" PRIu64, c->frames);
	stamp(b, &out->from);
	out->skipped = c->known ? b->sequence - c->sequence : 0;
	c->sequence = b->sequence + 1;
	c->known = true;
	if (b->flags & V4L2_BUF_FLAG_ERROR)
		snprintf(out->why, sizeof(out->why), "%.*s: damaged in the camera", name,
			 out->from.name);
	else if (decode(c, out->from.name, c->map[b->index], b->bytesused, &out->image, &why))
		snprintf(out->why, sizeof(out->why), "%s", why.text);
}

/* Opens it again when it is away. False when the wait is to end. */
static bool find(struct camera *c)
{
	struct pollfd p = { c->stop_fd, POLLIN, 0 };
	struct bnn_err why;

	while (c->fd < 0) {
		if (poll(&p, 1, LOOK_MS) > 0)
			return false;
		if (start(c, &why) == BNN_OK)
			console_note(c->console, "%s is back", c->path);
	}
	return true;
}

/* It is unplugged, or its driver does what it must not. */
static void lose(struct camera *c, const char *why)
{
	console_fault(c->console, "%s is lost: %s", c->path, why);
	stop(c);
}

static int camera_next(void *state, struct frame *out, struct bnn_err *err)
{
	struct camera *c = state;

	(void)err; /* a camera comes back: its stream does not end */
	memset(out, 0, sizeof(*out));
	while (find(c) && source_wait(c->fd, c->stop_fd)) {
		struct v4l2_buffer b = buffer_of(0);

		if (control(c, VIDIOC_DQBUF, &b) < 0) {
			if (errno != EAGAIN)
				lose(c, strerror(errno));
			continue;
		}
		if (b.index >= (uint32_t)c->buffers || b.bytesused > c->length[b.index]) {
			lose(c, "a buffer we do not have");
			continue;
		}
		take(c, &b, out);
		if (control(c, VIDIOC_QBUF, &b) < 0)
			lose(c, strerror(errno));
		return 1;
	}
	return 0;
}

static void camera_close(void *state)
{
	stop(state);
	free(state);
}

int source_camera_open(const char *path, int cols, int rows, int channels, int stop_fd,
		       const struct camera_io *io, struct console *console, struct sort_source *out,
		       struct bnn_err *err)
{
	struct camera *c = calloc(1, sizeof(*c));
	int rc;

	if (!c)
		return err_set(err, BNN_E_MEMORY, "out of memory for a camera");
	*c = (struct camera){ .io = io,
			      .console = console,
			      .path = path,
			      .wanted_cols = cols,
			      .wanted_rows = rows,
			      .channels = channels,
			      .stop_fd = stop_fd,
			      .fd = -1 };
	rc = start(c, err);
	if (rc) {
		camera_close(c);
		return rc;
	}
	*out = (struct sort_source){ camera_next, camera_close, c };
	return BNN_OK;
}
