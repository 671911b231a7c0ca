/* SPDX-License-Identifier: MIT
 * IDX reader: magic 00 00 08 dims, big-endian u32 sizes, u8 data. zlib reads plain files as they
 * are. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "file.h"
#include "idx.h"
#include "model.h"

#define TYPE_U8 0x08
#define MAX_DIMS 4
#define MAX_BYTES 0x7FFFFFFFu

struct idx {
	int dims;
	uint32_t size[MAX_DIMS];
	uint8_t *data;
	size_t bytes;
};

static bool read_all(gzFile f, void *buf, size_t n)
{
	return gzread(f, buf, (unsigned)n) == (int)n;
}

static uint32_t big32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Magic and sizes; the product of the sizes goes to out->bytes. */
static int read_header(gzFile f, const char *path, struct idx *out, struct bnn_err *err)
{
	uint8_t b[4];
	uint64_t bytes = 1;

	if (!read_all(f, b, 4))
		return err_set(err, BNN_E_FILE, "%s: too short for an IDX file", path);
	if (b[0] || b[1] || b[2] != TYPE_U8 || b[3] < 1 || b[3] > MAX_DIMS)
		return err_set(err, BNN_E_FILE,
			       "%s: not an IDX file of bytes with 1 to %d dimensions", path,
			       MAX_DIMS);
	out->dims = b[3];
	for (int i = 0; i < out->dims; i++) {
		if (!read_all(f, b, 4))
			return err_set(err, BNN_E_FILE, "%s: truncated in its IDX header", path);
		out->size[i] = big32(b);
		if (!out->size[i])
			return err_set(err, BNN_E_FILE, "%s: IDX dimension %d is 0", path, i + 1);
		bytes *= out->size[i];
		if (bytes > MAX_BYTES)
			return err_set(err, BNN_E_LIMIT, "%s: over %u bytes of IDX data", path,
				       MAX_BYTES);
	}
	out->bytes = (size_t)bytes;
	return BNN_OK;
}

/* Data in pieces, so that a wrong header does not cost its full size in memory. */
static int read_data(gzFile f, const char *path, struct idx *out, struct bnn_err *err)
{
	size_t have = 0, room = 0;
	char extra;
	int n;

	while (have < out->bytes) {
		if (have == room) {
			room = room ? 2 * room : 1 << 20;
			if (room > out->bytes)
				room = out->bytes;
			uint8_t *more = realloc(out->data, room);
			if (!more)
				return err_set(err, BNN_E_MEMORY, "%s: no memory for %zu bytes",
					       path, room);
			out->data = more;
		}
		n = gzread(f, out->data + have, (unsigned)(room - have));
		if (n <= 0)
			return err_set(err, BNN_E_FILE, "%s: truncated: %zu of %zu data bytes",
				       path, have, out->bytes);
		have += (size_t)n;
	}
	n = gzread(f, &extra, 1);
	if (n < 0)
		return err_set(err, BNN_E_FILE, "%s: %s", path, gzerror(f, &n));
	if (n > 0)
		return err_set(err, BNN_E_FILE, "%s: longer than the %zu data bytes of its header",
			       path, out->bytes);
	return BNN_OK;
}

static int read_idx(const char *full, struct idx *out, struct bnn_err *err)
{
	const char *path = file_shown(full);
	struct stat st;
	gzFile f;
	int code;

	memset(out, 0, sizeof(*out));
	if (stat(full, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(err, BNN_E_FILE, "%s: %s", path, strerror(EISDIR));
	f = gzopen(full, "rb");
	if (!f)
		return err_set(err, BNN_E_FILE, "%s: %s", path, strerror(errno));
	code = read_header(f, path, out, err);
	if (!code)
		code = read_data(f, path, out, err);
	/* The end of a gzip stream, with its CRC, is checked here. */
	if (gzclose_r(f) != Z_OK && !code)
		code = err_set(err, BNN_E_FILE, "%s: truncated gzip data", path);
	if (code) {
		free(out->data);
		out->data = NULL;
	}
	return code;
}

int idx_probe(const char *path)
{
	uint8_t b[4] = { 1 };
	gzFile f = gzopen(path, "rb");

	if (!f)
		return 0;
	int ok = read_all(f, b, 4) && !b[0] && !b[1] && b[2] == TYPE_U8 && b[3] >= 1 &&
		 b[3] <= MAX_DIMS;
	gzclose(f);
	return ok;
}

int idx_read_images(const char *path, struct idx_images *out, struct bnn_err *err)
{
	struct idx idx;

	memset(out, 0, sizeof *out);
	int code = read_idx(path, &idx, err);
	if (code)
		return code;
	if (idx.dims < 3 || (idx.dims == 4 && idx.size[3] != 1 && idx.size[3] != 3)) {
		free(idx.data);
		return err_set(err, BNN_E_FILE,
			       "%s: IDX images are [n][rows][cols] or [n][rows][cols][1 or 3]",
			       file_shown(path));
	}
	out->count = (int)idx.size[0];
	out->rows = (int)idx.size[1];
	out->cols = (int)idx.size[2];
	out->channels = idx.dims == 4 ? (int)idx.size[3] : 1;
	out->pixels = idx.data;
	return BNN_OK;
}

void idx_images_free(struct idx_images *im)
{
	if (!im)
		return;
	free(im->pixels);
	memset(im, 0, sizeof *im);
}

int idx_read_labels(const char *path, uint8_t **labels, int *count, struct bnn_err *err)
{
	struct idx idx;
	int code = read_idx(path, &idx, err);

	*labels = NULL;
	*count = 0;
	if (code)
		return code;
	if (idx.dims != 1) {
		free(idx.data);
		return err_set(err, BNN_E_FILE, "%s: IDX labels have 1 dimension, not %d",
			       file_shown(path), idx.dims);
	}
	*labels = idx.data;
	*count = (int)idx.size[0];
	return BNN_OK;
}
