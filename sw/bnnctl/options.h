/* SPDX-License-Identifier: MIT
 * Command line of bnnctl. */
#ifndef BNNCTL_OPTIONS_H
#define BNNCTL_OPTIONS_H

#include "cmd.h"

/* Options that every command takes, in the order of the help; ends with a NULL name. */
extern const struct ctl_option global_options[];

struct parsed {
	const char *command; /* NULL: none given */
	bool help, version;
	char **argv; /* command and operands, NULL at the end; owned */
	int argc;
};

/* Takes argv apart: options anywhere, "--" ends them. Fills c and *out. Returns an exit status;
 * what is wrong has been said. */
int options_parse(struct ctl *c, int argc, char **argv, struct parsed *out);
/* Prints a table of options. */
void options_print(const struct ctl_option *table);

#endif
