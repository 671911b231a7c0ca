/* SPDX-License-Identifier: MIT
 * Threads of the trainer. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <cblas.h>

#include "bnn.h"
#include "workers.h"

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t start, finish;
	int threads; /* the caller included */
	int started; /* of pthread[] */
	pthread_t thread[WORKERS_MAX];
	work_fn *fn;
	void *ctx;
	int items, next, busy;
	int ready; /* threads that have taken their number */
	bool quit;
};

/* Takes items until none is left. Called and left with the lock held. */
static void take_items(struct workers *w, int worker)
{
	w->busy++;
	while (w->next < w->items) {
		int item = w->next++;

		pthread_mutex_unlock(&w->lock);
		w->fn(w->ctx, item, worker);
		pthread_mutex_lock(&w->lock);
	}
	w->busy--;
}

static void *worker_main(void *arg)
{
	struct workers *w = arg;
	int worker;

	pthread_mutex_lock(&w->lock);
	worker = ++w->ready;
	while (!w->quit) {
		if (w->next < w->items) {
			take_items(w, worker);
			if (w->busy == 0)
				pthread_cond_signal(&w->finish);
		} else {
			pthread_cond_wait(&w->start, &w->lock);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

int workers_new(int threads, struct workers **out)
{
	struct workers *w = calloc(1, sizeof(*w));

	if (!w)
		return BNN_E_MEMORY;
	if (threads < 1)
		threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
	w->threads = threads < 1 ? 1 : threads > WORKERS_MAX ? WORKERS_MAX : threads;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->start, NULL);
	pthread_cond_init(&w->finish, NULL);
	/* every item calls BLAS for itself: threads inside would only make the order of sums vary */
	openblas_set_num_threads(1);
	while (w->started < w->threads - 1) {
		if (pthread_create(&w->thread[w->started], NULL, worker_main, w)) {
			workers_free(w);
			return BNN_E_MEMORY;
		}
		w->started++;
	}
	*out = w;
	return BNN_OK;
}

void workers_free(struct workers *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->quit = true;
	pthread_cond_broadcast(&w->start);
	pthread_mutex_unlock(&w->lock);
	for (int i = 0; i < w->started; i++)
		pthread_join(w->thread[i], NULL);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->start);
	pthread_cond_destroy(&w->finish);
	free(w);
}

int workers_count(const struct workers *w)
{
	return w->threads;
}

void workers_run(struct workers *w, work_fn *fn, void *ctx, int items)
{
	pthread_mutex_lock(&w->lock);
	w->fn = fn;
	w->ctx = ctx;
	w->items = items;
	w->next = 0;
	if (items > 1)
		pthread_cond_broadcast(&w->start);
	take_items(w, 0);
	while (w->busy > 0)
		pthread_cond_wait(&w->finish, &w->lock);
	w->items = 0;
	pthread_mutex_unlock(&w->lock);
}
