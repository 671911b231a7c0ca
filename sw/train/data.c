/* SPDX-License-Identifier: MIT
 * Images of a training run. */
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "model.h"

int train_set_new(struct train_set *s, int count, int rows, int cols, int channels, int classes,
		  struct bnn_err *err)
{
	size_t pixels = (size_t)count * (size_t)rows * (size_t)cols * (size_t)channels;

	*s = (struct train_set){
		.count = count, .rows = rows, .cols = cols, .channels = channels, .classes = classes
	};
	s->pixels = calloc(pixels ? pixels : 1, 1);
	s->label = calloc(count ? (size_t)count : 1, 1);
	if (s->pixels && s->label)
		return BNN_OK;
	train_set_free(s);
	return err_set(err, BNN_E_MEMORY, "out of memory for %d images of %dx%dx%d", count, rows,
		       cols, channels);
}

void train_set_free(struct train_set *s)
{
	if (!s)
		return;
	free(s->pixels);
	free(s->label);
	*s = (struct train_set){ 0 };
}

int data_split_new(const struct train_set *s, double part, struct data_split *out)
{
	int left[JB_MAX_CLASSES] = { 0 }; /* to learn from, of each class */

	*out = (struct data_split){ 0 };
	out->learn = calloc((size_t)s->count + 1, sizeof(int));
	out->held = calloc((size_t)s->count + 1, sizeof(int));
	if (!out->learn || !out->held) {
		data_split_free(out);
		return BNN_E_MEMORY;
	}
	for (int i = 0; i < s->count; i++)
		left[s->label[i]]++;
	for (int c = 0; c < JB_MAX_CLASSES; c++)
		left[c] -= (int)(left[c] * part);
	for (int i = 0; i < s->count; i++) {
		if (left[s->label[i]]-- > 0)
			out->learn[out->learn_count++] = i;
		else
			out->held[out->held_count++] = i;
	}
	return BNN_OK;
}

void data_split_free(struct data_split *s)
{
	free(s->learn);
	free(s->held);
	*s = (struct data_split){ 0 };
}

void data_shuffle(int *index, int count, struct rng *r)
{
	for (int i = count - 1; i > 0; i--) {
		int j = (int)rng_below(r, (uint32_t)i + 1);
		int t = index[i];

		index[i] = index[j];
		index[j] = t;
	}
}

static int clamp(int v, int size)
{
	return v < 0 ? 0 : v >= size ? size - 1 : v;
}

void data_sample(const struct train_set *s, int i, const struct augment *a, struct rng *r,
		 float *out)
{
	const uint8_t *in = train_set_image(s, i);
	uint32_t span = a ? 2 * (uint32_t)a->shift + 1 : 1;
	bool flip = a && a->flip && rng_below(r, 2);
	int dy = a ? (int)rng_below(r, span) - a->shift : 0;
	int dx = a ? (int)rng_below(r, span) - a->shift : 0;

	for (int row = 0; row < s->rows; row++)
		for (int col = 0; col < s->cols; col++) {
			int y = clamp(row + dy, s->rows);
			int x = clamp((flip ? s->cols - 1 - col : col) + dx, s->cols);
			const uint8_t *pixel = in + (y * s->cols + x) * s->channels;

			for (int c = 0; c < s->channels; c++)
				*out++ = pixel[c];
		}
}
