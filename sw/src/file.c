/* SPDX-License-Identifier: MIT
 * Whole files in and out. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "model.h"

#define FIRST_CHUNK 65536
#define PATH_SIZE 4096

const char *file_shown(const char *path)
{
	size_t len = strlen(path), most = 110;

	return len > most ? path + (len - most) : path;
}

int file_read(const char *path, size_t max, uint8_t **buf, size_t *len, struct bnn_err *err)
{
	FILE *f = fopen(path, "rb");
	size_t used = 0, size = FIRST_CHUNK;
	uint8_t *p = NULL;
	int rc = BNN_OK;

	if (!f)
		return err_set(err, BNN_E_FILE, "%s: %s", file_shown(path), strerror(errno));
	for (;;) {
		uint8_t *bigger = realloc(p, size);

		if (!bigger) {
			rc = err_set(err, BNN_E_MEMORY, "%s: out of memory", file_shown(path));
			break;
		}
		p = bigger;
		used += fread(p + used, 1, size - 1 - used, f);
		if (used < size - 1 || used > max)
			break;
		size *= 2;
	}
	if (!rc && ferror(f))
		rc = err_set(err, BNN_E_FILE, "%s: %s", file_shown(path), strerror(errno));
	else if (!rc && used > max)
		rc = err_set(err, BNN_E_FILE, "%s: longer than the %zu bytes allowed",
			     file_shown(path), max);
	fclose(f);
	if (rc) {
		free(p);
		return rc;
	}
	p[used] = 0;
	*buf = p;
	*len = used;
	return BNN_OK;
}

/* Opens a new file beside path; its name goes to tmp. -1 and errno on failure. */
static int open_temporary(const char *path, char *tmp, size_t size)
{
	int fd = -1;

	for (int i = 0; fd < 0 && i < 100; i++) {
		int n = snprintf(tmp, size, "%s.%ld.%d.tmp", path, (long)getpid(), i);

		if (n < 0 || (size_t)n >= size) {
			errno = ENAMETOOLONG;
			return -1;
		}
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL, 0666);
		if (fd < 0 && errno != EEXIST)
			return -1;
	}
	return fd;
}

static bool write_all(int fd, const uint8_t *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return fsync(fd) == 0;
}

static int check_regular(const char *path, struct bnn_err *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(err, BNN_E_FILE, "%s: exists and is not a regular file",
			       file_shown(path));
	return BNN_OK;
}

int file_write(const char *path, const void *buf, size_t len, struct bnn_err *err)
{
	char tmp[PATH_SIZE];
	int fd, why, rc = check_regular(path, err);
	bool ok;

	if (rc)
		return rc;
	fd = open_temporary(path, tmp, sizeof(tmp));
	if (fd < 0)
		return err_set(err, BNN_E_FILE, "%s: %s", file_shown(path), strerror(errno));
	ok = write_all(fd, buf, len);
	why = errno;
	if (close(fd) < 0 && ok) {
		ok = false;
		why = errno;
	}
	if (ok && rename(tmp, path) < 0) {
		ok = false;
		why = errno;
	}
	if (!ok) {
		unlink(tmp);
		return err_set(err, BNN_E_FILE, "%s: %s", file_shown(path), strerror(why));
	}
	return BNN_OK;
}

int file_check_place(const char *path, struct bnn_err *err)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_SIZE];
	int rc;

	if (strlen(path) > PATH_SIZE - 64)
		return err_set(err, BNN_E_FILE, "%s: the path is too long", file_shown(path));
	rc = check_regular(path, err);
	if (rc)
		return rc;
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 1,
		 slash ? path : ".");
	if (access(folder, W_OK | X_OK) != 0)
		return err_set(err, BNN_E_FILE, "%s: cannot write there: %s", file_shown(path),
			       strerror(errno));
	return BNN_OK;
}
