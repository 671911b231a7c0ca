/* SPDX-License-Identifier: MIT
 * Images of a training run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "image.h"

int train_set_new(struct train_set *s, int count, int rows, int cols, int channels, int classes,
		  struct bnn_err *err)
{
	*s = (struct train_set){
		.count = count, .rows = rows, .cols = cols, .channels = channels, .classes = classes
	};
	s->pixels = calloc((size_t)count * train_set_size(s) + 1, 1);
	s->label = calloc((size_t)count + 1, 1);
	s->group = calloc((size_t)count + 1, sizeof(int));
	if (s->pixels && s->label && s->group) {
		for (int i = 0; i < count; i++)
			s->group[i] = i;
		return BNN_OK;
	}
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
	free(s->group);
	*s = (struct train_set){ 0 };
}

int train_set_take(const struct train_set *s, const int *index, int count, struct train_set *out,
		   struct bnn_err *err)
{
	size_t size = train_set_size(s);
	int *first = calloc((size_t)s->count + 1, sizeof(int)); /* of a group, plus 1 */
	int rc = first ? train_set_new(out, count, s->rows, s->cols, s->channels, s->classes, err)
		       : err_set(err, BNN_E_MEMORY, "out of memory for %d images", count);

	for (int i = 0; !rc && i < count; i++) {
		int *group = &first[s->group[index[i]]];

		memcpy(out->pixels + (size_t)i * size, train_set_image(s, index[i]), size);
		out->label[i] = s->label[index[i]];
		*group = *group ? *group : i + 1;
		out->group[i] = *group - 1;
	}
	free(first);
	return rc;
}

int train_set_preprocess(const struct train_set *s, const struct model_pre *pre,
			 struct train_set *out, struct bnn_err *err)
{
	size_t size = train_set_size(s);
	int rc = train_set_new(out, s->count, s->rows, s->cols, s->channels, s->classes, err);

	if (rc)
		return rc;
	memcpy(out->pixels, s->pixels, (size_t)s->count * size);
	memcpy(out->label, s->label, (size_t)s->count);
	memcpy(out->group, s->group, (size_t)s->count * sizeof(int));
	for (int i = 0; !rc && i < s->count; i++) {
		struct bnn_image image = { s->rows, s->cols, s->channels,
					   out->pixels + (size_t)i * size };

		rc = image_preprocess(pre, &image, err);
	}
	if (rc)
		train_set_free(out);
	return rc;
}

void train_set_count(const struct train_set *s, int count[JB_MAX_CLASSES])
{
	memset(count, 0, JB_MAX_CLASSES * sizeof(*count));
	for (int i = 0; i < s->count; i++)
		count[s->label[i]]++;
}

/* Draws groups of a class until a part of its images is held out; where none is small enough, the
 * smallest one is, unless that is over half of the class. size: images of a group, by its number;
 * held: marks its number. */
static void hold_class(const struct train_set *s, int c, double part, struct rng *r,
		       const int *size, int *order, bool *held)
{
	int groups = 0, images = 0, taken = 0, want, smallest = 0;

	for (int i = 0; i < s->count; i++) {
		if (s->label[i] != c)
			continue;
		images++;
		if (s->group[i] == i)
			order[groups++] = i;
	}
	want = (int)floor(images * part + 0.5);
	want = want < 1 && part > 0 ? 1 : want;
	data_shuffle(order, groups, r);
	for (int g = 0; g < groups; g++) {
		smallest = size[order[g]] < size[order[smallest]] ? g : smallest;
		if (taken + size[order[g]] > want)
			continue;
		held[order[g]] = true;
		taken += size[order[g]];
	}
	if (groups && !taken && want && 2 * size[order[smallest]] <= images)
		held[order[smallest]] = true;
}

static void fill_split(const struct train_set *s, const bool *held, struct data_split *out)
{
	for (int i = 0; i < s->count; i++) {
		if (held[s->group[i]])
			out->held[out->held_count++] = i;
		else
			out->learn[out->learn_count++] = i;
	}
}

int data_split_new(const struct train_set *s, double part, uint64_t seed, struct data_split *out)
{
	size_t room = (size_t)s->count + 1;
	int *size = calloc(2 * room, sizeof(int));
	bool *held = calloc(room, sizeof(bool));
	int rc = BNN_E_MEMORY;

	*out = (struct data_split){ .learn = calloc(room, sizeof(int)),
				    .held = calloc(room, sizeof(int)) };
	if (out->learn && out->held && size && held) {
		rc = BNN_OK;
		for (int i = 0; i < s->count; i++)
			size[s->group[i]]++;
		for (int c = 0; c < s->classes; c++) {
			struct rng r = rng_stream(seed ^ 0x51, (uint64_t)c);

			hold_class(s, c, part, &r, size, size + room, held);
		}
		fill_split(s, held, out);
	} else {
		data_split_free(out);
	}
	free(size);
	free(held);
	return rc;
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
