/* SPDX-License-Identifier: MIT
 * Files that were taken: open addressing, at most half full. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>

#include "seen.h"

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
	return h ^ (h >> 29);
}

uint64_t seen_key(const char *name, const struct stat *st)
{
	uint64_t h = 1;

	for (; *name; name++)
		h = mix(h, (unsigned char)*name);
	h = mix(h, (uint64_t)st->st_ino);
	h = mix(h, (uint64_t)st->st_size);
	h = mix(h, (uint64_t)st->st_mtim.tv_sec);
	h = mix(h, (uint64_t)st->st_mtim.tv_nsec);
	return h ? h : 1;
}

/* Where the key is, or would be. */
static size_t place(const struct seen *s, uint64_t key)
{
	size_t i = key & (s->size - 1);

	while (s->key[i] && s->key[i] != key)
		i = (i + 1) & (s->size - 1);
	return i;
}

bool seen_has(const struct seen *s, uint64_t key)
{
	return s->size > 0 && s->key[place(s, key)] == key;
}

static bool grow(struct seen *s)
{
	struct seen larger = { .size = s->size ? 2 * s->size : 1024, .count = s->count };

	larger.key = calloc(larger.size, sizeof(*larger.key));
	if (!larger.key)
		return false;
	for (size_t i = 0; i < s->size; i++)
		if (s->key[i])
			larger.key[place(&larger, s->key[i])] = s->key[i];
	free(s->key);
	*s = larger;
	return true;
}

bool seen_add(struct seen *s, uint64_t key)
{
	size_t i;

	if (2 * (s->count + 1) > s->size && !grow(s))
		return false;
	i = place(s, key);
	s->count += !s->key[i];
	s->key[i] = key;
	return true;
}

void seen_free(struct seen *s)
{
	free(s->key);
	*s = (struct seen){ 0 };
}
