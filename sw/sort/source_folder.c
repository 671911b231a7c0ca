/* SPDX-License-Identifier: MIT
 * A watched folder as a source. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "dataset.h"
#include "file.h"
#include "model.h"
#include "seen.h"
#include "sort_source.h"

enum { EVENTS = 64 * (sizeof(struct inotify_event) + NAME_MAX + 1) };
enum { PRUNE_ABOVE = 4096 }; /* keys of files that may be gone */

struct folder {
	char path[PATH_MAX];
	bool once;
	int stop_fd;
	int fd;      /* inotify, -1: once */
	char **name; /* of a listing being walked, owned */
	int names, next;
	struct seen seen;
	size_t prune_at; /* keys */
	bool gone;       /* the folder itself */
	_Alignas(struct inotify_event) char event[EVENTS];
	size_t at, end; /* of the events read */
};

static void folder_close(void *state)
{
	struct folder *f = state;

	folder_names_free(f->name, f->names);
	seen_free(&f->seen);
	if (f->fd >= 0)
		close(f->fd);
	free(f);
}

/* A program still writes to the file: its end is told later. A file system or owner that has no
 * leases tells nothing. */
static bool is_being_written(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool busy = false;

	if (fd < 0)
		return false;
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0)
		fcntl(fd, F_SETLEASE, F_UNLCK);
	else
		busy = errno == EAGAIN;
	close(fd);
	return busy;
}

/* Forgets the files that are not there any more. */
static int prune(struct folder *f, struct bnn_err *err)
{
	struct seen kept = { 0 };
	char path[PATH_MAX + NAME_MAX + 2], **name;
	struct stat st;
	int names, rc = folder_names(f->path, 0, &name, &names, err);

	if (rc)
		return rc;
	for (int i = 0; i < names && !rc; i++) {
		snprintf(path, sizeof(path), "%s/%s", f->path, name[i]);
		if (stat(path, &st) == 0 && seen_has(&f->seen, seen_key(name[i], &st)) &&
		    !seen_add(&kept, seen_key(name[i], &st)))
			rc = err_set(err, BNN_E_MEMORY, "out of memory for %d files", names);
	}
	folder_names_free(name, names);
	if (rc) {
		seen_free(&kept);
		return rc;
	}
	seen_free(&f->seen);
	f->seen = kept;
	f->prune_at = 2 * kept.count + PRUNE_ABOVE;
	return BNN_OK;
}

/* Lists the folder, to be walked before more events are read. */
static int list(struct folder *f, struct bnn_err *err)
{
	folder_names_free(f->name, f->names);
	f->name = NULL;
	f->names = f->next = 0;
	return folder_names(f->path, 0, &f->name, &f->names, err);
}

/* The next name that was listed or told of, NULL when there is none for now. */
static const char *next_name(struct folder *f, bool *listed, struct bnn_err *err)
{
	*listed = f->next < f->names;
	if (*listed)
		return f->name[f->next++];
	while (f->at < f->end) {
		const struct inotify_event *e = (const void *)(f->event + f->at);

		f->at += sizeof(*e) + e->len;
		if (e->mask & IN_Q_OVERFLOW) { /* names were lost */
			if (list(f, err))
				return NULL;
			return next_name(f, listed, err);
		}
		if (e->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT))
			f->gone = true;
		else if (e->len > 0 && e->name[0] != '.' && !(e->mask & IN_ISDIR))
			return e->name;
	}
	return NULL;
}

/* Reads the file if it is to be taken. 1, 0: not, or an error. */
static int take(struct folder *f, const char *name, bool listed, struct frame *out,
		struct bnn_err *err)
{
	struct bnn_err why = { 0 };
	struct stat st;
	uint64_t key;
	int n = snprintf(out->from.name, sizeof(out->from.name), "%s/%s", f->path, name);

	if (n < 0 || (size_t)n >= sizeof(out->from.name) || stat(out->from.name, &st) ||
	    !S_ISREG(st.st_mode))
		return 0; /* moved away since, or not a file */
	key = seen_key(name, &st);
	if (seen_has(&f->seen, key) || (listed && is_being_written(out->from.name)))
		return 0;
	if (!seen_add(&f->seen, key))
		return err_set(err, BNN_E_MEMORY, "out of memory for the names of %s", f->path);
	out->from.is_file = true;
	source_stamp(&out->from);
	if (bnn_image_read(out->from.name, &out->image, &why))
		snprintf(out->why, sizeof(out->why), "%s", why.text);
	return 1;
}

/* More events. 1, 0: stopped, or an error. */
static int wait_events(struct folder *f, struct bnn_err *err)
{
	ssize_t n;

	if (!source_wait(f->fd, f->stop_fd))
		return 0;
	n = read(f->fd, f->event, sizeof(f->event));
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return err_set(err, BNN_E_FILE, "%s: cannot be watched: %s", file_shown(f->path),
			       strerror(errno));
	f->at = 0;
	f->end = n > 0 ? (size_t)n : 0;
	return 1;
}

static int folder_next(void *state, struct frame *out, struct bnn_err *err)
{
	struct folder *f = state;
	const char *name;
	bool listed;
	int rc = 0;

	memset(out, 0, sizeof(*out));
	err->code = BNN_OK;
	for (;;) {
		while (!rc && (name = next_name(f, &listed, err)))
			rc = take(f, name, listed, out, err);
		if (rc || err->code)
			return rc ? rc : err->code;
		if (f->gone)
			return err_set(err, BNN_E_FILE, "%s: the folder was moved or removed",
				       file_shown(f->path));
		if (f->once)
			return 0;
		if (f->seen.count > f->prune_at) {
			rc = prune(f, err);
			if (rc)
				return rc;
		}
		rc = wait_events(f, err);
		if (rc <= 0)
			return rc;
		rc = 0;
	}
}

static int watch(struct folder *f, struct bnn_err *err)
{
	f->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (f->fd < 0 || inotify_add_watch(f->fd, f->path,
					   IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF |
						   IN_MOVE_SELF | IN_ONLYDIR) < 0)
		return err_set(err, BNN_E_FILE, "%s: cannot be watched: %s", file_shown(f->path),
			       strerror(errno));
	return BNN_OK;
}

int source_folder_open(const char *path, bool once, int stop_fd, struct sort_source *out,
		       struct bnn_err *err)
{
	struct folder *f = calloc(1, sizeof(*f));
	size_t n = strlen(path);
	int rc = BNN_OK;

	if (!f)
		return err_set(err, BNN_E_MEMORY, "out of memory for a folder");
	f->once = once;
	f->stop_fd = stop_fd;
	f->fd = -1;
	f->prune_at = PRUNE_ABOVE;
	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n == 0 || n >= sizeof(f->path))
		rc = err_set(err, BNN_E_FILE, "a folder's path has 1 to %d bytes", PATH_MAX - 1);
	else
		snprintf(f->path, sizeof(f->path), "%.*s", (int)n, path);
	if (!rc && !once)
		rc = watch(f, err); /* before the listing, so that nothing falls between */
	if (!rc)
		rc = list(f, err);
	if (rc) {
		folder_close(f);
		return rc;
	}
	*out = (struct sort_source){ folder_next, folder_close, f };
	return BNN_OK;
}
