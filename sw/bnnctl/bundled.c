/* SPDX-License-Identifier: MIT
 * Where the bundled model and the boards' bitstreams are. */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundled.h"

#define BUNDLED "fashion-mnist.bnn"

/* The folder of the executable (up = 1) or the one above it (2). */
static bool folder(char *path, size_t size, int up)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	if (n <= 0)
		return false;
	path[n] = 0;
	for (; up > 0; up--) {
		char *slash = strrchr(path, '/');

		if (!slash)
			return false;
		*slash = 0;
	}
	return true;
}

/* buf becomes the folder and the name in it; true when that file can be read. */
static bool __attribute__((format(printf, 4, 5)))
readable(char *buf, size_t size, int up, const char *fmt, ...)
{
	va_list ap;
	size_t used;
	int n;

	if (!folder(buf, size, up))
		return false;
	used = strlen(buf);
	va_start(ap, fmt);
	n = vsnprintf(buf + used, size - used, fmt, ap);
	va_end(ap);
	return n > 0 && (size_t)n < size - used && access(buf, R_OK) == 0;
}

const char *bundled_model(char *buf, size_t size)
{
	const char *named = getenv("BNN_MODEL");

	if (named && *named)
		return named;
	if (readable(buf, size, 2, "/models/" BUNDLED) ||
	    readable(buf, size, 2, "/share/jetbnn/models/" BUNDLED))
		return buf;
	return NULL;
}

const char *bundled_bitstream(const char *board, char *buf, size_t size)
{
	static const char *const endings[] = { "bin", "bit" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (readable(buf, size, 1, "/boards/%s/%s.%s", board, board, endings[i]) ||
		    readable(buf, size, 2, "/share/jetbnn/boards/%s.%s", board, endings[i]))
			return buf;
	return NULL;
}
