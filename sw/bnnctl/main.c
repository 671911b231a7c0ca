/* SPDX-License-Identifier: MIT
 * bnnctl: parses, prepares what the command needs, dispatches. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundled.h"
#include "options.h"

#define PATH_SIZE 4096

static void print_help(void)
{
	puts("usage: bnnctl [OPTION...] COMMAND [OPERAND...]\n\nCommands:");
	for (const struct ctl_command *k = ctl_commands; k->name; k++)
		printf("  %-9s %s\n", k->name, k->line);
	puts("\nOptions of every command, before or behind it:");
	options_print(global_options);
	puts("\nResults go to standard output, notes and progress to standard error.\n"
	     "auto: the first board found, else the simulated accelerator.\n"
	     "A waveform is best seen with: gtkwave FILE.fst sim/jetbnn.gtkw\n\n"
	     "Exit status: 0 ok, 1 internal error, 2 usage, 3 bad input file, 4 no such device,\n"
	     "5 device or link error, 6 results differ from the reference.");
}

static void print_command_help(const struct ctl_command *k)
{
	printf("usage: bnnctl %s%s%s%s\n\n%s", k->name, k->options ? " [OPTION...]" : "",
	       *k->operands ? " " : "", k->operands, k->help);
	if (k->options) {
		puts("\nOptions:");
		options_print(k->options);
	}
	puts("\nOptions of every command: bnnctl --help");
}

/* A first operand that is a model takes the place of -m. */
static void take_model_operand(struct ctl *c, struct parsed *p)
{
	size_t n = p->argc > 1 ? strlen(p->argv[1]) : 0;

	if (c->model_path || n < 4 || strcmp(p->argv[1] + n - 4, ".bnn") != 0)
		return;
	c->model_path = p->argv[1];
	p->argc--;
	memmove(p->argv + 1, p->argv + 2, (size_t)p->argc * sizeof(*p->argv));
}

static int prepare_model(struct ctl *c, char *buf, size_t size)
{
	struct bnn_err err = { 0 };

	if (!c->model_path)
		c->model_path = bundled_model(buf, size);
	if (!c->model_path) {
		ctl_error("no bundled model found: name one with -m or in BNN_MODEL");
		return EXIT_FILE;
	}
	if (bnn_model_load(c->model_path, &c->model, &err))
		return ctl_fail(&err);
	ctl_detail(c, "model %s", c->model_path);
	return EXIT_OK;
}

static int prepare_device(struct ctl *c)
{
	struct bnn_open_options opt = { .trace = c->trace, .timeout_ms = (int)c->timeout_ms };
	struct bnn_err err = { 0 };

	if (bnn_device_open(c->device_spec, &opt, &c->device, &err))
		return ctl_fail(&err);
	if (strcmp(c->device_spec, "auto") == 0)
		ctl_note(c, "device auto is %s", bnn_device_name(c->device));
	else
		ctl_detail(c, "device %s", bnn_device_name(c->device));
	if (c->trace && strncmp(bnn_device_name(c->device), "sim", 3) != 0)
		return ctl_usage(c, "--trace needs a simulated device, this is %s",
				 bnn_device_name(c->device));
	return EXIT_OK;
}

/* What the table says the command needs, in the order in which errors are most useful. */
static int prepare(struct ctl *c, struct parsed *p, char *buf, size_t size)
{
	const struct ctl_command *k = c->command;
	struct bnn_err err = { 0 };
	int status = EXIT_OK, operands;

	if (k->need & NEED_MODEL_OPERAND)
		take_model_operand(c, p);
	operands = p->argc - 1;
	if (operands < k->least || (k->most >= 0 && operands > k->most))
		return ctl_usage(c, "%s: %s operands; it takes %s", k->name,
				 operands < k->least ? "missing" : "too many",
				 *k->operands ? k->operands : "none");
	if (k->need & (NEED_MODEL | NEED_MODEL_OPERAND))
		status = prepare_model(c, buf, size);
	if (!status && (k->need & NEED_DEVICE))
		status = prepare_device(c);
	if (!status && (k->need & NEED_LOADED) && bnn_device_load(c->device, c->model, &err)) {
		ctl_error("%s: %s", c->model_path, err.text);
		status = ctl_status(err.code);
	}
	return status;
}

static int dispatch(struct ctl *c, struct parsed *p)
{
	char buf[PATH_SIZE];
	int status;

	if (p->version) {
		printf("bnnctl %s\n", bnn_version());
		return EXIT_OK;
	}
	if (p->help) {
		if (c->command)
			print_command_help(c->command);
		else
			print_help();
		return EXIT_OK;
	}
	if (!c->command)
		return ctl_usage(c, "no command");
	status = prepare(c, p, buf, sizeof(buf));
	if (!status)
		status = c->command->run(c, p->argc, p->argv);
	bnn_device_close(c->device);
	bnn_model_free(c->model);
	return status;
}

int main(int argc, char **argv)
{
	struct ctl c = { .device_spec = "auto" };
	struct parsed p;
	int status = options_parse(&c, argc, argv, &p);

	if (!status)
		status = dispatch(&c, &p);
	free(p.argv);
	if ((fflush(stdout) || ferror(stdout)) && !status) {
		ctl_error("standard output cannot be written");
		status = EXIT_INTERNAL;
	}
	return status;
}
