/* SPDX-License-Identifier: MIT
 * Files that were taken: a set of 64-bit keys. */
#ifndef SORT_SEEN_H
#define SORT_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* Zero it to start. */
struct seen {
	uint64_t *key; /* hash table, 0: free; owned */
	size_t size;   /* a power of two, or 0 */
	size_t count;
};

/* The key of a file as it is: name, file number, size, time of the last change; never 0. */
uint64_t seen_key(const char *name, const struct stat *st);
bool seen_has(const struct seen *s, uint64_t key);
/* Adds a key. False when out of memory. */
bool seen_add(struct seen *s, uint64_t key);
void seen_free(struct seen *s);

#endif
