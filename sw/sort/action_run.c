/* SPDX-License-Identifier: MIT
 * A program an event, started without a shell. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "action_run.h"
#include "clock.h"
#include "model.h"

enum { WAIT_SECONDS = 5 };

static const char *const known[] = { "file",   "class",  "lane",    "reason",
				     "margin", "number", "latency", "to" };
enum { KNOWN = sizeof(known) / sizeof(known[0]) };

/* The number of the {word} at s, -1: none. */
static int find_known(const char *s)
{
	for (int i = 0; i < KNOWN; i++) {
		size_t n = strlen(known[i]);

		if (strncmp(s + 1, known[i], n) == 0 && s[n + 1] == '}')
			return i;
	}
	return -1;
}

static int check_word(const char *word, struct bnn_err *err)
{
	for (const char *s = strchr(word, '{'); s; s = strchr(s + 1, '{'))
		if (find_known(s) < 0)
			return err_set(
				err, BNN_E_ARG,
				"command word \"%.60s\": {file}, {class}, {lane}, {reason}, "
				"{margin}, {number}, {latency} and {to} are replaced, nothing "
				"else in braces",
				word);
	return BNN_OK;
}

int run_open(struct run_action *a, const char *command, struct bnn_err *err)
{
	char *rest, *word;
	int n = 0, rc = BNN_OK;

	memset(a, 0, sizeof(*a));
	a->text = strdup(command);
	if (!a->text)
		return err_set(err, BNN_E_MEMORY, "out of memory for the command");
	for (word = strtok_r(a->text, " \t", &rest); !rc && word;
	     word = strtok_r(NULL, " \t", &rest)) {
		if (n == RUN_WORDS)
			return err_set(err, BNN_E_ARG, "the command has more than %d words",
				       RUN_WORDS);
		a->word[n++] = word;
		rc = check_word(word, err);
	}
	if (!rc && n == 0)
		rc = err_set(err, BNN_E_ARG, "the command is empty");
	return rc;
}

static void put_known(const struct event *e, int which, FILE *to)
{
	const char *class = event_class(e);

	switch (which) {
	case 0: fputs(e->item->from.name, to); break;
	case 1: fputs(class ? class : "", to); break;
	case 2: fputs(e->rules->lane[e->lane].name, to); break;
	case 3: fputs(reason_name[e->reason], to); break;
	case 4: fprintf(to, "%" PRId32, class ? e->item->result.margin : 0); break;
	case 5: fprintf(to, "%" PRIu64, e->item->number); break;
	case 6: fprintf(to, "%.3f", e->latency * 1e3); break;
	default: fputs(e->to[0] ? e->to : e->item->from.name, to); break;
	}
}

/* The word with what stands for its braces; the caller frees it. NULL: out of memory. */
static char *filled(const char *word, const struct event *e)
{
	char *out = NULL;
	size_t size;
	FILE *to = open_memstream(&out, &size);

	if (!to)
		return NULL;
	while (*word) {
		size_t n = strcspn(word, "{");

		fwrite(word, 1, n, to);
		word += n;
		if (*word) {
			put_known(e, find_known(word), to);
			word = strchr(word, '}') + 1;
		}
	}
	return fclose(to) ? NULL : out;
}

static int spawn(pid_t *pid, char **argv)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, usual;
	int why;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGINT);
	sigaddset(&usual, SIGTERM);
	sigaddset(&usual, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	posix_spawnattr_init(&attr);
	/* A group of its own: Ctrl-C is for us, what it does is finished. */
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &usual);
	why = posix_spawnp(pid, argv[0], &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return why;
}

int run_event(struct run_action *a, const struct event *e, struct bnn_err *err)
{
	char *argv[RUN_WORDS + 1] = { 0 };
	int free_place = 0, why = 0;

	run_collect(a, false);
	while (free_place < RUN_MOST && a->pid[free_place])
		free_place++;
	if (free_place == RUN_MOST)
		return err_set(err, BNN_E_LIMIT, "%s: %d of them are still running, not started",
			       a->word[0], RUN_MOST);
	for (int i = 0; !why && a->word[i]; i++) {
		argv[i] = filled(a->word[i], e);
		why = argv[i] ? 0 : ENOMEM;
	}
	if (!why && argv[0])
		why = spawn(&a->pid[free_place], argv);
	if (why)
		a->pid[free_place] = 0;
	for (int i = 0; argv[i]; i++)
		free(argv[i]);
	return why ? err_set(err, BNN_E_FILE, "%s: %s", a->word[0], strerror(why)) : BNN_OK;
}

static bool collect_once(struct run_action *a)
{
	bool running = false;

	for (int i = 0; i < RUN_MOST; i++) {
		int status = 0;

		if (!a->pid[i])
			continue;
		if (waitpid(a->pid[i], &status, WNOHANG) == 0) {
			running = true;
			continue;
		}
		a->pid[i] = 0;
		a->failures += status != 0;
	}
	return running;
}

void run_collect(struct run_action *a, bool wait)
{
	const struct timespec tick = { 0, 10000000 };
	double until = clock_seconds() + WAIT_SECONDS;

	while (collect_once(a) && wait && clock_seconds() < until)
		nanosleep(&tick, NULL);
}

void run_close(struct run_action *a)
{
	free(a->text);
	a->text = NULL;
}
