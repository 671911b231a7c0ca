/* SPDX-License-Identifier: MIT
 * Images that look alike. Two images are neighbours when their 64-bit difference hashes (signs of
 * the horizontal differences of the image averaged to 8 rows of 9 pixels) differ in few bits, and
 * their 8x8 averages, each less its mean, in few levels. A group is what neighbours connect. */
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "image.h"

#define SIDE 8
#define CELLS (SIDE * SIDE)
#define NEAR_BITS 16 /* noise turns those of even places */
#define NEAR_MEAN 10 /* difference of the images' means at most */
/* Mean difference of the averages at most: a part of their mean distance from the image's mean,
 * or the first number. */
#define NEAR_LEVELS 1
#define NEAR_PART 10

/* What is compared first; in order of class and mean, so that an image meets only those near it. */
struct key {
	uint64_t hash;
	int16_t mean, label;
	int image;
};

struct average {
	int spread;
	int16_t cell[CELLS]; /* less the mean */
};

struct looks {
	int count;
	struct key *key;         /* sorted */
	struct average *average; /* [image] */
};

static void hash_image(const uint8_t *p, struct key *out)
{
	for (int row = 0; row < SIDE; row++)
		for (int col = 0; col < SIDE; col++) {
			const uint8_t *at = p + row * (SIDE + 1) + col;

			out->hash = out->hash << 1 | (at[0] < at[1]);
		}
}

static void average_image(const uint8_t *p, struct key *key, struct average *out)
{
	int sum = 0;

	for (int i = 0; i < CELLS; i++)
		sum += p[i];
	key->mean = (int16_t)(sum / CELLS);
	for (int i = 0; i < CELLS; i++) {
		out->cell[i] = (int16_t)(p[i] - key->mean);
		out->spread += abs(out->cell[i]);
	}
}

static int look_at(const struct train_set *s, int i, struct looks *out, struct bnn_err *err)
{
	struct bnn_image image = { s->rows, s->cols, s->channels,
				   s->pixels + (size_t)i * train_set_size(s) };
	struct bnn_image gray = { 0 }, small = { 0 };
	int rc = image_convert(&image, 1, &gray, err);

	out->key[i].label = s->label[i];
	out->key[i].image = i;
	if (!rc)
		rc = image_resize(&gray, SIDE, SIDE + 1, &small, err);
	if (!rc)
		hash_image(small.pixels, &out->key[i]);
	bnn_image_free(&small);
	if (!rc)
		rc = image_resize(&gray, SIDE, SIDE, &small, err);
	if (!rc)
		average_image(small.pixels, &out->key[i], &out->average[i]);
	bnn_image_free(&small);
	bnn_image_free(&gray);
	return rc;
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->label != y->label)
		return x->label < y->label ? -1 : 1;
	if (x->mean != y->mean)
		return x->mean < y->mean ? -1 : 1;
	return (x->image > y->image) - (x->image < y->image);
}

/* Place of the first key that is not before the one of this class and mean. */
static int first_key(const struct looks *l, int label, int mean)
{
	struct key least = { .mean = (int16_t)mean, .label = (int16_t)label, .image = -1 };
	int low = 0, high = l->count;

	while (low < high) {
		int middle = (low + high) / 2;

		if (compare_keys(&l->key[middle], &least) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_near(const struct key *a, const struct key *b)
{
	return a->label == b->label && abs(a->mean - b->mean) <= NEAR_MEAN;
}

static bool alike(const struct average *a, const struct average *b)
{
	int spread = a->spread < b->spread ? a->spread : b->spread, difference = 0;
	int most = spread / NEAR_PART > NEAR_LEVELS * CELLS ? spread / NEAR_PART
							    : NEAR_LEVELS * CELLS;

	for (int i = 0; i < CELLS; i++)
		difference += abs(a->cell[i] - b->cell[i]);
	return difference <= most;
}

static bool keys_alike(const struct looks *l, const struct key *a, const struct looks *m,
		       const struct key *b)
{
	return __builtin_popcountll(a->hash ^ b->hash) <= NEAR_BITS &&
	       alike(&l->average[a->image], &m->average[b->image]);
}

/* First image of a group; shortens the way there. */
static int first_of(int *group, int i)
{
	while (group[i] != i) {
		group[i] = group[group[i]];
		i = group[i];
	}
	return i;
}

static void connect(struct train_set *s, const struct looks *l)
{
	for (int i = 1; i < s->count; i++)
		for (int j = i - 1; j >= 0 && is_near(&l->key[i], &l->key[j]); j--) {
			int a, b;

			if (!keys_alike(l, &l->key[i], l, &l->key[j]))
				continue;
			a = first_of(s->group, l->key[i].image);
			b = first_of(s->group, l->key[j].image);
			s->group[a > b ? a : b] = a > b ? b : a;
		}
	for (int i = 0; i < s->count; i++)
		s->group[i] = first_of(s->group, i);
}

/* Is there one like a in another set? */
static bool has_like(const struct looks *l, const struct key *a, const struct looks *other)
{
	for (int j = first_key(other, a->label, a->mean - NEAR_MEAN);
	     j < other->count && is_near(a, &other->key[j]); j++)
		if (keys_alike(l, a, other, &other->key[j]))
			return true;
	return false;
}

static void looks_free(struct looks *l)
{
	free(l->key);
	free(l->average);
}

static int looks_new(const struct train_set *s, struct looks *l, struct bnn_err *err)
{
	size_t room = (size_t)s->count + 1;
	int rc = BNN_OK;

	*l = (struct looks){ s->count, calloc(room, sizeof(*l->key)),
			     calloc(room, sizeof(*l->average)) };
	if (!l->key || !l->average)
		rc = err_set(err, BNN_E_MEMORY, "out of memory for comparing images");
	for (int i = 0; !rc && i < s->count; i++)
		rc = look_at(s, i, l, err);
	if (!rc)
		qsort(l->key, (size_t)s->count, sizeof(*l->key), compare_keys);
	return rc;
}

int train_set_group(struct train_set *s, struct bnn_err *err)
{
	struct looks l;
	int rc = looks_new(s, &l, err);

	if (!rc)
		connect(s, &l);
	looks_free(&l);
	return rc;
}

int train_set_alike(const struct train_set *s, const struct train_set *other, int *count,
		    struct bnn_err *err)
{
	struct looks a = { 0 }, b = { 0 };
	int rc = looks_new(s, &a, err);

	if (!rc)
		rc = looks_new(other, &b, err);
	*count = 0;
	for (int i = 0; !rc && i < s->count; i++)
		*count += has_like(&a, &a.key[i], &b);
	looks_free(&a);
	looks_free(&b);
	return rc;
}
