/* SPDX-License-Identifier: MIT
 * Threads of the trainer. Work is cut into items whose number does not depend on the number of
 * threads, each item writes only its own results, and sums over items are taken in their order:
 * so a result has the same bits for any number of threads. */
#ifndef JB_TRAIN_WORKERS_H
#define JB_TRAIN_WORKERS_H

#define WORKERS_MAX 64

struct workers;

/* item: 0 .. items-1; worker: 0 .. workers_count()-1, for scratch memory. */
typedef void work_fn(void *ctx, int item, int worker);

/* threads: 0 takes one a processor. Errors: BNN_E_MEMORY. */
int workers_new(int threads, struct workers **out);
void workers_free(struct workers *w);
int workers_count(const struct workers *w);
/* Runs all items and returns when they are done. The caller is worker 0. */
void workers_run(struct workers *w, work_fn *fn, void *ctx, int items);

#endif
