/* SPDX-License-Identifier: MIT
 * Commands of bnnctl: what they share. main.c parses the global options and dispatches. */
#ifndef BNNCTL_CMD_H
#define BNNCTL_CMD_H

#include <stdbool.h>

#include "bnn.h"

/* Exit statuses, also in the man page. */
enum status {
	STATUS_OK = 0,
	STATUS_INTERNAL = 1,
	STATUS_USAGE = 2,
	STATUS_FILE = 3,
	STATUS_NO_DEVICE = 4,
	STATUS_DEVICE = 5,
	STATUS_MISMATCH = 6
};

/* Global options and what they opened. */
struct ctl {
	const char *device;     /* -d, default "auto" */
	const char *model_path; /* -m, or NULL: the bundled model */
	const char *trace;      /* --trace */
	bool json, quiet, verbose;
};

/* argv[0] is the command's name; options of the command follow. Returns an exit status. */
int cmd_bench(struct ctl *c, int argc, char **argv);
int cmd_classify(struct ctl *c, int argc, char **argv);
int cmd_convert(struct ctl *c, int argc, char **argv);
int cmd_eval(struct ctl *c, int argc, char **argv);
int cmd_info(struct ctl *c, int argc, char **argv);
int cmd_layers(struct ctl *c, int argc, char **argv);
int cmd_load(struct ctl *c, int argc, char **argv);
int cmd_selftest(struct ctl *c, int argc, char **argv);
int cmd_train(struct ctl *c, int argc, char **argv);

/* Exit status of an enum bnn_error. */
int status_of(int code);
/* "bnnctl: text" on stderr; returns status_of(err->code). */
int report(const struct bnn_err *err);
/* A usage error with printf-style text on stderr; returns STATUS_USAGE. */
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A note on stderr unless -q. */
void note(const struct ctl *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The model of -m or the bundled one (BNN_MODEL, the build tree, the installed one). */
int open_model(const struct ctl *c, bnn_model **m, struct bnn_err *err);
/* The device of -d with the model loaded; says on stderr what `auto` became. */
int open_device(const struct ctl *c, const bnn_model *m, bnn_device **d, struct bnn_err *err);

/* A JSON string with quotes; bytes that are not UTF-8 become U+FFFD. */
void json_string(const char *text);

/* Images named on the command line, one after the other: files, folders, IDX files (FILE#index). */
struct source;
int source_open(char **paths, int count, struct source **s, struct bnn_err *err);
/* Next image: its name (valid until the next call) and pixels, or why it could not be read (*code below 0,
 * err filled). Returns false at the end. */
bool source_next(struct source *s, const char **name, struct bnn_image *im, int *code,
		 struct bnn_err *err);
void source_close(struct source *s);

/* Progress on a terminal, at most once a second; done == total ends the line. */
void progress(const struct ctl *c, const char *what, long done, long total);

#endif
