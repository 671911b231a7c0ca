/* SPDX-License-Identifier: MIT
 * What is done with a decision: the file is put away, lines are written, programs started. */
#ifndef SORT_OUTPUTS_H
#define SORT_OUTPUTS_H

#include "action_log.h"
#include "action_mqtt.h"
#include "action_run.h"
#include "console.h"
#include "event.h"

enum file_action { FILE_LEAVE, FILE_MOVE, FILE_LINK, FILE_SAVE };
enum file_layout { LAYOUT_BOTH, LAYOUT_LANE, LAYOUT_CLASS };

struct outputs {
	struct console *console;
	enum file_action action;
	enum file_layout layout;
	const char *folder;
	bool use_run, json_out; /* standard output has JSON, not text */
	struct log json, csv;   /* path NULL: none */
	struct run_action run;
	struct mqtt_action mqtt; /* not open: none */
	uint64_t faults;         /* actions that failed */
	double said;             /* clock_seconds of the last message about one */
	unsigned unsaid;         /* since then */
	/* Of the parts of the file being worked on: */
	int lane;   /* -1: they differ */
	int class_; /* likewise, or no class */
	enum reason reason;
};

/* Counts an action that failed, and says it: one a second, so that a full disk does not fill the
 * journal, too. */
void outputs_fault(struct outputs *o, const struct bnn_err *why);
/* All of it, in this order: file, logs, standard output, program, MQTT. Failures are said and counted. */
void outputs_event(struct outputs *o, struct event *e);
/* Waits for the programs, closes the logs. A second call does nothing. */
void outputs_close(struct outputs *o);

#endif
