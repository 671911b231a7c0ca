/* SPDX-License-Identifier: MIT
 * Programs that put a bitstream on a board: their command lines, and running them. */
#define _POSIX_C_SOURCE 200809L
#include "programmer.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "flash_boards.h"

extern char **environ;

#define VALUE "\1" /* stands for the board's value */
#define FILE_NAME "\2"

struct kind {
	const char *name; /* in flash= of a constraint file */
	const char *argv[PROGRAMMER_ARGS];
	const char *install, *hint;
};

static const struct kind kinds[] = {
	{ "iceprog",
	  { "iceprog", FILE_NAME },
	  "Debian package fpga-icestorm",
	  "is the board plugged in, and may you write to it?" },
	{ "tinyprog",
	  { "tinyprog", "-p", FILE_NAME },
	  "PyPI package tinyprog (pipx install tinyprog)",
	  "is the board plugged in and in its bootloader?" },
	{ "dfu",
	  { "dfu-util", "-d", VALUE, "-a", "0", "-D", FILE_NAME },
	  "Debian package dfu-util",
	  "is the board plugged in and in its bootloader?" },
	{ "openfpgaloader",
	  { "openFPGALoader", "-b", VALUE, "-f", FILE_NAME },
	  "Debian package openfpgaloader",
	  "is the board plugged in, and may you write to it?" },
};

#define BOARD(name, family, program, value) { name, family, program, value },
const struct flash_board flash_boards[] = { FLASH_BOARDS(BOARD){ 0 } };

const struct flash_board *flash_board_find(const char *name, size_t n)
{
	for (const struct flash_board *b = flash_boards; b->name; b++)
		if (strlen(b->name) == n && memcmp(b->name, name, n) == 0)
			return b;
	return NULL;
}

void programmer_command(const struct flash_board *b, const char *file, struct programmer *out)
{
	const struct kind *k = kinds;

	/* The generator of the table lets no other program through. */
	while (strcmp(k->name, b->program) != 0)
		k++;
	memset(out, 0, sizeof(*out));
	for (int i = 0; i < PROGRAMMER_ARGS && k->argv[i]; i++)
		out->argv[i] = strcmp(k->argv[i], VALUE) == 0       ? b->value
			       : strcmp(k->argv[i], FILE_NAME) == 0 ? file
								    : k->argv[i];
	out->install = k->install;
	out->hint = k->hint;
}

static void print_word(FILE *to, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./:=+,@%-";

	if (*word && !word[strspn(word, plain)]) {
		fputs(word, to);
		return;
	}
	putc('\'', to);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", to);
		else
			putc(*word, to);
	putc('\'', to);
}

void programmer_print(FILE *to, const struct programmer *p)
{
	for (int i = 0; p->argv[i]; i++) {
		if (i)
			putc(' ', to);
		print_word(to, p->argv[i]);
	}
	putc('\n', to);
}

/* Standard output of the child becomes standard error. Returns an errno value. */
static int spawn(const struct programmer *p, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int e = posix_spawn_file_actions_init(&actions);

	if (e)
		return e;
	e = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	/* The words are not written to: POSIX has no const here for old programs' sake. */
	if (!e)
		e = posix_spawnp(pid, p->argv[0], &actions, NULL, (char *const *)p->argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return e;
}

int programmer_run(const struct programmer *p)
{
	pid_t pid;
	int status, e = spawn(p, &pid);

	if (e == ENOENT) {
		ctl_error("%s is not installed; it is in: %s", p->argv[0], p->install);
		return EXIT_DEVICE;
	}
	if (e) {
		ctl_error("%s cannot be started: %s", p->argv[0], strerror(e));
		return EXIT_DEVICE;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) {
			ctl_error("%s: %s", p->argv[0], strerror(errno));
			return EXIT_INTERNAL;
		}
	if (WIFSIGNALED(status)) {
		ctl_error("%s was ended by signal %d", p->argv[0], WTERMSIG(status));
		return EXIT_DEVICE;
	}
	if (WEXITSTATUS(status)) {
		ctl_error("%s failed with exit status %d: %s", p->argv[0], WEXITSTATUS(status),
			  p->hint);
		return EXIT_DEVICE;
	}
	return EXIT_OK;
}
