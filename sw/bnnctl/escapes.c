/* SPDX-License-Identifier: MIT
 * Escapes and false rejects against the least margin. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "escapes.h"

static int rising(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static void take(struct escapes *e, const struct answer *a, const bool *good)
{
	bool is_good = good ? good[a->truth] : a->truth == a->said;
	bool passed = !good || good[a->said];

	e->bad_all += !good || !is_good;
	e->good_all += !good || is_good;
	if (passed && is_good)
		e->good[e->goods++] = a->margin;
	else if (passed)
		e->bad[e->bads++] = a->margin;
	else
		e->lost += is_good;
}

int escapes_new(const struct answer *a, int count, const bool *good, struct escapes *out,
		struct bnn_err *err)
{
	size_t room = (size_t)count + 1;

	*out = (struct escapes){ .bad = malloc(room * sizeof(*out->bad)),
				 .good = malloc(room * sizeof(*out->good)) };
	if (!out->bad || !out->good) {
		escapes_free(out);
		return err_set(err, BNN_E_MEMORY, "out of memory for %d margins", count);
	}
	for (int i = 0; i < count; i++)
		if (a[i].said >= 0)
			take(out, &a[i], good);
	qsort(out->bad, (size_t)out->bads, sizeof(*out->bad), rising);
	qsort(out->good, (size_t)out->goods, sizeof(*out->good), rising);
	return BNN_OK;
}

void escapes_free(struct escapes *e)
{
	free(e->bad);
	free(e->good);
	*e = (struct escapes){ 0 };
}

/* How many of the rising margins are below one. */
static long below(const int32_t *list, long count, int64_t margin)
{
	long low = 0, high = count;

	while (low < high) {
		long middle = low + (high - low) / 2;

		if (list[middle] < margin)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

long escapes_count(const struct escapes *e, int64_t margin)
{
	return e->bads - below(e->bad, e->bads, margin);
}

long escapes_rejects(const struct escapes *e, int64_t margin)
{
	return e->lost + below(e->good, e->goods, margin);
}

static double part(long count, long all)
{
	return all ? (double)count / (double)all : 0;
}

double escapes_rate(const struct escapes *e, int64_t margin)
{
	return part(escapes_count(e, margin), e->bad_all);
}

double escapes_reject_rate(const struct escapes *e, int64_t margin)
{
	return part(escapes_rejects(e, margin), e->good_all);
}

int64_t escapes_margin(const struct escapes *e, double rate)
{
	/* The slack: a rate such as 0.3 % of 1000 is not exact in binary. */
	double allowed = rate * (double)e->bad_all + 1e-6;
	long at = allowed < (double)e->bads ? e->bads - (long)allowed : 0;

	return at > 0 ? (int64_t)e->bad[at - 1] + 1 : 0;
}

int escapes_good(const struct bnn_model *m, const char *list, bool *good, char *unknown,
		 size_t size)
{
	int count = 0, classes = bnn_model_classes(m);

	memset(good, 0, (size_t)classes * sizeof(*good));
	for (int c = 0; !list && c < classes; c++)
		good[c] = strcasecmp(bnn_model_class(m, c), "good") == 0 ||
			  strcasecmp(bnn_model_class(m, c), "ok") == 0;
	while (list) {
		size_t length = strcspn(list, ",");
		int c = model_find_class(m, list, length);

		if (c < 0) {
			snprintf(unknown, size, "%.*s", (int)length, list);
			return -1;
		}
		good[c] = true;
		list = list[length] ? list + length + 1 : NULL;
	}
	for (int c = 0; c < classes; c++)
		count += good[c];
	if (count == classes) { /* nothing would be bad */
		memset(good, 0, (size_t)classes * sizeof(*good));
		count = 0;
	}
	return count;
}
