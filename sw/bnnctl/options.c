/* SPDX-License-Identifier: MIT
 * Command line: options of all commands and of one, numbers in them. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

enum global { DEVICE, MODEL, JSON, QUIET, VERBOSE, TIMEOUT, TRACE, HELP, VERSION };
enum { TIMEOUT_MOST = 3600000 };

const struct ctl_option global_options[] = {
	[DEVICE] = { 'd', "device", "DEVICE",
		     "auto, cpu, sim[:NAME], usb[:SERIAL], ftdi[:SERIAL] [auto]" },
	[MODEL] = { 'm', "model", "MODEL", "model file [the bundled one]" },
	[JSON] = { 0, "json", NULL, "results as JSON" },
	[QUIET] = { 'q', "quiet", NULL, "no notes and no progress" },
	[VERBOSE] = { 'v', "verbose", NULL, "more notes" },
	[TIMEOUT] = { 0, "timeout", "MS", "milliseconds the device may take to answer [10000]" },
	[TRACE] = { 0, "trace", "FILE.fst", "write the waveform of a simulated device" },
	[HELP] = { 'h', "help", NULL, "this help; after a command: that of the command" },
	[VERSION] = { 0, "version", NULL, "print the version" },
	{ 0, NULL, NULL, NULL },
};

void options_print(const struct ctl_option *table)
{
	for (; table->name; table++) {
		char key[8] = "    ", text[64];

		if (table->key)
			snprintf(key, sizeof(key), "-%c, ", table->key);
		snprintf(text, sizeof(text), "--%s%s%s", table->name, table->arg ? " " : "",
			 table->arg ? table->arg : "");
		printf("  %s%-20s %s\n", key, text, table->help);
	}
}

/* The option that the word names, NULL: none. *value: what stands behind "=" or the key. */
static const struct ctl_option *find(const struct ctl_option *table, const char *word,
				     const char **value)
{
	*value = NULL;
	for (const struct ctl_option *o = table; o && o->name; o++) {
		size_t n = strlen(o->name);

		if (word[1] == o->key && word[1] != '-' && (!word[2] || o->arg)) {
			*value = word[2] ? word + 2 : NULL;
			return o;
		}
		if (word[1] == '-' && strncmp(word + 2, o->name, n) == 0 &&
		    (!word[2 + n] || word[2 + n] == '=')) {
			*value = word[2 + n] ? word + 3 + n : NULL;
			return o;
		}
	}
	return NULL;
}

/* Without a text *out stays as it is. */
static int whole_number(const struct ctl *c, const char *name, const char *text, long least,
			long most, long *out)
{
	char *end;
	long v;

	if (!text)
		return EXIT_OK;
	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || end == text || *end || v < least || v > most)
		return ctl_usage(c, "--%s %s: a whole number from %ld to %ld is needed", name, text,
				 least, most);
	*out = v;
	return EXIT_OK;
}

static int set_global(struct ctl *c, struct parsed *p, enum global which, const char *value)
{
	switch (which) {
	case DEVICE: c->device_spec = value; break;
	case MODEL: c->model_path = value; break;
	case JSON: c->json = true; break;
	case QUIET: c->quiet = true; break;
	case VERBOSE: c->verbose = true; break;
	case TIMEOUT: return whole_number(c, "timeout", value, 1, TIMEOUT_MOST, &c->timeout_ms);
	case TRACE: c->trace = value; break;
	case HELP: p->help = true; break;
	case VERSION: p->version = true; break;
	}
	return EXIT_OK;
}

/* The option at argv[*i]; *i moves on when its value is the next word. */
static int take_option(struct ctl *c, struct parsed *p, int argc, char **argv, int *i)
{
	const struct ctl_option *table = c->command ? c->command->options : NULL;
	const char *word = argv[*i], *value;
	const struct ctl_option *o = find(table, word, &value);
	bool own = o != NULL;

	if (!own)
		o = find(global_options, word, &value);
	if (!o)
		return ctl_usage(c, "unknown option %s", word);
	if (!o->arg && value)
		return ctl_usage(c, "option --%s takes no value", o->name);
	if (o->arg && !value) {
		if (*i + 1 == argc)
			return ctl_usage(c, "option %s needs a value: %s", word, o->arg);
		value = argv[++*i];
	}
	if (!own)
		return set_global(c, p, (enum global)(o - global_options), value);
	c->value[o - table] = o->arg ? value : "";
	return EXIT_OK;
}

static const struct ctl_command *find_command(const char *name)
{
	for (const struct ctl_command *k = ctl_commands; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

int options_parse(struct ctl *c, int argc, char **argv, struct parsed *out)
{
	bool ended = false;
	int status = EXIT_OK;

	*out = (struct parsed){ .argv = calloc((size_t)argc + 1, sizeof(*out->argv)) };
	if (!out->argv) {
		ctl_error("out of memory");
		return EXIT_INTERNAL;
	}
	for (int i = 1; !status && i < argc; i++) {
		if (!ended && strcmp(argv[i], "--") == 0) {
			ended = true;
		} else if (!ended && argv[i][0] == '-' && argv[i][1]) {
			status = take_option(c, out, argc, argv, &i);
		} else if (out->argc == 0) {
			out->command = out->argv[out->argc++] = argv[i];
			c->command = find_command(argv[i]);
			if (!c->command)
				status = ctl_usage(c, "unknown command %s", argv[i]);
		} else {
			out->argv[out->argc++] = argv[i];
		}
	}
	return status;
}

const char *ctl_value(const struct ctl *c, const char *name)
{
	for (int i = 0; c->command->options[i].name; i++)
		if (strcmp(c->command->options[i].name, name) == 0)
			return c->value[i];
	return NULL;
}

int ctl_integer(const struct ctl *c, const char *name, long least, long most, long *out)
{
	return whole_number(c, name, ctl_value(c, name), least, most, out);
}

int ctl_real(const struct ctl *c, const char *name, double least, double most, double *out)
{
	const char *text = ctl_value(c, name);
	char *end;
	double v;

	if (!text)
		return EXIT_OK;
	v = strtod(text, &end);
	if (end == text || *end || isnan(v) || v < least || v > most)
		return ctl_usage(c, "--%s %s: a number from %g to %g is needed", name, text, least,
				 most);
	*out = v;
	return EXIT_OK;
}
