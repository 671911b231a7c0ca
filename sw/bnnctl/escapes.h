/* SPDX-License-Identifier: MIT
 * Escapes and false rejects against the least margin of a sorting line.
 *
 * With good classes a part is passed when it is said to be of a good class with at least the
 * margin: an escape is a bad part that is passed, a false reject a good part that is not; rates
 * are parts of the bad and of the good ones. Without good classes every class has a lane of its
 * own and a part below the margin is rejected: an escape is a part in a wrong lane, a false reject
 * one that is rejected although its class is right; both rates are parts of all. */
#ifndef BNNCTL_ESCAPES_H
#define BNNCTL_ESCAPES_H

#include <stdbool.h>

#include "evaluation.h"

struct escapes {
	int32_t *bad, *good;    /* margins of parts that margin 0 lets out wrongly and rightly,
				* rising, owned */
	long bads, goods;       /* how many */
	long bad_all, good_all; /* what the rates are parts of */
	long lost;              /* false rejects even at margin 0 */
};

/* good: [classes], or NULL. Answers of images that could not be read are passed over.
 * Errors: BNN_E_MEMORY. */
int escapes_new(const struct answer *a, int count, const bool *good, struct escapes *out,
		struct bnn_err *err);
void escapes_free(struct escapes *e);

/* Parts, and their rate 0 to 1 (0 where there are none), with this least margin. */
long escapes_count(const struct escapes *e, int64_t margin);
long escapes_rejects(const struct escapes *e, int64_t margin);
double escapes_rate(const struct escapes *e, int64_t margin);
double escapes_reject_rate(const struct escapes *e, int64_t margin);
/* The least margin with at most this rate of escapes (0 to 1). */
int64_t escapes_margin(const struct escapes *e, double rate);

/* Classes that --good names ("A,B"), or those named good and ok, in any case, when list is NULL.
 * Returns their number, 0 also when they are all; -1: no class has the name put into unknown. */
int escapes_good(const struct bnn_model *m, const char *list, bool *good, char *unknown,
		 size_t size);

#endif
