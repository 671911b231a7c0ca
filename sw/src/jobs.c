/* SPDX-License-Identifier: MIT
 * Queue of images from submit to poll. */
#include <stdlib.h>
#include <string.h>

#include "jobs.h"

struct job *jobs_add(struct jobs *q)
{
	if (q->count == q->size) {
		int size = 2 * q->size + 4;
		struct job *item = realloc(q->item, (size_t)size * sizeof(*item));

		if (!item)
			return NULL;
		q->item = item;
		q->size = size;
	}
	memset(&q->item[q->count], 0, sizeof(*q->item));
	return &q->item[q->count++];
}

void jobs_remove(struct jobs *q, int i)
{
	free(q->item[i].pixels);
	q->count--;
	memmove(q->item + i, q->item + i + 1, (size_t)(q->count - i) * sizeof(*q->item));
}

void jobs_clear(struct jobs *q)
{
	while (q->count > 0)
		jobs_remove(q, q->count - 1);
	free(q->item);
	memset(q, 0, sizeof(*q));
}

int jobs_in_flight(const struct jobs *q)
{
	int n = 0;

	for (int i = 0; i < q->count; i++)
		n += q->item[i].state != JOB_DONE;
	return n;
}

void job_fail(struct job *j, const struct bnn_err *why)
{
	j->state = JOB_DONE;
	j->rc = why->code;
	j->why = *why;
}
