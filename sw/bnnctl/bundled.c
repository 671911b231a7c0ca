/* SPDX-License-Identifier: MIT
 * Where the bundled model is. */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundled.h"

#define BUNDLED "fashion-mnist.bnn"

/* The folder above the one of the executable. */
static bool prefix(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	if (n <= 0)
		return false;
	path[n] = 0;
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(path, '/');

		if (!slash)
			return false;
		*slash = 0;
	}
	return true;
}

const char *bundled_model(char *buf, size_t size)
{
	static const char *const folders[] = { "models", "share/jetbnn/models" };
	const char *named = getenv("BNN_MODEL");
	size_t used;

	if (named && *named)
		return named;
	if (!prefix(buf, size))
		return NULL;
	used = strlen(buf);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		int n = snprintf(buf + used, size - used, "/%s/" BUNDLED, folders[i]);

		if (n > 0 && (size_t)n < size - used && access(buf, R_OK) == 0)
			return buf;
	}
	return NULL;
}
