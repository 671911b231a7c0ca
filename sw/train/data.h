/* SPDX-License-Identifier: MIT
 * Images of a training run: the set and its parts. */
#ifndef JB_TRAIN_DATA_H
#define JB_TRAIN_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "rng.h"

/* Images of one size. */
struct train_set {
	int count, rows, cols, channels, classes;
	uint8_t *pixels; /* [count][rows][cols][channels], owned */
	uint8_t *label;  /* [count], below classes, owned */
	int *group;      /* [count], first image of those that stay together with it; owned */
};

/* Allocates: pixels and labels zero, every image a group by itself. Errors: BNN_E_MEMORY. */
int train_set_new(struct train_set *s, int count, int rows, int cols, int channels, int classes,
		  struct bnn_err *err);
void train_set_free(struct train_set *s);
static inline size_t train_set_size(const struct train_set *s)
{
	return (size_t)s->rows * (size_t)s->cols * (size_t)s->channels;
}
static inline const uint8_t *train_set_image(const struct train_set *s, int i)
{
	return s->pixels + (size_t)i * train_set_size(s);
}

/* Copies the images index[0..count-1]. Errors: BNN_E_MEMORY. */
int train_set_take(const struct train_set *s, const int *index, int count, struct train_set *out,
		   struct bnn_err *err);
/* Copies the set with a model's preprocessing done. Errors: BNN_E_MEMORY. */
int train_set_preprocess(const struct train_set *s, const struct model_pre *pre,
			 struct train_set *out, struct bnn_err *err);
/* Images of every class. */
void train_set_count(const struct train_set *s, int count[JB_MAX_CLASSES]);

/* groups.c: gives images of a class that look alike one group: photographs taken one after the
 * other, copies, other crops of nearly the same place. Errors: BNN_E_MEMORY. */
int train_set_group(struct train_set *s, struct bnn_err *err);
/* Counts images of s that look like one of the same class in another set. Errors: BNN_E_MEMORY. */
int train_set_alike(const struct train_set *s, const struct train_set *other, int *count,
		    struct bnn_err *err);

/* Numbers of the images to learn from and of those held out, in rising order. */
struct data_split {
	int *learn, *held; /* owned */
	int learn_count, held_count;
};

/* Holds out a part (0 .. 0.9) of every class, whole groups drawn by seed; where all are too
 * large for the part, the smallest one, unless that is over half of the class.
 * Errors: BNN_E_MEMORY. */
int data_split_new(const struct train_set *s, double part, uint64_t seed, struct data_split *out);
void data_split_free(struct data_split *s);

void data_shuffle(int *index, int count, struct rng *r);

#endif
