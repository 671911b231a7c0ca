/* SPDX-License-Identifier: MIT
 * Puts files into the folders of lanes and classes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "action_file.h"
#include "file.h"
#include "model.h"

enum { NAMES_MOST = 1000000 }; /* numbers that are tried */
enum { COPY_BYTES = 64 << 10 };

/* How the file `from` gets the free name `to`: 0, or -1 with errno EEXIST when it is taken. */
typedef int give_name(const char *from, const char *to);

static int failed(struct bnn_err *err, const char *path, int why)
{
	return err_set(err, BNN_E_FILE, "%s: %s", file_shown(path), strerror(why));
}

static int rename_new(const char *from, const char *to)
{
	int fd;

	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* A file system that cannot do that: the name is reserved, then replaced. */
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return -1;
	close(fd);
	if (rename(from, to) < 0) {
		int why = errno;

		unlink(to);
		errno = why;
		return -1;
	}
	return 0;
}

static int link_new(const char *from, const char *to)
{
	struct stat a, b;

	if (link(from, to) == 0)
		return 0;
	if (errno != EEXIST)
		return -1;
	if (stat(from, &a) == 0 && stat(to, &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino)
		return 0;
	errno = EEXIST;
	return -1;
}

/* Tries name, name-1, name-2 ... in the folder until one is free. */
static int give(give_name *how, const char *from, const char *name, const char *folder, char *to,
		size_t size, struct bnn_err *err)
{
	const char *dot = strrchr(name, '.');
	int stem = dot && dot > name ? (int)(dot - name) : (int)strlen(name);

	for (int i = 0; i < NAMES_MOST; i++) {
		int n = i ? snprintf(to, size, "%s/%.*s-%d%s", folder, stem, name, i, name + stem)
			  : snprintf(to, size, "%s/%s", folder, name);

		if (n < 0 || (size_t)n >= size)
			return failed(err, name, ENAMETOOLONG);
		if (how(from, to) == 0)
			return BNN_OK;
		if (errno != EEXIST)
			return failed(err, from, errno);
	}
	return err_set(err, BNN_E_FILE, "%s: %d files of this name in %.100s", file_shown(name),
		       NAMES_MOST, folder);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What was written to the folder stays there. */
static void sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static bool write_all(int fd, const void *buf, size_t n)
{
	const char *p = buf;

	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
	return true;
}

/* A hidden file in the folder; its name goes to path. -1: errno. */
static int open_hidden(const char *folder, const char *name, char *path, size_t size)
{
	int n = snprintf(path, size, "%s/.%.200s.%ld.part", folder, name, (long)getpid());

	if (n < 0 || (size_t)n >= size) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

/* Ends a hidden file: it gets its name. ok: writing went well, else errno. */
static int publish(int fd, bool ok, const char *hidden, const char *name, const char *folder,
		   char *to, size_t size, struct bnn_err *err)
{
	int rc, why = errno;

	close(fd);
	rc = ok ? give(rename_new, hidden, name, folder, to, size, err) : failed(err, hidden, why);
	if (rc)
		unlink(hidden);
	return rc;
}

/* The copy is on the disk afterwards. */
static bool copy_bytes(int in, int out)
{
	char buf[COPY_BYTES];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0 && !write_all(out, buf, (size_t)n))
			return false;
	}
	return fsync(out) == 0;
}

/* To another file system. */
static int move_far(const char *from, const char *folder, char *to, size_t size,
		    struct bnn_err *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out, rc;
	char hidden[4400];

	if (in < 0)
		return failed(err, from, errno);
	out = open_hidden(folder, base_name(from), hidden, sizeof(hidden));
	if (out < 0) {
		rc = failed(err, hidden, errno);
		close(in);
		return rc;
	}
	rc = publish(out, copy_bytes(in, out), hidden, base_name(from), folder, to, size, err);
	close(in);
	if (rc)
		return rc;
	sync_folder(folder);
	return unlink(from) < 0 ? failed(err, from, errno) : BNN_OK;
}

int file_move(const char *from, const char *folder, char *to, size_t size, struct bnn_err *err)
{
	struct stat a, b;

	if (stat(from, &a) == 0 && stat(folder, &b) == 0 && a.st_dev != b.st_dev)
		return move_far(from, folder, to, size, err);
	return give(rename_new, from, base_name(from), folder, to, size, err);
}

int file_link(const char *from, const char *folder, char *to, size_t size, struct bnn_err *err)
{
	return give(link_new, from, base_name(from), folder, to, size, err);
}

int file_save(const struct bnn_image *im, const char *name, const char *folder, char *to,
	      size_t size, struct bnn_err *err)
{
	size_t n = (size_t)im->rows * (size_t)im->cols * (size_t)im->channels;
	char hidden[4400], full[256], header[64];
	int fd, length;
	bool ok;

	snprintf(full, sizeof(full), "%.200s.%s", name, im->channels == 1 ? "pgm" : "ppm");
	fd = open_hidden(folder, full, hidden, sizeof(hidden));
	if (fd < 0)
		return failed(err, hidden, errno);
	length = snprintf(header, sizeof(header), "P%d\n%d %d\n255\n", im->channels == 1 ? 5 : 6,
			  im->cols, im->rows);
	ok = write_all(fd, header, (size_t)length) && write_all(fd, im->pixels, n);
	return publish(fd, ok, hidden, full, folder, to, size, err);
}

/* Adds "/NAME" and makes that folder. */
static int enter(char *path, size_t size, const char *name, struct bnn_err *err)
{
	size_t n = strlen(path);
	int more = snprintf(path + n, size - n, "/%s", name);

	if (more < 0 || (size_t)more >= size - n)
		return failed(err, name, ENAMETOOLONG);
	for (char *p = path + n + 1; *p; p++)
		if (*p == '/' || (unsigned char)*p < ' ' || *p == 0x7F)
			*p = '_';
	if (path[n + 1] == '.')
		path[n + 1] = '_';
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return failed(err, path, errno);
	return BNN_OK;
}

int file_folder(const char *folder, const char *a, const char *b, char *out, size_t size,
		struct bnn_err *err)
{
	int n = snprintf(out, size, "%s", folder), rc = BNN_OK;

	if (n < 0 || (size_t)n >= size)
		return failed(err, folder, ENAMETOOLONG);
	if (mkdir(out, 0777) < 0 && errno != EEXIST)
		return failed(err, out, errno);
	if (*a)
		rc = enter(out, size, a, err);
	if (!rc && *b)
		rc = enter(out, size, b, err);
	return rc;
}
