/* SPDX-License-Identifier: MIT
 * bnnctl flash: a bitstream on a board, by the program that the board needs. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bundled.h"
#include "programmer.h"

enum { PATH_SIZE = 4096, HEAD_SIZE = 4096 };

const struct ctl_option flash_options[] = {
	{ 'b', "board", "BOARD", "board of FILE [the name of FILE up to its first dot]" },
	{ 'n', "dry-run", NULL, "print the command and do not run it" },
	{ 0, NULL, NULL, NULL },
};

/* Names of the boards, ", " between. */
static const char *board_names(char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = 0;
	for (const struct flash_board *b = flash_boards; b->name && used < size; b++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s",
					 b == flash_boards ? "" : ", ", b->name);
	return buf;
}

static int unknown_board(const struct ctl *c, const char *name)
{
	char names[512];

	return ctl_usage(c, "unknown board %s: %s", name, board_names(names, sizeof(names)));
}

/* The board of a file named like one: "fomu.bin", "dir/fomu.v2.bin". */
static const struct flash_board *board_of_file(const char *file)
{
	const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;

	return flash_board_find(base, strcspn(base, "."));
}

/* What the operand means. A board's name is its built bitstream; anything else is a file. */
static int resolve(const struct ctl *c, const char *operand, const struct flash_board **board,
		   char *path, size_t size)
{
	const char *named = ctl_value(c, "board");

	*board = flash_board_find(named ? named : operand, strlen(named ? named : operand));
	if (named && !*board)
		return unknown_board(c, named);
	if (!named && *board) {
		if (bundled_bitstream((*board)->name, path, size))
			return EXIT_OK;
		ctl_error("no bitstream of %s is built; make bitstream BOARD=%s builds it",
			  (*board)->name, (*board)->name);
		return EXIT_FILE;
	}
	if (!named)
		*board = board_of_file(operand);
	if (!*board && !strpbrk(operand, "./"))
		return unknown_board(c, operand);
	if (!*board)
		return ctl_usage(c, "%s: its name begins with no board's; name one with --board",
				 operand);
	/* No program may take the name for an option. */
	if ((size_t)snprintf(path, size, "%s%s", *operand == '-' ? "./" : "", operand) >= size) {
		ctl_error("%s: the name is too long", operand);
		return EXIT_FILE;
	}
	return EXIT_OK;
}

static bool contains(const unsigned char *head, size_t n, const unsigned char word[4])
{
	for (size_t i = 0; i + 4 <= n; i++)
		if (memcmp(head + i, word, 4) == 0)
			return true;
	return false;
}

/* A bitstream of the board's family has its synchronisation word near the begin. */
static int check_file(const char *path, const struct flash_board *b)
{
	static const unsigned char ice40[4] = { 0x7e, 0xaa, 0x99, 0x7e },
				   ecp5[4] = { 0xff, 0xff, 0xbd, 0xb3 };
	bool is_ice40 = strcmp(b->family, "ice40") == 0;
	unsigned char head[HEAD_SIZE];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f) {
		ctl_error("%s: %s", path, strerror(errno));
		return EXIT_FILE;
	}
	errno = 0;
	n = fread(head, 1, sizeof(head), f);
	if (ferror(f)) {
		ctl_error("%s: %s", path, strerror(errno));
		fclose(f);
		return EXIT_FILE;
	}
	fclose(f);
	if (!contains(head, n, is_ice40 ? ice40 : ecp5)) {
		ctl_error("%s is no bitstream for an %s, which %s has", path,
			  is_ice40 ? "iCE40" : "ECP5", b->name);
		return EXIT_FILE;
	}
	return EXIT_OK;
}

int cmd_flash(struct ctl *c, int argc, char **argv)
{
	const struct flash_board *board;
	char path[PATH_SIZE];
	struct programmer p;
	int status = resolve(c, argv[argc - 1], &board, path, sizeof(path));

	if (!status)
		status = check_file(path, board);
	if (status)
		return status;
	programmer_command(board, path, &p);
	if (ctl_value(c, "dry-run")) {
		programmer_print(stdout, &p);
		return EXIT_OK;
	}
	ctl_note(c, "%s: %s by %s", board->name, path, p.argv[0]);
	return programmer_run(&p);
}
