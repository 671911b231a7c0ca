/* SPDX-License-Identifier: MIT
 * Images of a training run: the set, its held-out part, augmentation. */
#ifndef JB_TRAIN_DATA_H
#define JB_TRAIN_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "bnn.h"
#include "rng.h"

/* Images as the device is sent them, all of one size. */
struct train_set {
	int count, rows, cols, channels, classes;
	uint8_t *pixels; /* [count][rows][cols][channels], owned */
	uint8_t *label;  /* [count], below classes, owned */
};

/* Allocates pixels and labels, zeroed. Errors: BNN_E_MEMORY. */
int train_set_new(struct train_set *s, int count, int rows, int cols, int channels, int classes,
		  struct bnn_err *err);
void train_set_free(struct train_set *s);
static inline const uint8_t *train_set_image(const struct train_set *s, int i)
{
	return s->pixels + (size_t)i * (size_t)(s->rows * s->cols * s->channels);
}

/* Numbers of the images to learn from and of those held out. */
struct data_split {
	int *learn, *held; /* owned */
	int learn_count, held_count;
};

/* Holds out the last part (0 .. 0.9) of every class. Errors: BNN_E_MEMORY. */
int data_split_new(const struct train_set *s, double part, struct data_split *out);
void data_split_free(struct data_split *s);

struct augment {
	bool flip; /* left and right exchanged, every second time */
	int shift; /* up to so many pixels in each direction; edge pixels repeat */
};

void data_shuffle(int *index, int count, struct rng *r);
/* Image number i as floats 0..255, augmented by r unless a is NULL. */
void data_sample(const struct train_set *s, int i, const struct augment *a, struct rng *r,
		 float *out);

#endif
