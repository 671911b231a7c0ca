/* SPDX-License-Identifier: MIT
 * Queue of images from submit to poll. */
#ifndef JB_JOBS_H
#define JB_JOBS_H

#include "bnn.h"

enum job_state {
	JOB_DONE,  /* rc, and result or why */
	JOB_SENT,  /* the device has it */
	JOB_RESEND /* it was damaged on the way, or lost */
};

struct job {
	enum job_state state;
	int rc;
	struct bnn_err why;
	struct bnn_result result;
	uint16_t sequence;
	int tries;
	uint8_t *pixels; /* owned, until done */
};

/* Zero it to start. Items move when one is added. */
struct jobs {
	struct job *item; /* oldest first, owned */
	int count, size;
};

/* Adds a zeroed item; NULL when out of memory. */
struct job *jobs_add(struct jobs *q);
/* Removes item i. */
void jobs_remove(struct jobs *q, int i);
void jobs_clear(struct jobs *q);
/* Items that are not done. */
int jobs_in_flight(const struct jobs *q);
/* Done with an error: why is copied. */
void job_fail(struct job *j, const struct bnn_err *why);

#endif
