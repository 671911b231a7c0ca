/* SPDX-License-Identifier: MIT
 * Frames from a descriptor as a source: raw, or binary PGM and PPM. Nothing is read ahead, so that a
 * frame is there as soon as its last byte is. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image.h"
#include "sort_source.h"

enum { HEADER_MOST = 1000 }; /* bytes of a PNM header, comments included */
enum { FIRST_BUFFER = 4096 };

struct stream {
	int fd, stop_fd;
	int rows, cols, channels; /* raw; rows 0: PNM */
	uint64_t frames;
	uint8_t *buf; /* of the frame being read, owned */
	size_t size, have;
	bool stopped, broken;
};

static void stream_close(void *state)
{
	struct stream *s = state;

	free(s->buf);
	free(s);
}

static int make_room(struct stream *s, size_t n, struct bnn_err *err)
{
	uint8_t *larger;

	if (n <= s->size)
		return BNN_OK;
	larger = realloc(s->buf, n);
	if (!larger)
		return err_set(err, BNN_E_MEMORY, "out of memory for a frame of %zu bytes", n);
	s->buf = larger;
	s->size = n;
	return BNN_OK;
}

/* Reads until the frame has n bytes. 1, 0: the input ended or the wait did, or an error. */
static int fill(struct stream *s, size_t n, struct bnn_err *err)
{
	int rc = make_room(s, n, err);

	while (!rc && s->have < n) {
		ssize_t got;

		if (!source_wait(s->fd, s->stop_fd)) {
			s->stopped = true;
			return 0;
		}
		got = read(s->fd, s->buf + s->have, n - s->have);
		if (got == 0)
			return 0;
		if (got > 0)
			s->have += (size_t)got;
		else if (errno != EINTR && errno != EAGAIN)
			rc = err_set(err, BNN_E_FILE, "frame %" PRIu64 ": cannot be read: %s",
				     s->frames, strerror(errno));
	}
	return rc ? rc : 1;
}

/* Adds a byte to the header. */
static int next_byte(struct stream *s, int *c, struct bnn_err *err)
{
	int rc = s->have == HEADER_MOST ? err_set(err, BNN_E_FILE,
						  "frame %" PRIu64 ": its header is longer than %d "
						  "bytes",
						  s->frames, HEADER_MOST)
					: fill(s, s->have + 1, err);

	*c = rc > 0 ? s->buf[s->have - 1] : 0;
	return rc;
}

static bool is_space(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A number of the header and the byte behind it. */
static int read_number(struct stream *s, int64_t *out, struct bnn_err *err)
{
	int c, rc;

	*out = -1;
	do {
		rc = next_byte(s, &c, err);
		if (rc > 0 && c == '#')
			while (rc > 0 && c != '\n')
				rc = next_byte(s, &c, err);
	} while (rc > 0 && is_space(c));
	while (rc > 0 && c >= '0' && c <= '9' && *out < 1000000) {
		*out = (*out < 0 ? 0 : *out * 10) + c - '0';
		rc = next_byte(s, &c, err);
	}
	if (rc > 0 && (*out < 0 || !is_space(c)))
		rc = err_set(err, BNN_E_FILE, "frame %" PRIu64 ": not a number in the PNM header",
			     s->frames);
	return rc;
}

/* The frame's bytes into the buffer. 1, 0 at the end of the input, or an error. */
static int read_pnm(struct stream *s, struct bnn_err *err)
{
	int64_t cols, rows, maxval;
	size_t header;
	int rc = fill(s, 2, err);

	if (rc > 0 && (s->buf[0] != 'P' || (s->buf[1] != '5' && s->buf[1] != '6')))
		rc = err_set(err, BNN_E_FILE,
			     "frame %" PRIu64
			     ": no binary PGM or PPM image starts here; raw frames "
			     "need --raw",
			     s->frames);
	if (rc > 0)
		rc = read_number(s, &cols, err);
	if (rc > 0)
		rc = read_number(s, &rows, err);
	if (rc > 0)
		rc = read_number(s, &maxval, err);
	if (rc > 0) {
		char name[40];

		snprintf(name, sizeof(name), "frame %" PRIu64, s->frames);
		rc = image_check(name, (uint64_t)rows, (uint64_t)cols, err);
		rc = rc ? rc : 1;
	}
	if (rc <= 0)
		return rc;
	header = s->have;
	return fill(s,
		    header + (size_t)(rows * cols) * (s->buf[1] == '6' ? 3 : 1) *
				     (maxval > 255 ? 2 : 1),
		    err);
}

/* What was read into an image; false with the reason. */
static int decode(struct stream *s, const char *name, struct bnn_image *im, struct bnn_err *err)
{
	int rc;

	if (!s->rows)
		return image_decode(name, s->buf, s->have, im, err);
	rc = image_alloc(name, (uint64_t)s->rows, (uint64_t)s->cols, s->channels, im, err);
	if (!rc)
		memcpy(im->pixels, s->buf, s->have);
	return rc;
}

static int stream_next(void *state, struct frame *out, struct bnn_err *err)
{
	struct stream *s = state;
	size_t raw = (size_t)s->rows * (size_t)s->cols * (size_t)s->channels;
	struct bnn_err why = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	if (s->broken)
		return 0;
	s->frames++;
	s->have = 0;
	rc = s->rows ? fill(s, raw, err) : read_pnm(s, err);
	if (rc < 0 || s->stopped || (rc == 0 && s->have == 0))
		return rc < 0 ? rc : 0;
	snprintf(out->from.name, sizeof(out->from.name), "frame %" PRIu64, s->frames);
	source_stamp(&out->from);
	if (rc == 0) {
		s->broken = true;
		snprintf(out->why, sizeof(out->why),
			 "frame %" PRIu64 ": the input ends behind %zu bytes of it", s->frames,
			 s->have);
	} else if (decode(s, out->from.name, &out->image, &why)) {
		snprintf(out->why, sizeof(out->why), "%s", why.text);
	}
	return 1;
}

int source_stream_open(int fd, int rows, int cols, int channels, int stop_fd,
		       struct sort_source *out, struct bnn_err *err)
{
	struct stream *s;
	int rc = rows ? image_check("--raw", (uint64_t)rows, (uint64_t)cols, err) : BNN_OK;

	if (rc)
		return rc;
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(err, BNN_E_MEMORY, "out of memory for a stream");
	*s = (struct stream){
		.fd = fd, .stop_fd = stop_fd, .rows = rows, .cols = cols, .channels = channels
	};
	rc = make_room(s, FIRST_BUFFER, err);
	if (rc) {
		stream_close(s);
		return rc;
	}
	*out = (struct sort_source){ stream_next, stream_close, s };
	return BNN_OK;
}
