/* SPDX-License-Identifier: MIT
 * Images that come into a folder, and the lanes they belong to. */
#ifndef TESTS_PICTURES_H
#define TESTS_PICTURES_H

#include <stdbool.h>

#include "common/fashion.h"
#include "rules.h"

#define PICTURES_BROKEN_EVERY 1000

struct pictures {
	const char *dir; /* has base/ and inbox/ */
	struct fashion data;
	struct rules rules;
	uint8_t *lane; /* of test image i, by the reference; owned */
};

/* Writes rules, and the Fashion-MNIST test images as files, below dir. 0, or -1 with a message. */
int pictures_make(struct pictures *p, const char *dir);
void pictures_free(struct pictures *p);
/* Image i into the folder: complete under a hidden name, then renamed. 0, or -1 with a message. */
int pictures_feed(const struct pictures *p, long i);
bool pictures_broken(long i);
/* The lane image i belongs to. */
int pictures_lane(const struct pictures *p, long i);

#endif
