/* SPDX-License-Identifier: MIT
 * fuzz_chain [N [SEED]]: N random networks through driver and simulated accelerator, on every lane
 * configuration in turn, every layer, score and operation's cycles compared. A network beyond the
 * configuration's limits is not counted. Two processes. A failure prints what reproduces it: fuzz_chain
 * runs network n of SEED alone as `fuzz_chain 1 SEED n`. Exit status 6 on a difference. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/chain.h"
#include "sim_model.h"

enum { WORKERS = 2, FAILED = 6, MAX_CONFIGS = 8 };

struct run {
	uint64_t seed;
	bnn_device *device[MAX_CONFIGS];
	struct chain_stats stats;
	int quiet;
};

/* Network `number` of the seed, on its configuration. */
static int run_network(struct run *run, long number, int configs)
{
	struct random_source r = { run->seed * 0x100000001B3u + (uint64_t)number };
	const struct sim_model_ops *config = sim_models[number % configs];
	bnn_device **d = &run->device[number % configs];
	struct bnn_model *m = random_model(&r, number % 16 == 0 ? 48 : 22, 1e6);
	char net[NET_TEXT_MAX], text[256], name[64];
	struct bnn_err err;
	int failed;

	if (!m)
		return 1;
	snprintf(name, sizeof(name), "sim:%s", config->name);
	if (!*d && bnn_device_open(name, NULL, d, &err)) {
		fprintf(stderr, "%s: %s\n", name, err.text);
		bnn_model_free(m);
		return 1;
	}
	net_print(&m->net, net, sizeof(net));
	failed = chain_check(*d, m, &r, 1, &run->stats, text, sizeof(text));
	if (failed)
		fprintf(stderr, "seed %llu number %ld on %s: %s\n  %s\n",
			(unsigned long long)run->seed, number, name, net, text);
	bnn_model_free(m);
	return failed;
}

static void close_all(struct run *run)
{
	for (int i = 0; i < MAX_CONFIGS; i++)
		bnn_device_close(run->device[i]);
}

/* Networks first, first + WORKERS, ... until `count` were compared; statistics go to fd. */
static int worker(struct run *run, long first, long step, long count, int configs, int fd)
{
	int failed = 0;

	for (long n = first; !failed && run->stats.networks < count; n += step)
		failed = run_network(run, n, configs);
	close_all(run);
	if (write(fd, &run->stats, sizeof(run->stats)) != (ssize_t)sizeof(run->stats))
		failed = 1;
	return failed ? FAILED : 0;
}

static int collect(int fd[WORKERS], pid_t pid[WORKERS], struct chain_stats *sum)
{
	int failed = 0;

	for (int w = 0; w < WORKERS; w++) {
		struct chain_stats s = { 0 };
		int status;

		if (read(fd[w], &s, sizeof(s)) != (ssize_t)sizeof(s))
			failed = 1;
		sum->networks += s.networks;
		sum->skipped += s.skipped;
		sum->layers += s.layers;
		sum->images += s.images;
		sum->operations += s.operations;
		sum->cycles += s.cycles;
		waitpid(pid[w], &status, 0);
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			failed = 1;
	}
	return failed;
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 1000;
	struct run run = { .seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1 };
	struct chain_stats sum = { 0 };
	int configs = 0, fd[WORKERS], failed;
	pid_t pid[WORKERS];
	time_t start = time(NULL);

	while (configs < MAX_CONFIGS && sim_models[configs])
		configs++;
	if (argc > 3) {
		failed = run_network(&run, atol(argv[3]), configs);
		printf("%s\n", failed ? "differs" : run.stats.skipped ? "does not fit" : "equal");
		close_all(&run);
		return failed ? FAILED : 0;
	}
	printf("fuzz_chain seed %llu\n", (unsigned long long)run.seed);
	fflush(stdout);
	for (int w = 0; w < WORKERS; w++) {
		int ends[2];

		if (pipe(ends) || (pid[w] = fork()) < 0)
			return 1;
		if (pid[w] == 0)
			_exit(worker(&run, w, WORKERS, (count + WORKERS - 1 - w) / WORKERS, configs,
				     ends[1]));
		close(ends[1]);
		fd[w] = ends[0];
	}
	failed = collect(fd, pid, &sum);
	printf("networks compared: %ld (%ld beyond limits not counted), layers: %ld, images: %ld, "
	       "operations: %ld, cycles: %ld, %ld s, %s\n",
	       sum.networks, sum.skipped, sum.layers, sum.images, sum.operations, sum.cycles,
	       (long)(time(NULL) - start), failed ? "FAILED" : "mismatches: 0");
	return failed ? FAILED : 0;
}
