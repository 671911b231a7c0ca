/* SPDX-License-Identifier: MIT
 * bnnctl: what a command gets and the helpers all commands use.
 *
 * main parses every option (the global ones and the command's own table), loads the model, opens
 * the device and loads the model on it as the command table says, then calls the command with
 * argv[0] its name and argv[1..argc-1] the operands. A command prints results on stdout and
 * anything else through ctl_note and ctl_error, and returns an exit status. */
#ifndef BNNCTL_CMD_H
#define BNNCTL_CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "bnn.h"

enum exit_status {
	EXIT_OK = 0,
	EXIT_INTERNAL = 1,
	EXIT_USAGE = 2,
	EXIT_FILE = 3, /* bad input file */
	EXIT_NO_DEVICE = 4,
	EXIT_DEVICE = 5, /* device or link error */
	EXIT_MISMATCH = 6
};

#define CTL_MAX_OPTIONS 32 /* of a command */

/* An option: "-k ARG" (key 0: none), "--name ARG" or "--name=ARG"; arg NULL: a switch. */
struct ctl_option {
	char key;
	const char *name;
	const char *arg;
	const char *help; /* one line, default in brackets */
};

struct ctl;

/* What a command needs before it runs. */
enum ctl_need {
	NEED_MODEL = 1,         /* c->model: -m, or the bundled one */
	NEED_MODEL_OPERAND = 2, /* the same, and a first operand that ends in .bnn is -m */
	NEED_DEVICE = 4,        /* c->device is open */
	NEED_LOADED = 8         /* c->model is loaded on c->device */
};

struct ctl_command {
	const char *name;
	int (*run)(struct ctl *c, int argc, char **argv);
	const char *line;                 /* one line of the list of commands */
	const char *operands;             /* "IMAGE..." of the usage line */
	const char *help;                 /* some lines more */
	int need;                         /* enum ctl_need */
	int least, most;                  /* operands; most -1: any number */
	const struct ctl_option *options; /* ends with a NULL name; may be NULL */
};

/* Commands in the order of the help, ends with a NULL name. */
extern const struct ctl_command ctl_commands[];

struct ctl {
	const struct ctl_command *command;
	const char *device_spec; /* -d, or "auto" */
	const char *model_path;  /* -m, or the bundled one when a model is needed */
	const char *trace;       /* --trace, or NULL */
	long timeout_ms;         /* --timeout, 0: the default */
	bool json, quiet, verbose;
	const char *value[CTL_MAX_OPTIONS]; /* of command->options; "" for a switch that is on */
	bnn_model *model;                   /* owned by main */
	bnn_device *device;                 /* owned by main */
};

/* The exit status of an enum bnn_error: the one place that maps them. */
int ctl_status(int code);
/* Prints "bnnctl: TEXT" of a failed call on stderr and returns its exit status. */
int ctl_fail(const struct bnn_err *err);
/* "bnnctl: ..." on stderr. */
void ctl_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* ctl_error with a hint to the command's help; returns EXIT_USAGE. */
int ctl_usage(const struct ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* On stderr unless -q. */
void ctl_note(const struct ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* On stderr with -v. */
void ctl_detail(const struct ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Value of an option of the command by its long name: NULL when not given. */
const char *ctl_value(const struct ctl *c, const char *name);
/* Its number into *out, which is left alone when not given. Returns 0, or EXIT_USAGE (said). */
int ctl_integer(const struct ctl *c, const char *name, long least, long most, long *out);
int ctl_real(const struct ctl *c, const char *name, double least, double most, double *out);

/* What was written to a model file: net, weight bits, whether it has a pixel table. */
void ctl_print_model(const struct ctl *c, const bnn_model *m, const char *to);

/* A bar on stderr: only on a terminal, not with -q, at most once a second. */
struct ctl_progress {
	const char *what;
	bool shown; /* this run may show one */
	bool drawn;
	double begun, last;
};
void ctl_progress_begin(struct ctl_progress *p, const struct ctl *c, const char *what);
void ctl_progress_set(struct ctl_progress *p, double done, double total);
/* Wipes the bar. */
void ctl_progress_end(struct ctl_progress *p);

int cmd_classify(struct ctl *c, int argc, char **argv);
int cmd_info(struct ctl *c, int argc, char **argv);
int cmd_list(struct ctl *c, int argc, char **argv);
int cmd_load(struct ctl *c, int argc, char **argv);
int cmd_eval(struct ctl *c, int argc, char **argv);
int cmd_bench(struct ctl *c, int argc, char **argv);
int cmd_layers(struct ctl *c, int argc, char **argv);
int cmd_convert(struct ctl *c, int argc, char **argv);
int cmd_import(struct ctl *c, int argc, char **argv);
int cmd_selftest(struct ctl *c, int argc, char **argv);
int cmd_train(struct ctl *c, int argc, char **argv);
int cmd_flash(struct ctl *c, int argc, char **argv);
int cmd_sort(struct ctl *c, int argc, char **argv);

extern const struct ctl_option bench_options[];
extern const struct ctl_option eval_options[];
extern const struct ctl_option flash_options[];
extern const struct ctl_option import_options[];
extern const struct ctl_option info_options[];
extern const struct ctl_option layers_options[];
extern const struct ctl_option selftest_options[];
extern const struct ctl_option sort_options[];
extern const struct ctl_option train_options[];

#endif
