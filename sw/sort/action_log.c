/* SPDX-License-Identifier: MIT
 * A log of lines that keeps to a size. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "action_log.h"
#include "file.h"
#include "model.h"

static int failed(const struct log *l, struct bnn_err *err)
{
	return err_set(err, BNN_E_FILE, "%s: %s", file_shown(l->path), strerror(errno));
}

static int put(struct log *l, const char *line, size_t n, struct bnn_err *err)
{
	struct iovec v[2] = { { (void *)line, n }, { "\n", 1 } };
	ssize_t done = writev(l->fd, v, 2);

	if (done > 0)
		l->size += done;
	if (done == (ssize_t)n + 1)
		return BNN_OK;
	if (done >= 0)
		errno = ENOSPC;
	return failed(l, err);
}

/* The last byte of the file ends a line. */
static int ends_well(const struct log *l)
{
	char last = '\n';

	return l->size == 0 || pread(l->fd, &last, 1, l->size - 1) != 1 || last == '\n';
}

static int open_file(struct log *l, struct bnn_err *err)
{
	struct stat st;

	l->fd = open(l->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (l->fd < 0 || fstat(l->fd, &st) < 0)
		return failed(l, err);
	if (!S_ISREG(st.st_mode)) {
		close(l->fd);
		l->fd = -1;
		return err_set(err, BNN_E_FILE, "%s: not a regular file", file_shown(l->path));
	}
	l->size = st.st_size;
	if (!ends_well(l))
		return put(l, "", 0, err);
	return l->size == 0 && l->header ? put(l, l->header, strlen(l->header), err) : BNN_OK;
}

int log_open(struct log *l, const char *path, const char *header, int64_t most, int keep,
	     struct bnn_err *err)
{
	*l = (struct log){ path, header, most, keep, -1, 0 };
	return open_file(l, err);
}

/* FILE becomes FILE.1, FILE.1 becomes FILE.2 ...; the oldest goes. */
static int rotate(struct log *l, struct bnn_err *err)
{
	char from[4400], to[4400];

	for (int i = l->keep; i >= 1; i--) {
		snprintf(to, sizeof(to), "%s.%d", l->path, i);
		snprintf(from, sizeof(from), i > 1 ? "%s.%d" : "%s", l->path, i - 1);
		if (rename(from, to) < 0 && errno != ENOENT)
			return failed(l, err);
	}
	if (l->keep == 0 && unlink(l->path) < 0 && errno != ENOENT)
		return failed(l, err);
	close(l->fd);
	return open_file(l, err);
}

int log_line(struct log *l, const char *line, size_t n, struct bnn_err *err)
{
	int64_t head = l->header ? (int64_t)strlen(l->header) + 1 : 0;
	int rc = BNN_OK;

	if (l->fd < 0)
		rc = open_file(l, err);
	else if (l->size > head && l->size + (int64_t)n + 1 > l->most)
		rc = rotate(l, err);
	return rc ? rc : put(l, line, n, err);
}

void log_close(struct log *l)
{
	if (l->path && l->fd >= 0)
		close(l->fd);
	l->path = NULL;
}
